//! Pages and answers in a browser: what may be loaded, framed, packed or guessed at, and what is no page at all.

use reqwest::Method;
use serde_json::json;

use crate::harness::{Listen, TestApp, raw, send};

const MARKUP: &str = "<script>alert(1)</script><img src=x onerror=alert(2)>";

#[tokio::test]
async fn no_path_leads_out_of_the_pages() {
    let app = TestApp::start().await;
    std::fs::write(app.folder().join("secret.txt"), "kept in the working folder").expect("a file");
    let outside = ["secret.txt", "etc/passwd", "Cargo.toml", "../../../../etc/passwd", "../secret.txt"];
    let climbs =
        ["", "../", "../../", "%2e%2e/", "..%2f", "%2e%2e%2f", "..%5c", "..\\", "%252e%252e%252f", "....//", "/", "//"];
    let mut asked = 0;
    for folder in ["/", "/try/", "/widget/", "/client/", "/demo/", "/admin/assets/", "/admin/", "/docs/", "/api/"] {
        for climb in climbs {
            for file in outside {
                refuse(&app, &format!("{folder}{climb}{file}")).await;
                asked += 1;
            }
        }
    }
    for path in [
        "/try/index.html%00.js",
        "/try/%00",
        "/try/index.html/",
        "/try/.",
        "/try/..",
        "/widget/%ff",
        "/try/file:///etc/passwd",
    ] {
        refuse(&app, path).await;
    }
    for target in ["http://other.test/secret.txt", "file:///etc/passwd", "//etc/passwd", "*", "other.test:80"] {
        refuse(&app, target).await;
    }
    assert!(asked > 500);
}

/// Asks for a path exactly as it is spelled; no client library would.
async fn refuse(app: &TestApp, path: &str) {
    let request = format!("GET {path} HTTP/1.1\r\nHost: sapa.test\r\nConnection: close\r\n\r\n");
    let answer = raw::raw(app, request.as_bytes()).await;
    assert!((400..500).contains(&raw::status(&answer)), "{path}: {answer}");
    for inside in ["kept in the working folder", "root:", "[package]", "Index of"] {
        assert!(!answer.contains(inside), "{path}: {answer}");
    }
}

#[tokio::test]
async fn no_page_can_be_framed_or_run_what_is_not_its_own() {
    let app = TestApp::start().await;
    let mut pages = 0;
    for path in ["/", "/try", "/admin/chat", "/docs", "/docs/"] {
        let answer = app.anonymous().get(path).await;
        let kind = answer.header("content-type").unwrap_or_default().to_owned();
        if answer.status != 200 || !kind.starts_with("text/html") {
            continue;
        }
        pages += 1;
        let policy = answer.header("content-security-policy").unwrap_or_else(|| panic!("{path} has no policy"));
        let directives: Vec<&str> = policy.split(';').map(str::trim).collect();
        assert!(directives.contains(&"frame-ancestors 'none'"), "{path}: {policy}");
        assert!(directives.contains(&"base-uri 'none'"), "{path}: {policy}");
        let scripts = directives.iter().find(|part| part.starts_with("script-src ")).expect("scripts have a rule");
        for open in ["unsafe-inline", "unsafe-eval", "*", "http:", "https:", "data:"] {
            assert!(!scripts.contains(open), "{path}: {scripts}");
        }
        assert!(
            directives.iter().any(|part| *part == "default-src 'none'" || *part == "default-src 'self'"),
            "{path}: {policy}"
        );
    }
    assert!(pages >= 2, "only {pages} pages were served");
}

#[tokio::test]
async fn every_answer_forbids_guessing_its_type_and_telling_its_address() {
    let app = TestApp::start().await;
    let customer = app.customer(7);
    let room = customer.new_room().await;
    for path in [
        "/",
        "/docs",
        "/healthz",
        "/metrics",
        "/nowhere",
        "/api/chat/rooms",
        "/api/chat/rooms/999999",
        "/api/openapi.json",
    ]
    .map(ToOwned::to_owned)
    .into_iter()
    .chain([format!("/api/chat/rooms/{room}"), format!("/api/chat/rooms/{room}/typing")])
    {
        for person in [&customer, &app.anonymous()] {
            let answer = person.get(&path).await;
            assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
            assert_eq!(answer.header("referrer-policy"), Some("no-referrer"), "{path}");
            assert!(answer.header("server").is_none() && answer.header("x-powered-by").is_none(), "{path}");
        }
    }
    let stream = customer.knock(&Listen::room(room)).await.expect("a stream");
    assert_eq!(stream.headers().get("x-content-type-options").expect("nosniff"), "nosniff");
}

#[tokio::test]
async fn what_people_write_is_never_sent_as_a_page() {
    let app = TestApp::start().await;
    let customer = app.customer(7);
    let room = customer.open_with(&json!({"message": MARKUP, "subject": MARKUP})).await.created();
    let room = room["id"].as_i64().expect("an id");
    let escaped = "%3Cscript%3Ealert(1)%3C%2Fscript%3E";
    for path in [
        format!("/api/chat/rooms/{room}"),
        format!("/api/chat/rooms/{room}/messages"),
        format!("/api/chat/rooms?search={escaped}"),
        format!("/api/chat/rooms?status={escaped}"),
        format!("/api/chat/rooms/{escaped}"),
        format!("/{escaped}"),
        format!("/socket.io/?EIO={escaped}"),
    ] {
        let answer = customer.get(&path).await;
        let kind = answer.header("content-type").unwrap_or_default().to_owned();
        assert!(kind.starts_with("application/") && kind.contains("json"), "{path} is {kind:?}");
    }
    let told = customer.get(&format!("/api/chat/rooms/{room}")).await.ok();
    assert_eq!(told["subject"], MARKUP, "text is kept as it was written; who shows it escapes it");
}

#[tokio::test]
async fn answers_with_secrets_are_never_packed() {
    let app = TestApp::start().await;
    let customer = app.customer(7);
    let room = customer.new_room().await;
    for _ in 0..20 {
        customer.says(room, &"a text that would pack well ".repeat(100)).await;
    }
    let packed = |method: Method, path: &str| {
        customer.request(method, path).header("accept-encoding", "gzip, deflate, br, zstd, *;q=0.1")
    };
    for path in [
        "/api/chat/rooms".to_owned(),
        format!("/api/chat/rooms/{room}"),
        format!("/api/chat/rooms/{room}/messages"),
        "/api/chat/me".to_owned(),
        "/api/chat/config".to_owned(),
        "/metrics".to_owned(),
        "/nowhere".to_owned(),
        "/socket.io/?EIO=4&transport=polling".to_owned(),
    ] {
        let answer = send(packed(Method::GET, &path)).await;
        assert!(answer.header("content-encoding").is_none(), "{path} is packed");
    }
    let guest = send(packed(Method::POST, "/api/chat/guests").json(&json!({"name": "x".repeat(100)}))).await;
    assert!(guest.header("content-encoding").is_none(), "{guest:?}");
    let stream = packed(Method::GET, "/api/chat/sse").send().await.expect("a stream");
    assert!(stream.headers().get("content-encoding").is_none_or(|coding| coding == "identity"), "a stream is packed");
}

#[tokio::test]
async fn no_body_is_unpacked() {
    let app = TestApp::start().await;
    let customer = app.customer(7);
    // What a megabyte of zeros packs to is not the point: nothing is unpacked to look.
    for coding in ["gzip", "deflate", "br", "zstd", "identity", "GZIP, gzip"] {
        for path in ["/api/chat/rooms", "/api/chat/guests"] {
            let request = customer.request(Method::POST, path).header("content-type", "application/json");
            let answer = send(request.header("content-encoding", coding).body(r#"{"message":"x"}"#)).await;
            answer.refused(415, "unsupported_media_type");
        }
    }
    let opened = app.anonymous().get("/socket.io/?EIO=4&transport=polling").await.expect(200).text();
    let id = opened.split("\"sid\":\"").nth(1).and_then(|rest| rest.split('"').next()).expect("an id").to_owned();
    let push = app.anonymous().request(Method::POST, &format!("/socket.io/?EIO=4&transport=polling&sid={id}"));
    let gzip = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0x33, 0x31, 0xd0, 0x01, 0, 0, 0, 0, 0, 0, 0];
    let answer = send(push.header("content-encoding", "gzip").body(gzip.to_vec())).await;
    assert_eq!(answer.status, 400, "{answer:?}");
}

#[tokio::test]
async fn a_websocket_never_packs_its_messages() {
    let app = TestApp::start().await;
    let request = "GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: sapa.test\r\nConnection: Upgrade\r\n\
         Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\
         Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\n\r\n\
         \u{8}\u{0}\u{0}\u{0}\u{0}\u{0}";
    // The last six bytes are no frame that may be sent (a text without its first bit), so the connection ends.
    let answer = raw::raw(&app, request.as_bytes()).await;
    assert_eq!(raw::status(&answer), 101, "{answer}");
    assert!(!answer.to_lowercase().contains("sec-websocket-extensions"), "{answer}");
}
