//! The calls of the direct and messenger dialects.

use reqwest::Method;
use serde_json::{Value, json};

use super::answer::{Answer, number};
use super::person::{Person, send};

impl Person {
    /// `POST /api/v0/chat/send`
    pub(crate) async fn send_to(&self, receiver: i64, message: &str) -> Answer {
        self.post("/api/v0/chat/send", &json!({"receiverId": receiver, "message": message})).await
    }

    /// Writes to a person and gives the message.
    pub(crate) async fn tells(&self, receiver: i64, message: &str) -> Value {
        self.send_to(receiver, message).await.created()["data"].clone()
    }

    /// The data of a call of the direct or messenger dialect that has to succeed.
    pub(crate) async fn read_of(&self, path: &str) -> Value {
        let answer = self.get(path).await.ok();
        assert_eq!(answer["success"], true, "{path}: {answer}");
        answer["data"].clone()
    }

    pub(crate) async fn conversations(&self) -> Vec<Value> {
        self.read_of("/api/v0/chat/conversations").await.as_array().expect("an array").clone()
    }

    /// The newest text of each conversation and what waits in it.
    pub(crate) async fn overview(&self) -> Vec<(String, i64)> {
        let line = |each: &Value| (each["lastMessage"]["message"].to_string(), number(&each["unreadCount"]));
        self.conversations().await.iter().map(line).collect()
    }

    pub(crate) async fn waiting(&self) -> i64 {
        number(&self.read_of("/api/v0/chat/unread-count").await["unreadCount"])
    }

    pub(crate) async fn put(&self, path: &str) -> Answer {
        send(self.request(Method::PUT, path)).await
    }
}

impl Answer {
    /// A refusal in the envelope of the direct and messenger dialects.
    #[track_caller]
    pub(crate) fn turned_down(self, status: u16, code: &str) -> Value {
        let body = self.expect(status).json();
        assert_eq!((&body["success"], &body["code"]), (&json!(false), &json!(code)), "{body}");
        assert!(body["message"].as_str().is_some_and(|message| !message.is_empty()), "{body}");
        body
    }
}
