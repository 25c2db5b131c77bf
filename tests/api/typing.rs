//! `POST /api/chat/rooms/{id}/typing`: told, never stored.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::harness::{Frame, Listen, TestApp};

#[tokio::test]
async fn typing_is_told_to_the_others_in_the_room() {
    let app = TestApp::start().await;
    let (customer, admin) = (app.customer(7), app.admin(1));
    let room = customer.new_room().await;
    let mut of_admin = admin.listen(&Listen::all()).await;
    let mut of_room = admin.listen(&Listen::room(room)).await;
    let mut of_customer = customer.listen(&Listen::all()).await;
    for stream in [&mut of_admin, &mut of_room, &mut of_customer] {
        stream.connected().await;
    }
    customer.typing(room, true).await.no_content();
    for stream in [&mut of_admin, &mut of_room] {
        let frame = stream.next_of("typing").await;
        assert_eq!(
            frame.data,
            json!({"roomId": room, "userId": 7, "userName": "Customer 7", "role": "USER", "isTyping": true})
        );
        assert_eq!(frame.id, None, "typing has no place in the journal");
    }
    admin.typing(room, true).await.no_content();
    let frame = of_customer.next_of("typing").await;
    assert_eq!((&frame.data["userId"], &frame.data["role"]), (&json!(1), &json!("ADMIN")));
    customer.typing(room, false).await.no_content();
    of_admin.until("end of typing", |frame| typing_of(frame, 7) == Some(false)).await;
}

#[tokio::test]
async fn ones_own_typing_is_not_echoed_and_reaches_no_other_room() {
    let app = TestApp::start().await;
    let (customer, other, admin) = (app.customer(7), app.customer(8), app.admin(1));
    let (room, other_room) = (customer.new_room().await, other.new_room().await);
    let mut own = customer.listen(&Listen::room(room)).await;
    let mut own_all = customer.listen(&Listen::all()).await;
    let mut foreign = other.listen(&Listen::all()).await;
    let mut foreign_room = admin.listen(&Listen::room(other_room)).await;
    for stream in [&mut own, &mut own_all, &mut foreign, &mut foreign_room] {
        stream.connected().await;
    }
    customer.typing(room, true).await.no_content();
    let fence = customer.says(room, "Hello").await;
    let other_fence = other.says(other_room, "Hello").await;
    for (stream, fence) in
        [(&mut own, fence), (&mut own_all, fence), (&mut foreign, other_fence), (&mut foreign_room, other_fence)]
    {
        let frames = stream.until_message(fence).await;
        assert!(frames.iter().all(|frame| typing_of(frame, 7).is_none()), "{frames:?}");
    }
}

#[tokio::test]
async fn typing_ends_by_itself_five_seconds_after_the_last_call() {
    let app = TestApp::start().await;
    let (customer, admin) = (app.customer(7), app.admin(1));
    let room = customer.new_room().await;
    let mut stream = admin.listen(&Listen::room(room)).await;
    stream.connected().await;
    customer.typing(room, true).await.no_content();
    stream.until("typing", |frame| typing_of(frame, 7) == Some(true)).await;
    tokio::time::sleep(Duration::from_secs(2)).await;
    customer.typing(room, true).await.no_content();
    let last_call = Instant::now();
    stream.until("end of typing", |frame| typing_of(frame, 7) == Some(false)).await;
    let lasted = last_call.elapsed();
    assert!(lasted > Duration::from_millis(4400), "it ended after {lasted:?}");
    assert!(lasted < Duration::from_millis(8500), "it ended after {lasted:?}");
}

#[tokio::test]
async fn sending_a_message_ends_typing() {
    let app = TestApp::with(&[("SAPA__TYPING__TIMEOUT_SECONDS", "600")]).await;
    let (customer, admin) = (app.customer(7), app.admin(1));
    let room = customer.new_room().await;
    let mut stream = admin.listen(&Listen::room(room)).await;
    stream.connected().await;
    customer.typing(room, true).await.no_content();
    let message = customer.says(room, "Hello").await;
    let mut ended = false;
    let mut sent = false;
    while !(ended && sent) {
        let frame = stream.next().await;
        ended |= typing_of(&frame, 7) == Some(false);
        sent |= frame.is("message") && frame.data["id"] == message;
    }
}

#[tokio::test]
async fn typing_is_not_stored() {
    let app = TestApp::start().await;
    let (customer, admin) = (app.customer(7), app.admin(1));
    let room = customer.new_room().await;
    let before = admin.room(room).await.ok();
    customer.typing(room, true).await.no_content();
    customer.typing(room, false).await.no_content();
    let after = admin.room(room).await.ok();
    assert_eq!(before, after);
    let mut resumed = admin.listen(&Listen::room(room).after(&before["lastEventId"])).await;
    assert_eq!(resumed.connected().await.data["replayed"], 0);
}

#[tokio::test]
async fn a_body_that_says_nothing_is_named() {
    let app = TestApp::start().await;
    let customer = app.customer(7);
    let room = customer.new_room().await;
    let path = format!("/api/chat/rooms/{room}/typing");
    for body in [json!({}), json!({"isTyping": "yes"}), json!({"isTyping": 1}), json!({"isTyping": null})] {
        customer.post(&path, &body).await.invalid("isTyping");
    }
}

#[tokio::test]
async fn admins_tell_each_other_who_looks_at_a_room() {
    let app = TestApp::with(&[("SAPA__VIEWING__TIMEOUT_SECONDS", "1")]).await;
    let (customer, admin, colleague) = (app.customer(7), app.admin(1), app.admin(2));
    let room = customer.new_room().await;
    let mut of_colleague = colleague.listen(&Listen::all()).await;
    let mut of_customer = customer.listen(&Listen::room(room)).await;
    for stream in [&mut of_colleague, &mut of_customer] {
        stream.connected().await;
    }
    admin.viewing(room, true).await.no_content();
    let looks = of_colleague.next_of("viewing").await;
    assert_eq!(looks.data, json!({"roomId": room, "userId": 1, "userName": "Admin 1", "isViewing": true}));
    assert_eq!(looks.id, None);
    let left = of_colleague.next_of("viewing").await;
    assert_eq!(left.data["isViewing"], Value::Bool(false), "it ends by itself");
    let fence = customer.says(room, "Hello").await;
    let frames = of_customer.until_message(fence).await;
    assert!(frames.iter().all(|frame| !frame.is("viewing")), "a customer sees who looks: {frames:?}");
}

/// Whether the frame says that this person types, or no longer does.
fn typing_of(frame: &Frame, user: i64) -> Option<bool> {
    (frame.is("typing") && frame.data["userId"] == user).then(|| frame.data["isTyping"] == true)
}
