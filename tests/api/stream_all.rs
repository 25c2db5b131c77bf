//! `GET /api/chat/sse` without a room: a customer's own rooms, or the desk.

use serde_json::{Value, json};

use crate::harness::{Listen, TestApp};

#[tokio::test]
async fn a_new_room_comes_before_its_first_message() {
    let app = TestApp::start().await;
    let (customer, admin) = (app.customer(7), app.admin(1));
    let mut of_admin = admin.listen(&Listen::all()).await;
    let mut of_customer = customer.listen(&Listen::all()).await;
    for stream in [&mut of_admin, &mut of_customer] {
        let connected = stream.connected().await;
        assert_eq!((&connected.data["roomId"], &connected.data["room"]), (&Value::Null, &Value::Null));
    }
    let room = customer.open("Hello").await.created();
    for stream in [&mut of_admin, &mut of_customer] {
        let frames = stream.until("message", |frame| frame.is("message")).await;
        let stored: Vec<_> = frames.iter().filter(|frame| frame.id.is_some()).collect();
        assert_eq!(stored.iter().map(|frame| frame.kind.as_str()).collect::<Vec<_>>(), ["room", "message"]);
        assert_eq!((&stored[0].data["id"], &stored[0].data["status"]), (&room["id"], &json!("OPEN")));
        assert_eq!(stored[1].data, room["messages"][0]);
    }
}

#[tokio::test]
async fn a_room_frame_tells_each_side_its_own_unread_count() {
    let app = TestApp::start().await;
    let (customer, admin) = (app.customer(7), app.admin(1));
    let room = customer.new_room().await;
    customer.says(room, "Anybody?").await;
    let mut of_admin = admin.listen(&Listen::all()).await;
    let mut of_customer = customer.listen(&Listen::all()).await;
    for stream in [&mut of_admin, &mut of_customer] {
        stream.connected().await;
    }
    admin.manage(room, &json!({"priority": "HIGH"})).await.ok();
    for (stream, unread) in [(&mut of_admin, 2), (&mut of_customer, 0)] {
        let frame = stream.until("room", |frame| frame.is("room") && frame.data["priority"] == "HIGH").await;
        assert_eq!(frame.last().map(|frame| &frame.data["unreadCount"]), Some(&json!(unread)));
    }
}

#[tokio::test]
async fn a_customers_stream_of_all_rooms_has_only_their_own() {
    let app = TestApp::start().await;
    let (customer, other, admin) = (app.customer(7), app.customer(8), app.admin(1));
    let (room, foreign) = (customer.new_room().await, other.new_room().await);
    let mut stream = customer.listen(&Listen::all()).await;
    stream.connected().await;
    let secret = other.says(foreign, "secret").await;
    admin.says(foreign, "secret too").await;
    other.delete(secret).await.ok();
    admin.read(foreign).await.ok();
    admin.manage(foreign, &json!({"priority": "URGENT"})).await.ok();
    other.typing(foreign, true).await.no_content();
    app.customer(9).new_room().await;
    let fence = customer.says(room, "Hello").await;
    for frame in stream.until_message(fence).await {
        let of = frame.data.get("chatRoomId").or(frame.data.get("roomId")).or(frame.data.get("id"));
        assert!(of.is_none_or(|of| *of == room), "a foreign room's frame: {frame:?}");
        assert!(!frame.data.to_string().contains("secret"), "{frame:?}");
    }
}

#[tokio::test]
async fn a_room_that_is_opened_later_joins_the_stream_of_all_rooms() {
    let app = TestApp::start().await;
    let customer = app.customer(7);
    let mut stream = customer.listen(&Listen::all()).await;
    stream.connected().await;
    let room = customer.new_room().await;
    let message = customer.says(room, "Hello").await;
    let frames = stream.until_message(message).await;
    assert!(frames.iter().any(|frame| frame.is("room") && frame.data["id"] == room), "{frames:?}");
}
