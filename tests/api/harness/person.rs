//! A person as a client: one method per call of the interface.

use reqwest::{Client, Method, RequestBuilder};
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use super::answer::{Answer, number};
use super::listen::Listen;
use super::stream::Stream;
use super::wait::PATIENCE;

/// Whoever holds this token; nobody without one.
#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) id: i64,
    pub(crate) name: String,
    pub(crate) token: Option<String>,
    pub(crate) base: String,
    pub(crate) http: Client,
}

impl Person {
    /// A request in this person's name, for what has no method of its own.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.base));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        send(self.request(Method::GET, path)).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Answer {
        send(self.request(Method::POST, path).json(body)).await
    }

    pub(crate) async fn patch(&self, path: &str, body: &Value) -> Answer {
        send(self.request(Method::PATCH, path).json(body)).await
    }

    /// `GET /api/chat/rooms` with these parameters.
    pub(crate) async fn rooms(&self, query: &[(&str, &str)]) -> Answer {
        let mut path = "/api/chat/rooms".to_owned();
        for (index, (key, value)) in query.iter().enumerate() {
            path.push(if index == 0 { '?' } else { '&' });
            path.push_str(&format!("{key}={}", escaped(value)));
        }
        self.get(&path).await
    }

    /// `POST /api/chat/rooms` with a message alone.
    pub(crate) async fn open(&self, message: &str) -> Answer {
        self.open_with(&json!({"message": message})).await
    }

    pub(crate) async fn open_with(&self, body: &Value) -> Answer {
        self.post("/api/chat/rooms", body).await
    }

    /// A new room of this person, made by a first message; gives its id.
    pub(crate) async fn new_room(&self) -> i64 {
        let room = self.open(&format!("{} needs help", self.name)).await.created();
        number(&room["id"])
    }

    /// `GET /api/chat/room`
    pub(crate) async fn current_room(&self) -> Answer {
        self.get("/api/chat/room").await
    }

    pub(crate) async fn room(&self, room: i64) -> Answer {
        self.get(&format!("/api/chat/rooms/{room}")).await
    }

    /// The history of a room; `query` as in an address, without the `?`.
    pub(crate) async fn messages(&self, room: i64, query: &str) -> Answer {
        self.get(&format!("/api/chat/rooms/{room}/messages?{query}")).await
    }

    /// The ids of all messages of a room, oldest first.
    pub(crate) async fn history(&self, room: i64) -> Vec<i64> {
        self.whole_history(room).await.iter().map(|message| number(&message["id"])).collect()
    }

    /// The ids and texts of all messages of a room, oldest first.
    pub(crate) async fn said(&self, room: i64) -> Vec<(i64, String)> {
        let text = |message: &Value| message["message"].as_str().unwrap_or_default().to_owned();
        let messages = self.whole_history(room).await;
        messages.iter().map(|message| (number(&message["id"]), text(message))).collect()
    }

    async fn whole_history(&self, room: i64) -> Vec<Value> {
        let mut path = Some(format!("/api/chat/rooms/{room}/messages?after=0&limit=200"));
        let mut messages = Vec::new();
        while let Some(page) = path {
            let answer = self.get(&page).await;
            path = answer.next_page();
            messages.extend(answer.ok().as_array().expect("messages").iter().cloned());
        }
        messages
    }

    pub(crate) async fn send(&self, room: i64, message: &str) -> Answer {
        self.send_with(room, &json!({"message": message})).await
    }

    pub(crate) async fn send_with(&self, room: i64, body: &Value) -> Answer {
        self.post(&format!("/api/chat/rooms/{room}"), body).await
    }

    /// Sends a message and gives its id.
    pub(crate) async fn says(&self, room: i64, message: &str) -> i64 {
        number(&self.send(room, message).await.created()["id"])
    }

    /// Sends so many messages, each as soon as the one before is answered.
    pub(crate) fn keeps_writing(&self, room: i64, count: usize) -> JoinHandle<()> {
        let person = self.clone();
        tokio::spawn(async move {
            for n in 0..count {
                person.says(room, &format!("{} writes {n}", person.name)).await;
            }
        })
    }

    pub(crate) async fn manage(&self, room: i64, change: &Value) -> Answer {
        self.patch(&format!("/api/chat/rooms/{room}/manage"), change).await
    }

    pub(crate) async fn assign(&self, room: i64, body: &Value) -> Answer {
        self.patch(&format!("/api/chat/rooms/{room}/assign"), body).await
    }

    pub(crate) async fn close(&self, room: i64) -> Answer {
        send(self.request(Method::PATCH, &format!("/api/chat/rooms/{room}/close"))).await
    }

    pub(crate) async fn read(&self, room: i64) -> Answer {
        self.post(&format!("/api/chat/rooms/{room}/read"), &json!({})).await
    }

    pub(crate) async fn read_up_to(&self, room: i64, message: i64) -> Answer {
        self.post(&format!("/api/chat/rooms/{room}/read"), &json!({"messageId": message})).await
    }

    pub(crate) async fn typing(&self, room: i64, is_typing: bool) -> Answer {
        let body = json!({"isTyping": is_typing});
        self.post(&format!("/api/chat/rooms/{room}/typing"), &body).await
    }

    pub(crate) async fn viewing(&self, room: i64, is_viewing: bool) -> Answer {
        let body = json!({"isViewing": is_viewing});
        self.post(&format!("/api/chat/rooms/{room}/viewing"), &body).await
    }

    pub(crate) async fn react(&self, message: i64, emoji: &str) -> Answer {
        send(self.request(Method::PUT, &reaction(message, emoji))).await
    }

    pub(crate) async fn unreact(&self, message: i64, emoji: &str) -> Answer {
        send(self.request(Method::DELETE, &reaction(message, emoji))).await
    }

    pub(crate) async fn delete(&self, message: i64) -> Answer {
        send(self.request(Method::DELETE, &format!("/api/chat/messages/{message}"))).await
    }

    /// Ends all streams of a person.
    pub(crate) async fn disconnect(&self, person: i64) -> Answer {
        send(self.request(Method::DELETE, &format!("/api/chat/people/{person}/streams"))).await
    }

    pub(crate) async fn stats(&self) -> Answer {
        self.get("/api/chat/stats").await
    }

    /// Opens a stream that has to be granted.
    pub(crate) async fn listen(&self, listen: &Listen) -> Stream {
        match self.try_listen(listen).await {
            Ok(stream) => stream,
            Err(answer) => panic!("{} answered {}: {}", answer.call, answer.status, answer.text()),
        }
    }

    /// Opens a stream, or gives the answer that refused it.
    pub(crate) async fn try_listen(&self, listen: &Listen) -> Result<Stream, Answer> {
        let response = self.knock(listen).await.expect("the stream's head arrives");
        if response.status() == 200 {
            return Ok(Stream::new(response));
        }
        let (status, headers) = (response.status(), response.headers().clone());
        let body = response.bytes().await.expect("the body arrives");
        Err(Answer { call: listen.path(), status, headers, body })
    }

    /// The head of a stream from a server that may be gone.
    pub(crate) async fn knock(&self, listen: &Listen) -> reqwest::Result<reqwest::Response> {
        listen.applied_to(self.request(Method::GET, &listen.path())).send().await
    }
}

/// Sends a request and waits for the whole answer.
pub(crate) async fn send(request: RequestBuilder) -> Answer {
    match try_send(request).await {
        Ok(answer) => answer,
        Err(error) => panic!("no answer: {error:?}"),
    }
}

/// Sends a request to a server that may be gone.
pub(crate) async fn try_send(request: RequestBuilder) -> reqwest::Result<Answer> {
    let (client, request) = request.timeout(PATIENCE).build_split();
    let request = request?;
    let method = request.method().clone();
    let response = client.execute(request).await?;
    let call = format!("{method} {}", response.url());
    let (status, headers) = (response.status(), response.headers().clone());
    Ok(Answer { call, status, headers, body: response.bytes().await? })
}

fn reaction(message: i64, emoji: &str) -> String {
    format!("/api/chat/messages/{message}/reactions/{}", escaped(emoji))
}

/// Percent-encoded, whatever it is.
pub(crate) fn escaped(text: &str) -> String {
    percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string()
}
