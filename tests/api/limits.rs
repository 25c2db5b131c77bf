//! `[limits]`: over them comes 429 with `Retry-After`, and only for whom it
//! is due.

use std::time::Duration;

use reqwest::Method;
use serde_json::json;

use crate::harness::{Answer, Listen, TestApp, eventually, send};

#[tokio::test]
async fn a_persons_writes_are_limited_and_the_limit_passes() {
    let app = TestApp::with(&[("SAPA__LIMITS__WRITES_PER_SECOND", "1"), ("SAPA__LIMITS__WRITES_BURST", "5")]).await;
    let (customer, other) = (app.customer(7), app.customer(8));
    let room = customer.new_room().await;
    let mut refused = None;
    for n in 0..10 {
        let answer = customer.send(room, &format!("message {n}")).await;
        if answer.status == 429 {
            refused = Some((n, answer));
            break;
        }
        answer.created();
    }
    let (n, answer) = refused.expect("the sixth write or so is refused");
    assert!((3..=8).contains(&n), "refused after {n} writes with a burst of 5");
    assert!((1..=5).contains(&answer.retry_after()), "{answer:?}");
    answer.refused(429, "rate_limited");
    customer.room(room).await.ok();
    other.new_room().await;
    eventually("the limit passes", || async { (customer.send(room, "again").await.status == 201).then_some(()) }).await;
}

#[tokio::test]
async fn every_kind_of_write_counts() {
    let app = TestApp::with(&[("SAPA__LIMITS__WRITES_PER_SECOND", "1"), ("SAPA__LIMITS__WRITES_BURST", "1000")]).await;
    let customer = app.customer(7);
    let room = customer.new_room().await;
    let message = customer.says(room, "Hello").await;
    let mut app = app;
    app.set("SAPA__LIMITS__WRITES_BURST", "2");
    app.restart().await;
    let path = format!("/api/chat/rooms/{room}");
    let calls = [
        (Method::POST, "/api/chat/rooms".to_owned()),
        (Method::POST, path.clone()),
        (Method::POST, format!("{path}/read")),
        (Method::PUT, format!("/api/chat/messages/{message}/reactions/%F0%9F%91%8D")),
        (Method::DELETE, format!("/api/chat/messages/{message}")),
    ];
    let mut statuses = Vec::new();
    for _ in 0..4 {
        for (method, path) in &calls {
            let request = app.customer(7).request(method.clone(), path).json(&json!({"message": "Hi"}));
            statuses.push((path.clone(), send(request).await.status.as_u16()));
        }
    }
    for (_, path) in &calls {
        let limited = statuses.iter().any(|(called, status)| called == path && *status == 429);
        assert!(limited, "{path} was never limited: {statuses:?}");
    }
}

#[tokio::test]
async fn an_addresss_requests_are_limited_before_anything_is_looked_at() {
    let app =
        TestApp::with(&[("SAPA__LIMITS__REQUESTS_PER_SECOND", "1"), ("SAPA__LIMITS__REQUESTS_BURST", "10")]).await;
    let mut refused = Vec::new();
    for _ in 0..30 {
        let answer = app.anonymous().get("/api/chat/rooms").await;
        match answer.status.as_u16() {
            401 => {}
            _ => refused.push(answer),
        }
    }
    assert!(refused.len() > 10, "only {} of 30 were refused with a burst of 10", refused.len());
    for answer in refused {
        assert!(answer.retry_after() >= 1);
        answer.refused(429, "rate_limited");
    }
}

#[tokio::test]
async fn a_stream_over_its_addresss_limit_is_told_to_come_later() {
    let app =
        TestApp::with(&[("SAPA__LIMITS__REQUESTS_PER_SECOND", "1"), ("SAPA__LIMITS__REQUESTS_BURST", "10")]).await;
    let customer = app.customer(7);
    while customer.rooms(&[]).await.status != 429 {}
    // An EventSource never comes back from any status but 200.
    let mut stream = customer.listen(&Listen::all()).await;
    assert_eq!(stream.until_end(Duration::from_secs(5)).await, []);
    assert!(stream.retry.is_some_and(|delay| (2000..=5000).contains(&delay)), "{:?}", stream.retry);
}

#[tokio::test]
async fn nobody_lends_an_address_to_an_untrusted_peer() {
    let app =
        TestApp::with(&[("SAPA__LIMITS__REQUESTS_PER_SECOND", "1"), ("SAPA__LIMITS__REQUESTS_BURST", "10")]).await;
    let mut refused = 0;
    for n in 0..30 {
        refused += usize::from(forwarded(&app, &format!("203.0.113.{n}")).await.status == 429);
    }
    assert!(refused > 10, "X-Forwarded-For of anybody was believed: {refused} refused");
}

#[tokio::test]
async fn behind_a_trusted_proxy_each_client_has_a_limit_of_its_own() {
    let app = TestApp::with(&[
        ("SAPA__LIMITS__REQUESTS_PER_SECOND", "1"),
        ("SAPA__LIMITS__REQUESTS_BURST", "10"),
        ("SAPA__SERVER__TRUSTED_PROXIES", "127.0.0.0/8,10.0.0.0/8"),
    ])
    .await;
    for n in 0..30 {
        assert_ne!(forwarded(&app, &format!("203.0.113.{n}")).await.status, 429, "client {n}");
    }
    let mut refused = 0;
    for n in 0..30 {
        // What stands left of the last untrusted address is the client's own invention.
        refused += usize::from(forwarded(&app, &format!("198.51.100.{n}, 203.0.113.99, 10.0.0.1")).await.status == 429);
    }
    assert!(refused > 10, "an invented X-Forwarded-For was believed: {refused} refused");
    let mut refused = 0;
    for n in 0..30 {
        // The proxy may add a line of its own below the client's.
        let request = app.anonymous().request(Method::GET, "/api/chat/rooms");
        let request = request.header("x-forwarded-for", format!("198.51.100.{n}"));
        let answer = send(request.header("x-forwarded-for", "203.0.113.98")).await;
        refused += usize::from(answer.status == 429);
    }
    assert!(refused > 10, "an invented line of X-Forwarded-For was believed: {refused} refused");
    let mut refused = 0;
    for n in 0..30 {
        refused += usize::from(forwarded(&app, &format!("not an address {n}")).await.status == 429);
    }
    assert!(refused > 10, "nonsense in X-Forwarded-For opened the limit: {refused} refused");
}

#[tokio::test]
async fn a_person_has_so_many_streams_and_gets_one_back_for_each_that_ends() {
    let app = TestApp::with(&[("SAPA__LIMITS__STREAMS_PER_USER", "3")]).await;
    let customer = app.customer(7);
    let mut streams = Vec::new();
    for _ in 0..3 {
        let mut stream = customer.listen(&Listen::all()).await;
        stream.connected().await;
        streams.push(stream);
    }
    let Err(refused) = customer.try_listen(&Listen::all()).await else { panic!("a fourth stream was opened") };
    assert!(refused.retry_after() >= 1);
    refused.refused(429, "rate_limited");
    app.customer(8).listen(&Listen::all()).await.connected().await;
    drop(streams.pop());
    let mut again =
        eventually("the stream is given back", || async { customer.try_listen(&Listen::all()).await.ok() }).await;
    again.connected().await;
}

#[tokio::test]
async fn limits_of_length_are_settings() {
    let app = TestApp::with(&[
        ("SAPA__LIMITS__MESSAGE_CHARS", "10"),
        ("SAPA__LIMITS__SUBJECT_CHARS", "5"),
        ("SAPA__LIMITS__BODY_BYTES", "1024"),
    ])
    .await;
    let customer = app.customer(7);
    customer.open("12345678901").await.invalid("message");
    customer.open_with(&json!({"message": "1", "subject": "123456"})).await.invalid("subject");
    customer.open(&"x".repeat(1024)).await.refused(413, "too_large");
    customer.open_with(&json!({"message": "1234567890", "subject": "12345"})).await.created();
    let told = app.anonymous().get("/api/chat/config").await.ok();
    assert_eq!(told["limits"], json!({"messageChars": 10, "subjectChars": 5}));
}

async fn forwarded(app: &TestApp, addresses: &str) -> Answer {
    let request = app.anonymous().request(Method::GET, "/api/chat/rooms");
    send(request.header("x-forwarded-for", addresses)).await
}
