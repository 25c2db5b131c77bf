//! `GET /api/chat/rooms/{id}`: the room, its newest messages and the place
//! from which a stream goes on.

use chrono::{DateTime, Utc};
use serde_json::Value;

use crate::harness::{Listen, TestApp, number, numbers};

#[tokio::test]
async fn a_room_has_exactly_the_promised_members() {
    let app = TestApp::start().await;
    let (customer, admin) = (app.customer(7), app.admin(1));
    let room = customer.new_room().await;
    admin.says(room, "How can I help?").await;
    for person in [&customer, &admin] {
        let shown = person.room(room).await.ok();
        assert_eq!(
            members(&shown),
            [
                "admin",
                "adminId",
                "createdAt",
                "id",
                "isRead",
                "lastActivity",
                "lastEventId",
                "lastMessage",
                "messages",
                "priority",
                "status",
                "subject",
                "unreadCount",
                "updatedAt",
                "user",
                "userId"
            ]
        );
        assert_eq!(members(&shown["user"]), ["email", "id", "name"]);
        assert_eq!(members(&shown["admin"]), ["email", "id", "name"]);
        assert_eq!(
            members(&shown["messages"][0]),
            [
                "chatRoomId",
                "createdAt",
                "deletedAt",
                "id",
                "isRead",
                "message",
                "messageType",
                "reactions",
                "replyToId",
                "sender",
                "senderId"
            ]
        );
        assert_eq!(members(&shown["messages"][0]["sender"]), ["id", "name", "role"]);
        assert_eq!(shown["messages"][0]["sender"]["role"], "USER");
        assert_eq!(shown["messages"][1]["sender"]["role"], "ADMIN");
    }
}

#[tokio::test]
async fn times_are_utc_with_milliseconds() {
    let app = TestApp::start().await;
    let before = Utc::now();
    let room = app.customer(7).open("Hello").await.created();
    for value in [&room["createdAt"], &room["updatedAt"], &room["lastActivity"], &room["messages"][0]["createdAt"]] {
        let text = value.as_str().expect("a time is text");
        assert!(text.len() == 24 && text.ends_with('Z'), "{text} has no milliseconds in UTC");
        let time: DateTime<Utc> = text.parse().expect("a time of RFC 3339");
        let apart = (time - before).num_milliseconds();
        assert!((-2..60_000).contains(&apart), "{text} is not now");
    }
}

#[tokio::test]
async fn the_newest_fifty_messages_come_oldest_first() {
    let app = TestApp::start().await;
    let customer = app.customer(7);
    let room = customer.new_room().await;
    let mut sent = Vec::new();
    for n in 0..55 {
        sent.push(customer.says(room, &format!("message {n}")).await);
    }
    let shown = customer.room(room).await.ok();
    assert_eq!(numbers(&shown["messages"], "id"), sent[5..]);
    let added = customer.open("one more").await.ok();
    assert_eq!(added["messages"].as_array().map(Vec::len), Some(50));
}

#[tokio::test]
async fn the_unread_count_is_the_callers() {
    let app = TestApp::start().await;
    let (customer, admin) = (app.customer(7), app.admin(1));
    let room = customer.new_room().await;
    customer.says(room, "Hello?").await;
    admin.says(room, "Hello!").await;
    assert_eq!(customer.room(room).await.ok()["unreadCount"], 1);
    assert_eq!(admin.room(room).await.ok()["unreadCount"], 2);
    assert_eq!(app.admin(2).room(room).await.ok()["unreadCount"], 2);
}

#[tokio::test]
async fn the_last_event_id_grows_with_every_change() {
    let app = TestApp::start().await;
    let (customer, admin) = (app.customer(7), app.admin(1));
    let room = customer.new_room().await;
    let mut last = number(&customer.room(room).await.ok()["lastEventId"]);
    assert!(last > 0);
    for step in 0..4 {
        match step {
            0 => drop(customer.send(room, "Hello").await.created()),
            1 => drop(admin.read(room).await.ok()),
            2 => drop(admin.manage(room, &serde_json::json!({"priority": "HIGH"})).await.ok()),
            _ => drop(app.customer(8).new_room().await),
        }
        let now = number(&customer.room(room).await.ok()["lastEventId"]);
        assert!(now > last, "step {step}: {now} came after {last}");
        last = now;
    }
    let mut stream = customer.listen(&Listen::room(room).after(last)).await;
    let connected = stream.connected().await;
    assert_eq!((connected.id, &connected.data["replayed"]), (Some(last), &Value::from(0)));
}

#[tokio::test]
async fn an_id_that_is_no_room_number_is_not_found() {
    let app = TestApp::start().await;
    for id in ["0", "-1", "abc", "1.5", "2147483648", "99999999999999999999", "%00", "1%20OR%201=1", "%F0%9F%92%A5"] {
        for person in [app.customer(7), app.admin(1)] {
            person.get(&format!("/api/chat/rooms/{id}")).await.refused(404, "not_found");
            person.get(&format!("/api/chat/rooms/{id}/messages")).await.refused(404, "not_found");
        }
    }
}

fn members(value: &Value) -> Vec<&str> {
    let mut members: Vec<_> =
        value.as_object().unwrap_or_else(|| panic!("no object: {value}")).keys().map(String::as_str).collect();
    members.sort_unstable();
    members
}
