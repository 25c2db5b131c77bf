//! Several nodes on one database, with one Redis between them.

use serde_json::Value;

use super::app::TestApp;
use super::proxy::Proxy;
use super::redis::TestRedis;
use super::wait::eventually;

/// Nodes that behave as one, and what lies between them and Redis.
pub(crate) struct Cluster<const N: usize> {
    pub(crate) nodes: [TestApp; N],
    /// The network between each node and Redis; none if they are on one.
    pub(crate) links: Vec<Proxy>,
    pub(crate) redis: TestRedis,
}

impl<const N: usize> Cluster<N> {
    /// Nodes that reach Redis directly.
    pub(crate) async fn start(settings: &[(&str, &str)]) -> Self {
        Self::with(TestRedis::start().await, settings).await
    }

    /// The same with a Redis that is there already.
    pub(crate) async fn with(redis: TestRedis, settings: &[(&str, &str)]) -> Self {
        let own = vec![vec![("REDIS_URL", redis.url())]; N];
        Self::of(redis, Vec::new(), settings, &own).await
    }

    /// Nodes whose networks to Redis can be cut.
    pub(crate) async fn linked(settings: &[(&str, &str)]) -> Self {
        Self::linked_with(settings, vec![Vec::new(); N]).await
    }

    /// The same, with settings of its own for each node.
    pub(crate) async fn linked_with(settings: &[(&str, &str)], mut own: Vec<Vec<(&'static str, String)>>) -> Self {
        let redis = TestRedis::start().await;
        let mut links = Vec::new();
        for settings in &mut own {
            let (link, url) = redis.behind_proxy().await;
            links.push(link);
            settings.push(("REDIS_URL", url));
        }
        Self::of(redis, links, settings, &own).await
    }

    async fn of(
        redis: TestRedis,
        links: Vec<Proxy>,
        settings: &[(&str, &str)],
        own: &[Vec<(&'static str, String)>],
    ) -> Self {
        let mut nodes: Vec<TestApp> = Vec::new();
        for own in own {
            let own = own.iter().map(|(key, value)| (*key, value.as_str()));
            let settings: Vec<_> = settings.iter().copied().chain(own).collect();
            nodes.push(match nodes.first() {
                None => TestApp::with(&settings).await,
                Some(first) => first.beside(&settings).await,
            });
        }
        let Ok(nodes) = nodes.try_into() else { unreachable!("as many nodes as asked for") };
        let cluster = Self { nodes, links, redis };
        cluster.all_say("connected").await;
        cluster
    }

    /// Waits until every node says this of Redis.
    pub(crate) async fn all_say(&self, redis: &str) {
        for node in &self.nodes {
            node.says_of_redis(redis).await;
        }
    }
}

impl TestApp {
    /// Waits until this node says `connected` or `unreachable` of Redis; it is ready all the while.
    pub(crate) async fn says_of_redis(&self, redis: &str) {
        eventually(&format!("{} says {redis} of Redis", self.address), || async {
            (self.readiness().await["redis"] == redis).then_some(())
        })
        .await;
    }

    /// What `/readyz` says; it has to be 200.
    pub(crate) async fn readiness(&self) -> Value {
        self.anonymous().get("/readyz").await.ok()
    }
}
