//! A database that is locked or damaged: 503 while it lasts, nothing half
//! written, and nothing told of the inside.

use crate::harness::TestApp;

#[tokio::test]
async fn a_write_waits_for_another_program_that_holds_the_database_for_a_moment() {
    let app = TestApp::start().await;
    let customer = app.customer(7);
    let room = customer.new_room().await;
    let lock = app.lock_database().await;
    let (writer, release) = tokio::join!(customer.send(room, "Hello"), async {
        let read = customer.room(room).await;
        lock.release().await;
        read
    });
    release.ok();
    writer.created();
    assert_eq!(customer.history(room).await.len(), 2);
}

#[tokio::test]
async fn a_database_that_is_locked_for_long_is_503_and_nothing_is_half_written() {
    let app = TestApp::with(&[("SAPA__DATABASE__ACQUIRE_SECONDS", "1")]).await;
    let (customer, admin) = (app.customer(7), app.admin(1));
    let room = customer.new_room().await;
    admin.stats().await.ok();
    let lock = app.lock_database().await;
    let (first, second) = tokio::join!(customer.send(room, "lost one"), customer.send(room, "lost two"));
    for answer in [first, second] {
        assert!(answer.retry_after() >= 1);
        answer.refused(503, "unavailable");
    }
    assert_eq!(customer.room(room).await.ok()["lastMessage"], "Customer 7 needs help", "reading goes on");
    lock.release().await;
    customer.send(room, "Back again").await.created();
    assert_eq!(customer.history(room).await.len(), 2);
    assert_eq!(admin.room(room).await.ok()["unreadCount"], 2);
    assert_eq!(admin.stats().await.ok()["unread"], 2);
}

#[tokio::test]
async fn a_damaged_database_is_an_error_and_says_nothing_of_its_inside() {
    let app = TestApp::with(&[("SAPA__DATABASE__ACQUIRE_SECONDS", "1")]).await;
    let customer = app.customer(7);
    let room = customer.new_room().await;
    app.database().damage().await;
    for answer in [customer.send(room, "Hello").await, customer.room(room).await, customer.rooms(&[]).await] {
        let text = answer.text().to_lowercase();
        assert!(matches!(answer.status.as_u16(), 500 | 503), "{answer:?}");
        for inside in ["sql", "select", "table", "no such", "sea_orm", "chatmessage"] {
            assert!(!text.contains(inside), "the inside was told: {text}");
        }
        let status = answer.status.as_u16();
        answer.problem(status);
    }
}
