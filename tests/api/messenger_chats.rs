//! Chats over the REST calls of the messenger dialect.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Person, TestApp, number, send};

fn field(rows: &Value, name: &str) -> Vec<Value> {
    rows.as_array().expect("an array").iter().map(|row| row[name].clone()).collect()
}

async fn reads(person: &Person, message: i64) -> u16 {
    send(person.request(Method::PATCH, &format!("/api/chats/{message}/read"))).await.status.as_u16()
}

#[tokio::test]
async fn the_list_has_the_newest_message_of_each_chat_and_what_waits() {
    let app = TestApp::start().await;
    let (budi, sari, tono) = (app.customer(7), app.customer(3), app.customer(9));
    for person in [&budi, &sari, &tono] {
        person.get("/api/chat/me").await.ok();
    }
    budi.tells(3, "To Sari").await;
    tono.tells(7, "From Tono").await;
    tono.tells(7, "From Tono again").await;
    let rows = budi.read_of("/api/chats/").await;
    assert_eq!(rows, budi.read_of("/api/chats").await, "the final slash may be left out");
    assert_eq!(field(&rows, "user_id"), [json!(9), json!(3)]);
    assert_eq!(field(&rows, "last_message"), [json!("From Tono again"), json!("To Sari")]);
    assert_eq!(field(&rows, "unread_count"), [json!(2), json!(0)]);
}

#[tokio::test]
async fn unread_messages_are_there_until_they_are_read_or_deleted() {
    let app = TestApp::start().await;
    let (budi, sari, stranger, admin) = (app.customer(7), app.customer(3), app.customer(9), app.admin(1));
    for person in [&sari, &admin] {
        person.get("/api/chat/me").await.ok();
    }
    let mut ids = Vec::new();
    for n in 1..=4 {
        ids.push(number(&budi.tells(3, &format!("Message {n}")).await["id"]));
    }
    let waiting = async |person: &Person| field(&person.read_of("/api/chats/unread").await, "id");
    assert_eq!(waiting(&sari).await, ids.iter().map(|id| json!(id)).collect::<Vec<_>>());
    assert!(waiting(&budi).await.is_empty() && waiting(&admin).await.is_empty());
    assert_eq!((reads(&stranger, ids[0]).await, reads(&admin, ids[0]).await), (403, 403));
    assert_eq!(waiting(&sari).await.len(), 4);
    assert_eq!(reads(&sari, ids[1]).await, 200);
    budi.delete(ids[2]).await.ok();
    assert_eq!(waiting(&sari).await, [json!(ids[3])]);
    // What customers write to the desk waits for every admin.
    let asked = number(&budi.tells(1, "Please help").await["id"]);
    for desk in [&admin, &app.admin(2)] {
        assert_eq!(waiting(desk).await, [json!(asked)]);
    }
    admin.tells(7, "Hello").await;
    assert_eq!(reads(&app.admin(2), asked).await, 200);
    assert!(waiting(&admin).await.is_empty());
    assert_eq!(waiting(&budi).await.len(), 1);
}

#[tokio::test]
async fn a_history_is_of_two_people_and_pages_backwards() {
    let app = TestApp::start().await;
    let (budi, sari, tono) = (app.customer(7), app.customer(3), app.customer(9));
    for person in [&sari, &tono] {
        person.get("/api/chat/me").await.ok();
    }
    let mut ids = Vec::new();
    for n in 0..5 {
        let (from, to) = if n % 2 == 0 { (&budi, 3) } else { (&sari, 7) };
        ids.push(from.tells(to, &format!("Message {n}")).await["id"].clone());
        tono.tells(7, "Not theirs").await;
    }
    let all = budi.read_of("/api/chats/history/3").await;
    assert_eq!(field(&all, "id"), ids);
    assert_eq!(field(&all, "receiver_id"), [3, 7, 3, 7, 3].map(|id| json!(id)));
    assert_eq!(sari.read_of("/api/chats/history/7").await, all);
    let page = budi.read_of(&format!("/api/chats/history/3?limit=2&before={}", ids[3])).await;
    assert_eq!(field(&page, "id"), ids[1..3]);
    assert_eq!(sari.read_of("/api/chats/history/9").await, json!([]));
    sari.get("/api/chats/history/99").await.turned_down(404, "not_found");
}
