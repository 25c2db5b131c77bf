//! What strangers send forges no line of the log, and what is secret reaches neither log nor answer.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::tokens::{SECRET, in_seconds, sign};
use crate::harness::{TestApp, raw, run, send};

/// Ends a line, forges the next one, and colours a terminal.
const FORGERY: &str =
    "x\r\n2026-11-21T00:00:00.000000Z  INFO FORGED\n\u{1b}[31mFORGED\u{1b}]0;FORGED\u{7}\u{2028}\u{85}\u{202e}FORGED";

#[tokio::test]
async fn nobody_forges_a_line_of_the_log() {
    for format in ["text", "json"] {
        let mut app = TestApp::with(&[("RUST_LOG", "debug"), ("SAPA__LOG__FORMAT", format)]).await;
        hostile_calls(&app).await;
        app.terminate().await;
        let log = app.log();
        assert!(log.lines().count() > 10, "the log says too little to prove anything: {log}");
        for line in log.lines() {
            assert!(!line.contains(|sign: char| sign.is_control() && sign != '\t'), "{line:?}");
            let begins_well = match format {
                "json" => serde_json::from_str::<Value>(line).is_ok_and(|entry| entry["timestamp"].is_string()),
                _ => line.len() > 28 && line[..27].bytes().all(|b| b.is_ascii_digit() || b"-:.TZ".contains(&b)),
            };
            assert!(begins_well && !line.contains("INFO FORGED"), "{line:?}");
        }
        assert!(!log.contains("panicked"), "{log}");
    }
}

async fn hostile_calls(app: &TestApp) {
    let token = sign(&json!({"sub": 7, "name": FORGERY, "email": FORGERY, "exp": in_seconds(600)}));
    let forger = app.bearer(&token);
    let room = forger.open_with(&json!({"message": FORGERY, "subject": FORGERY})).await.created();
    let path = format!("/api/chat/rooms/{}", room["id"]);
    forger.post(&path, &json!({"message": FORGERY, "messageType": FORGERY})).await;
    forger.post(&path, &json!({FORGERY: FORGERY})).await;
    let escaped = percent_encoding::utf8_percent_encode(FORGERY, percent_encoding::NON_ALPHANUMERIC).to_string();
    for path in
        [format!("/{escaped}"), format!("/api/chat/rooms/{escaped}"), format!("/socket.io/?EIO=4&transport={escaped}")]
    {
        forger.get(&path).await;
    }
    for name in
        ["x-request-id", "idempotency-key", "origin", "last-event-id", "user-agent", "x-forwarded-for", "cookie"]
    {
        let latin: Vec<u8> = "x\u{e9}\u{2028}FORGED\t".bytes().collect();
        send(forger.request(Method::GET, "/nowhere").header(name, latin)).await.expect(404);
        for head in [
            format!("GET /nowhere HTTP/1.1\r\nHost: sapa.test\r\n{name}: \u{1b}[31mFORGED\r\n\r\n"),
            format!("GET /nowhere HTTP/1.1\r\nHost: sapa.test\r\n{name}: x\n2026 INFO FORGED\r\n\r\n"),
        ] {
            raw::raw(app, head.as_bytes()).await;
        }
    }
    for head in [
        "GET /\u{1b}[31mFORGED HTTP/1.1\r\nHost: x\r\n\r\n",
        "FO\u{1b}RGED / HTTP/1.1\r\nHost: x\r\n\r\n",
        "\u{16}\u{3}\u{1}FORGED\r\n\r\n",
    ] {
        raw::raw(app, head.as_bytes()).await;
    }
}

#[tokio::test]
async fn strangers_write_nothing_into_the_usual_log() {
    let mut app = TestApp::start().await;
    let before = app.log().lines().count();
    for _ in 0..20 {
        raw::raw(&app, b"no request at all\r\n\r\n").await;
        raw::raw(&app, b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n").await;
        app.anonymous().get("/nowhere").await.expect(404);
        app.bearer("a.b.c").get("/api/chat/rooms").await.expect(401);
    }
    let after = app.log();
    assert_eq!(after.lines().count(), before, "strangers fill the log: {after}");
    app.terminate().await;
}

#[tokio::test]
async fn what_is_secret_stands_in_no_log_no_answer_and_no_metric() {
    let session_secret = "a-session-secret-that-stands-nowhere-else";
    let redis = "redis://somebody:a-redis-password-that-stands-nowhere@127.0.0.1:1/";
    let settings = [("RUST_LOG", "debug"), ("NEXTAUTH_SECRET", session_secret), ("REDIS_URL", redis)];
    let mut app = TestApp::with(&settings).await;
    let customer = app.customer(7);
    let text = "a text that only its readers may see";
    let room = customer.open_with(&json!({"message": text, "subject": text})).await.created();
    let token = customer.token.clone().expect("a token");
    let guest = app.anonymous().post("/api/chat/guests", &json!({"name": "Guest"})).await.created();
    let guest_token = guest["token"].as_str().expect("a token").to_owned();
    let mut told = String::new();
    for path in
        ["/metrics", "/readyz", "/healthz", "/api/chat/config", "/api/openapi.json", "/nowhere", "/api/chat/rooms"]
    {
        told.push_str(&app.anonymous().get(path).await.text());
        let (head, _) = token.rsplit_once('.').expect("a token has parts");
        told.push_str(&app.bearer(&format!("{head}.AAAA")).get(path).await.text());
    }
    customer.get(&format!("/api/chat/rooms?search={}", text.replace(' ', "%20"))).await.ok();
    customer.post(&format!("/api/chat/rooms/{}", room["id"]), &json!({"message": 7, "text": text})).await.expect(400);
    told.push_str(&run(app.folder(), &app.environment(), &["serve", "--no-such-argument"]).await.refused());
    app.terminate().await;
    told.push_str(&app.log());
    let (_, signature) = token.rsplit_once('.').expect("a token has parts");
    let (_, guest_signature) = guest_token.rsplit_once('.').expect("a token has parts");
    for (what, secret) in [
        ("the secret of tokens", SECRET),
        ("the secret of sessions", session_secret),
        ("the password of Redis", "a-redis-password"),
        ("a token", signature),
        ("a guest's token", guest_signature),
        ("a message", text),
    ] {
        assert!(!told.contains(secret), "{what} is told");
    }
}
