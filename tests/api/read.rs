//! `POST /api/chat/rooms/{id}/read`: what the other side wrote becomes read.

use serde_json::{Value, json};

use crate::harness::{Person, TestApp, number};

#[tokio::test]
async fn reading_all_marks_the_other_sides_messages_only() {
    let app = TestApp::start().await;
    let (customer, admin, room) = conversation(&app).await;
    let [asked, answered] = [customer.says(room, "And?").await, admin.says(room, "Soon").await];
    assert_eq!(
        admin.read(room).await.ok(),
        json!({"roomId": room, "lastReadMessageId": answered.max(asked), "unreadCount": 0})
    );
    let history = customer.messages(room, "").await.ok();
    for message in history.as_array().expect("messages") {
        let by_customer = message["senderId"] == 7;
        assert_eq!(message["isRead"], by_customer, "{message}");
    }
    assert_eq!(unread(&customer, room).await, 1, "the customer has not read the answer");
    assert_eq!(customer.read(room).await.ok()["unreadCount"], 0);
    assert_eq!(unread(&customer, room).await, 0);
}

#[tokio::test]
async fn reading_up_to_a_message_leaves_the_newer_ones() {
    let app = TestApp::start().await;
    let (customer, admin, room) = conversation(&app).await;
    let mut sent = Vec::new();
    for n in 0..4 {
        sent.push(admin.says(room, &format!("part {n}")).await);
    }
    let answer = customer.read_up_to(room, sent[1]).await.ok();
    assert_eq!(answer, json!({"roomId": room, "lastReadMessageId": sent[1], "unreadCount": 2}));
    let history = customer.messages(room, &format!("after={}", sent[0] - 1)).await.ok();
    let read: Vec<_> = history.as_array().expect("messages").iter().map(|message| message["isRead"] == true).collect();
    assert_eq!(read, [true, true, false, false]);
}

#[tokio::test]
async fn reading_an_older_message_takes_nothing_back() {
    let app = TestApp::start().await;
    let (customer, admin, room) = conversation(&app).await;
    let (older, newer) = (admin.says(room, "one").await, admin.says(room, "two").await);
    customer.read_up_to(room, newer).await.ok();
    let answer = customer.read_up_to(room, older).await.ok();
    assert_eq!(answer["unreadCount"], 0);
    assert_eq!(answer["lastReadMessageId"], newer, "the read mark never goes back");
}

#[tokio::test]
async fn one_admin_reads_for_the_desk() {
    let app = TestApp::start().await;
    let (_, admin, room) = conversation(&app).await;
    let colleague = app.admin(2);
    assert_eq!(unread(&colleague, room).await, 1);
    admin.read(room).await.ok();
    assert_eq!(unread(&colleague, room).await, 0);
}

#[tokio::test]
async fn a_room_is_read_when_the_desk_has_read_everything() {
    let app = TestApp::start().await;
    let (customer, admin, room) = conversation(&app).await;
    assert_eq!(admin.room(room).await.ok()["isRead"], false);
    admin.read(room).await.ok();
    assert_eq!(admin.room(room).await.ok()["isRead"], true);
    customer.says(room, "One more").await;
    assert_eq!(admin.room(room).await.ok()["isRead"], false);
}

#[tokio::test]
async fn an_empty_room_can_be_read() {
    let app = TestApp::start().await;
    let customer = app.customer(7);
    let room = number(&customer.current_room().await.ok()["id"]);
    let answer = customer.read(room).await.ok();
    assert_eq!(answer, json!({"roomId": room, "lastReadMessageId": null, "unreadCount": 0}));
}

#[tokio::test]
async fn a_message_of_another_room_cannot_be_read_here() {
    let app = TestApp::start().await;
    let (customer, admin, room) = conversation(&app).await;
    admin.says(room, "Hello").await;
    let other = app.customer(8);
    let foreign_room = other.new_room().await;
    let foreign = other.says(foreign_room, "secret").await;
    for wrong in [json!(foreign), json!(999_999), json!("x"), json!(0), json!(1.5), json!([])] {
        let path = format!("/api/chat/rooms/{room}/read");
        customer.post(&path, &json!({"messageId": wrong})).await.invalid("messageId");
    }
    assert_eq!(unread(&customer, room).await, 1);
}

#[tokio::test]
async fn reading_works_without_a_body() {
    let app = TestApp::start().await;
    let (_, admin, room) = conversation(&app).await;
    let request = admin.request(reqwest::Method::POST, &format!("/api/chat/rooms/{room}/read"));
    assert_eq!(crate::harness::send(request).await.ok()["unreadCount"], 0);
}

async fn conversation(app: &TestApp) -> (Person, Person, i64) {
    let customer = app.customer(7);
    let room = customer.new_room().await;
    (customer, app.admin(1), room)
}

async fn unread(person: &Person, room: i64) -> Value {
    person.room(room).await.ok()["unreadCount"].clone()
}
