//! `PUT` and `DELETE /api/chat/messages/{id}/reactions/{emoji}`.

use reqwest::Method;
use serde_json::json;

use crate::harness::{Listen, TestApp, send};

#[tokio::test]
async fn reactions_are_counted_in_order_of_first_use() {
    let app = TestApp::start().await;
    let (customer, admin) = (app.customer(7), app.admin(1));
    let room = customer.new_room().await;
    let message = customer.says(room, "It works!").await;
    admin.react(message, "🎉").await.ok();
    customer.react(message, "👍").await.ok();
    let changed = customer.react(message, "🎉").await.ok();
    let expected = json!([{"emoji": "🎉", "count": 2, "userIds": [1, 7]}, {"emoji": "👍", "count": 1, "userIds": [7]}]);
    assert_eq!(changed["reactions"], expected);
    assert_eq!(customer.messages(room, "").await.ok()[1]["reactions"], expected);
}

#[tokio::test]
async fn the_same_reaction_twice_is_one_and_is_told_once() {
    let app = TestApp::start().await;
    let customer = app.customer(7);
    let room = customer.new_room().await;
    let message = customer.says(room, "Hello").await;
    let mut stream = customer.listen(&Listen::room(room)).await;
    stream.connected().await;
    for _ in 0..3 {
        let changed = customer.react(message, "👍").await.ok();
        assert_eq!(changed["reactions"], json!([{"emoji": "👍", "count": 1, "userIds": [7]}]));
    }
    let fence = customer.says(room, "done").await;
    let frames = stream.until_message(fence).await;
    assert_eq!(frames.iter().filter(|frame| frame.is("message_updated")).count(), 1, "{frames:?}");
}

#[tokio::test]
async fn ones_own_reaction_goes_away_and_nobody_elses() {
    let app = TestApp::start().await;
    let (customer, admin) = (app.customer(7), app.admin(1));
    let room = customer.new_room().await;
    let message = customer.says(room, "Hello").await;
    customer.react(message, "👍").await.ok();
    let kept = admin.unreact(message, "👍").await.ok();
    assert_eq!(kept["reactions"], json!([{"emoji": "👍", "count": 1, "userIds": [7]}]));
    assert_eq!(customer.unreact(message, "👍").await.ok()["reactions"], json!([]));
    assert_eq!(customer.unreact(message, "👍").await.ok()["reactions"], json!([]), "a repeat is no error");
}

#[tokio::test]
async fn ten_reactions_at_the_same_moment_are_one() {
    let app = TestApp::start().await;
    let customer = app.customer(7);
    let room = customer.new_room().await;
    let message = customer.says(room, "Hello").await;
    let all = (0..10).map(|_| customer.react(message, "👍"));
    for answer in futures_util::future::join_all(all).await {
        answer.ok();
    }
    let reactions = &customer.messages(room, "").await.ok()[1]["reactions"];
    assert_eq!(*reactions, json!([{"emoji": "👍", "count": 1, "userIds": [7]}]));
}

#[tokio::test]
async fn every_kind_of_emoji_is_taken() {
    let app = TestApp::start().await;
    let customer = app.customer(7);
    let room = customer.new_room().await;
    for emoji in ["👍", "👍🏽", "❤️", "👩‍👩‍👧‍👦", "🏳️‍🌈", "🇮🇩", "1️⃣", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "✅", "😂"]
    {
        let message = customer.says(room, "Hello").await;
        let changed = customer.react(message, emoji).await.ok();
        assert_eq!(changed["reactions"][0]["emoji"], emoji);
        assert_eq!(customer.unreact(message, emoji).await.ok()["reactions"], json!([]));
    }
}

#[tokio::test]
async fn what_is_no_single_emoji_is_refused() {
    let app = TestApp::start().await;
    let customer = app.customer(7);
    let room = customer.new_room().await;
    let message = customer.says(room, "Hello").await;
    for text in ["ok", "a", "1", "👍👍", "👍a", "<b>", "%", " ", "\0", "../../x", "'", "\u{200D}", &"👍".repeat(50)]
    {
        customer.react(message, text).await.refused(400, "invalid_input");
    }
    for raw in ["%FF%FE", "%F0%9F", "%"] {
        let path = format!("/api/chat/messages/{message}/reactions/{raw}");
        let answer = send(customer.request(Method::PUT, &path)).await;
        assert!(matches!(answer.status.as_u16(), 400 | 404), "{raw}: {answer:?}");
    }
    assert_eq!(customer.messages(room, "").await.ok()[1]["reactions"], json!([]));
}

#[tokio::test]
async fn an_id_that_is_no_message_number_is_not_found() {
    let app = TestApp::start().await;
    for id in ["0", "-1", "abc", "2147483648", "99999999999999999999"] {
        let path = format!("/api/chat/messages/{id}/reactions/%F0%9F%91%8D");
        send(app.admin(1).request(Method::PUT, &path)).await.refused(404, "not_found");
        let path = format!("/api/chat/messages/{id}");
        send(app.admin(1).request(Method::DELETE, &path)).await.refused(404, "not_found");
    }
}
