//! Everything at once, in an order that a seed decides.

use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::seq::IndexedRandom;
use rand::{Rng, SeedableRng};

use super::{SHORT_LEASE, recovered};
use crate::harness::{Cluster, Load, Proxy, TestServer, eventually};

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
    RedisEndsConnections,
    DatabaseKilled,
    DatabaseSlow,
    NodeCutOffFromDatabase,
}

const FAULTS: [Fault; 12] = [
    Fault::NodeKilled,
    Fault::NodeStopped,
    Fault::NodeFrozen,
    Fault::NodeCutOff,
    Fault::AllCutOff,
    Fault::RedisKilled,
    Fault::RedisFrozen,
    Fault::RedisEmptied,
    Fault::RedisEndsConnections,
    Fault::DatabaseKilled,
    Fault::DatabaseSlow,
    Fault::NodeCutOffFromDatabase,
];

/// Three nodes, and all that they need.
struct Service {
    cluster: Cluster<3>,
    database: TestServer,
    /// The network between each node and the database.
    database_links: Vec<Proxy>,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a server that nodes share: scripts/with-database"]
async fn whatever_fails_in_whatever_order_nothing_is_lost_doubled_or_out_of_order() {
    let seed = number_from("SAPA_TEST_SEED").unwrap_or_else(|| rand::rng().random());
    let lasts = number_from("SAPA_TEST_CHAOS_SECONDS").map_or(LASTS, Duration::from_secs);
    let mut chaos = StdRng::seed_from_u64(seed);
    let mut service = Service::start().await;
    let load = Load::start(&service.cluster.nodes).await;
    let mut story = Story { seed, lines: Vec::new(), told: false };
    let started = Instant::now();
    while started.elapsed() < lasts {
        let fault = *FAULTS.choose(&mut chaos).expect("faults");
        let victim = chaos.random_range(0..service.cluster.nodes.len());
        let time = Duration::from_millis(chaos.random_range(50..2500));
        story.lines.push(format!("{:?} {fault:?} {victim} {time:?}", started.elapsed()));
        service.suffers(fault, victim, time).await;
        load.goes_on().await;
    }
    let ended = Instant::now();
    let cluster = &service.cluster;
    for node in &cluster.nodes {
        eventually("the node is ready", || async {
            (node.anonymous().get("/readyz").await.status == 200).then_some(())
        })
        .await;
    }
    recovered(cluster).await;
    let recovery = ended.elapsed();
    load.finish(&cluster.nodes).await;
    assert!(recovery < Duration::from_secs(15), "it took {recovery:?} to recover");
    for node in &cluster.nodes {
        assert!(!node.log().contains("panicked"), "{}", node.log());
    }
    story.told = true;
}

impl Service {
    async fn start() -> Self {
        let database = TestServer::start().await;
        let (mut database_links, mut own) = (Vec::new(), Vec::new());
        for _ in 0..3 {
            let link = Proxy::before(database.port).await;
            own.push(vec![("DATABASE_URL", database.url_at(link.port))]);
            database_links.push(link);
        }
        Self { cluster: Cluster::linked_with(&[SHORT_LEASE], own).await, database, database_links }
    }

    /// Until it returns the fault has come and gone.
    async fn suffers(&mut self, fault: Fault, victim: usize, time: Duration) {
        let Self { cluster: Cluster { nodes, links, redis }, database, database_links } = self;
        let (node, link, database_link) = (&mut nodes[victim], &links[victim], &database_links[victim]);
        let pause = tokio::time::sleep(time);
        match fault {
            Fault::NodeKilled => {
                node.kill();
                pause.await;
                node.restart().await;
            }
            Fault::NodeStopped => {
                assert!(node.terminate().await.success(), "{}", node.log());
                node.restart().await;
            }
            Fault::NodeFrozen => {
                node.signal("STOP");
                pause.await;
                node.signal("CONT");
            }
            Fault::NodeCutOff => {
                link.cut();
                pause.await;
                link.heal();
            }
            Fault::AllCutOff => {
                links.iter().for_each(Proxy::cut);
                pause.await;
                links.iter().for_each(Proxy::heal);
            }
            Fault::RedisKilled => {
                redis.kill();
                pause.await;
                redis.restart().await;
            }
            Fault::RedisFrozen => {
                redis.freeze();
                pause.await;
                redis.thaw();
            }
            Fault::RedisEmptied => assert_eq!(redis.ask(&["FLUSHALL"]).await, "OK"),
            Fault::RedisEndsConnections => {
                for kind in ["pubsub", "normal"] {
                    redis.ask(&["CLIENT", "KILL", "TYPE", kind]).await;
                }
            }
            Fault::DatabaseKilled => {
                database.kill();
                pause.await;
                database.revive().await;
            }
            Fault::DatabaseSlow => {
                database_link.slow_down(Duration::from_millis(50));
                pause.await;
                database_link.slow_down(Duration::ZERO);
            }
            Fault::NodeCutOffFromDatabase => {
                database_link.cut();
                pause.await;
                database_link.heal();
            }
        }
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
