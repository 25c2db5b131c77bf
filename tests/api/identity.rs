//! The ways in: where a token is looked for, whose it is, and where it must
//! never show up.

use base64::Engine;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::tokens::{self, SECRET, in_seconds, sign};
use crate::harness::{Answer, Listen, Person, TestApp};

const FOREIGN_ORIGIN: &str = "https://evil.example";

#[tokio::test]
async fn the_user_id_is_the_first_present_of_sub_id_and_user_id() {
    let app = TestApp::start().await;
    let exp = in_seconds(60);
    for (claims, id) in [
        (json!({"sub": 11, "id": 12, "userId": 13, "exp": exp}), 11),
        (json!({"sub": "21", "exp": exp}), 21),
        (json!({"id": 32, "userId": 33, "exp": exp}), 32),
        (json!({"id": "42", "exp": exp}), 42),
        (json!({"userId": 53, "exp": exp}), 53),
        (json!({"userId": "63", "exp": exp}), 63),
    ] {
        let room = app.bearer(&sign(&claims)).open("Hello").await.created();
        assert_eq!(room["userId"], id, "{claims}");
    }
}

#[tokio::test]
async fn a_cookie_named_token_signs_a_person_in() {
    let app = TestApp::start().await;
    let customer = app.customer(7);
    let room = customer.new_room().await;
    let answer = by_cookie(&app, &customer, Method::GET, &format!("/api/chat/rooms/{room}"), &[]).await;
    assert_eq!(answer.ok()["userId"], 7);
}

#[tokio::test]
async fn a_bearer_token_comes_before_a_cookie() {
    let app = TestApp::start().await;
    let (customer, other) = (app.customer(7), app.customer(8));
    let cookie = format!("token={}", other.token.as_deref().expect("a token"));
    let request = customer.request(Method::POST, "/api/chat/rooms").header("cookie", cookie);
    let room = answer(request.json(&json!({"message": "Hello"}))).await.created();
    assert_eq!(room["userId"], 7);
}

#[tokio::test]
async fn the_name_of_the_scheme_is_read_in_any_case() {
    let app = TestApp::start().await;
    let token = app.customer(7).token.expect("a token");
    for scheme in ["Bearer", "bearer", "BEARER"] {
        let request = app.anonymous().request(Method::GET, "/api/chat/rooms");
        answer(request.header("authorization", format!("{scheme} {token}"))).await.ok();
    }
    for header in [format!("Basic {token}"), token.clone(), format!("Bearer{token}"), "Bearer ".to_owned()] {
        let request = app.anonymous().request(Method::GET, "/api/chat/rooms");
        answer(request.header("authorization", header)).await.refused(401, "unauthenticated");
    }
}

#[tokio::test]
async fn a_cookie_changes_nothing_from_a_foreign_origin() {
    let app = TestApp::with(&[("CLIENT_URL", "https://shop.example,https://www.shop.example")]).await;
    let customer = app.customer(7);
    let room = customer.new_room().await;
    let message = customer.says(room, "Hello").await;
    let changes = [
        (Method::POST, "/api/chat/rooms".to_owned()),
        (Method::POST, format!("/api/chat/rooms/{room}")),
        (Method::POST, format!("/api/chat/rooms/{room}/read")),
        (Method::POST, format!("/api/chat/rooms/{room}/typing")),
        (Method::PUT, format!("/api/chat/messages/{message}/reactions/%F0%9F%91%8D")),
        (Method::DELETE, format!("/api/chat/messages/{message}")),
    ];
    for (method, path) in changes {
        for origin in [FOREIGN_ORIGIN, "null", "https://shop.example.evil.example", "http://shop.example"] {
            by_cookie(&app, &customer, method.clone(), &path, &[("origin", origin)]).await.refused(403, "forbidden");
        }
    }
    let kept = customer.messages(room, "").await.ok();
    assert_eq!(kept.as_array().map(Vec::len), Some(2), "a foreign page changed the room: {kept}");
    assert_eq!(kept[1]["deletedAt"], Value::Null);
}

#[tokio::test]
async fn a_cookie_changes_things_from_its_own_and_from_an_allowed_origin() {
    let app = TestApp::with(&[("CLIENT_URL", "https://shop.example,https://www.shop.example")]).await;
    let customer = app.customer(7);
    let path = format!("/api/chat/rooms/{}", customer.new_room().await);
    let own = app.url("");
    for origin in [own.as_str(), "https://shop.example", "https://www.shop.example"] {
        by_cookie(&app, &customer, Method::POST, &path, &[("origin", origin)]).await.created();
    }
}

#[tokio::test]
async fn a_cookie_reads_from_anywhere_and_a_bearer_token_writes_from_anywhere() {
    let app = TestApp::start().await;
    let customer = app.customer(7);
    let path = format!("/api/chat/rooms/{}", customer.new_room().await);
    by_cookie(&app, &customer, Method::GET, &path, &[("origin", FOREIGN_ORIGIN)]).await.ok();
    let request = customer.request(Method::POST, &path).header("origin", FOREIGN_ORIGIN);
    answer(request.json(&json!({"message": "Hello"}))).await.created();
}

#[tokio::test]
async fn a_foreign_page_makes_no_room_by_a_get() {
    let app = TestApp::start().await;
    let customer = app.customer(7);
    by_cookie(&app, &customer, Method::GET, "/api/chat/room", &[("origin", FOREIGN_ORIGIN)]).await;
    by_cookie(&app, &customer, Method::GET, "/api/chat/room", &[("sec-fetch-site", "cross-site")]).await;
    by_cookie(&app, &customer, Method::GET, "/api/chat/%72oom", &[("origin", FOREIGN_ORIGIN)]).await;
    assert_eq!(customer.rooms(&[]).await.ok(), json!([]));
}

#[tokio::test]
async fn only_an_allowed_origin_may_read_answers_with_credentials() {
    let app = TestApp::with(&[("CLIENT_URL", "https://shop.example")]).await;
    let customer = app.customer(7);
    for (origin, allowed) in [("https://shop.example", true), (FOREIGN_ORIGIN, false)] {
        let request = customer.request(Method::GET, "/api/chat/rooms").header("origin", origin);
        let headers = answer(request).await.headers;
        let told = headers.get("access-control-allow-origin").and_then(|value| value.to_str().ok());
        assert_eq!(told, allowed.then_some(origin), "{origin}");
    }
    for path in ["/api/chat/stats", "/api/chat/rooms/999999", "/api/chat/sse"] {
        let request = customer.request(Method::GET, path).header("origin", "https://shop.example");
        let headers = request.send().await.expect("an answer").headers().clone();
        assert_eq!(headers.get("access-control-allow-origin").expect("a page may read it"), "https://shop.example");
    }
    let preflight = app
        .anonymous()
        .request(Method::OPTIONS, "/api/chat/rooms")
        .header("origin", "https://shop.example")
        .header("access-control-request-method", "POST")
        .header("access-control-request-headers", "authorization,content-type,idempotency-key");
    let preflight = answer(preflight).await;
    assert!(preflight.status.is_success(), "{preflight:?}");
    assert_eq!(preflight.header("access-control-allow-credentials"), Some("true"));
}

#[tokio::test]
async fn a_token_in_the_query_opens_a_stream_and_nothing_else() {
    let app = TestApp::start().await;
    let customer = app.customer(7);
    let room = customer.new_room().await;
    let token = customer.token.as_deref().expect("a token");
    let mut stream = app.anonymous().listen(&Listen::room(room).with("token", token)).await;
    assert_eq!(stream.connected().await.data["roomId"], room);
    for path in ["/api/chat/rooms".to_owned(), format!("/api/chat/rooms/{room}"), "/api/chat/room".to_owned()] {
        let answer = app.anonymous().get(&format!("{path}?token={token}")).await;
        answer.refused(401, "unauthenticated");
    }
    let path = format!("/api/chat/rooms/{room}?token={token}");
    app.anonymous().post(&path, &json!({"message": "x"})).await.refused(401, "unauthenticated");
}

#[tokio::test]
async fn a_token_reaches_no_log() {
    let app = TestApp::with(&[("RUST_LOG", "debug")]).await;
    let customer = app.customer(7);
    let token = customer.token.clone().expect("a token");
    let room = customer.new_room().await;
    app.anonymous().listen(&Listen::room(room).with("token", &token)).await.connected().await;
    by_cookie(&app, &customer, Method::GET, "/api/chat/rooms", &[]).await.ok();
    app.anonymous().get(&format!("/api/chat/rooms?token={token}")).await.expect(401);
    app.anonymous().get(&format!("/nowhere?token={token}&x=1")).await.expect(404);
    let forged = sign(&json!({"sub": 7, "exp": in_seconds(-9)}));
    app.bearer(&forged).get("/api/chat/rooms").await.expect(401);
    let mut app = app;
    app.terminate().await;
    let log = app.log();
    assert!(log.lines().count() > 3, "the log says too little to prove anything: {log}");
    for (what, token) in [("good", &token), ("expired", &forged)] {
        let (_, signature) = token.rsplit_once('.').expect("a token has parts");
        assert!(!log.contains(signature), "the {what} token is in the log");
    }
    assert!(!log.contains(SECRET), "the secret is in the log");
}

#[tokio::test]
async fn a_public_key_pins_its_algorithm() {
    let public = fixture("ed25519.public.pem");
    let app = TestApp::with(&[("JWT_PUBLIC_KEY", &public)]).await;
    let claims = json!({"sub": 7, "exp": in_seconds(60)});
    let good = signed_by_key(Algorithm::EdDSA, &fixture("ed25519.private.pem"), &claims);
    app.bearer(&good).rooms(&[]).await.ok();
    let confused = tokens::sign_with(Algorithm::HS256, &public, &claims);
    app.bearer(&confused).rooms(&[]).await.refused(401, "unauthenticated");
    let other = signed_by_key(Algorithm::RS256, &fixture("rsa.private.pem"), &claims);
    app.bearer(&other).rooms(&[]).await.refused(401, "unauthenticated");
}

#[tokio::test]
async fn rsa_and_elliptic_keys_sign_people_in() {
    let claims = json!({"sub": 7, "exp": in_seconds(60)});
    for (algorithm, public, private) in [
        (Algorithm::RS256, "rsa.public.pem", "rsa.private.pem"),
        (Algorithm::ES256, "p256.public.pem", "p256.private.pem"),
    ] {
        let path = fixture_path(public);
        let app = TestApp::with(&[("JWT_PUBLIC_KEY", &path)]).await;
        let token = signed_by_key(algorithm, &fixture(private), &claims);
        app.bearer(&token).rooms(&[]).await.ok();
        let (head, _) = token.rsplit_once('.').expect("a token has parts");
        let spoiled = format!("{head}.{}", base64::engine::general_purpose::URL_SAFE_NO_PAD.encode([7; 64]));
        app.bearer(&spoiled).rooms(&[]).await.refused(401, "unauthenticated");
    }
}

async fn by_cookie(app: &TestApp, person: &Person, method: Method, path: &str, headers: &[(&str, &str)]) -> Answer {
    let cookie = format!("theme=dark; token={}", person.token.as_deref().expect("a token"));
    let reads = method == Method::GET;
    let mut request = app.anonymous().request(method, path).header("cookie", cookie);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    if !reads {
        request = request.json(&json!({"message": "Hello", "isTyping": true}));
    }
    answer(request).await
}

async fn answer(request: reqwest::RequestBuilder) -> Answer {
    crate::harness::send(request).await
}

fn signed_by_key(algorithm: Algorithm, pem: &str, claims: &Value) -> String {
    let key = match algorithm {
        Algorithm::EdDSA => EncodingKey::from_ed_pem(pem.as_bytes()),
        Algorithm::ES256 => EncodingKey::from_ec_pem(pem.as_bytes()),
        _ => EncodingKey::from_rsa_pem(pem.as_bytes()),
    };
    jsonwebtoken::encode(&Header::new(algorithm), claims, &key.expect("a private key")).expect("a token")
}

fn fixture(name: &str) -> String {
    std::fs::read_to_string(fixture_path(name)).expect("the fixture is there")
}

fn fixture_path(name: &str) -> String {
    let folder = std::path::Path::new(file!()).parent().and_then(|api| api.parent()).expect("tests/");
    let relative = folder.join("fixtures/identity/keys").join(name);
    relative.canonicalize().expect("the fixture is there").display().to_string()
}
