//! The clock of the machine jumps. Ids are the order, and moments are only told.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use reqwest::Method;
use serde_json::json;
use tempfile::NamedTempFile;

use super::is_ready_again;
use crate::harness::{Listen, Person, Stream, TestApp, number, numbers, send, tokens};

const HOUR: i64 = 3600;
/// What a test may take beside the jump.
const TOLERANCE: i64 = 120;

/// A clock that the program sees and a test sets.
struct Clock(NamedTempFile);

impl Clock {
    fn new() -> Self {
        let clock = Self(NamedTempFile::new().expect("a file"));
        clock.set(0);
        clock
    }

    /// Seconds that it is ahead.
    fn set(&self, seconds: i64) {
        std::fs::write(self.0.path(), format!("{seconds:+}\n")).expect("the file is written");
    }

    async fn app(&self) -> TestApp {
        let library = library();
        TestApp::with(&[
            ("LD_PRELOAD", library.to_str().expect("a path")),
            ("FAKETIME_TIMESTAMP_FILE", self.0.path().to_str().expect("a path")),
            ("FAKETIME_NO_CACHE", "1"),
            // A clock that counts since the start does not jump.
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
            ("SAPA__STREAM__HEARTBEAT_SECONDS", "1"),
        ])
        .await
    }
}

fn library() -> PathBuf {
    let folders = std::fs::read_dir("/usr/lib").into_iter().flatten().flatten().map(|folder| folder.path());
    let candidates = folders.map(|folder| folder.join("faketime/libfaketimeMT.so.1"));
    candidates.into_iter().find(|file| file.is_file()).expect("Debian's package faketime is installed")
}

fn for_a_day(app: &TestApp, id: i64, role: &str) -> Person {
    let (name, exp) = (format!("Person {id}"), tokens::in_seconds(24 * HOUR));
    let claims = json!({"sub": id.to_string(), "name": name, "role": role, "exp": exp});
    app.bearer(&tokens::sign(&claims))
}

/// Sends under a key; gives the message's id, and checks that the program saw this clock.
async fn says(person: &Person, room: i64, key: &str, ahead: i64) -> i64 {
    let request = person.request(Method::POST, &format!("/api/chat/rooms/{room}"));
    let message = send(request.header("idempotency-key", key).json(&json!({"message": key}))).await.created();
    let moment = message["createdAt"].as_str().and_then(|moment| moment.parse::<DateTime<Utc>>().ok());
    let off = (moment.expect("a moment") - Utc::now()).num_seconds() - ahead;
    assert!(off.abs() < TOLERANCE, "the clock is {off} s beside {ahead}: {message}");
    number(&message["id"])
}

/// The rooms over all pages.
async fn listed(admin: &Person) -> Vec<i64> {
    let mut path = Some("/api/chat/rooms?limit=3".to_owned());
    let mut rooms = Vec::new();
    while let Some(page) = path {
        let answer = admin.get(&page).await;
        path = answer.next_page();
        rooms.extend(numbers(&answer.ok(), "id"));
    }
    rooms
}

#[tokio::test]
async fn ids_stay_the_order_and_streams_go_on_whatever_the_clock_says() {
    let clock = Clock::new();
    let app = clock.app().await;
    let (customer, admin) = (for_a_day(&app, 7, "USER"), for_a_day(&app, 1, "ADMIN"));
    let room = customer.new_room().await;
    let mut rooms = vec![room];
    let mut stream = admin.listen(&Listen::all()).await;
    let begun = stream.connected().await.id.expect("an id");
    let mut told = Vec::new();
    let mut activity = String::new();
    for (turn, ahead) in [0, HOUR, -HOUR, 2 * HOUR, 0].into_iter().enumerate() {
        clock.set(ahead);
        rooms.push(for_a_day(&app, 100 + turn as i64, "USER").new_room().await);
        let key = format!("turn {turn}");
        let id = says(&customer, room, &key, ahead).await;
        stream.until_message(id).await;
        told.push(id);
        // Neither time limits nor heartbeats follow the clock.
        stream.next_comment(std::time::Duration::from_secs(10)).await;
        is_ready_again(&app).await;
        let list = listed(&admin).await;
        let mut sorted = list.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, rooms, "each room is listed once");
        assert_eq!(list[0], room, "the last word came from there");
        let now = admin.room(room).await.ok()["lastActivity"].as_str().expect("a moment").to_owned();
        assert!(now >= activity, "{now} came after {activity}");
        activity = now;
    }
    assert!(told.is_sorted());
    assert_eq!(customer.history(room).await[1..], told);
    let mut late = admin.listen(&Listen::room(room).after(begun)).await;
    for id in &told {
        let frames = late.until_message(*id).await;
        assert_eq!(frames.iter().filter(|frame| frame.is("message")).count(), 1, "{frames:?}");
    }
}

#[tokio::test]
async fn a_key_is_known_and_a_token_ends_by_the_clock() {
    let clock = Clock::new();
    let app = clock.app().await;
    let (customer, hourly) = (for_a_day(&app, 7, "USER"), app.customer(8));
    let room = customer.new_room().await;
    let mut stream: Stream = hourly.listen(&Listen::all()).await;
    stream.connected().await;
    let id = says(&customer, room, "once", 0).await;
    for ahead in [HOUR + TOLERANCE, -HOUR, 23 * HOUR - TOLERANCE, 0] {
        clock.set(ahead);
        let request = customer.request(Method::POST, &format!("/api/chat/rooms/{room}"));
        let answer = send(request.header("idempotency-key", "once").json(&json!({"message": "once"}))).await;
        assert_eq!(number(&answer.created()["id"]), id, "a key is remembered for a day");
        let expected = if ahead > HOUR { 401 } else { 200 };
        assert_eq!(hourly.rooms(&[]).await.status.as_u16(), expected, "{ahead} s ahead");
        if expected == 401 {
            stream.until_end(std::time::Duration::from_secs(10)).await;
        }
    }
    assert_eq!(customer.history(room).await.len(), 2);
}
