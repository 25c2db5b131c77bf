//! `Idempotency-Key`: a repeat answers what the first call did and creates
//! nothing.

use chrono::{TimeDelta, Utc};
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, Listen, Person, TestApp, number, send};

#[tokio::test]
async fn a_repeated_message_is_stored_once_and_answered_alike() {
    let app = TestApp::start().await;
    let customer = app.customer(7);
    let room = customer.new_room().await;
    let path = format!("/api/chat/rooms/{room}");
    let first = keyed(&customer, &path, "key-1", &json!({"message": "Hello"})).await.created();
    customer.says(room, "something in between").await;
    for _ in 0..3 {
        let repeat = keyed(&customer, &path, "key-1", &json!({"message": "Hello"})).await.created();
        assert_eq!(repeat["id"], first["id"]);
        assert_eq!(repeat["message"], "Hello");
    }
    let history = customer.messages(room, "").await.ok();
    assert_eq!(history.as_array().map(Vec::len), Some(3));
}

#[tokio::test]
async fn a_repeated_first_message_makes_one_room_and_one_message() {
    let app = TestApp::start().await;
    let customer = app.customer(7);
    let body = json!({"message": "Hello", "subject": "Order"});
    let first = keyed(&customer, "/api/chat/rooms", "open-1", &body).await.created();
    let repeat = keyed(&customer, "/api/chat/rooms", "open-1", &body).await;
    assert_eq!(repeat.status, 201, "a repeat answers what the first one did");
    let repeat = repeat.json();
    assert_eq!(repeat["id"], first["id"]);
    assert_eq!(repeat["messages"][0]["id"], first["messages"][0]["id"]);
    let history = customer.messages(number(&first["id"]), "").await.ok();
    assert_eq!(history.as_array().map(Vec::len), Some(1));
}

#[tokio::test]
async fn of_ten_at_once_one_is_stored_and_told() {
    let app = TestApp::start().await;
    let customer = app.customer(7);
    let room = customer.new_room().await;
    let path = format!("/api/chat/rooms/{room}");
    let mut stream = customer.listen(&Listen::room(room)).await;
    stream.connected().await;
    let body = json!({"message": "Hello"});
    let all = (0..10).map(|_| keyed(&customer, &path, "race", &body));
    let answers: Vec<Value> =
        futures_util::future::join_all(all).await.into_iter().map(|answer| answer.created()).collect();
    assert!(answers.iter().all(|answer| answer["id"] == answers[0]["id"]), "{answers:?}");
    let fence = customer.says(room, "done").await;
    let frames = stream.until_message(fence).await;
    assert_eq!(frames.iter().filter(|frame| frame.is("message")).count(), 2, "{frames:?}");
    let rooms = (0..10).map(|_| keyed(&customer, "/api/chat/rooms", "race-2", &body));
    let ids: Vec<i64> = futures_util::future::join_all(rooms)
        .await
        .into_iter()
        .map(|answer| number(&answer.expect(200).json()["messages"][2]["id"]))
        .collect();
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    assert_eq!(customer.messages(room, "").await.ok().as_array().map(Vec::len), Some(4));
}

#[tokio::test]
async fn a_key_is_its_persons_own() {
    let app = TestApp::start().await;
    let (customer, admin) = (app.customer(7), app.admin(1));
    let room = customer.new_room().await;
    let path = format!("/api/chat/rooms/{room}");
    let body = json!({"message": "Hello"});
    let first = keyed(&customer, &path, "shared", &body).await.created();
    let second = keyed(&admin, &path, "shared", &body).await.created();
    assert_ne!(first["id"], second["id"]);
    assert_eq!(second["senderId"], 1);
}

#[tokio::test]
async fn a_key_is_not_taken_for_another_call_or_another_body() {
    let app = TestApp::start().await;
    let customer = app.customer(7);
    let room = customer.new_room().await;
    let path = format!("/api/chat/rooms/{room}");
    keyed(&customer, &path, "once", &json!({"message": "Hello"})).await.created();
    keyed(&customer, &path, "once", &json!({"message": "Goodbye"})).await.invalid("Idempotency-Key");
    let other_type = json!({"message": "Hello", "messageType": "FILE"});
    keyed(&customer, &path, "once", &other_type).await.invalid("Idempotency-Key");
    keyed(&customer, "/api/chat/rooms", "once", &json!({"message": "Hello"})).await.invalid("Idempotency-Key");
    assert_eq!(customer.messages(room, "").await.ok().as_array().map(Vec::len), Some(2));
}

#[tokio::test]
async fn a_key_has_at_most_128_characters() {
    let app = TestApp::start().await;
    let customer = app.customer(7);
    let room = customer.new_room().await;
    let body = json!({"message": "Hello"});
    for path in [format!("/api/chat/rooms/{room}"), "/api/chat/rooms".to_owned()] {
        keyed(&customer, &path, &"k".repeat(129), &body).await.invalid("Idempotency-Key");
        keyed(&customer, &path, "", &body).await.invalid("Idempotency-Key");
    }
    keyed(&customer, &format!("/api/chat/rooms/{room}"), &"k".repeat(128), &body).await.created();
}

#[tokio::test]
async fn a_refused_call_does_not_use_its_key_up() {
    let app = TestApp::start().await;
    let (customer, admin) = (app.customer(7), app.admin(1));
    let room = customer.new_room().await;
    let path = format!("/api/chat/rooms/{room}");
    let body = json!({"message": "Hello"});
    admin.close(room).await.ok();
    keyed(&customer, &path, "again", &body).await.refused(409, "room_closed");
    admin.manage(room, &json!({"status": "OPEN"})).await.ok();
    keyed(&customer, &path, "again", &body).await.created();
}

#[tokio::test]
async fn a_repeat_survives_a_restart() {
    let mut app = TestApp::start().await;
    let room = app.customer(7).new_room().await;
    let path = format!("/api/chat/rooms/{room}");
    let body = json!({"message": "Hello"});
    let first = keyed(&app.customer(7), &path, "durable", &body).await.created();
    app.restart().await;
    let repeat = keyed(&app.customer(7), &path, "durable", &body).await.created();
    assert_eq!(repeat["id"], first["id"]);
}

#[tokio::test]
async fn a_key_is_kept_for_a_day_and_then_forgotten() {
    let mut app = TestApp::start().await;
    let room = app.customer(7).new_room().await;
    let path = format!("/api/chat/rooms/{room}");
    for key in ["yesterday", "older"] {
        keyed(&app.customer(7), &path, key, &json!({"message": key})).await.created();
    }
    let other = json!({"message": "another body"});
    for (hours, key) in [(23, "yesterday"), (25, "older")] {
        let then = (Utc::now() - TimeDelta::hours(hours)).format("%Y-%m-%dT%H:%M:%S%.3f+00:00");
        let aged = format!(r#"UPDATE "IdempotencyKey" SET "createdAt" = '{then}' WHERE "key" = '{key}'"#);
        app.restart_after(&aged).await;
    }
    keyed(&app.customer(7), &path, "older", &other).await.created();
    keyed(&app.customer(7), &path, "yesterday", &other).await.invalid("Idempotency-Key");
}

async fn keyed(person: &Person, path: &str, key: &str, body: &Value) -> Answer {
    send(person.request(Method::POST, path).header("idempotency-key", key).json(body)).await
}
