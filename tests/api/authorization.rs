//! Who may call what: every route and stream against every kind of caller.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::tokens::{self, forged};
use crate::harness::{Answer, Person, TestApp, number};

/// What a caller gets who is let through, or is not.
type Status = u16;

/// One route and what each kind of signed-in person gets for it.
struct Route {
    method: Method,
    path: &'static str,
    body: Value,
    foreign: Status,
    owner: Status,
    admin: Status,
}

/// A customer who belongs to no room of the callers.
const PERSON: i64 = 900;

const BY_TOKEN: [(&str, &str, &str, [Status; 3]); 55] = [
    // Method, path, body; the foreign customer, the owner, the admin.
    ("GET", "/api/chat/rooms", "", [200, 200, 200]),
    ("POST", "/api/chat/rooms", r#"{"message":"Hello"}"#, [201, 200, 403]),
    ("GET", "/api/chat/room", "", [200, 200, 403]),
    ("GET", "/api/chat/rooms/{room}", "", [403, 200, 200]),
    ("GET", "/api/chat/rooms/{room}/messages", "", [403, 200, 200]),
    ("POST", "/api/chat/rooms/{room}", r#"{"message":"Hello"}"#, [403, 201, 201]),
    ("PATCH", "/api/chat/rooms/{room}/manage", r#"{"priority":"HIGH"}"#, [403, 403, 200]),
    ("PATCH", "/api/chat/rooms/{room}/assign", "{}", [403, 403, 200]),
    ("PATCH", "/api/chat/rooms/{room}/close", "", [403, 403, 200]),
    ("POST", "/api/chat/rooms/{room}/read", "{}", [403, 200, 200]),
    ("POST", "/api/chat/rooms/{room}/typing", r#"{"isTyping":true}"#, [403, 204, 204]),
    ("POST", "/api/chat/rooms/{room}/viewing", r#"{"isViewing":true}"#, [403, 403, 204]),
    ("PUT", "/api/chat/messages/{message}/reactions/{emoji}", "", [403, 200, 200]),
    ("DELETE", "/api/chat/messages/{message}/reactions/{emoji}", "", [403, 200, 200]),
    ("DELETE", "/api/chat/messages/{message}", "", [403, 200, 200]),
    ("GET", "/api/chat/stats", "", [403, 403, 200]),
    ("GET", "/api/chat/admins", "", [403, 403, 200]),
    ("DELETE", "/api/chat/people/{person}/streams", "", [403, 403, 204]),
    ("GET", "/api/chat/me", "", [200, 200, 200]),
    ("GET", "/api/chat/sse?roomId={room}", "", [403, 200, 200]),
    ("GET", "/api/chat/sse?roomId={room}&lastEventId=1", "", [403, 200, 200]),
    ("GET", "/api/chat/sse", "", [200, 200, 200]),
    ("GET", "/api/v0/chat/conversations", "", [200, 200, 200]),
    ("GET", "/api/v0/chat/unread-count", "", [200, 200, 200]),
    ("GET", "/api/v0/chat/online-users", "", [200, 200, 200]),
    ("GET", "/api/v0/chat/user-status/{person}", "", [200, 200, 200]),
    ("GET", "/api/v0/chat/conversation/{person}", "", [200, 200, 200]),
    ("GET", "/api/v0/chat/conversation/{room}/messages", "", [403, 200, 200]),
    ("PUT", "/api/v0/chat/conversation/{room}/read", "", [403, 200, 200]),
    ("POST", "/api/v0/chat/send", r#"{"receiverId":900,"message":"Hello"}"#, [201, 201, 201]),
    ("PUT", "/api/v0/chat/message/{message}/read", "", [403, 200, 200]),
    ("DELETE", "/api/v0/chat/message/{message}", "", [403, 200, 200]),
    ("PUT", "/api/v0/chat/message/{message}/reactions/{emoji}", "", [403, 200, 200]),
    ("DELETE", "/api/v0/chat/message/{message}/reactions/{emoji}", "", [403, 200, 200]),
    ("POST", "/api/v0/chat/admin/broadcast", r#"{"message":"Hello"}"#, [403, 403, 201]),
    ("POST", "/api/v0/chat/admin/send-to-user", r#"{"userId":900,"message":"Hello"}"#, [403, 403, 201]),
    ("GET", "/api/chats/", "", [200, 200, 200]),
    ("GET", "/api/chats/unread", "", [200, 200, 200]),
    ("GET", "/api/chats/history/{person}", "", [200, 200, 200]),
    ("PATCH", "/api/chats/{message}/read", "", [403, 200, 200]),
    // A room or a message that is not there is missing to everybody.
    ("GET", "/api/chat/rooms/999999", "", [404, 404, 404]),
    ("GET", "/api/chat/rooms/999999/messages", "", [404, 404, 404]),
    ("POST", "/api/chat/rooms/999999", r#"{"message":"Hello"}"#, [404, 404, 404]),
    ("GET", "/api/chat/sse?roomId=999999", "", [404, 404, 404]),
    ("PATCH", "/api/chat/rooms/999999/close", "", [403, 403, 404]),
    ("DELETE", "/api/chat/people/999999/streams", "", [403, 403, 404]),
    ("DELETE", "/api/chat/messages/999999", "", [404, 404, 404]),
    ("PUT", "/api/chat/messages/999999/reactions/{emoji}", "", [404, 404, 404]),
    ("GET", "/api/v0/chat/user-status/999999", "", [404, 404, 404]),
    ("GET", "/api/v0/chat/conversation/999999", "", [404, 404, 404]),
    ("GET", "/api/v0/chat/conversation/999999/messages", "", [404, 404, 404]),
    ("POST", "/api/v0/chat/send", r#"{"receiverId":999999,"message":"Hello"}"#, [404, 404, 404]),
    ("PUT", "/api/v0/chat/message/999999/read", "", [404, 404, 404]),
    ("GET", "/api/chats/history/999999", "", [404, 404, 404]),
    ("PATCH", "/api/chats/999999/read", "", [404, 404, 404]),
];

/// Routes that ask nobody who they are.
const OPEN_TO_ALL: [(&str, &str, &str, Status); 9] = [
    ("GET", "/healthz", "", 200),
    ("GET", "/readyz", "", 200),
    ("GET", "/metrics", "", 200),
    ("GET", "/docs", "", 200),
    ("GET", "/api/openapi.json", "", 200),
    ("GET", "/api/chat/config", "", 200),
    ("GET", "/api/demo/people", "", 200),
    ("POST", "/api/demo/sign-in", r#"{"person":"budi"}"#, 200),
    ("POST", "/api/chat/guests", "{}", 201),
];

#[tokio::test]
async fn nobody_gets_in_without_a_token() {
    let app = TestApp::start().await;
    for route in routes() {
        let (room, message) = (1, 1);
        let answer = call(&app.anonymous(), &route, room, message).await;
        assert!(answer.header("www-authenticate").is_some(), "{}: no challenge", answer.call);
        refused(answer, 401, "unauthenticated");
    }
}

#[tokio::test]
async fn nobody_gets_in_with_a_forged_token() {
    let app = TestApp::start().await;
    let (room, message) = room_with_message(&app.customer(7)).await;
    for (what, token) in forged(7) {
        for route in routes() {
            let answer = call(&app.bearer(&token), &route, room, message).await;
            assert_eq!(answer.status, 401, "{what}: {} answered {}", answer.call, answer.text());
            refused(answer, 401, "unauthenticated");
        }
    }
    let kept = app.customer(7).messages(room, "").await.ok();
    assert_eq!(kept.as_array().map(Vec::len), Some(1), "a forger changed the room: {kept}");
}

#[tokio::test]
async fn each_route_is_open_to_exactly_those_it_is_for() {
    let app = TestApp::start().await;
    app.customer(PERSON).get("/api/chat/me").await.ok();
    for (index, route) in routes().into_iter().enumerate() {
        let first = 1000 + 10 * i64::try_from(index).expect("a small number");
        let (owner, admin) = (app.customer(first), app.admin(first + 2));
        // Each caller finds a room as it was made.
        let foreign = app.customer(first + 1);
        let (room, message) = room_with_message(&owner).await;
        let expected = [(&foreign, route.foreign), (&owner, route.owner), (&admin, route.admin)];
        for (person, status) in expected {
            let answer = call(person, &route, room, message).await;
            let told = format!("{} {} as {}", route.method, route.path, person.name);
            assert_eq!(answer.status, status, "{told}: {}", answer.text());
            match status {
                403 => refused(answer, 403, "forbidden"),
                404 => refused(answer, 404, "not_found"),
                _ => {}
            }
        }
    }
}

#[tokio::test]
async fn what_is_open_to_all_answers_even_a_forger() {
    let app = TestApp::start().await;
    let forger = app.bearer("not-a-token");
    for person in [app.anonymous(), forger, app.customer(7), app.admin(1)] {
        for (method, path, body, status) in OPEN_TO_ALL {
            let answer = call_path(&person, &parsed(method), path, &parsed_body(body)).await;
            assert_eq!(answer.status, status, "{method} {path}: {}", answer.text());
        }
    }
}

#[tokio::test]
async fn every_documented_route_is_in_this_table() {
    let app = TestApp::start().await;
    let document = app.anonymous().get("/api/openapi.json").await.ok();
    let documented = document["paths"].as_object().expect("a document has paths");
    let mut of_document = Vec::new();
    for (path, item) in documented {
        let operations = item.as_object().expect("a path has operations");
        let methods = ["get", "post", "put", "patch", "delete", "head", "options"];
        for method in methods.iter().filter(|method| operations.contains_key(**method)) {
            of_document.push(format!("{} {}", method.to_uppercase(), nameless(path)));
        }
    }
    let by_token = BY_TOKEN.iter().map(|(method, path, ..)| (*method, *path));
    let open = OPEN_TO_ALL.iter().map(|(method, path, ..)| (*method, *path));
    let tested: Vec<String> =
        by_token.chain(open).map(|(method, path)| format!("{method} {}", nameless(path))).collect();
    for route in &of_document {
        assert!(tested.contains(route), "{route} is documented and missing in the table");
    }
    for route in tested.iter().filter(|route| !route.contains("999999")) {
        assert!(of_document.contains(route), "{route} works and is not documented: {of_document:?}");
    }
}

#[tokio::test]
async fn the_role_is_read_in_any_case_and_customer_means_user() {
    let app = TestApp::start().await;
    let room = app.customer(7).new_room().await;
    for (role, status) in
        [("admin", 200), ("Admin", 200), ("ADMIN", 200), ("user", 403), ("Customer", 403), ("CUSTOMER", 403)]
    {
        let token = tokens::person(50, "Somebody", role);
        assert_eq!(app.bearer(&token).room(room).await.status, status, "{role}");
    }
    let claims = json!({"sub": 50, "exp": tokens::in_seconds(60)});
    app.bearer(&tokens::sign(&claims)).room(room).await.refused(403, "forbidden");
}

#[tokio::test]
async fn nobody_but_the_sender_and_an_admin_deletes_a_message() {
    let app = TestApp::start().await;
    let (customer, admin) = (app.customer(7), app.admin(1));
    let room = customer.new_room().await;
    let answer = admin.says(room, "How can I help?").await;
    customer.delete(answer).await.refused(403, "forbidden");
    app.admin(2).delete(answer).await.ok();
}

fn routes() -> Vec<Route> {
    BY_TOKEN
        .iter()
        .map(|(method, path, body, [foreign, owner, admin])| Route {
            method: parsed(method),
            path,
            body: parsed_body(body),
            foreign: *foreign,
            owner: *owner,
            admin: *admin,
        })
        .collect()
}

async fn room_with_message(customer: &Person) -> (i64, i64) {
    let room = customer.open("Please help").await.created();
    (number(&room["id"]), number(&room["messages"][0]["id"]))
}

/// A refusal, as the dialect of the path spells it.
#[track_caller]
fn refused(answer: Answer, status: Status, code: &str) {
    if answer.call.contains(" /api/chat/") {
        answer.refused(status, code);
        return;
    }
    let refusal = answer.expect(status).json();
    assert_eq!((&refusal["success"], &refusal["code"]), (&json!(false), &json!(code)), "{refusal}");
}

async fn call(person: &Person, route: &Route, room: i64, message: i64) -> Answer {
    let path = route
        .path
        .replace("{room}", &room.to_string())
        .replace("{message}", &message.to_string())
        .replace("{person}", &PERSON.to_string())
        .replace("{emoji}", "%F0%9F%91%8D");
    call_path(person, &route.method, &path, &route.body).await
}

/// Calls and takes the head of a stream for its whole answer.
async fn call_path(person: &Person, method: &Method, path: &str, body: &Value) -> Answer {
    let mut request = person.request(method.clone(), path);
    if !body.is_null() {
        request = request.json(body);
    }
    let response = request.send().await.expect("an answer");
    let call = format!("{method} {path}");
    let (status, headers) = (response.status(), response.headers().clone());
    let endless = headers.get("content-type").is_some_and(|kind| kind == "text/event-stream");
    let body = if endless { bytes::Bytes::new() } else { response.bytes().await.expect("a body") };
    Answer { call, status, headers, body }
}

fn parsed(method: &str) -> Method {
    method.parse().expect("a method")
}

fn parsed_body(body: &str) -> Value {
    if body.is_empty() { Value::Null } else { serde_json::from_str(body).expect("a JSON body") }
}

/// A path without its query and without the names of its parameters.
fn nameless(path: &str) -> String {
    let path = path.split('?').next().unwrap_or(path);
    let parts = path.split('/').map(|part| if part.starts_with('{') { "{}" } else { part });
    parts.collect::<Vec<_>>().join("/")
}
