//! `GET /api/chat/rooms/{id}/messages`: the history, page by page.

use serde_json::json;

use crate::harness::{Person, TestApp, numbers};

#[tokio::test]
async fn without_parameters_the_newest_fifty_come_oldest_first() {
    let app = TestApp::start().await;
    let (customer, room, sent) = conversation(&app, 60).await;
    let answer = customer.messages(room, "").await;
    assert!(answer.next_page().is_some());
    assert_eq!(numbers(&answer.ok(), "id"), sent[10..]);
}

#[tokio::test]
async fn before_and_after_cut_exactly() {
    let app = TestApp::start().await;
    let (customer, room, sent) = conversation(&app, 12).await;
    for (query, expected) in [
        (format!("before={}", sent[5]), &sent[..5]),
        (format!("before={}&limit=2", sent[5]), &sent[3..5]),
        (format!("before={}", sent[0]), &sent[..0]),
        (format!("after={}", sent[5]), &sent[6..]),
        (format!("after={}&limit=2", sent[5]), &sent[6..8]),
        (format!("after={}", sent[11]), &sent[..0]),
        ("after=0&limit=3".to_owned(), &sent[..3]),
        ("before=2147483647&limit=3".to_owned(), &sent[9..]),
    ] {
        assert_eq!(numbers(&customer.messages(room, &query).await.ok(), "id"), expected, "{query}");
    }
}

#[tokio::test]
async fn links_lead_through_the_whole_history_both_ways() {
    let app = TestApp::start().await;
    let (customer, room, sent) = conversation(&app, 23).await;
    for limit in [1, 7, 22, 23, 200] {
        let mut backwards = pages(&customer, room, &format!("limit={limit}")).await;
        backwards.reverse();
        assert_eq!(backwards.concat(), sent, "backwards by {limit}");
        let forwards = pages(&customer, room, &format!("after=0&limit={limit}")).await;
        assert_eq!(forwards.concat(), sent, "forwards by {limit}");
    }
}

#[tokio::test]
async fn messages_that_arrive_meanwhile_leave_no_hole() {
    let app = TestApp::start().await;
    let (customer, room, sent) = conversation(&app, 20).await;
    let mut seen = Vec::new();
    let mut path = format!("/api/chat/rooms/{room}/messages?limit=6");
    loop {
        let answer = customer.get(&path).await;
        let next = answer.next_page();
        seen.splice(0..0, numbers(&answer.ok(), "id"));
        customer.says(room, "And another thing").await;
        let Some(next) = next else { break };
        path = next;
    }
    assert_eq!(seen, sent);
}

#[tokio::test]
async fn only_messages_of_the_room_are_in_its_history() {
    let app = TestApp::start().await;
    let (customer, room, sent) = conversation(&app, 3).await;
    let (_, other_room, others) = conversation_of(&app.customer(8), 3).await;
    let ours = customer.says(room, "the last").await;
    assert_eq!(numbers(&customer.messages(room, "").await.ok(), "id"), [sent, vec![ours]].concat());
    let after = format!("after={}", others[0]);
    assert_eq!(numbers(&customer.messages(room, &after).await.ok(), "id"), [ours]);
    assert_eq!(numbers(&app.customer(8).messages(other_room, "").await.ok(), "id"), others);
}

#[tokio::test]
async fn a_wrong_parameter_is_named() {
    let app = TestApp::start().await;
    let (customer, room, _) = conversation(&app, 1).await;
    for (field, value) in [
        ("limit", "0"),
        ("limit", "201"),
        ("limit", "ten"),
        ("before", "x"),
        ("before", "-1"),
        ("before", "99999999999999"),
        ("after", "x"),
        ("after", "1.5"),
    ] {
        customer.messages(room, &format!("{field}={value}")).await.invalid(field);
    }
}

#[tokio::test]
async fn a_deleted_message_stays_in_its_place_without_its_text() {
    let app = TestApp::start().await;
    let (customer, room, sent) = conversation(&app, 3).await;
    customer.delete(sent[1]).await.ok();
    let history = customer.messages(room, "").await.ok();
    assert_eq!(numbers(&history, "id"), sent);
    assert_eq!(history[1]["message"], "");
    assert!(history[1]["deletedAt"].is_string());
    assert_eq!(history[2]["deletedAt"], json!(null));
}

async fn conversation(app: &TestApp, count: usize) -> (Person, i64, Vec<i64>) {
    conversation_of(&app.customer(7), count).await
}

/// A room of this many messages, and their ids.
async fn conversation_of(customer: &Person, count: usize) -> (Person, i64, Vec<i64>) {
    let room = customer.open("message 1").await.created();
    let id = room["id"].as_i64().expect("an id");
    let mut sent = numbers(&room["messages"], "id");
    for n in 1..count {
        sent.push(customer.says(id, &format!("message {}", n + 1)).await);
    }
    (customer.clone(), id, sent)
}

async fn pages(person: &Person, room: i64, query: &str) -> Vec<Vec<i64>> {
    let mut path = format!("/api/chat/rooms/{room}/messages?{query}");
    let mut pages = Vec::new();
    loop {
        let answer = person.get(&path).await;
        let next = answer.next_page();
        pages.push(numbers(&answer.ok(), "id"));
        match next {
            Some(next) => path = next,
            None => return pages,
        }
    }
}
