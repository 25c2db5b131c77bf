//! Every error is a problem document, and nothing a client sends makes a 500.

use reqwest::Method;
use serde_json::json;

use crate::harness::{Person, TestApp, send};

#[tokio::test]
async fn a_path_that_does_not_exist_is_a_problem() {
    let app = TestApp::start().await;
    for path in ["/nowhere", "/api", "/api/chat", "/api/chat/nowhere", "/api/chat/rooms/1/nowhere"] {
        app.admin(1).get(path).await.refused(404, "not_found");
        app.admin(1).post(path, &json!({})).await.refused(404, "not_found");
    }
}

#[tokio::test]
async fn a_method_that_does_not_fit_is_405_and_names_those_that_do() {
    let app = TestApp::start().await;
    let room = app.customer(7).new_room().await;
    for (method, path, allowed) in [
        (Method::DELETE, "/api/chat/rooms".to_owned(), vec!["GET", "POST"]),
        (Method::PUT, format!("/api/chat/rooms/{room}"), vec!["GET", "POST"]),
        (Method::POST, format!("/api/chat/rooms/{room}/messages"), vec!["GET"]),
        (Method::GET, format!("/api/chat/rooms/{room}/manage"), vec!["PATCH"]),
        (Method::POST, format!("/api/chat/rooms/{room}/close"), vec!["PATCH"]),
        (Method::GET, format!("/api/chat/rooms/{room}/typing"), vec!["POST"]),
        (Method::POST, "/api/chat/stats".to_owned(), vec!["GET"]),
        (Method::POST, "/api/chat/sse".to_owned(), vec!["GET"]),
        (Method::POST, "/healthz".to_owned(), vec!["GET"]),
    ] {
        let answer = send(app.admin(1).request(method.clone(), &path)).await;
        let told = answer.header("allow").unwrap_or_default().to_owned();
        for method in allowed {
            assert!(told.split(", ").any(|known| known == method), "{method} {path}: Allow is {told:?}");
        }
        answer.problem(405);
    }
}

#[tokio::test]
async fn no_input_makes_a_server_error() {
    let app = TestApp::start().await;
    let (customer, admin) = (app.customer(7), app.admin(1));
    let room = customer.new_room().await;
    let message = customer.says(room, "Hello").await;
    let mut asked = 0;
    for person in [&customer, &admin] {
        for hostile in HOSTILE {
            asked += attack_paths(person, hostile, room, message).await;
            asked += attack_bodies(person, hostile, room).await;
        }
    }
    assert!(asked > 500, "only {asked} attacks were tried");
    assert_eq!(app.anonymous().get("/readyz").await.status, 200);
    assert!(!app.log().contains("panicked"), "{}", app.log());
    let history = customer.messages(room, "after=0&limit=1").await.ok();
    assert_eq!(history[0]["message"], "Customer 7 needs help", "the rooms are still there");
}

#[tokio::test]
async fn hostile_headers_make_no_server_error() {
    let app = TestApp::start().await;
    let customer = app.customer(7);
    let room = customer.new_room().await;
    for name in [
        "authorization",
        "cookie",
        "last-event-id",
        "idempotency-key",
        "content-type",
        "content-encoding",
        "origin",
        "x-forwarded-for",
        "accept",
        "accept-encoding",
        "if-none-match",
        "range",
        "x-request-id",
        "referer",
    ] {
        for value in
            ["", "\u{e9}\u{fc}", "'; DROP TABLE User; --", "9999999999999999999999", "-1", ",,,;;;===", "Bearer"]
        {
            for method in [Method::GET, Method::POST] {
                let path = if method == Method::GET {
                    "/api/chat/rooms".to_owned()
                } else {
                    format!("/api/chat/rooms/{room}")
                };
                let request = customer.request(method, &path).body(r#"{"message":"Hi"}"#);
                let answer = send(request.header("content-type", "application/json").header(name, value)).await;
                assert!(answer.status.as_u16() < 500, "{name}: {value:?} made {answer:?}");
            }
        }
    }
    let long = "x".repeat(20_000);
    let answer = send(customer.request(Method::GET, "/api/chat/rooms").header("x-long", long)).await;
    assert!(answer.status.as_u16() < 500, "{answer:?}");
}

#[tokio::test]
async fn addresses_that_are_no_text_make_no_server_error() {
    let app = TestApp::start().await;
    let admin = app.admin(1);
    for path in [
        "/api/chat/rooms?search=%FF%FE",
        "/api/chat/rooms?search=%ZZ",
        "/api/chat/rooms?%FF=1",
        "/api/chat/rooms?status=OPEN&status=CLOSED",
        "/api/chat/rooms?limit=1&limit=2",
        "/api/chat/rooms?&&&===&&",
        "/api/chat/rooms/%FF",
        "/api/chat/rooms/1%2Fmessages",
        "/api/chat/sse?roomId=%FF",
        "/%FF%FE",
        "//api//chat//rooms",
        "/api/chat/rooms/1/../../../healthz",
    ] {
        let answer = admin.get(path).await;
        assert!(answer.status.as_u16() < 500, "{path} made {answer:?}");
    }
    let long = format!("/api/chat/rooms?search={}", "x".repeat(30_000));
    let answer = admin.get(&long).await;
    assert!((400..500).contains(&answer.status.as_u16()), "{answer:?}");
}

#[tokio::test]
async fn every_answer_has_a_request_id() {
    let app = TestApp::start().await;
    let mut seen = std::collections::HashSet::new();
    for path in ["/healthz", "/api/chat/rooms", "/nowhere"] {
        let answer = app.anonymous().get(path).await;
        let id = answer.header("x-request-id").unwrap_or_else(|| panic!("{path} has no request id")).to_owned();
        assert!(seen.insert(id), "{path} has the id of another request");
    }
}

const HOSTILE: [&str; 24] = [
    "'",
    "\"",
    "\\",
    "%",
    "_",
    "' OR '1'='1",
    "1; DROP TABLE \"ChatRoom\"; --",
    "\0",
    "a\0b",
    "\r\nX-Injected: 1",
    "../../etc/passwd",
    "${jndi:ldap://x}",
    "{{7*7}}",
    "<svg onload=alert(1)>",
    "\u{FFFF}",
    "\u{202E}",
    "👩‍👩‍👧‍👦",
    "-1",
    "0",
    "2147483648",
    "9223372036854775808",
    "1e309",
    "NaN",
    "null",
];

async fn attack_paths(person: &Person, hostile: &str, room: i64, message: i64) -> usize {
    let hostile = percent_encoding::utf8_percent_encode(hostile, percent_encoding::NON_ALPHANUMERIC);
    let paths = [
        format!("/api/chat/rooms/{hostile}"),
        format!("/api/chat/rooms/{hostile}/messages"),
        format!("/api/chat/rooms/{room}/messages?before={hostile}"),
        format!("/api/chat/rooms/{room}/messages?after={hostile}&limit={hostile}"),
        format!("/api/chat/rooms?search={hostile}"),
        format!("/api/chat/rooms?status={hostile}&priority={hostile}"),
        format!("/api/chat/rooms?assignee={hostile}&sort={hostile}"),
        format!("/api/chat/rooms?limit={hostile}&cursor={hostile}"),
        format!("/api/chat/rooms?{hostile}={hostile}"),
        format!("/api/chat/sse?roomId={hostile}"),
        format!("/api/chat/messages/{message}/reactions/{hostile}"),
        format!("/{hostile}"),
    ];
    let count = paths.len();
    for path in paths {
        let method = if path.contains("/reactions/") { Method::PUT } else { Method::GET };
        let request = person.request(method, &path);
        let response = request.send().await.expect("an answer");
        assert!(response.status().as_u16() < 500, "{path} made {}", response.status());
    }
    count
}

async fn attack_bodies(person: &Person, hostile: &str, room: i64) -> usize {
    let bodies = [
        ("/api/chat/rooms".to_owned(), json!({"message": hostile, "subject": hostile, "priority": hostile})),
        ("/api/chat/rooms".to_owned(), json!({"message": hostile, "subject": hostile})),
        (format!("/api/chat/rooms/{room}"), json!({"message": hostile})),
        (format!("/api/chat/rooms/{room}"), json!({"message": hostile, "messageType": hostile, "replyToId": hostile})),
        (format!("/api/chat/rooms/{room}/read"), json!({"messageId": hostile})),
        (format!("/api/chat/rooms/{room}/typing"), json!({"isTyping": hostile})),
        (format!("/api/chat/rooms/{room}/viewing"), json!({"isViewing": hostile})),
        ("/api/chat/guests".to_owned(), json!({"name": hostile, "email": hostile})),
        ("/api/demo/sign-in".to_owned(), json!({"person": hostile})),
    ];
    let count = bodies.len();
    for (path, body) in bodies {
        let answer = person.post(&path, &body).await;
        assert!(answer.status.as_u16() < 500, "{path} {body} made {answer:?}");
        assert!(answer.header("x-injected").is_none());
    }
    let change = json!({"status": hostile, "priority": hostile, "adminId": hostile});
    let answer = person.patch(&format!("/api/chat/rooms/{room}/manage"), &change).await;
    assert!(answer.status.as_u16() < 500, "{change} made {answer:?}");
    count + 1
}
