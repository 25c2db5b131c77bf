//! Who people are: rows made from claims, guests, and the demo people.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::harness::tokens::{in_seconds, sign};
use crate::harness::{Listen, TestApp, number};

#[tokio::test]
async fn a_person_is_known_by_the_claims_of_their_first_call() {
    let app = TestApp::start().await;
    let token = sign(&json!({"sub": 7, "name": "Budi", "email": "budi@example.test", "exp": in_seconds(60)}));
    let room = app.bearer(&token).open("Hello").await.created();
    assert_eq!(room["user"], json!({"id": 7, "name": "Budi", "email": "budi@example.test"}));
    assert_eq!(room["messages"][0]["sender"], json!({"id": 7, "name": "Budi", "role": "USER"}));
}

#[tokio::test]
async fn a_changed_name_and_address_are_taken_over_everywhere() {
    let app = TestApp::start().await;
    let named = |name: &str, email: &str| {
        app.bearer(&sign(&json!({"sub": 7, "name": name, "email": email, "exp": in_seconds(60)})))
    };
    let room = number(&named("Budi", "budi@old.example").open("Hello").await.created()["id"]);
    named("Budi Santoso", "budi@new.example").rooms(&[]).await.ok();
    let shown = app.admin(1).room(room).await.ok();
    assert_eq!(shown["user"], json!({"id": 7, "name": "Budi Santoso", "email": "budi@new.example"}));
    assert_eq!(shown["messages"][0]["sender"]["name"], "Budi Santoso");
}

#[tokio::test]
async fn a_token_without_a_name_forgets_no_name() {
    let app = TestApp::start().await;
    let room = app.customer(7).new_room().await;
    app.bearer(&sign(&json!({"sub": 7, "exp": in_seconds(60)}))).rooms(&[]).await.ok();
    assert_eq!(app.admin(1).room(room).await.ok()["user"]["name"], "Customer 7");
}

#[tokio::test]
async fn a_person_without_name_and_address_can_write() {
    let app = TestApp::start().await;
    let room = app.bearer(&sign(&json!({"sub": 7, "exp": in_seconds(60)}))).open("Hello").await.created();
    assert_eq!((&room["user"]["id"], &room["user"]["email"]), (&json!(7), &Value::Null));
}

#[tokio::test]
async fn two_people_may_have_the_same_address() {
    let app = TestApp::start().await;
    for id in [7, 8] {
        let claims = json!({"sub": id, "name": "Twin", "email": "shared@example.test", "exp": in_seconds(60)});
        app.bearer(&sign(&claims)).open("Hello").await.created();
    }
}

#[tokio::test]
async fn hostile_names_are_kept_as_text() {
    let app = TestApp::start().await;
    for (id, name) in (7..).zip(["<script>alert(1)</script>", "Robert'); DROP TABLE \"User\";--", "名前 👍"]) {
        let token = sign(&json!({"sub": id, "name": name, "exp": in_seconds(60)}));
        let room = app.bearer(&token).open("Hello").await.created();
        assert_eq!(room["user"]["name"], name);
    }
    let long = sign(&json!({"sub": 99, "name": "x".repeat(5000), "email": "y".repeat(5000), "exp": in_seconds(60)}));
    let answer = app.bearer(&long).open("Hello").await;
    assert!(answer.status.as_u16() < 500, "{answer:?}");
}

#[tokio::test]
async fn a_page_can_ask_who_is_signed_in_and_until_when() {
    let app = TestApp::start().await;
    let exp = in_seconds(600);
    let claims = json!({"sub": 7, "name": "Budi", "email": "budi@example.test", "role": "admin", "exp": exp});
    let me = app.bearer(&sign(&claims)).get("/api/chat/me").await.ok();
    assert_eq!(
        (&me["id"], &me["name"], &me["email"], &me["role"]),
        (&json!(7), &json!("Budi"), &json!("budi@example.test"), &json!("ADMIN"))
    );
    let expires: DateTime<Utc> = me["expiresAt"].as_str().expect("a time").parse().expect("a time");
    assert_eq!(expires.timestamp(), exp);
}

#[tokio::test]
async fn an_admin_finds_the_colleagues_and_who_of_them_is_there() {
    let app = TestApp::start().await;
    app.customer(7).rooms(&[]).await.ok();
    app.admin(2).stats().await.ok();
    let admin = app.admin(1);
    let mut stream = admin.listen(&Listen::all()).await;
    stream.connected().await;
    assert_eq!(
        admin.get("/api/chat/admins").await.ok(),
        json!([
            {"id": 1, "name": "Admin 1", "email": "person1@example.test", "online": true},
            {"id": 2, "name": "Admin 2", "email": "person2@example.test", "online": false},
        ])
    );
}

#[tokio::test]
async fn a_guest_gets_an_identity_that_works_as_any_other() {
    let app = TestApp::start().await;
    let body = json!({"name": "Ayu", "email": "ayu@example.test"});
    let guest = app.anonymous().post("/api/chat/guests", &body).await.created();
    assert_eq!((&guest["user"]["name"], &guest["user"]["role"]), (&json!("Ayu"), &json!("USER")));
    let expires: DateTime<Utc> = guest["expiresAt"].as_str().expect("a time").parse().expect("a time");
    let days = (expires - Utc::now()).num_days();
    assert!((363..=365).contains(&days), "it lasts {days} days");
    let person = app.bearer(guest["token"].as_str().expect("a token"));
    let room = person.open("Hello").await.created();
    assert_eq!(room["user"], json!({"id": guest["user"]["id"], "name": "Ayu", "email": "ayu@example.test"}));
    person.stats().await.refused(403, "forbidden");
}

#[tokio::test]
async fn guests_are_all_different_and_no_known_person() {
    let app = TestApp::start().await;
    app.customer(7).rooms(&[]).await.ok();
    let mut ids = std::collections::HashSet::new();
    for _ in 0..5 {
        let guest = app.anonymous().post("/api/chat/guests", &json!({})).await.created();
        assert!(ids.insert(number(&guest["user"]["id"])), "an id was given twice");
    }
    assert!(!ids.contains(&7));
}

#[tokio::test]
async fn guests_can_be_turned_off() {
    let app = TestApp::with(&[("SAPA__GUESTS__ENABLED", "false")]).await;
    app.anonymous().post("/api/chat/guests", &json!({})).await.refused(403, "forbidden");
    assert_eq!(app.anonymous().get("/api/chat/config").await.ok()["guests"]["enabled"], false);
}

#[tokio::test]
async fn the_config_tells_a_page_what_it_needs() {
    let app = TestApp::start().await;
    let config = app.anonymous().get("/api/chat/config").await.ok();
    assert_eq!(config["guests"], json!({"enabled": true}));
    assert_eq!(config["demo"], json!({"enabled": true}));
    assert_eq!(config["limits"], json!({"messageChars": 4000, "subjectChars": 200}));
    assert!(config["version"].as_str().is_some_and(|version| version.contains('.')));
}

#[tokio::test]
async fn the_demo_people_sign_in_by_name() {
    let app = TestApp::start().await;
    let people = app.anonymous().get("/api/demo/people").await.ok();
    let names: Vec<_> = people.as_array().expect("people").iter().map(|entry| entry["person"].clone()).collect();
    assert_eq!(names, ["budi", "dewi", "citra", "sari", "adi"]);
    for (person, id, role, status) in [("budi", 1001, "USER", 403), ("sari", 2001, "ADMIN", 200)] {
        let signed_in = app.anonymous().post("/api/demo/sign-in", &json!({"person": person})).await.ok();
        assert_eq!((&signed_in["user"]["id"], &signed_in["user"]["role"]), (&json!(id), &json!(role)));
        let client = app.bearer(signed_in["token"].as_str().expect("a token"));
        assert_eq!(client.stats().await.status, status, "{person}");
    }
    let nobody = app.anonymous().post("/api/demo/sign-in", &json!({"person": "root"})).await;
    assert!((400..500).contains(&nobody.status.as_u16()), "{nobody:?}");
}

#[tokio::test]
async fn the_demo_can_be_turned_off() {
    let app = TestApp::with(&[("SAPA__DEMO__ENABLED", "false")]).await;
    let answer = app.anonymous().post("/api/demo/sign-in", &json!({"person": "sari"})).await;
    assert!(matches!(answer.status.as_u16(), 403 | 404), "{answer:?}");
    let answer = app.anonymous().get("/api/demo/people").await;
    assert!(matches!(answer.status.as_u16(), 403 | 404), "{answer:?}");
}
