//! Another program writes to the same tables: the next message knows of it.

use serde_json::json;

use crate::harness::{TestApp, number};

const MOMENT: &str = "2026-11-01T00:00:00.000+00:00";

#[tokio::test]
async fn a_room_that_another_program_closed_takes_no_message_until_it_is_open_again() {
    let app = TestApp::start().await;
    let customer = app.customer(7);
    let room = customer.new_room().await;
    for _ in 0..2 {
        customer.says(room, "Hello").await;
        let status = |status: &str| format!(r#"UPDATE "ChatRoom" SET "status" = '{status}' WHERE "id" = {room}"#);
        app.database().execute(&status("CLOSED")).await;
        customer.send(room, "Is anybody there?").await.refused(409, "room_closed");
        app.database().execute(&status("OPEN")).await;
    }
    assert_eq!(customer.said(room).await.len(), 3);
}

#[tokio::test]
async fn counts_that_another_program_wrote_go_on_from_there() {
    let app = TestApp::start().await;
    let (customer, admin) = (app.customer(7), app.admin(1));
    let room = customer.new_room().await;
    for unread in [40, 70] {
        customer.says(room, "Hello").await;
        app.database().execute(&format!(r#"UPDATE "ChatRoom" SET "deskUnread" = {unread} WHERE "id" = {room}"#)).await;
        app.database().execute(&format!(r#"UPDATE "ChatCounter" SET "unread" = {unread}"#)).await;
        customer.says(room, "Hello again").await;
        assert_eq!(number(&admin.room(room).await.ok()["unreadCount"]), unread + 1);
        assert_eq!(number(&admin.stats().await.ok()["unread"]), unread + 1);
    }
}

#[tokio::test]
async fn a_message_that_another_program_wrote_keeps_its_id() {
    let app = TestApp::start().await;
    let customer = app.customer(7);
    let room = customer.new_room().await;
    let columns = r#""chatRoomId", "senderId", "message", "createdAt""#;
    let insert = format!(r#"INSERT INTO "ChatMessage" ({columns}) VALUES ({room}, 7, 'theirs', '{MOMENT}')"#);
    for n in 0..3 {
        let before = customer.says(room, &format!("ours {n}")).await;
        app.database().execute(&insert).await;
        let after = customer.says(room, &format!("ours again {n}")).await;
        let said = customer.said(room).await;
        let theirs: Vec<i64> =
            said.iter().filter(|(id, text)| text == "theirs" && *id > before).map(|(id, _)| *id).collect();
        assert!(matches!(theirs[..], [theirs] if theirs < after), "{said:?}");
    }
}

#[tokio::test]
async fn between_the_messages_of_a_room_it_may_be_read_managed_and_its_messages_deleted() {
    let app = TestApp::start().await;
    let (customer, admin) = (app.customer(7), app.admin(1));
    let room = customer.new_room().await;
    admin.says(room, "Hello").await;
    for round in 0..3 {
        let first = customer.says(room, "one").await;
        customer.says(room, "two").await;
        admin.read_up_to(room, first).await.ok();
        customer.says(room, "three").await;
        assert_eq!(number(&admin.room(room).await.ok()["unreadCount"]), 2, "round {round}");
        let last = customer.says(room, "four").await;
        customer.delete(last).await.ok();
        customer.says(room, "five").await;
        assert_eq!(number(&admin.room(room).await.ok()["unreadCount"]), 3, "round {round}");
        admin.read(room).await.ok();
        admin.says(room, "six").await;
        assert_eq!(number(&admin.stats().await.ok()["unread"]), 0, "round {round}");
        let priority = ["HIGH", "LOW"][round % 2];
        admin.manage(room, &json!({"status": "RESOLVED", "priority": priority})).await.ok();
        customer.says(room, "seven").await;
        let shown = admin.room(room).await.ok();
        assert_eq!((&shown["status"], &shown["priority"]), (&json!("OPEN"), &json!(priority)), "round {round}");
        admin.read(room).await.ok();
    }
}
