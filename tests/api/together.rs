//! Messages that wait for the same commit: each is answered as if it had come alone.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, Listen, Person, TestApp, number, send};

/// Long enough for all requests of a test to wait for the lock.
const GATHERING: Duration = Duration::from_millis(800);

async fn keyed(person: &Person, room: i64, key: &str, message: &str) -> Answer {
    let request = person.request(Method::POST, &format!("/api/chat/rooms/{room}"));
    send(request.header("Idempotency-Key", key).json(&json!({"message": message}))).await
}

#[tokio::test]
async fn each_of_many_is_stored_counted_and_told_once_and_in_order() {
    let app = TestApp::start().await;
    let admin = app.admin(1);
    let (first, second) = (app.customer(7), app.customer(8));
    let (one, other) = (first.new_room().await, second.new_room().await);
    admin.says(one, "Hello").await;
    admin.says(other, "Hello").await;
    let before = number(&admin.stats().await.ok()["unread"]);
    let mut stream = admin.listen(&Listen::all()).await;
    stream.connected().await;
    let lock = app.lock_database().await;
    let posts = (0..12).flat_map(|n| {
        let (first, second) = (first.clone(), second.clone());
        [
            tokio::spawn(async move { first.says(one, &format!("one {n}")).await }),
            tokio::spawn(async move { second.says(other, &format!("other {n}")).await }),
        ]
    });
    let posts: Vec<_> = posts.collect();
    tokio::time::sleep(GATHERING).await;
    lock.release().await;
    let mut ids = Vec::new();
    for post in posts {
        ids.push(post.await.expect("an id"));
    }
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 24);
    let fence = admin.says(one, "done").await;
    let told = stream.until_message(fence).await;
    let told: Vec<&Value> = told.iter().filter(|frame| frame.is("message")).map(|frame| &frame.data).collect();
    let of = |room: i64| {
        told.iter()
            .filter(|message| number(&message["chatRoomId"]) == room)
            .map(|message| number(&message["id"]))
            .collect::<Vec<_>>()
    };
    for (person, room, word) in [(&first, one, "one"), (&second, other, "other")] {
        let said = person.said(room).await;
        let texts: std::collections::HashSet<&str> = said.iter().map(|(_, text)| text.as_str()).collect();
        assert!((0..12).all(|n| texts.contains(format!("{word} {n}").as_str())), "{texts:?}");
        let stored: Vec<i64> = said.iter().map(|(id, _)| *id).collect();
        let told = of(room);
        assert_eq!(told, stored[stored.len() - told.len()..], "in the order of the history");
        let room = admin.room(room).await.ok();
        let newest = said.iter().rev().find(|(_, text)| text.starts_with(word)).map(|(_, text)| text.clone());
        if room["lastMessage"] != "done" {
            assert_eq!(room["lastMessage"].as_str().map(str::to_owned), newest);
        }
        assert_eq!(number(&room["unreadCount"]), 13, "its first message and these");
    }
    assert_eq!(number(&admin.stats().await.ok()["unread"]), before + 24);
}

#[tokio::test]
async fn what_is_refused_or_needs_more_spoils_nothing_for_the_others() {
    let app = TestApp::start().await;
    let admin = app.admin(1);
    let (first, second, third) = (app.customer(7), app.customer(8), app.customer(9));
    let (open, closed, resolved) = (first.new_room().await, second.new_room().await, third.new_room().await);
    let asked = first.says(open, "A question").await;
    admin.close(closed).await.ok();
    admin.manage(resolved, &json!({"status": "RESOLVED"})).await.ok();
    keyed(&first, open, "before", "Before").await.created();
    let lock = app.lock_database().await;
    let go = |call: std::pin::Pin<Box<dyn Future<Output = Answer> + Send>>| tokio::spawn(call);
    macro_rules! post {
        ($person:ident, $room:expr, $body:expr) => {{
            let (person, body) = ($person.clone(), $body);
            go(Box::pin(async move { person.send_with($room, &body).await }))
        }};
    }
    macro_rules! post_keyed {
        ($key:expr, $message:expr) => {{
            let person = first.clone();
            go(Box::pin(async move { keyed(&person, open, $key, $message).await }))
        }};
    }
    let plain = post!(first, open, json!({"message": "plain"}));
    let foreign = post!(second, open, json!({"message": "not mine"}));
    let missing = post!(first, 999_999, json!({"message": "nowhere"}));
    let shut = post!(second, closed, json!({"message": "too late"}));
    let reopens = post!(third, resolved, json!({"message": "again"}));
    let answers = post!(admin, open, json!({"message": "an answer", "replyToId": asked}));
    let astray = post!(admin, open, json!({"message": "an answer", "replyToId": 999_999}));
    let repeat = post_keyed!("before", "Before");
    let twice = [post_keyed!("twice", "Twice"), post_keyed!("twice", "Twice")];
    let misused = post_keyed!("before", "Something else");
    tokio::time::sleep(GATHERING).await;
    lock.release().await;
    plain.await.expect("an answer").created();
    foreign.await.expect("an answer").refused(403, "forbidden");
    missing.await.expect("an answer").refused(404, "not_found");
    shut.await.expect("an answer").refused(409, "room_closed");
    reopens.await.expect("an answer").created();
    assert_eq!(number(&answers.await.expect("an answer").created()["replyToId"]), asked);
    astray.await.expect("an answer").invalid("replyToId");
    repeat.await.expect("an answer").created();
    let [once, again] = twice.map(|post| async { number(&post.await.expect("an answer").created()["id"]) });
    assert_eq!(once.await, again.await);
    misused.await.expect("an answer").invalid("Idempotency-Key");
    assert_eq!(admin.room(resolved).await.ok()["status"], "OPEN");
    let mut texts: Vec<String> = first.said(open).await.into_iter().skip(2).map(|(_, text)| text).collect();
    texts.sort_unstable();
    assert_eq!(texts, ["Before", "Twice", "an answer", "plain"]);
    assert_eq!(admin.room(open).await.ok()["adminId"], 1, "whoever answers takes the room");
}

#[tokio::test]
async fn what_is_read_is_counted_from_what_was_changed_just_before() {
    let app = TestApp::start().await;
    let (customer, admin) = (app.customer(7), app.admin(1));
    let room = customer.new_room().await;
    admin.says(room, "Hello").await;
    for round in 0..2 {
        admin.read(room).await.ok();
        let first = customer.says(room, "one").await;
        let lock = app.lock_database().await;
        let (says, deletes, reads) = (customer.clone(), customer.clone(), admin.clone());
        let steps = [
            tokio::spawn(async move {
                says.send(room, "two").await.created();
            }),
            tokio::spawn(async move {
                tokio::time::sleep(GATHERING / 4).await;
                deletes.delete(first).await.ok();
            }),
            tokio::spawn(async move {
                tokio::time::sleep(GATHERING / 2).await;
                reads.read(room).await.ok();
            }),
        ];
        tokio::time::sleep(GATHERING).await;
        lock.release().await;
        for step in steps {
            step.await.expect("an answer");
        }
        assert_eq!(admin.room(room).await.ok()["unreadCount"], 0, "round {round}");
        assert_eq!(admin.stats().await.ok()["unread"], 0, "round {round}");
    }
}
