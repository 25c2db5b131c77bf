//! Session cookies of `NextAuth` v4 and Auth.js v5, as the real packages made
//! them.

use reqwest::Method;
use serde_json::Value;

use crate::harness::{Answer, TestApp, send};

const SECRET: &str = "fixture-nextauth-secret-of-the-present";

#[tokio::test]
async fn session_cookies_of_both_packages_sign_people_in() {
    let app = TestApp::with(&[("NEXTAUTH_SECRET", SECRET)]).await;
    let mut accepted = 0;
    for session in sessions() {
        let name = text(&session["name"]);
        if is_bad(&name) {
            continue;
        }
        let answer = with_cookies(&app, "/api/chat/stats", &cookies(&session)).await;
        let expected = if is_admins(&session) { 200 } else { 403 };
        assert_eq!(answer.status, expected, "{name}: {}", answer.text());
        accepted += 1;
    }
    assert!(accepted >= 12, "only {accepted} good sessions are in the fixture");
}

#[tokio::test]
async fn expired_sessions_and_those_of_other_secrets_sign_nobody_in() {
    let app = TestApp::with(&[("NEXTAUTH_SECRET", SECRET)]).await;
    for session in sessions() {
        if is_bad(&text(&session["name"])) {
            let answer = with_cookies(&app, "/api/chat/rooms", &cookies(&session)).await;
            answer.refused(401, "unauthenticated");
        }
    }
}

#[tokio::test]
async fn a_session_cookie_that_was_tampered_with_signs_nobody_in() {
    let app = TestApp::with(&[("NEXTAUTH_SECRET", SECRET)]).await;
    for session in sessions().iter().filter(|session| !is_bad(&text(&session["name"]))) {
        let cookies = cookies(session);
        let (name, value) = cookies.first().expect("a cookie");
        let middle = value.len() / 2;
        let sign = if &value[middle..=middle] == "A" { "B" } else { "A" };
        let tampered = format!("{}{sign}{}", &value[..middle], &value[middle + 1..]);
        let mut changed = cookies.clone();
        changed[0] = (name.clone(), tampered);
        let answer = with_cookies(&app, "/api/chat/rooms", &changed).await;
        answer.refused(401, "unauthenticated");
    }
}

#[tokio::test]
async fn a_session_cookie_means_nothing_where_no_secret_is_set() {
    let app = TestApp::start().await;
    for session in sessions() {
        let answer = with_cookies(&app, "/api/chat/rooms", &cookies(&session)).await;
        answer.refused(401, "unauthenticated");
    }
}

async fn with_cookies(app: &TestApp, path: &str, cookies: &[(String, String)]) -> Answer {
    let cookies: Vec<String> = cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
    send(app.anonymous().request(Method::GET, path).header("cookie", cookies.join("; "))).await
}

fn sessions() -> Vec<Value> {
    let fixture: Value =
        serde_json::from_str(include_str!("../fixtures/identity/sessions.json")).expect("the fixture is JSON");
    fixture["tokens"].as_array().expect("a list of sessions").clone()
}

/// The cookie, or its chunks.
fn cookies(session: &Value) -> Vec<(String, String)> {
    let chunks = session["chunks"].as_array().expect("a list of chunks");
    if chunks.is_empty() {
        return vec![(text(&session["cookie"]), text(&session["token"]))];
    }
    chunks.iter().map(|chunk| (text(&chunk["name"]), text(&chunk["value"]))).collect()
}

fn is_bad(name: &str) -> bool {
    ["expired", "old secret", "foreign"].iter().any(|bad| name.contains(bad))
}

/// The secure cookies of the fixture and those named so are Sari's.
fn is_admins(session: &Value) -> bool {
    let name = text(&session["name"]);
    name.contains("admin") || name.contains("secure")
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}
