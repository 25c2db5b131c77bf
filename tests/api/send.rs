//! `POST /api/chat/rooms/{id}`: a message into a room.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, Listen, Person, TestApp, number, send};

#[tokio::test]
async fn a_message_comes_back_as_it_is_stored() {
    let app = TestApp::start().await;
    let customer = app.customer(7);
    let room = customer.new_room().await;
    let message = customer.send(room, "Hello").await.created();
    assert_eq!(message["chatRoomId"], room);
    assert_eq!(message["senderId"], 7);
    assert_eq!(message["sender"], json!({"id": 7, "name": "Customer 7", "role": "USER"}));
    assert_eq!(message["message"], "Hello");
    assert_eq!(message["messageType"], "TEXT");
    assert_eq!(message["isRead"], false);
    assert_eq!(message["replyToId"], Value::Null);
    assert_eq!(message["reactions"], json!([]));
    assert_eq!(message["deletedAt"], Value::Null);
    assert_eq!(customer.messages(room, "").await.ok()[1], message);
}

#[tokio::test]
async fn text_is_trimmed_and_otherwise_kept_sign_by_sign() {
    let app = TestApp::start().await;
    let customer = app.customer(7);
    let room = customer.new_room().await;
    for text in [
        "<script>alert('x')</script> & &amp;",
        "line one\nline two\r\nline three\ttab",
        "data: x\n\nid: 7\nevent: message\rretry: 1",
        "'; DROP TABLE \"ChatMessage\"; --",
        "emoji 👩‍👩‍👧‍👦 and 日本語 and עברית",
        "\u{202E}right to left\u{2028}separator",
        "{\"json\": true}",
    ] {
        let message = customer.send(room, &format!(" \n\t{text}  \r\n")).await.created();
        assert_eq!(message["message"], text);
    }
}

#[tokio::test]
async fn four_thousand_characters_fit_and_one_more_does_not() {
    let app = TestApp::start().await;
    let customer = app.customer(7);
    let room = customer.new_room().await;
    for sign in ["x", "é", "👍"] {
        let longest = sign.repeat(4000);
        let message = customer.send(room, &format!("  {longest}  ")).await.created();
        assert_eq!(message["message"], longest);
        customer.send(room, &sign.repeat(4001)).await.invalid("message");
    }
}

#[tokio::test]
async fn empty_messages_and_those_with_nul_are_refused() {
    let app = TestApp::start().await;
    let customer = app.customer(7);
    let room = customer.new_room().await;
    for text in ["", " ", "\n\n", "\u{3000}", "a\0b", "\0"] {
        customer.send(room, text).await.invalid("message");
    }
}

#[tokio::test]
async fn wrong_types_are_named() {
    let app = TestApp::start().await;
    let customer = app.customer(7);
    let room = customer.new_room().await;
    for (field, body) in [
        ("message", json!({})),
        ("message", json!({"message": null})),
        ("message", json!({"message": 7})),
        ("message", json!({"message": ["Hello"]})),
        ("messageType", json!({"message": "Hi", "messageType": "VIDEO"})),
        ("messageType", json!({"message": "Hi", "messageType": 1})),
        ("replyToId", json!({"message": "Hi", "replyToId": "first"})),
        ("replyToId", json!({"message": "Hi", "replyToId": 1.5})),
        ("replyToId", json!({"message": "Hi", "replyToId": -1})),
        ("replyToId", json!({"message": "Hi", "replyToId": 99_999_999_999_i64})),
        ("replyToId", json!({"message": "Hi", "replyToId": 999_999})),
    ] {
        customer.send_with(room, &body).await.invalid(field);
    }
}

#[tokio::test]
async fn a_body_that_is_no_object_is_refused_as_a_whole() {
    let app = TestApp::start().await;
    let customer = app.customer(7);
    let room = customer.new_room().await;
    let deep = format!("{}{}", "[".repeat(20_000), "]".repeat(20_000));
    let deep_inside = format!(r#"{{"message":{deep}}}"#);
    let bodies: [&[u8]; 11] = [
        b"",
        b"{",
        b"null",
        b"[]",
        b"[\"Hello\"]",
        b"\"Hello\"",
        b"7",
        b"{\"message\":\"Hello\"",
        b"{'message':'Hello'}",
        b"message=Hello",
        deep.as_bytes(),
    ];
    for body in bodies {
        raw(&customer, room, "application/json", body).await.invalid("body");
    }
    for body in [deep_inside.as_bytes(), b"{\"message\":\"\xFF\xFE\"}"] {
        raw(&customer, room, "application/json", body).await.refused(400, "invalid_input");
    }
}

#[tokio::test]
async fn a_body_of_another_type_is_415() {
    let app = TestApp::start().await;
    let customer = app.customer(7);
    let room = customer.new_room().await;
    let body = br#"{"message":"Hello"}"#;
    for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "image/png"] {
        raw(&customer, room, kind, body).await.refused(415, "unsupported_media_type");
    }
    raw(&customer, room, "application/json; charset=utf-8", body).await.created();
    let nothing = customer.request(Method::POST, &format!("/api/chat/rooms/{room}")).body(&body[..]);
    send(nothing).await.refused(415, "unsupported_media_type");
}

#[tokio::test]
async fn a_body_over_the_limit_is_413() {
    let app = TestApp::start().await;
    let customer = app.customer(7);
    let room = customer.new_room().await;
    for size in [65_537, 1_000_000] {
        let body = format!(r#"{{"message":"Hi","padding":"{}"}}"#, "x".repeat(size));
        raw(&customer, room, "application/json", body.as_bytes()).await.refused(413, "too_large");
    }
    let chunks = (0..100).map(|_| Ok::<_, std::io::Error>("x".repeat(1000)));
    let endless = reqwest::Body::wrap_stream(futures_util::stream::iter(chunks));
    let request = customer.request(Method::POST, &format!("/api/chat/rooms/{room}"));
    let request = request.header("content-type", "application/json").body(endless);
    send(request).await.refused(413, "too_large");
}

#[tokio::test]
async fn a_body_that_claims_to_be_packed_is_refused() {
    let app = TestApp::start().await;
    let customer = app.customer(7);
    let room = customer.new_room().await;
    for coding in ["gzip", "deflate", "br", "zstd"] {
        let request = customer.request(Method::POST, &format!("/api/chat/rooms/{room}"));
        let request = request.header("content-type", "application/json").header("content-encoding", coding);
        let answer = send(request.body(br#"{"message":"Hi"}"#.to_vec())).await;
        assert!(matches!(answer.status.as_u16(), 400 | 415), "{coding}: {answer:?}");
    }
    assert_eq!(customer.history(room).await.len(), 1);
}

#[tokio::test]
async fn the_type_of_a_message_is_kept() {
    let app = TestApp::start().await;
    let customer = app.customer(7);
    let room = customer.new_room().await;
    for kind in ["TEXT", "IMAGE", "FILE"] {
        let message = customer.send_with(room, &json!({"message": "x", "messageType": kind})).await.created();
        assert_eq!(message["messageType"], kind);
    }
}

#[tokio::test]
async fn a_reply_points_to_a_message_of_its_room_only() {
    let app = TestApp::start().await;
    let (customer, other) = (app.customer(7), app.customer(8));
    let (room, other_room) = (customer.new_room().await, other.new_room().await);
    let question = customer.says(room, "When?").await;
    let reply = app.admin(1).send_with(room, &json!({"message": "Today", "replyToId": question})).await.created();
    assert_eq!(reply["replyToId"], question);
    let foreign = other.says(other_room, "secret").await;
    customer.send_with(room, &json!({"message": "Hm", "replyToId": foreign})).await.invalid("replyToId");
}

#[tokio::test]
async fn a_customers_message_reopens_a_resolved_room() {
    let app = TestApp::start().await;
    let (customer, admin) = (app.customer(7), app.admin(1));
    let room = customer.new_room().await;
    admin.manage(room, &json!({"status": "RESOLVED"})).await.ok();
    admin.says(room, "Anything else?").await;
    assert_eq!(admin.room(room).await.ok()["status"], "RESOLVED", "an admin's message does not reopen");
    customer.says(room, "It is broken again").await;
    assert_eq!(admin.room(room).await.ok()["status"], "OPEN");
}

#[tokio::test]
async fn a_closed_room_takes_no_message_until_an_admin_reopens_it() {
    let app = TestApp::start().await;
    let (customer, admin) = (app.customer(7), app.admin(1));
    let room = customer.new_room().await;
    admin.close(room).await.ok();
    customer.send(room, "Wait").await.refused(409, "room_closed");
    admin.send(room, "Wait").await.refused(409, "room_closed");
    admin.manage(room, &json!({"status": "OPEN"})).await.ok();
    customer.send(room, "Thank you").await.created();
}

#[tokio::test]
async fn an_admins_first_answer_assigns_the_room() {
    let app = TestApp::start().await;
    let customer = app.customer(7);
    let room = customer.new_room().await;
    app.admin(1).says(room, "Hello").await;
    app.admin(2).says(room, "Me too").await;
    let shown = customer.room(room).await.ok();
    assert_eq!(shown["adminId"], 1);
    assert_eq!(shown["admin"]["name"], "Admin 1");
}

#[tokio::test]
async fn the_preview_and_the_activity_follow_the_newest_message() {
    let app = TestApp::start().await;
    let customer = app.customer(7);
    let room = customer.new_room().await;
    let message = customer.send(room, "The newest").await.created();
    let shown = customer.room(room).await.ok();
    assert_eq!(shown["lastMessage"], "The newest");
    assert_eq!(shown["lastActivity"], message["createdAt"]);
}

#[tokio::test]
async fn a_refused_message_reaches_no_stream_and_no_history() {
    let app = TestApp::start().await;
    let customer = app.customer(7);
    let room = customer.new_room().await;
    let mut stream = customer.listen(&Listen::room(room)).await;
    stream.connected().await;
    customer.send(room, "").await.invalid("message");
    app.customer(8).send(room, "intruder").await.refused(403, "forbidden");
    let good = customer.says(room, "Hello").await;
    let frames = stream.until_message(good).await;
    assert_eq!(frames.iter().filter(|frame| frame.is("message")).count(), 1);
    let history = customer.messages(room, "").await.ok();
    assert_eq!(number(&history[1]["id"]), good);
}

async fn raw(person: &Person, room: i64, kind: &str, body: &[u8]) -> Answer {
    let request = person.request(Method::POST, &format!("/api/chat/rooms/{room}"));
    send(request.header("content-type", kind).body(body.to_vec())).await
}
