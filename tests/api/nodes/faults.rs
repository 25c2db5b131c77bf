//! Nodes and Redis fail under load. What was acknowledged is stored once, and every reader has all of it once, in order.

use std::time::{Duration, Instant};

use super::recovered;
use crate::harness::{Cluster, Load};

/// While a fault lasts that is none of theirs, the nodes answer all the same.
const PATIENT: Duration = Duration::from_secs(5);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a server that nodes share: scripts/with-database"]
async fn a_node_is_killed_and_comes_back() {
    let mut cluster = Cluster::<2>::start(&[]).await;
    let load = Load::start(&cluster.nodes).await;
    for victim in [0, 1, 0] {
        cluster.nodes[victim].kill();
        load.goes_on().await;
        cluster.nodes[victim].restart().await;
        load.goes_on().await;
    }
    recovered(&cluster).await;
    load.finish(&cluster.nodes).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a server that nodes share: scripts/with-database"]
async fn redis_is_killed_and_comes_back() {
    let mut cluster = Cluster::<2>::start(&[]).await;
    let load = Load::start(&cluster.nodes).await;
    for _ in 0..2 {
        cluster.redis.kill();
        cluster.all_say("unreachable").await;
        load.goes_on().await;
        cluster.redis.restart().await;
        recovered(&cluster).await;
    }
    let outcome = load.finish(&cluster.nodes).await;
    assert!(outcome.slowest < PATIENT, "a writer waited {:?}", outcome.slowest);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a server that nodes share: scripts/with-database"]
async fn redis_is_cut_off_and_back() {
    let cluster = Cluster::<2>::linked(&[]).await;
    let load = Load::start(&cluster.nodes).await;
    cluster.links.iter().for_each(|link| link.cut());
    lasts(&load, cut_seconds()).await;
    cluster.all_say("unreachable").await;
    cluster.links.iter().for_each(|link| link.heal());
    recovered(&cluster).await;
    let outcome = load.finish(&cluster.nodes).await;
    assert!(outcome.slowest < PATIENT, "a writer waited {:?}", outcome.slowest);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a server that nodes share: scripts/with-database"]
async fn one_node_alone_is_cut_off_from_redis() {
    let cluster = Cluster::<3>::linked(&[]).await;
    let load = Load::start(&cluster.nodes).await;
    cluster.links[0].cut();
    lasts(&load, cut_seconds()).await;
    cluster.nodes[0].says_of_redis("unreachable").await;
    for others in &cluster.nodes[1..] {
        assert_eq!(others.readiness().await["redis"], "connected");
    }
    cluster.links[0].heal();
    recovered(&cluster).await;
    let outcome = load.finish(&cluster.nodes).await;
    assert!(outcome.slowest < PATIENT, "a writer waited {:?}", outcome.slowest);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a server that nodes share: scripts/with-database"]
async fn redis_is_silent_and_wakes_up() {
    let cluster = Cluster::<2>::start(&[]).await;
    let load = Load::start(&cluster.nodes).await;
    cluster.redis.freeze();
    lasts(&load, Duration::from_secs(4)).await;
    cluster.all_say("unreachable").await;
    cluster.redis.thaw();
    recovered(&cluster).await;
    let outcome = load.finish(&cluster.nodes).await;
    assert!(outcome.slowest < PATIENT, "a writer waited {:?}", outcome.slowest);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a server that nodes share: scripts/with-database"]
async fn redis_ends_the_nodes_connections_again_and_again() {
    let cluster = Cluster::<2>::start(&[]).await;
    let load = Load::start(&cluster.nodes).await;
    for kind in ["pubsub", "normal"].into_iter().cycle().take(8) {
        cluster.redis.ask(&["CLIENT", "KILL", "TYPE", kind]).await;
        load.goes_on().await;
    }
    recovered(&cluster).await;
    let outcome = load.finish(&cluster.nodes).await;
    assert!(outcome.slowest < PATIENT, "a writer waited {:?}", outcome.slowest);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a server that nodes share: scripts/with-database"]
async fn nodes_are_replaced_one_after_the_other() {
    let mut cluster = Cluster::<3>::start(&[]).await;
    let load = Load::start(&cluster.nodes).await;
    for node in &mut cluster.nodes {
        let started = Instant::now();
        let status = node.terminate().await;
        assert!(status.success() && started.elapsed() < Duration::from_secs(10), "{status} {:?}", started.elapsed());
        load.goes_on().await;
        node.restart().await;
        load.goes_on().await;
    }
    recovered(&cluster).await;
    let outcome = load.finish(&cluster.nodes).await;
    assert!(outcome.slowest < PATIENT, "a writer waited {:?}", outcome.slowest);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a server that nodes share: scripts/with-database"]
async fn a_node_that_was_frozen_catches_up() {
    let cluster = Cluster::<2>::start(&[("SAPA__CLUSTER__LEASE_SECONDS", "3")]).await;
    let load = Load::start(&cluster.nodes).await;
    cluster.nodes[1].signal("STOP");
    // Longer than its lease.
    tokio::time::sleep(Duration::from_secs(4)).await;
    cluster.nodes[1].signal("CONT");
    load.goes_on().await;
    recovered(&cluster).await;
    load.finish(&cluster.nodes).await;
}

/// How long a network is cut: `SAPA_TEST_CUT_SECONDS`, or less than one likes to wait for.
fn cut_seconds() -> Duration {
    let seconds = std::env::var("SAPA_TEST_CUT_SECONDS").ok().and_then(|seconds| seconds.parse().ok());
    Duration::from_secs(seconds.unwrap_or(5))
}

/// Messages are written all the while.
async fn lasts(load: &Load, time: Duration) {
    let started = Instant::now();
    while started.elapsed() < time {
        load.goes_on().await;
    }
}
