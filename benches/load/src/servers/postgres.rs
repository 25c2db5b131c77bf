//! A Postgres server of the benchmark's own.

use std::{
    fs::{self, File},
    net::TcpListener,
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use super::pause;
use crate::{Result, usage::Usage};

const START_PATIENCE: Duration = Duration::from_secs(60);
/// Beside the defaults, of which `fsync` and `synchronous_commit` matter here.
const SETTINGS: [&str; 4] =
    ["max_connections=100", "shared_buffers=512MB", "max_wal_size=4GB", "listen_addresses=127.0.0.1"];

/// A running database server, in a folder of its own; stopped when it is dropped.
pub(crate) struct Postgres {
    child: Child,
    port: u16,
}

impl Postgres {
    /// Makes a cluster below `folder` and starts it.
    pub(crate) fn start(folder: &Path) -> Result<Self> {
        let home = folder.join("postgres");
        fs::create_dir_all(&home)?;
        let log = File::create(folder.join("postgres.log"))?;
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let data = home.join("data");
        let mut initdb = unprivileged("initdb", &home)?;
        initdb.arg("--pgdata").arg(&data).args(["--username", "sapa", "--auth", "trust"]);
        initdb.args(["--encoding", "UTF8", "--locale", "C.UTF-8"]);
        if !initdb.stdout(log.try_clone()?).stderr(log.try_clone()?).status()?.success() {
            return Err(format!("initdb failed; see {}", folder.join("postgres.log").display()).into());
        }
        let mut server = unprivileged("postgres", &home)?;
        server.arg("-D").arg(&data).arg("-p").arg(port.to_string()).arg("-k").arg(&home);
        for setting in SETTINGS {
            server.args(["-c", setting]);
        }
        let child = server.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log).spawn()?;
        let started = Self { child, port };
        let begun = Instant::now();
        while !started.answers()? {
            if begun.elapsed() > START_PATIENCE {
                return Err("Postgres does not answer".into());
            }
            pause(Duration::from_millis(50));
        }
        Ok(started)
    }

    /// The URL of a database in it.
    pub(crate) fn url(&self, database: &str) -> String {
        format!("postgres://sapa@127.0.0.1:{}/{database}", self.port)
    }

    /// What its processes have used.
    pub(crate) fn usage(&self) -> Result<Usage> {
        Usage::of(self.child.id())
    }

    fn answers(&self) -> Result<bool> {
        let port = self.port.to_string();
        let ready = program("pg_isready").args(["--quiet", "--host", "127.0.0.1", "--port", &port]).status()?;
        Ok(ready.success())
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        // SIGINT is its fast shutdown; what it has written is of no use any more.
        let _ = Command::new("kill").args(["-INT", &self.child.id().to_string()]).status();
        let _ = self.child.wait();
    }
}

/// A program of Postgres, wherever Debian keeps it.
pub(crate) fn program(name: &str) -> Command {
    Command::new(path_of(name))
}

fn path_of(name: &str) -> PathBuf {
    let versions = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let newest = versions.map(|version| version.path().join("bin").join(name)).filter(|path| path.exists()).max();
    newest.unwrap_or_else(|| PathBuf::from(name))
}

/// Postgres refuses to run as root: then it runs as the user that its package has made.
fn unprivileged(name: &str, home: &Path) -> Result<Command> {
    let id = Command::new("id").arg("-u").output()?;
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "INT"]);
    if id.stdout.trim_ascii() == b"0" {
        Command::new("chown").arg("postgres").arg(home).status()?;
        command.args(["--reuid", "postgres", "--regid", "postgres", "--clear-groups"]);
    }
    command.arg(path_of(name));
    Ok(command)
}
