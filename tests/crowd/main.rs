//! Thousands of readers whose node is killed come back at once. Alone in its program, so that it disturbs nobody's time
//! limits.

#![recursion_limit = "256"]
#![allow(clippy::expect_used, reason = "a test may stop at what it did not expect")]

#[allow(dead_code, unused_imports, reason = "it is the other tests' as well")]
#[path = "../api/harness/mod.rs"]
mod harness;

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use tokio::task::JoinSet;

use crate::harness::{Listen, Person, SlowReader, TestApp};

const READERS: usize = 5000;
const PEOPLE: i64 = 50;
/// Files that the test needs beside its readers' sockets.
const OTHER_FILES: u64 = 500;
/// How long `/readyz` may take: two seconds, and what a crowd on the same cores costs.
const ASKED: Duration = Duration::from_secs(5);
/// The least that a stream says of when to come back, where it does not begin.
const AGAIN: Duration = Duration::from_secs(2);
/// Until the last of them has everything, with test and service on two cores, not optimised.
const PATIENCE: Duration = Duration::from_secs(90);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn five_thousand_readers_come_back_at_once_and_see_everything_once() {
    let files = rlimit::increase_nofile_limit(u64::MAX).expect("the limit can be asked");
    let readers = READERS.min(usize::try_from(files.saturating_sub(OTHER_FILES)).expect("it fits"));
    let mut app = TestApp::start().await;
    let people: Vec<Person> = (0..PEOPLE).map(|n| app.customer(100 + n)).collect();
    let mut rooms = Vec::new();
    for person in &people {
        rooms.push(person.new_room().await);
    }
    let before = crowd(&app, &people, readers, None, &[]).await;
    let last = before.iter().map(|reader| reader.started_at).max().expect("a reader");
    app.kill();
    drop(before);
    app.restart().await;
    let admin = app.admin(1);
    let missed = join_all(rooms.iter().map(|room| admin.says(*room, "while you were away"))).await;
    let writing = async { join_all(rooms.iter().map(|room| admin.says(*room, "now that you are coming back"))).await };
    let asking = async {
        for _ in 0..10 {
            let begun = Instant::now();
            let answer = app.anonymous().get("/readyz").await;
            assert!(begun.elapsed() < ASKED, "/readyz took {:?}", begun.elapsed());
            assert_eq!(answer.status, 200, "{} {}", answer.text(), app.log());
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    let coming = crowd(&app, &people, readers, Some(last), &["while you were away", "now that you are coming back"]);
    let (written, (), coming) = tokio::join!(writing, asking, tokio::time::timeout(PATIENCE, coming));
    assert_eq!(coming.expect("all come back in time").len(), readers);
    assert_eq!(missed.len(), written.len());
}

/// So many readers connect at once and read on until they have these messages and no other.
async fn crowd(
    app: &TestApp,
    people: &[Person],
    readers: usize,
    last: Option<i64>,
    texts: &'static [&str],
) -> Vec<SlowReader> {
    let mut reading = JoinSet::new();
    for n in 0..readers {
        let person = people[n % people.len()].clone();
        let address = app.address.clone();
        reading.spawn(async move {
            let listen = last.map_or(Listen::all(), |id| Listen::all().with("lastEventId", id));
            let mut reader = loop {
                match SlowReader::arrive(&address, &person, &listen).await {
                    Some(reader) => break reader,
                    None => tokio::time::sleep(AGAIN).await,
                }
            };
            let mut expected = texts.iter();
            let mut next = expected.next();
            while let Some(text) = next {
                let frame = reader.next().await.expect("the stream goes on");
                if frame.is("message") {
                    assert_eq!(frame.data["message"], **text, "{frame:?}");
                    next = expected.next();
                }
            }
            reader
        });
    }
    reading.join_all().await
}
