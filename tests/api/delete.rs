//! `DELETE /api/chat/messages/{id}`: the row stays, the text goes.

use serde_json::{Value, json};

use crate::harness::{Listen, TestApp};

#[tokio::test]
async fn a_deleted_message_is_empty_and_keeps_its_place() {
    let app = TestApp::start().await;
    let customer = app.customer(7);
    let room = customer.new_room().await;
    let message = customer.says(room, "my card number is 4111").await;
    let deleted = customer.delete(message).await.ok();
    assert_eq!((&deleted["id"], &deleted["message"]), (&json!(message), &json!("")));
    assert!(deleted["deletedAt"].is_string(), "{deleted}");
    assert_eq!(customer.messages(room, "").await.ok()[1], deleted);
}

#[tokio::test]
async fn a_second_delete_changes_nothing_and_tells_nobody() {
    let app = TestApp::start().await;
    let customer = app.customer(7);
    let room = customer.new_room().await;
    let message = customer.says(room, "oops").await;
    let mut stream = customer.listen(&Listen::room(room)).await;
    stream.connected().await;
    let first = customer.delete(message).await.ok();
    assert_eq!(customer.delete(message).await.ok(), first);
    let fence = customer.says(room, "done").await;
    let frames = stream.until_message(fence).await;
    let updates: Vec<_> = frames.iter().filter(|frame| frame.is("message_updated")).collect();
    assert_eq!(updates.len(), 1, "{frames:?}");
    assert_eq!(updates[0].data, first);
}

#[tokio::test]
async fn the_preview_of_the_room_forgets_the_text() {
    let app = TestApp::start().await;
    let customer = app.customer(7);
    let room = customer.new_room().await;
    let message = customer.says(room, "my password is hunter2").await;
    customer.delete(message).await.ok();
    let shown = customer.room(room).await.ok();
    assert!(!shown.to_string().contains("hunter2"), "{shown}");
    let listed = customer.rooms(&[]).await.ok();
    assert!(!listed.to_string().contains("hunter2"), "{listed}");
}

#[tokio::test]
async fn deleting_an_older_message_keeps_the_preview() {
    let app = TestApp::start().await;
    let customer = app.customer(7);
    let room = customer.new_room().await;
    let older = customer.says(room, "older").await;
    customer.says(room, "newer").await;
    customer.delete(older).await.ok();
    assert_eq!(customer.room(room).await.ok()["lastMessage"], "newer");
}

#[tokio::test]
async fn an_unread_message_that_is_deleted_is_no_longer_unread() {
    let app = TestApp::start().await;
    let (customer, admin) = (app.customer(7), app.admin(1));
    let room = customer.new_room().await;
    let message = customer.says(room, "never mind").await;
    assert_eq!(admin.room(room).await.ok()["unreadCount"], 2);
    customer.delete(message).await.ok();
    assert_eq!(admin.room(room).await.ok()["unreadCount"], 1);
    assert_eq!(admin.stats().await.ok()["unread"], 1);
    assert_eq!(admin.read(room).await.ok()["unreadCount"], 0);
}

#[tokio::test]
async fn nobody_reacts_to_a_deleted_message() {
    let app = TestApp::start().await;
    let customer = app.customer(7);
    let room = customer.new_room().await;
    let message = customer.says(room, "oops").await;
    customer.react(message, "👍").await.ok();
    let deleted = customer.delete(message).await.ok();
    let answer = customer.react(message, "🎉").await;
    assert!((400..500).contains(&answer.status.as_u16()), "{answer:?}");
    assert_eq!(customer.messages(room, "").await.ok()[1], deleted);
}

#[tokio::test]
async fn a_reply_survives_the_message_that_it_answers() {
    let app = TestApp::start().await;
    let customer = app.customer(7);
    let room = customer.new_room().await;
    let question = customer.says(room, "When?").await;
    let body = json!({"message": "Now", "replyToId": question});
    let reply = customer.send_with(room, &body).await.created();
    customer.delete(question).await.ok();
    let history = customer.messages(room, "").await.ok();
    assert_eq!(history[2], reply);
}

#[tokio::test]
async fn a_message_of_a_closed_room_can_still_be_deleted() {
    let app = TestApp::start().await;
    let (customer, admin) = (app.customer(7), app.admin(1));
    let room = customer.new_room().await;
    let message = customer.says(room, "my address is …").await;
    admin.close(room).await.ok();
    assert_ne!(customer.delete(message).await.ok()["deletedAt"], Value::Null);
}
