//! Everything at once, in an order that a seed decides.

use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};

use super::{SHORT_LEASE, recovered};
use crate::harness::{Cluster, Load};

const LASTS: Duration = Duration::from_secs(40);

#[derive(Debug, Clone, Copy)]
enum Fault {
    NodeKilled,
    NodeStopped,
    NodeFrozen,
    NodeCutOff,
    AllCutOff,
    RedisKilled,
    RedisFrozen,
    RedisEmptied,
    ConnectionsEnded,
    DatabaseSessionsEnded,
}

const FAULTS: [Fault; 10] = [
    Fault::NodeKilled,
    Fault::NodeStopped,
    Fault::NodeFrozen,
    Fault::NodeCutOff,
    Fault::AllCutOff,
    Fault::RedisKilled,
    Fault::RedisFrozen,
    Fault::RedisEmptied,
    Fault::ConnectionsEnded,
    Fault::DatabaseSessionsEnded,
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a server that nodes share: scripts/with-database"]
async fn whatever_fails_in_whatever_order_nothing_is_lost_doubled_or_out_of_order() {
    let seed = number_from("SAPA_TEST_SEED").unwrap_or_else(|| rand::rng().random());
    let lasts = number_from("SAPA_TEST_CHAOS_SECONDS").map_or(LASTS, Duration::from_secs);
    let mut chaos = StdRng::seed_from_u64(seed);
    let mut cluster = Cluster::<3>::linked(&[SHORT_LEASE]).await;
    let load = Load::start(&cluster.nodes).await;
    let mut story = Story { seed, lines: Vec::new(), told: false };
    let started = Instant::now();
    while started.elapsed() < lasts {
        let fault = *FAULTS.choose(&mut chaos).expect("faults");
        let victim = chaos.random_range(0..cluster.nodes.len());
        let time = Duration::from_millis(chaos.random_range(50..2500));
        story.lines.push(format!("{:?} {fault:?} {victim} {time:?}", started.elapsed()));
        happens(&mut cluster, fault, victim, time).await;
        load.goes_on().await;
    }
    let ended = Instant::now();
    recovered(&cluster).await;
    let recovery = ended.elapsed();
    load.finish(&cluster.nodes).await;
    assert!(recovery < Duration::from_secs(10), "it took {recovery:?} to recover");
    for node in &cluster.nodes {
        assert!(!node.log().contains("panicked"), "{}", node.log());
    }
    story.told = true;
}

async fn happens(cluster: &mut Cluster<3>, fault: Fault, victim: usize, time: Duration) {
    let node = &mut cluster.nodes[victim];
    match fault {
        Fault::NodeKilled => {
            node.kill();
            tokio::time::sleep(time).await;
            node.restart().await;
        }
        Fault::NodeStopped => {
            assert!(node.terminate().await.success(), "{}", node.log());
            node.restart().await;
        }
        Fault::NodeFrozen => {
            node.signal("STOP");
            tokio::time::sleep(time).await;
            node.signal("CONT");
        }
        Fault::NodeCutOff => {
            cluster.links[victim].cut();
            tokio::time::sleep(time).await;
            cluster.links[victim].heal();
        }
        Fault::AllCutOff => {
            cluster.links.iter().for_each(|link| link.cut());
            tokio::time::sleep(time).await;
            cluster.links.iter().for_each(|link| link.heal());
        }
        Fault::RedisKilled => {
            cluster.redis.kill();
            tokio::time::sleep(time).await;
            cluster.redis.restart().await;
        }
        Fault::RedisFrozen => {
            cluster.redis.freeze();
            tokio::time::sleep(time).await;
            cluster.redis.thaw();
        }
        Fault::RedisEmptied => drop(cluster.redis.ask(&["FLUSHALL"]).await),
        Fault::ConnectionsEnded => {
            for kind in ["pubsub", "normal"] {
                cluster.redis.ask(&["CLIENT", "KILL", "TYPE", kind]).await;
            }
        }
        Fault::DatabaseSessionsEnded => node.database().end_sessions().await,
    }
}

fn number_from(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|number| number.parse().expect("a number"))
}

/// What happened, for whoever has to find out why it went wrong.
struct Story {
    seed: u64,
    lines: Vec<String>,
    told: bool,
}

impl Drop for Story {
    #[expect(clippy::print_stderr, reason = "a failure has to say how it can be repeated")]
    fn drop(&mut self) {
        if !self.told {
            eprintln!("SAPA_TEST_SEED={} repeats this order:\n{}", self.seed, self.lines.join("\n"));
        }
    }
}
