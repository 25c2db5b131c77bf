//! A database server of a test's own, for what would disturb the other tests: SIGKILL, a small number of connections.

use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use rand::Rng;
use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection};
use tempfile::TempDir;

use super::database::{Kind, kind};
use super::wait::eventually;

/// Below the ports that a system gives to outgoing connections, so that a restart finds its port free.
const PORTS: std::ops::Range<u16> = 12_000..20_000;
/// Where Debian puts what is not on everybody's PATH.
const FOLDERS: &str = "/usr/sbin";
const POSTGRES_FOLDERS: &str = "/usr/lib/postgresql";
/// A database, and somebody who may use it and nothing else.
const MARIADB_SETUP: [&str; 3] = [
    "CREATE DATABASE IF NOT EXISTS sapa",
    "CREATE USER IF NOT EXISTS sapa@'127.0.0.1'",
    "GRANT ALL ON sapa.* TO sapa@'127.0.0.1'",
];

/// A running Postgres or MariaDB of the kind that the suite runs on; killed when it is dropped.
pub(crate) struct TestServer {
    pub(crate) port: u16,
    options: Vec<String>,
    folder: TempDir,
    child: Child,
}

impl TestServer {
    /// Options for a server that few can use at a time.
    pub(crate) const FEW_CONNECTIONS: &[&str] = &["--max-connections=20"];

    pub(crate) async fn start() -> Self {
        Self::with(&[]).await
    }

    /// A server with these options of its command line.
    pub(crate) async fn with(options: &[&str]) -> Self {
        let memory = Path::new("/dev/shm");
        let folder = if memory.is_dir() { TempDir::new_in(memory) } else { TempDir::new() }.expect("a folder");
        let options: Vec<_> = options.iter().map(|option| (*option).to_owned()).collect();
        if let Some((id, group)) = unprivileged() {
            std::os::unix::fs::chown(folder.path(), Some(id), Some(group)).expect("root may give a folder away");
        }
        install(folder.path());
        for _ in 0..20 {
            let port = rand::rng().random_range(PORTS);
            if TcpListener::bind(("127.0.0.1", port)).is_ok() {
                let child = spawn(folder.path(), port, &options);
                let mut server = Self { port, options, folder, child };
                server.revive().await;
                return server;
            }
        }
        panic!("no port for a database server was free");
    }

    pub(crate) fn url(&self) -> String {
        self.url_at(self.port)
    }

    /// The URL of the same database behind a proxy.
    pub(crate) fn url_at(&self, port: u16) -> String {
        match kind() {
            Kind::Sqlite => panic!("a file has no server"),
            Kind::Postgres => format!("postgres://sapa@127.0.0.1:{port}/postgres"),
            Kind::MariaDb => format!("mysql://sapa@127.0.0.1:{port}/sapa"),
        }
    }

    /// SIGKILL.
    pub(crate) fn kill(&mut self) {
        // Both fail only when it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// Starts again on what it had written, as often as it takes: Postgres waits until the last of its former processes
    /// is gone.
    pub(crate) async fn revive(&mut self) {
        let this = tokio::sync::Mutex::new(self);
        eventually("the server answers", || async {
            let mut this = this.lock().await;
            if this.child.try_wait().expect("the child can be asked").is_some() {
                this.child = spawn(this.folder.path(), this.port, &this.options);
            }
            this.prepare().await?;
            // Else somebody else answered at this port.
            this.child.try_wait().expect("the child can be asked").is_none().then_some(())
        })
        .await;
    }

    /// A single connection of whoever may change the server's settings.
    pub(crate) async fn administer(&self) -> DatabaseConnection {
        connect(&self.administration()).await.expect("the server answers")
    }

    /// A single connection, if the server has one.
    pub(crate) async fn try_open(&self) -> Option<DatabaseConnection> {
        connect(&self.url()).await
    }

    fn administration(&self) -> String {
        match kind() {
            Kind::MariaDb => format!("mysql://root@127.0.0.1:{}/mysql", self.port),
            _ => self.url(),
        }
    }

    /// Makes the database, if the server answers and is this one.
    async fn prepare(&self) -> Option<()> {
        if kind() == Kind::MariaDb {
            let server = connect(&self.administration()).await?;
            for statement in MARIADB_SETUP {
                server.execute_unprepared(statement).await.ok()?;
            }
            server.close().await.ok()?;
        }
        connect(&self.url()).await?.close().await.ok()
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        self.kill();
    }
}

async fn connect(url: &str) -> Option<DatabaseConnection> {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false).connect_timeout(std::time::Duration::from_secs(2));
    Database::connect(options).await.ok()
}

fn install(folder: &Path) {
    let data = folder.join("data");
    let mut command = match kind() {
        Kind::Sqlite => panic!("a file has no server"),
        Kind::Postgres => {
            let mut command = server_command("initdb");
            command.arg("--pgdata").arg(data).args(["--username", "sapa", "--auth", "trust", "--encoding", "UTF8"]);
            command.args(["--locale", "C.UTF-8", "--no-sync"]);
            command
        }
        Kind::MariaDb => {
            let mut command = server_command("mariadb-install-db");
            command.args(["--no-defaults", "--skip-test-db", "--auth-root-authentication-method=normal"]);
            command.arg(format!("--datadir={}", data.display()));
            command
        }
    };
    let output = command.current_dir(folder).output().expect("the server's programs are installed");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn spawn(folder: &Path, port: u16, options: &[String]) -> Child {
    let data = folder.join("data");
    let mut command = match kind() {
        Kind::Sqlite => panic!("a file has no server"),
        Kind::Postgres => {
            let mut command = server_command("postgres");
            command.arg("-D").arg(data).args(["-p", &port.to_string(), "-h", "127.0.0.1", "-k"]).arg(folder);
            command
        }
        Kind::MariaDb => {
            let mut command = server_command("mariadbd");
            command.arg("--no-defaults").arg(format!("--datadir={}", data.display()));
            command.arg(format!("--socket={}", folder.join("socket").display()));
            command.args(["--bind-address=127.0.0.1", &format!("--port={port}"), "--innodb-buffer-pool-size=64M"]);
            command.arg("--skip-name-resolve");
            command
        }
    };
    let log = std::fs::File::options().create(true).append(true).open(folder.join("log")).expect("a log");
    command.args(options).current_dir(folder).stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
    command.spawn().expect("the server's programs are installed")
}

/// A program of the server; neither of them runs as root.
fn server_command(program: &str) -> Command {
    let mut path = format!("{}:{FOLDERS}", std::env::var("PATH").unwrap_or_default());
    for version in std::fs::read_dir(POSTGRES_FOLDERS).into_iter().flatten().flatten() {
        path.push_str(&format!(":{}", version.path().join("bin").display()));
    }
    let found = std::env::split_paths(&path).map(|folder| folder.join(program)).find(|file| file.is_file());
    let mut command = Command::new(found.unwrap_or_else(|| PathBuf::from(program)));
    command.env("PATH", path);
    if let Some((id, group)) = unprivileged() {
        command.uid(id).gid(group);
    }
    command
}

/// The ids of `nobody`, if this runs as root.
fn unprivileged() -> Option<(u32, u32)> {
    let id = |user: &str, what: &str| -> u32 {
        let output = Command::new("id").args([what, user]).output().expect("id runs");
        String::from_utf8_lossy(&output.stdout).trim().parse().expect("an id is a number")
    };
    let own = Command::new("id").arg("-u").output().expect("id runs");
    (own.stdout.trim_ascii() == b"0").then(|| (id("nobody", "-u"), id("nobody", "-g")))
}
