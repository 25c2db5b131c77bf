//! `GET /api/chat/rooms?search=`: what is found, and that every sign is text.

use serde_json::json;

use crate::harness::tokens::{in_seconds, sign};
use crate::harness::{Person, TestApp, number, numbers};

const NOTHING: [i64; 0] = [];

#[tokio::test]
async fn names_addresses_subjects_and_messages_are_searched() {
    let app = TestApp::start().await;
    let token =
        sign(&json!({"sub": 7, "name": "Wilhelmina Tan", "email": "mina@flowers.example", "exp": in_seconds(60)}));
    let body = json!({"subject": "Refund wanted", "message": "The vase arrived broken"});
    let room = number(&app.bearer(&token).open_with(&body).await.created()["id"]);
    let admin = app.admin(1);
    admin.says(room, "We send another parcel").await;
    app.customer(8).open("Nothing of the kind").await.created();
    for word in [
        "Wilhelmina",
        "wilhelmina",
        "Wilhelmina Tan",
        "mina@flowers.example",
        "Refund",
        "refund wanted",
        "vase",
        "VASE arrived",
        "parcel",
        "parc",
    ] {
        assert_eq!(found(&admin, word).await, [room], "{word}");
    }
    for word in ["bicycle", "Wilhelmina bicycle"] {
        assert_eq!(found(&admin, word).await, NOTHING, "{word}");
    }
}

#[tokio::test]
async fn a_deleted_message_is_not_found() {
    let app = TestApp::start().await;
    let (customer, admin) = (app.customer(7), app.admin(1));
    let room = customer.new_room().await;
    let message = customer.says(room, "my password is hunter2").await;
    assert_eq!(found(&admin, "hunter2").await, [room]);
    customer.delete(message).await.ok();
    assert_eq!(found(&admin, "hunter2").await, NOTHING);
}

#[tokio::test]
async fn a_customer_searches_only_their_own_rooms() {
    let app = TestApp::start().await;
    let mine = app.customer(7);
    let room = number(&mine.open("the blue bicycle").await.created()["id"]);
    app.customer(8).open("the blue bicycle").await.created();
    assert_eq!(found(&mine, "bicycle").await, [room]);
}

#[tokio::test]
async fn a_changed_name_is_found_and_the_old_one_is_not() {
    let app = TestApp::start().await;
    let admin = app.admin(1);
    let named = |name: &str| app.bearer(&sign(&json!({"sub": 7, "name": name, "exp": in_seconds(60)})));
    let room = number(&named("Abigail").open("Hi").await.created()["id"]);
    assert_eq!(found(&admin, "Abigail").await, [room]);
    named("Bernadette").rooms(&[]).await.ok();
    assert_eq!(found(&admin, "Bernadette").await, [room]);
    assert_eq!(found(&admin, "Abigail").await, NOTHING);
}

#[tokio::test]
async fn every_sign_is_text() {
    let app = TestApp::start().await;
    let admin = app.admin(1);
    let texts = [
        "we pay 100% of it",
        "file_name_v2.txt",
        "O'Brien's order",
        r#"she said "hello""#,
        r"C:\temp\new",
        "a * b * c",
        "call (maybe) later",
        "well-known issue",
        "NEAR the river",
        "this OR that",
        "salt AND pepper",
        "NOT today",
        "title: urgent",
        "{curly} ^caret",
        "<b>bold</b>",
        "日本語のメッセージ",
        "naïve café",
    ];
    let mut rooms = Vec::new();
    for (id, text) in (100..).zip(texts) {
        rooms.push(number(&app.customer(id).open(text).await.created()["id"]));
    }
    for (room, text) in rooms.iter().zip(texts) {
        assert_eq!(found(&admin, text).await, [*room], "{text}");
    }
}

#[tokio::test]
async fn signs_of_query_languages_are_no_wildcards_and_no_errors() {
    let app = TestApp::start().await;
    let admin = app.admin(1);
    app.customer(7).open("Hello world").await.created();
    for hostile in [
        "%",
        "_",
        "'",
        "\"",
        "\\",
        "*",
        "(",
        ")",
        "-",
        "NEAR",
        "AND",
        "NOT",
        ":",
        "^",
        "%%%",
        "H_llo",
        "H%d",
        "Hello*",
        "' OR 1=1 --",
        "\"; DROP TABLE ChatRoom; --",
        "Hello OR bicycle",
        "Hello NOT world",
        "NEAR(a b)",
        "message:Hello",
        "{Hello}",
        "(((((",
        "\"unclosed",
        "--",
        "\u{FFFD}",
        "🤝",
    ] {
        assert_eq!(found(&admin, hostile).await, NOTHING, "{hostile:?} was no text");
    }
    for odd in ["x".repeat(3000), "% ".repeat(1000), "\0".to_owned(), "a\0b".to_owned()] {
        let answer = admin.rooms(&[("search", &odd)]).await;
        assert!(matches!(answer.status.as_u16(), 200 | 400), "{answer:?}");
    }
}

#[tokio::test]
async fn an_empty_search_is_none() {
    let app = TestApp::start().await;
    let room = app.customer(7).new_room().await;
    for blank in ["", " ", "\t\n"] {
        assert_eq!(found(&app.admin(1), blank).await, [room], "{blank:?}");
    }
}

async fn found(person: &Person, text: &str) -> Vec<i64> {
    numbers(&person.rooms(&[("search", text)]).await.ok(), "id")
}
