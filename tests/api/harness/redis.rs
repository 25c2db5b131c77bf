//! A Redis of a test's own, without a disk, and what may happen to it.

use std::net::TcpListener;
use std::process::{Child, Command, Stdio};

use rand::Rng;
use tempfile::TempDir;

use super::proxy::Proxy;
use super::wait::eventually;

/// Below the ports that a system gives to outgoing connections, so that a restart finds its port free.
const PORTS: std::ops::Range<u16> = 12_000..20_000;

/// A running `redis-server`, Debian's package of that name; killed when it is dropped.
pub(crate) struct TestRedis {
    pub(crate) port: u16,
    password: Option<&'static str>,
    child: Child,
    folder: TempDir,
}

impl TestRedis {
    pub(crate) async fn start() -> Self {
        Self::begin(None).await
    }

    pub(crate) async fn with_password(password: &'static str) -> Self {
        Self::begin(Some(password)).await
    }

    /// What a node that may enter has as its `REDIS_URL`.
    pub(crate) fn url(&self) -> String {
        self.url_at(self.port)
    }

    /// A network between a node and Redis, and the URL that leads through it.
    pub(crate) async fn behind_proxy(&self) -> (Proxy, String) {
        let proxy = Proxy::before(self.port).await;
        let url = self.url_at(proxy.port);
        (proxy, url)
    }

    /// SIGKILL.
    pub(crate) fn kill(&mut self) {
        // Both fail only when it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Starts again on the same port with nothing in it; SIGKILL comes first if it still runs.
    pub(crate) async fn restart(&mut self) {
        self.kill();
        self.child = spawn(self.port, self.password, &self.folder);
        assert!(self.answers().await, "port {} is taken", self.port);
    }

    /// It keeps its connections, takes what the kernel takes for it, and answers nothing.
    pub(crate) fn freeze(&self) {
        self.signal("STOP");
    }

    pub(crate) fn thaw(&self) {
        self.signal("CONT");
    }

    /// Runs one command and gives what Redis said.
    pub(crate) async fn ask(&self, words: &[&str]) -> String {
        let mut command = tokio::process::Command::new("redis-cli");
        command.args(["-p", &self.port.to_string(), "--no-auth-warning"]);
        if let Some(password) = self.password {
            command.args(["-a", password]);
        }
        let output = command.args(words).output().await.expect("redis-cli is part of Debian's redis-server");
        String::from_utf8_lossy(&output.stdout).trim_end().to_owned()
    }

    async fn begin(password: Option<&'static str>) -> Self {
        for _ in 0..20 {
            let port = rand::rng().random_range(PORTS);
            if TcpListener::bind(("127.0.0.1", port)).is_err() {
                continue;
            }
            let folder = TempDir::new().expect("a folder");
            let mut redis = Self { port, password, child: spawn(port, password, &folder), folder };
            // Another test may have taken the port in between.
            if redis.answers().await {
                return redis;
            }
        }
        panic!("no port for a redis-server was free");
    }

    /// Whether it is ready; not if it has ended.
    async fn answers(&mut self) -> bool {
        let own = format!("process_id:{}", self.child.id());
        let this = tokio::sync::Mutex::new(self);
        eventually("Redis answers or ends", || async {
            let mut this = this.lock().await;
            if this.child.try_wait().expect("the child can be asked").is_some() {
                return Some(false);
            }
            this.ask(&["INFO", "server"]).await.contains(&own).then_some(true)
        })
        .await
    }

    fn url_at(&self, port: u16) -> String {
        let user = self.password.map(|password| format!(":{password}@")).unwrap_or_default();
        format!("redis://{user}127.0.0.1:{port}")
    }

    fn signal(&self, name: &str) {
        let sent = Command::new("sh").args(["-c", &format!("kill -{name} {}", self.child.id())]).status();
        assert!(sent.expect("sh runs").success(), "the signal {name} was not delivered");
    }
}

impl Drop for TestRedis {
    fn drop(&mut self) {
        self.kill();
    }
}

fn spawn(port: u16, password: Option<&str>, folder: &TempDir) -> Child {
    let mut command = Command::new("redis-server");
    command.args(["--port", &port.to_string(), "--bind", "127.0.0.1", "--save", ""]).arg("--dir").arg(folder.path());
    if let Some(password) = password {
        command.args(["--requirepass", password]);
    }
    let spawned = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    spawned.unwrap_or_else(|error| panic!("redis-server does not start ({error}); it is a package of Debian"))
}
