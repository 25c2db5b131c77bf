//! Readers that stop reading cost a bounded amount of memory, hold nobody
//! up, and miss nothing.

use std::time::{Duration, Instant};

use crate::harness::{Follower, Listen, Person, SlowReader, TestApp, number};

const READERS: usize = 30;
const MESSAGES: usize = 1200;
const MOST_GROWTH_KIB: u64 = 64 * 1024;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn readers_that_stop_cost_little_hold_nobody_up_and_miss_nothing() {
    let app = TestApp::start().await;
    let (customer, admin) = (app.customer(7), app.admin(1));
    let room = customer.new_room().await;
    let start = number(&customer.room(room).await.ok()["lastEventId"]);
    let mut sleepers = Vec::new();
    for n in 0..READERS {
        let (person, listen) = if n % 2 == 0 { (&customer, Listen::room(room)) } else { (&admin, Listen::all()) };
        sleepers.push((person.clone(), listen.clone(), SlowReader::connect(&app, person, &listen).await));
    }
    let mut fast = customer.listen(&Listen::room(room)).await;
    fast.connected().await;
    let before = app.memory();
    let text = "x".repeat(3900);
    let mut slowest = Duration::ZERO;
    let mut sent = Vec::new();
    for n in 0..MESSAGES {
        let id = customer.says(room, &format!("{n} {text}")).await;
        let acknowledged = Instant::now();
        fast.until_message(id).await;
        slowest = slowest.max(acknowledged.elapsed());
        sent.push(id);
    }
    assert!(slowest < Duration::from_secs(5), "a reader who reads waited {slowest:?}");
    let grown = app.memory().saturating_sub(before);
    assert!(grown < MOST_GROWTH_KIB, "{READERS} readers who do not read cost {grown} KiB");
    // Some wake up again; all of them would take long to read in a debug build.
    for (person, listen, sleeper) in sleepers.into_iter().step_by(7) {
        assert_eq!(woken(&person, listen, sleeper, start, sent.len()).await, sent);
    }
}

#[tokio::test]
async fn a_reader_that_takes_nothing_for_long_is_disconnected() {
    let app = TestApp::with(&[("SAPA__STREAM__STALLED_SECONDS", "2"), ("SAPA__STREAM__HEARTBEAT_SECONDS", "1")]).await;
    let customer = app.customer(7);
    let room = customer.new_room().await;
    let start = number(&customer.room(room).await.ok()["lastEventId"]);
    let sleeper = SlowReader::connect(&app, &customer, &Listen::room(room)).await;
    let mut awake = customer.listen(&Listen::all()).await;
    awake.connected().await;
    app.metric_reaches("sapa_streams_open", 2.0).await;
    let text = "x".repeat(4000);
    let mut sent = Vec::new();
    let mut last = 0;
    while app.metric("sapa_streams_open").await != Some(1.0) {
        assert!(sent.len() < 5000, "a stalled reader is never disconnected");
        for _ in 0..20 {
            last = customer.says(room, &text).await;
            sent.push(last);
        }
    }
    awake.until_message(last).await;
    assert_eq!(woken(&customer, Listen::room(room), sleeper, start, sent.len()).await, sent);
}

/// What a reader has, once it reads again: all that was left for it, and by
/// a new connection what was not.
async fn woken(person: &Person, listen: Listen, mut sleeper: SlowReader, start: i64, count: usize) -> Vec<i64> {
    let mut messages = Vec::new();
    let mut last = start;
    while messages.len() < count {
        let Some(frame) = sleeper.next().await else { break };
        let Some(id) = frame.id else { continue };
        assert!(id > last, "{id} came after {last}");
        last = id;
        if frame.is("message") {
            messages.push(number(&frame.data["id"]));
        }
    }
    let mut follower = Follower::after(person, listen, Some(last));
    while messages.len() + follower.messages().len() < count {
        follower.next().await;
    }
    messages.extend(follower.messages());
    messages
}
