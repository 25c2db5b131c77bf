//! Who asks too much, from where, and what a refusal gives away.

use std::time::Instant;

use reqwest::Method;
use serde_json::json;

use crate::harness::{TestApp, send};

const TIGHT: [(&str, &str); 3] = [
    ("SAPA__LIMITS__REQUESTS_PER_SECOND", "1"),
    ("SAPA__LIMITS__REQUESTS_BURST", "10"),
    ("SAPA__SERVER__TRUSTED_PROXIES", "127.0.0.0/8,10.0.0.0/8,fd00::/8"),
];

/// How many of 30 requests are refused, each with headers of its own.
async fn refused(app: &TestApp, headers: impl Fn(usize) -> (&'static str, String)) -> usize {
    let mut refused = 0;
    for n in 0..30 {
        let (name, value) = headers(n);
        let request = app.anonymous().request(Method::GET, "/api/chat/rooms").header(name, value);
        refused += usize::from(send(request).await.status == 429);
    }
    refused
}

#[tokio::test]
async fn a_customers_whole_network_of_ipv6_shares_one_limit() {
    let app = TestApp::with(&TIGHT).await;
    let one = refused(&app, |n| ("x-forwarded-for", format!("2001:db8:1:2:{n:x}::{n:x}"))).await;
    assert!(one > 10, "addresses of one network are counted apart: {one} refused");
    let many = refused(&app, |n| ("x-forwarded-for", format!("2001:db8:7:{n:x}::1"))).await;
    assert_eq!(many, 0, "networks are counted together");
    let mapped =
        refused(&app, |n| ("x-forwarded-for", if n % 2 == 0 { "192.0.2.7" } else { "::ffff:192.0.2.7" }.into())).await;
    assert!(mapped > 10, "one address in two spellings has two limits: {mapped} refused");
    let through =
        refused(&app, |n| ("x-forwarded-for", format!("198.51.100.{n}, 192.0.2.9, fd00::{n:x}, 10.0.0.{n}"))).await;
    assert!(through > 10, "what stands left of the client is believed: {through} refused");
}

#[tokio::test]
async fn no_other_header_lends_an_address() {
    for name in [
        "x-real-ip",
        "forwarded",
        "cf-connecting-ip",
        "true-client-ip",
        "x-client-ip",
        "x-cluster-client-ip",
        "fastly-client-ip",
    ] {
        let app = TestApp::with(&TIGHT).await;
        let refused = refused(&app, |n| {
            (name, if name == "forwarded" { format!("for=203.0.113.{n}") } else { format!("203.0.113.{n}") })
        })
        .await;
        assert!(refused > 10, "{name} is believed: {refused} refused");
    }
}

#[tokio::test]
async fn a_forwarding_of_a_thousand_hops_is_read_like_any_other() {
    let app = TestApp::with(&TIGHT).await;
    let hops = |first: &str, n: usize| {
        std::iter::once(first.to_owned())
            .chain((0..2000).map(|hop| format!("10.0.{}.{}", hop / 250, hop % 250 + n % 2)))
            .collect::<Vec<_>>()
            .join(",")
    };
    let started = Instant::now();
    let same = refused(&app, |n| ("x-forwarded-for", hops("192.0.2.1", n))).await;
    assert!(same > 10, "hops lend an address: {same} refused");
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
}

#[tokio::test]
async fn one_address_makes_only_so_many_guests() {
    let app = TestApp::with(&TIGHT).await;
    let mut made = 0;
    for _ in 0..40 {
        let answer = app.anonymous().post("/api/chat/guests", &json!({"name": "Guest"})).await;
        made += usize::from(answer.status == 201);
    }
    assert!((5..=25).contains(&made), "{made} guests of one address with a burst of 10");
}

#[tokio::test]
async fn a_refusal_tells_nothing_of_a_foreign_room() {
    let app = TestApp::start().await;
    let (owner, stranger) = (app.customer(7), app.customer(8));
    let secret = "a subject that strangers must not see";
    let mut told = Vec::new();
    for priority in ["LOW", "URGENT"] {
        let body = json!({"message": secret, "subject": secret, "priority": priority});
        let room = owner.open_with(&body).await.created()["id"].as_i64().expect("an id");
        let message = owner.says(room, secret).await;
        app.admin(1).close(room).await.ok();
        let mut refusals = Vec::new();
        for (method, path) in [
            (Method::GET, format!("/api/chat/rooms/{room}")),
            (Method::GET, format!("/api/chat/rooms/{room}/messages")),
            (Method::POST, format!("/api/chat/rooms/{room}")),
            (Method::POST, format!("/api/chat/rooms/{room}/read")),
            (Method::POST, format!("/api/chat/rooms/{room}/typing")),
            (Method::GET, format!("/api/chat/sse?roomId={room}")),
            (Method::DELETE, format!("/api/chat/messages/{message}")),
            (Method::PUT, format!("/api/chat/messages/{message}/reactions/%F0%9F%91%8D")),
        ] {
            let reads = method == Method::GET || method == Method::DELETE || method == Method::PUT;
            let request = stranger.request(method, &path);
            let answer =
                send(if reads { request } else { request.json(&json!({"message": "x", "isTyping": true})) }).await;
            assert!([403, 404].contains(&answer.status.as_u16()), "{answer:?}");
            let text = answer.text();
            assert!(
                !text.contains(secret) && !text.contains("Customer 7") && !text.contains("CLOSED"),
                "{path}: {text}"
            );
            refusals.push(text);
        }
        told.push(refusals);
    }
    assert_eq!(told[0], told[1], "refusals of two rooms differ");
}

#[tokio::test]
async fn ids_of_sessions_cannot_be_guessed_and_a_wrong_one_counts_against_the_limit() {
    let app = TestApp::with(&TIGHT).await;
    let guessed = refused_sessions(&app).await;
    assert!(guessed > 10, "sessions may be guessed at any speed: {guessed} refused");
}

async fn refused_sessions(app: &TestApp) -> usize {
    let mut refused = 0;
    for n in 0..30 {
        let answer = app.anonymous().get(&format!("/socket.io/?EIO=4&transport=polling&sid={n:020}")).await;
        assert_ne!(answer.status, 200, "{answer:?}");
        refused += usize::from(answer.status == 429);
    }
    refused
}
