//! Readers who stop reading at one node while another one writes.

use std::time::{Duration, Instant};

use super::open;
use crate::harness::{Cluster, Follower, Listen, SlowReader, number};

const READERS: usize = 100;
const MESSAGES: usize = 500;
const MOST_GROWTH_KIB: u64 = 64 * 1024;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a server that nodes share: scripts/with-database"]
async fn readers_that_stop_at_another_node_cost_little_hold_nobody_up_and_miss_nothing() {
    let Cluster { nodes: [one, two], .. } = &Cluster::start(&[]).await;
    let (customer, admin) = (two.customer(7), two.admin(1));
    let room = customer.new_room().await;
    let start = number(&customer.room(room).await.ok()["lastEventId"]);
    let mut sleepers = Vec::new();
    for n in 0..READERS {
        let (person, listen) = if n % 2 == 0 { (&customer, Listen::room(room)) } else { (&admin, Listen::all()) };
        sleepers.push((person, listen.clone(), SlowReader::connect(two, person, &listen).await));
    }
    let mut fast = open(&customer, Listen::room(room)).await;
    let before = two.memory();
    let text = "x".repeat(3900);
    let (mut sent, mut slowest) = (Vec::new(), Duration::ZERO);
    let writer = one.customer(7);
    for n in 0..MESSAGES {
        let id = writer.says(room, &format!("{n} {text}")).await;
        let acknowledged = Instant::now();
        fast.until_message(id).await;
        slowest = slowest.max(acknowledged.elapsed());
        sent.push(id);
    }
    assert!(slowest < Duration::from_secs(5), "a reader who reads waited {slowest:?}");
    let grown = two.memory().saturating_sub(before);
    assert!(grown < MOST_GROWTH_KIB, "{READERS} readers who do not read cost {grown} KiB");
    for (person, listen, mut sleeper) in sleepers.into_iter().step_by(25) {
        let (mut told, mut last) = (Vec::new(), start);
        while told.len() < sent.len() {
            let Some(frame) = sleeper.next().await else { break };
            let Some(id) = frame.id else { continue };
            assert!(id > last, "{id} came after {last}");
            last = id;
            told.extend(frame.is("message").then(|| number(&frame.data["id"])));
        }
        let mut follower = Follower::after(person, listen, Some(last));
        while told.len() + follower.messages().len() < sent.len() {
            follower.next().await;
        }
        told.extend(follower.messages());
        assert_eq!(told, sent);
    }
}
