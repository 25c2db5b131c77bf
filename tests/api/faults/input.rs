//! What a client sends, however odd, is never a fault of the database: each kind of them has its own limits.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, Person, TestApp, number, send, tokens};

/// Four bytes in UTF-8, two units in UTF-16.
const WIDE: &str = "\u{1F600}";

fn no_fault(answer: &Answer) {
    assert!(answer.status.as_u16() < 500, "{answer:?}");
}

async fn asks(person: &Person, path: &str) {
    no_fault(&person.get(path).await);
}

async fn says(person: &Person, method: Method, path: &str, body: Value) {
    no_fault(&send(person.request(method, path).json(&body)).await);
}

#[tokio::test]
async fn odd_texts_numbers_and_names_are_taken_or_refused() {
    let app = TestApp::start().await;
    let (customer, admin) = (app.customer(7), app.admin(1));
    let room = customer.new_room().await;
    let message = number(&customer.send(room, "Hello").await.created()["id"]);
    let path = format!("/api/chat/rooms/{room}");
    let texts =
        ["a\0b", "\u{FFFF}", "\u{202E}", "%_\\'\";--", &WIDE.repeat(4000), &WIDE.repeat(200), &"x".repeat(10_000)];
    for text in texts {
        let escaped = percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string();
        if escaped.len() < 7000 {
            asks(&admin, &format!("/api/chat/rooms?search={escaped}")).await;
            asks(&admin, &format!("/api/chat/rooms?cursor={escaped}")).await;
            says(&customer, Method::PUT, &format!("/api/chat/messages/{message}/reactions/{escaped}"), json!({})).await;
        }
        says(&customer, Method::POST, &path, json!({"message": text})).await;
        says(&app.customer(8), Method::POST, "/api/chat/rooms", json!({"message": "Hello", "subject": text})).await;
        says(&admin, Method::PATCH, &path, json!({"subject": text, "status": text, "priority": text})).await;
        for claim in ["name", "email"] {
            let mut claims = json!({"sub": "9", "role": "USER", "exp": tokens::in_seconds(3600)});
            claims[claim] = json!(text);
            asks(&app.bearer(&tokens::sign(&claims)), "/api/chat/rooms").await;
        }
    }
    for number in ["0", "-1", "2147483647", "2147483648", "9223372036854775807", "18446744073709551616", "1e9", "%FF"] {
        for parameter in ["after", "before", "limit", "skip"] {
            asks(&customer, &format!("{path}/messages?{parameter}={number}")).await;
        }
        asks(&customer, &format!("/api/chat/rooms/{number}")).await;
        says(&customer, Method::POST, &path, json!({"message": "Hello", "replyToId": number.parse::<f64>().ok()}))
            .await;
        says(&customer, Method::POST, &format!("{path}/read"), json!({"messageId": number.parse::<u64>().ok()})).await;
        let claims = json!({"sub": number, "role": "USER", "exp": tokens::in_seconds(3600)});
        asks(&app.bearer(&tokens::sign(&claims)), "/api/chat/rooms").await;
        let stream = app.admin(2).knock(&crate::harness::Listen::all().after(number)).await.expect("an answer");
        assert!(stream.status().as_u16() < 500, "{stream:?}");
    }
    let faults: Vec<_> =
        app.log().lines().filter(|line| line.contains("the database failed")).map(str::to_owned).collect();
    assert!(faults.is_empty(), "{faults:#?}");
}
