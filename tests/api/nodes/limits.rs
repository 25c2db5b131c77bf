//! Limits hold over all nodes while Redis is there, and at each node while it is not.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use super::{SHORT_LEASE, open};
use crate::harness::{Cluster, Listen, Person, Stream, TestApp, eventually};

const WRITES: [(&str, &str); 2] = [("SAPA__LIMITS__WRITES_PER_SECOND", "1"), ("SAPA__LIMITS__WRITES_BURST", "20")];
const REQUESTS: [(&str, &str); 2] =
    [("SAPA__LIMITS__REQUESTS_PER_SECOND", "1"), ("SAPA__LIMITS__REQUESTS_BURST", "60")];
const STREAMS: (&str, &str) = ("SAPA__LIMITS__STREAMS_PER_USER", "3");

#[tokio::test]
#[ignore = "needs a server that nodes share: scripts/with-database"]
async fn a_persons_writes_count_over_all_nodes() {
    let Cluster { nodes, .. } = &Cluster::<2>::start(&WRITES).await;
    let room = nodes[0].customer(7).new_room().await;
    let started = Instant::now();
    let granted = granted(50, |n| writes(&nodes[n % 2], 7, room)).await;
    let most = 20 + usize::try_from(started.elapsed().as_secs()).expect("it fits") + 3;
    assert!((12..=most).contains(&granted), "{granted} of 50 were granted with a burst of 20");
    nodes[1].customer(8).open("Others are not concerned").await.created();
}

#[tokio::test]
#[ignore = "needs a server that nodes share: scripts/with-database"]
async fn an_addresss_requests_count_over_all_nodes() {
    let Cluster { nodes, .. } = &Cluster::<2>::start(&REQUESTS).await;
    let started = Instant::now();
    let granted = granted(150, |n| asks(&nodes[n % 2])).await;
    let most = 60 + usize::try_from(started.elapsed().as_secs()).expect("it fits") + 6;
    assert!((30..=most).contains(&granted), "{granted} of 150 were granted with a burst of 60");
}

#[tokio::test]
#[ignore = "needs a server that nodes share: scripts/with-database"]
async fn a_persons_streams_count_over_all_nodes_and_those_of_a_killed_node_until_its_lease_ends() {
    let Cluster { nodes: [one, two], .. } = &mut Cluster::start(&[STREAMS, SHORT_LEASE]).await;
    let (here, there) = (one.customer(7), two.customer(7));
    let first = open(&here, Listen::all()).await;
    let _lost = [open(&here, Listen::all()).await, open(&here, Listen::all()).await];
    eventually("the other node knows of all three", || async {
        match there.try_listen(&Listen::all()).await {
            Ok(_) => None,
            Err(refused) => Some(refused.refused(429, "rate_limited")),
        }
    })
    .await;
    drop(first);
    let _instead = granted_stream(&there).await;
    one.kill();
    let _again = [granted_stream(&there).await, granted_stream(&there).await];
}

#[tokio::test]
#[ignore = "needs a server that nodes share: scripts/with-database"]
async fn without_redis_each_node_has_limits_of_its_own() {
    let one = TestApp::with(&WRITES).await;
    let two = one.beside(&WRITES).await;
    let nodes = [&one, &two];
    let room = one.customer(7).new_room().await;
    let started = Instant::now();
    let granted = granted(100, |n| writes(nodes[n % 2], 7, room)).await;
    let most = 40 + 2 * usize::try_from(started.elapsed().as_secs()).expect("it fits") + 6;
    assert!((30..=most).contains(&granted), "{granted} of 100 were granted with a burst of 20 each");
}

#[tokio::test]
#[ignore = "needs a server that nodes share: scripts/with-database"]
async fn limits_go_on_at_each_node_while_redis_is_away_and_make_nobody_wait() {
    let mut cluster = Cluster::<2>::start(&WRITES).await;
    for silent in [true, false] {
        if silent {
            cluster.redis.freeze();
        } else {
            cluster.redis.kill();
        }
        let nodes = &cluster.nodes;
        let id = if silent { 7 } else { 8 };
        let started = Instant::now();
        let room = nodes[0].customer(id).new_room().await;
        let granted = granted(60, |n| writes(&nodes[n % 2], id, room)).await;
        let took = started.elapsed();
        let most = 40 + 2 * usize::try_from(took.as_secs()).expect("it fits") + 6;
        assert!((12..=most).contains(&granted), "{granted} of 60 were granted, with Redis silent: {silent}");
        assert!(took < Duration::from_secs(10), "60 writes took {took:?}, with Redis silent: {silent}");
        cluster.all_say("unreachable").await;
    }
    cluster.redis.restart().await;
    cluster.all_say("connected").await;
    let nodes = &cluster.nodes;
    eventually("the limit holds over both nodes again", || async {
        // Somebody new each time, who has used nothing up yet.
        static NEXT: AtomicI64 = AtomicI64::new(100);
        let id = NEXT.fetch_add(1, Ordering::Relaxed);
        let (room, started) = (nodes[0].customer(id).new_room().await, Instant::now());
        let granted = granted(36, |n| writes(&nodes[n % 2], id, room)).await;
        (granted <= 20 + usize::try_from(started.elapsed().as_secs()).expect("it fits") + 3).then_some(())
    })
    .await;
}

/// How many of so many requests, one after the other, were granted.
async fn granted<F: Future<Output = bool>>(count: usize, mut request: impl FnMut(usize) -> F) -> usize {
    let mut granted = 0;
    for n in 0..count {
        granted += usize::from(request(n).await);
    }
    granted
}

async fn writes(node: &TestApp, id: i64, room: i64) -> bool {
    let answer = node.customer(id).send(room, "Hello").await;
    if answer.status == 201 {
        return true;
    }
    assert!(answer.retry_after() >= 1);
    answer.refused(429, "rate_limited");
    false
}

async fn asks(node: &TestApp) -> bool {
    let answer = node.anonymous().get("/api/chat/rooms").await;
    assert!(matches!(answer.status.as_u16(), 401 | 429), "{answer:?}");
    answer.status == 401
}

async fn granted_stream(person: &Person) -> Stream {
    eventually("a stream is granted", || async { person.try_listen(&Listen::all()).await.ok() }).await
}
