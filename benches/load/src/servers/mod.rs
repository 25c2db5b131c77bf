//! The servers that are measured: started with an empty store, asked in their own words, stopped.

mod postgres;
mod requests;

use std::{
    fs::{self, File},
    io::{Read, Write},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

pub(crate) use postgres::{Postgres, program};
pub(crate) use requests::get;

use crate::{Result, net::Swarm, token, usage::Usage};

const START_PATIENCE: Duration = Duration::from_secs(120);
/// A server has nothing to do that uses no more microseconds of CPU than this in a turn.
const IDLE_CPU: u64 = 20_000;
const TURN: Duration = Duration::from_millis(500);
const MOST_TURNS: usize = 120;
const STOP_PATIENCE: Duration = Duration::from_secs(15);
/// Rooms that a peer's store has from the start.
const PEER_ROOMS: &str = "10000";
/// What is raised for the load; all else is Sapa's default in production.
pub(crate) const LIMITS: [&str; 7] = [
    "SAPA__LIMITS__REQUESTS_PER_SECOND",
    "SAPA__LIMITS__REQUESTS_BURST",
    "SAPA__LIMITS__WRITES_PER_SECOND",
    "SAPA__LIMITS__WRITES_BURST",
    "SAPA__LIMITS__STREAMS_PER_USER",
    "SAPA__SOCKETIO__EVENTS_PER_SECOND",
    "SAPA__SOCKETIO__EVENTS_BURST",
];
const RAISED_LIMIT: &str = "1000000";

/// Which server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Sapa,
    SapaPostgres,
    Raw,
    Nchan,
    ExpressSqlite,
    ExpressPostgres,
    SocketIo,
    SocketIoSqlite,
    /// No server: the disk below them.
    Disk,
}

impl Kind {
    /// Its name in the results.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Sapa => "sapa",
            Self::SapaPostgres => "sapa-pg",
            Self::Raw => "raw",
            Self::Nchan => "nchan",
            Self::ExpressSqlite => "express-sqlite",
            Self::ExpressPostgres => "express-pg",
            Self::SocketIo => "socket.io",
            Self::SocketIoSqlite => "socket.io-sqlite",
            Self::Disk => "disk",
        }
    }

    pub(crate) fn is_sapa(self) -> bool {
        matches!(self, Self::Sapa | Self::SapaPostgres)
    }

    fn needs_postgres(self) -> bool {
        matches!(self, Self::SapaPostgres | Self::ExpressPostgres)
    }
}

/// Where programs and files are.
#[derive(Clone, Debug)]
pub(crate) struct Places {
    /// Where databases and logs go; on the disk that is measured.
    pub(crate) folder: PathBuf,
    /// The program that is measured.
    pub(crate) sapa: PathBuf,
    /// The raw sender.
    pub(crate) raw: PathBuf,
    /// `benches/peers`.
    pub(crate) peers: PathBuf,
    /// What Sapa's settings are overridden with beside the limits: KEY=VALUE.
    pub(crate) settings: Vec<(String, String)>,
}

/// A running server.
pub(crate) struct Server {
    pub(crate) kind: Kind,
    pub(crate) address: SocketAddr,
    /// The database beside it, if it has one.
    pub(crate) postgres: Option<Postgres>,
    /// Sapa's ids of the rooms 1, 2, ….
    pub(crate) rooms: Vec<u32>,
    database: String,
    child: Child,
}

impl Server {
    /// Starts a server with an empty store and waits until it takes connections.
    pub(crate) fn start(kind: Kind, places: &Places) -> Result<Self> {
        let folder = places.folder.join(kind.name());
        if folder.exists() {
            fs::remove_dir_all(&folder)?;
        }
        fs::create_dir_all(&folder)?;
        let postgres = kind.needs_postgres().then(|| Postgres::start(&folder)).transpose()?;
        let file = folder.join("store.db").display().to_string();
        let database = match &postgres {
            Some(postgres) => postgres.url("postgres"),
            None if kind == Kind::Sapa => format!("sqlite:{file}"),
            None => file,
        };
        Self::start_on(kind, places, database, postgres)
    }

    /// Starts a server on a database that is there.
    pub(crate) fn start_on(kind: Kind, places: &Places, database: String, postgres: Option<Postgres>) -> Result<Self> {
        let folder = places.folder.join(kind.name());
        fs::create_dir_all(&folder)?;
        let address = free_address()?;
        let log = File::create(folder.join("log"))?;
        let child = bound(&command(kind, places, &folder, address, &database)?)
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .map_err(|error| format!("{} does not start: {error}", kind.name()))?;
        let mut server = Self { kind, address, postgres, rooms: Vec::new(), database, child };
        server.await_listening(&folder)?;
        Ok(server)
    }

    /// What its processes have used.
    pub(crate) fn usage(&self) -> Result<Usage> {
        Usage::of(self.child.id())
    }

    /// Asks whether it is alive.
    pub(crate) fn first_answer(&self) -> Result<()> {
        let mut stream = TcpStream::connect(self.address)?;
        stream.write_all(&get(&self.host(), "/healthz", "", "*/*"))?;
        let mut answer = [0; 64];
        let length = stream.read(&mut answer)?;
        match answer[..length].starts_with(b"HTTP/1.1 200") {
            true => Ok(()),
            false => Err("the process says that it is not well".into()),
        }
    }

    /// Waits until it has nothing to do; the connections to it answer what they are asked meanwhile.
    pub(crate) fn settle(&self, swarm: &mut Swarm) -> Result<Usage> {
        let mut before = self.usage()?;
        for _ in 0..MOST_TURNS {
            swarm.idle(TURN)?;
            let now = self.usage()?;
            if now.cpu - before.cpu <= IDLE_CPU {
                return Ok(now);
            }
            before = now;
        }
        Ok(before)
    }

    /// Stops it as an operator would, and gives back its database server.
    pub(crate) fn stop(mut self) -> Option<Postgres> {
        self.postgres.take()
    }

    /// Stops it and starts it again on what it has stored.
    pub(crate) fn restart(mut self, places: &Places) -> Result<Self> {
        let (kind, database, rooms) = (self.kind, self.database.clone(), std::mem::take(&mut self.rooms));
        let postgres = self.stop();
        let mut server = Self::start_on(kind, places, database, postgres)?;
        server.rooms = rooms;
        Ok(server)
    }

    fn await_listening(&mut self, folder: &Path) -> Result<()> {
        let begun = Instant::now();
        while TcpStream::connect(self.address).is_err() {
            let ended = self.child.try_wait()?;
            if ended.is_some() || begun.elapsed() > START_PATIENCE {
                let log = fs::read_to_string(folder.join("log")).unwrap_or_default();
                return Err(format!("{} does not listen; its log: {log}", self.kind.name()).into());
            }
            pause(Duration::from_millis(1));
        }
        Ok(())
    }
}

impl Drop for Server {
    /// Stops it as an operator would: one that is killed leaves its workers behind.
    fn drop(&mut self) {
        let _ = Command::new("kill").args(["-TERM", &self.child.id().to_string()]).status();
        let begun = Instant::now();
        while matches!(self.child.try_wait(), Ok(None)) && begun.elapsed() < STOP_PATIENCE {
            pause(Duration::from_millis(20));
        }
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn command(kind: Kind, places: &Places, folder: &Path, address: SocketAddr, database: &str) -> Result<Command> {
    let port = address.port().to_string();
    let node = |script: &str, store: &str| {
        let mut command = Command::new("node");
        command.arg(places.peers.join(script)).current_dir(&places.peers);
        command.envs([("NODE_ENV", "production"), ("PORT", &port), ("STORE", store), ("DATABASE", database)]);
        command.env("ROOMS", PEER_ROOMS);
        command
    };
    Ok(match kind {
        Kind::Sapa | Kind::SapaPostgres => {
            let mut command = Command::new(&places.sapa);
            command.current_dir(folder).envs(LIMITS.map(|limit| (limit, RAISED_LIMIT)));
            command.envs([("SAPA_ENV", "production"), ("PORT", &port), ("HOST", "127.0.0.1")]);
            command.envs([("DATABASE_URL", database), ("JWT_SECRET", token::SECRET)]);
            command.envs(places.settings.iter().map(|(key, value)| (key, value)));
            command
        }
        Kind::Raw => {
            let mut command = Command::new(&places.raw);
            command.env("PORT", &port);
            command
        }
        Kind::Nchan => {
            let path = folder.join("nginx.conf");
            fs::write(&path, nginx_configuration(places, folder, &port)?)?;
            let mut command = Command::new("nginx");
            command.arg("-c").arg(path).arg("-p").arg(folder);
            command
        }
        Kind::ExpressSqlite => node("express.mjs", "sqlite"),
        Kind::ExpressPostgres => node("express.mjs", "pg"),
        Kind::SocketIo => node("socketio.mjs", "none"),
        Kind::SocketIoSqlite => node("socketio.mjs", "sqlite"),
        Kind::Disk => return Err("the disk is no server".into()),
    })
}

/// The same command, which is told to stop when this program ends in whatever way.
fn bound(command: &Command) -> Command {
    let mut bound = Command::new("setpriv");
    bound.args(["--pdeathsig", "TERM"]).arg(command.get_program()).args(command.get_args());
    bound.envs(command.get_envs().filter_map(|(key, value)| Some((key, value?))));
    if let Some(folder) = command.get_current_dir() {
        bound.current_dir(folder);
    }
    bound
}

fn nginx_configuration(places: &Places, folder: &Path, port: &str) -> Result<String> {
    let template = fs::read_to_string(places.peers.join("nginx.conf"))?;
    let user = Command::new("id").arg("-un").output()?;
    let user = String::from_utf8_lossy(&user.stdout).trim().to_owned();
    Ok(template
        .replace("@MODULES@", "/usr/lib/nginx/modules")
        .replace("@FOLDER@", &folder.display().to_string())
        .replace("@USER@", &user)
        .replace("@PORT@", port))
}

fn free_address() -> Result<SocketAddr> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?)
}

/// Waits; nothing else runs in the generator meanwhile.
#[allow(clippy::disallowed_methods, reason = "there is no runtime that this could block")]
pub(crate) fn pause(time: Duration) {
    std::thread::sleep(time);
}
