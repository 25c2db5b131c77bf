//! Pages of other origins: what they make a browser send along changes nothing, and what comes back they may not read.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, Person, TestApp, send};

const SHOP: &str = "https://shop.example";
const FOREIGN: &str = "https://evil.example";

#[tokio::test]
async fn a_form_of_a_foreign_page_changes_nothing() {
    let app = TestApp::with(&[("CLIENT_URL", SHOP)]).await;
    let customer = app.customer(7);
    let path = format!("/api/chat/rooms/{}", customer.new_room().await);
    let body = r#"{"message":"forged"}"#;
    for kind in
        ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/json"]
    {
        for (name, value) in
            [("origin", FOREIGN), ("origin", "null"), ("sec-fetch-site", "cross-site"), ("sec-fetch-site", "same-site")]
        {
            let request = with_cookie(&app, &customer, Method::POST, &path).header("content-type", kind);
            send(request.header(name, value).body(body)).await.refused(403, "forbidden");
        }
    }
    // Without a preflight a page can send these types only, and none of them is taken from anybody.
    for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""] {
        let request = with_cookie(&app, &customer, Method::POST, &path).header("content-type", kind);
        send(request.header("origin", SHOP).body(body)).await.refused(415, "unsupported_media_type");
    }
    for header in ["x-http-method-override", "x-method-override", "x-http-method"] {
        let request = with_cookie(&app, &customer, Method::POST, "/api/chat/messages/1?_method=DELETE");
        assert_eq!(send(request.header(header, "DELETE")).await.status, 405, "{header} is heeded");
    }
    let kept = customer.get(&format!("{path}/messages")).await.ok();
    assert!(!kept.to_string().contains("forged"), "{kept}");
}

#[tokio::test]
async fn an_origin_that_only_looks_allowed_is_foreign() {
    let app = TestApp::with(&[("CLIENT_URL", SHOP), ("SAPA__SERVER__LOCAL_PAGES", "true")]).await;
    let customer = app.customer(7);
    let path = format!("/api/chat/rooms/{}", customer.new_room().await);
    for origin in [
        "http://shop.example",
        "https://shop.example.evil.example",
        "https://evil.example/https://shop.example",
        "https://evilshop.example",
        "https://shop.example:8443",
        "https://shop.example@evil.example",
        "https://shop.exampleevil",
        "https://shop.example ,https://evil.example",
        "https://shop_example",
        "https://SHOP.EXAMPLE",
        "http://localhost.evil.example",
        "http://localhost@evil.example",
        "http://127.0.0.1.evil.example",
        "http://evil.example:localhost",
        "ftp://localhost",
        "localhost",
        "null",
        "file://",
        "",
    ] {
        let read = send(customer.request(Method::GET, "/api/chat/rooms").header("origin", origin)).await;
        assert!(read.header("access-control-allow-origin").is_none(), "{origin:?} may read");
        let write = with_cookie(&app, &customer, Method::POST, &path).header("origin", origin);
        send(write.json(&json!({"message": "forged"}))).await.refused(403, "forbidden");
    }
}

#[tokio::test]
async fn a_page_of_the_own_host_that_came_unprotected_is_foreign() {
    let app = TestApp::with(&[("CLIENT_URL", SHOP), ("SAPA__SERVER__LOCAL_PAGES", "false")]).await;
    let customer = app.customer(7);
    let path = format!("/api/chat/rooms/{}", customer.new_room().await);
    let write = |origin: String, site: &'static str| {
        let request = with_cookie(&app, &customer, Method::POST, &path).header("origin", origin);
        send(request.header("sec-fetch-site", site).json(&json!({"message": "Hello"})))
    };
    let own = app.url("");
    for site in ["cross-site", "same-site"] {
        write(own.clone(), site).await.refused(403, "forbidden");
    }
    write(own, "same-origin").await.created();
    write(SHOP.to_owned(), "cross-site").await.created();
}

#[tokio::test]
async fn a_preflight_of_a_foreign_page_allows_nothing_and_caches_keep_origins_apart() {
    let app = TestApp::with(&[("CLIENT_URL", SHOP)]).await;
    let customer = app.customer(7);
    for path in ["/api/chat/rooms", "/api/v0/chat/send", "/socket.io/?EIO=4&transport=polling"] {
        let preflight = app.anonymous().request(Method::OPTIONS, path).header("origin", FOREIGN);
        let answer = send(preflight.header("access-control-request-method", "POST")).await;
        assert!(answer.header("access-control-allow-origin").is_none(), "{path}: {answer:?}");
    }
    for origin in [SHOP, FOREIGN] {
        let answer = send(customer.request(Method::GET, "/api/chat/rooms").header("origin", origin)).await;
        assert_ne!(answer.header("access-control-allow-origin"), Some("*"));
        let varies = answer.header("vary").unwrap_or_default().to_lowercase();
        assert!(varies.contains("origin"), "{origin}: Vary is {varies:?}");
    }
}

#[tokio::test]
async fn a_session_cookie_of_the_host_application_is_ambient_too() {
    let fixtures: Value = serde_json::from_str(include_str!("../fixtures/identity/sessions.json")).expect("fixtures");
    let secret = fixtures["secret"].as_str().expect("a secret");
    let token = fixtures["tokens"][0]["token"].as_str().expect("a token");
    let app = TestApp::with(&[("NEXTAUTH_SECRET", secret), ("CLIENT_URL", SHOP)]).await;
    let write = |origin: &'static str| {
        let request = app.anonymous().request(Method::POST, "/api/chat/rooms").header("origin", origin);
        let request = request.header("cookie", format!("next-auth.session-token={token}"));
        send(request.json(&json!({"message": "Hello"})))
    };
    write(FOREIGN).await.refused(403, "forbidden");
    write(SHOP).await.created();
    for name in ["xtoken", "token2", "Token", "__Host-token", "next-auth.session-tokens", "next-auth.session-token.x"] {
        let request =
            app.anonymous().request(Method::GET, "/api/chat/rooms").header("cookie", format!("{name}={token}"));
        let answer: Answer = send(request).await;
        answer.refused(401, "unauthenticated");
    }
}

#[tokio::test]
async fn no_cookie_opens_a_socket() {
    let app = TestApp::with(&[("CLIENT_URL", SHOP)]).await;
    let customer = app.customer(7);
    for origin in [FOREIGN, SHOP] {
        for namespace in ["", "/support,", "/direct,", "/messenger,", "/desk,"] {
            let session = "/socket.io/?EIO=4&transport=polling";
            let opened = send(with_cookie(&app, &customer, Method::GET, session).header("origin", origin)).await;
            let id = opened
                .expect(200)
                .text()
                .split("\"sid\":\"")
                .nth(1)
                .and_then(|rest| rest.split('"').next().map(ToOwned::to_owned));
            let session = format!("{session}&sid={}", id.expect("an id"));
            let push = with_cookie(&app, &customer, Method::POST, &session).header("origin", origin);
            send(push.body(format!("40{namespace}"))).await.expect(200);
            let told = send(with_cookie(&app, &customer, Method::GET, &session)).await.expect(200).text();
            assert!(
                told.starts_with(&format!("44{namespace}")) && told.contains("unauthenticated"),
                "{namespace}: {told}"
            );
        }
    }
}

fn with_cookie(app: &TestApp, person: &Person, method: Method, path: &str) -> reqwest::RequestBuilder {
    let cookie = format!("token={}", person.token.as_deref().expect("a token"));
    app.anonymous().request(method, path).header("cookie", cookie)
}
