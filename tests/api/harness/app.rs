//! One server with a database of its own, and the people who talk to it.

use std::path::Path;
use std::process::ExitStatus;
use std::sync::Arc;

use tempfile::TempDir;

use super::database::{Lock, TestDatabase};
use super::person::Person;
use super::process::Process;
use super::tokens::{self, SECRET};
use super::wait::eventually;

/// The first port is any free one; a restart takes the same again.
pub(crate) struct TestApp {
    /// `host:port`, as the log told it.
    pub(crate) address: String,
    folder: TempDir,
    environment: Vec<(String, String)>,
    process: Process,
    http: reqwest::Client,
    /// Dropped after the process that uses it.
    database: Arc<TestDatabase>,
}

impl TestApp {
    pub(crate) async fn start() -> Self {
        Self::with(&[]).await
    }

    /// A server with these settings on top of the usual ones.
    pub(crate) async fn with(settings: &[(&str, &str)]) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        let database = TestDatabase::create(folder.path()).await;
        Self::on(folder, Arc::new(database), settings).await
    }

    /// Another server on the database of this one.
    pub(crate) async fn beside(&self, settings: &[(&str, &str)]) -> Self {
        let folder = TempDir::new().expect("a temporary folder");
        Self::on(folder, self.database.clone(), settings).await
    }

    /// A server with its files in `folder`.
    pub(crate) async fn on(folder: TempDir, database: Arc<TestDatabase>, settings: &[(&str, &str)]) -> Self {
        let mut environment = usual_settings(&database.url());
        for (key, value) in settings {
            set(&mut environment, key, value);
        }
        let mut process = Process::start(folder.path(), &environment);
        let address = process.address().await;
        Self { address, folder, environment, process, http: client(), database }
    }

    /// Starts again on the same database and the same port; SIGKILL comes
    /// first if it still runs.
    pub(crate) async fn restart(&mut self) {
        self.kill();
        let port = self.address.rsplit(':').next().expect("the address has a port").to_owned();
        set(&mut self.environment, "PORT", &port);
        self.process = Process::start(self.folder.path(), &self.environment);
        let address = self.process.address().await;
        assert_eq!(address, self.address, "the restarted server took another address");
        self.http = client();
    }

    pub(crate) fn set(&mut self, key: &str, value: &str) {
        set(&mut self.environment, key, value);
    }

    /// Starts again on a database in which something is as old as only days
    /// of waiting could make it.
    pub(crate) async fn restart_after(&mut self, statement: &str) {
        self.kill();
        let changed = self.database.execute(statement).await;
        assert!(changed > 0, "nothing was changed by {statement}");
        self.restart().await;
    }

    /// Another program begins to write into the database, and does not end.
    pub(crate) async fn lock_database(&self) -> Lock {
        Lock::take(&self.database).await
    }

    pub(crate) fn database(&self) -> &Arc<TestDatabase> {
        &self.database
    }

    pub(crate) fn kill(&mut self) {
        self.process.kill();
    }

    pub(crate) fn signal(&self, name: &str) {
        self.process.signal(name);
    }

    /// How large files may become, in bytes or `unlimited`; beyond that nothing can be written.
    pub(crate) fn allow_file_sizes(&self, most: &str) {
        self.process.allow_file_sizes(most);
    }

    pub(crate) async fn ended(&mut self) -> ExitStatus {
        self.process.ended().await
    }

    /// SIGTERM, and how it ended.
    pub(crate) async fn terminate(&mut self) -> ExitStatus {
        self.signal("TERM");
        self.ended().await
    }

    pub(crate) fn log(&self) -> String {
        self.process.log()
    }

    /// Resident memory in KiB.
    pub(crate) fn memory(&self) -> u64 {
        self.process.memory()
    }

    /// How many files and sockets the process has open.
    pub(crate) fn open_files(&self) -> usize {
        self.process.open_files()
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn environment(&self) -> Vec<(&str, &str)> {
        self.environment.iter().map(|(key, value)| (key.as_str(), value.as_str())).collect()
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) fn anonymous(&self) -> Person {
        self.bearing(0, "Nobody", None)
    }

    /// Somebody who shows exactly this token.
    pub(crate) fn bearer(&self, token: &str) -> Person {
        self.bearing(0, "Somebody", Some(token.to_owned()))
    }

    pub(crate) fn customer(&self, id: i64) -> Person {
        let name = format!("Customer {id}");
        let token = tokens::person(id, &name, "USER");
        self.bearing(id, &name, Some(token))
    }

    pub(crate) fn admin(&self, id: i64) -> Person {
        let name = format!("Admin {id}");
        let token = tokens::person(id, &name, "ADMIN");
        self.bearing(id, &name, Some(token))
    }

    /// The value of a Prometheus sample without labels, or the sum over them.
    pub(crate) async fn metric(&self, name: &str) -> Option<f64> {
        let text = self.anonymous().get("/metrics").await.expect(200).text();
        let samples: Vec<f64> = text
            .lines()
            .filter_map(|line| line.rsplit_once(' '))
            .filter(|(sample, _)| sample.split('{').next() == Some(name))
            .filter_map(|(_, value)| value.parse().ok())
            .collect();
        (!samples.is_empty()).then(|| samples.iter().sum())
    }

    pub(crate) async fn metric_reaches(&self, name: &str, value: f64) {
        eventually(&format!("{name} is {value}"), || async { (self.metric(name).await == Some(value)).then_some(()) })
            .await;
    }

    fn bearing(&self, id: i64, name: &str, token: Option<String>) -> Person {
        Person { id, name: name.to_owned(), token, base: format!("http://{}", self.address), http: self.http.clone() }
    }
}

fn usual_settings(database: &str) -> Vec<(String, String)> {
    [
        ("HOST", "127.0.0.1"),
        ("PORT", "0"),
        ("DATABASE_URL", database),
        ("JWT_SECRET", SECRET),
        ("SAPA_ENV", "development"),
        ("SAPA__LIMITS__REQUESTS_PER_SECOND", "100000"),
        ("SAPA__LIMITS__REQUESTS_BURST", "100000"),
        ("SAPA__LIMITS__WRITES_PER_SECOND", "100000"),
        ("SAPA__LIMITS__WRITES_BURST", "100000"),
        ("SAPA__LIMITS__STREAMS_PER_USER", "1000"),
    ]
    .map(|(key, value)| (key.to_owned(), value.to_owned()))
    .to_vec()
}

fn set(environment: &mut Vec<(String, String)>, key: &str, value: &str) {
    environment.retain(|(known, _)| known != key);
    environment.push((key.to_owned(), value.to_owned()));
}

fn client() -> reqwest::Client {
    // An error only says that another client did it already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().build().expect("a client")
}
