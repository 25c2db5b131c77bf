//! Typed settings, one struct per section of `config/default.toml`, which says what each key does.

mod load;

pub use load::{ConfigError, load};

use std::path::{Path, PathBuf};

use ipnet::IpNet;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use validator::{Validate, ValidationError};

/// The least bytes of a secret in production (RFC 7518, section 3.2, asks as much of HS256).
pub const LEAST_SECRET_BYTES: usize = 32;
/// The secret of `config/development.toml`, which production refuses.
pub const DEVELOPMENT_SECRET: &str = "sapa-development-secret-do-not-use-in-production";

/// All settings.
#[derive(Clone, Debug, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// Listening, threads, browsers' origins.
    #[validate(nested)]
    pub server: Server,
    /// Where the data is.
    #[validate(nested)]
    pub database: Database,
    /// Whose tokens are believed.
    pub auth: Auth,
    /// How much one person or address may do.
    #[validate(nested)]
    pub limits: Limits,
    /// How rooms are handed out.
    pub rooms: Rooms,
    /// Event streams.
    #[validate(nested)]
    pub stream: Stream,
    /// Socket.IO.
    #[validate(nested)]
    pub socketio: Socketio,
    /// Who is online.
    #[validate(nested)]
    pub presence: Presence,
    /// Who types.
    #[validate(nested)]
    pub typing: Lapse,
    /// Who looks at a room.
    #[validate(nested)]
    pub viewing: Lapse,
    /// The journal and the commits.
    #[validate(nested)]
    pub journal: Journal,
    /// Several processes on one database.
    #[validate(nested)]
    pub cluster: Cluster,
    /// Visitors without a token.
    #[validate(nested)]
    pub guests: Guests,
    /// The demo of development.
    pub demo: Demo,
    /// What is logged, and how.
    pub log: Log,
}

/// Section `[server]`.
#[derive(Clone, Debug, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct Server {
    /// The address to listen on.
    pub host: String,
    /// The port; 0 takes any free one.
    pub port: u16,
    /// Serving threads; 0 is one per core.
    #[validate(range(max = 1024))]
    pub workers: usize,
    /// Origins of pages that may call from a browser.
    #[validate(custom(function = "are_origins"))]
    pub client_urls: Vec<String>,
    /// Whether pages on this machine, at any port, may call from a browser too.
    pub local_pages: bool,
    /// Peers whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Seconds that a stopping server waits for requests under way.
    #[validate(range(min = 1, max = 9))]
    pub shutdown_seconds: u64,
    /// Whether `GET /metrics` answers.
    pub metrics: bool,
    /// The path of the certificate's PEM file; empty without TLS.
    pub tls_certificate: PathBuf,
    /// The path of the private key's PEM file; empty without TLS.
    pub tls_key: PathBuf,
}

/// Section `[database]`.
#[derive(Clone, Debug, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct Database {
    /// A `sqlite:`, `postgres:` or `mysql:` URL; it may hold a password, so it is never printed.
    pub url: SecretString,
    /// Connections for reading.
    #[validate(range(min = 1, max = 1000))]
    pub read_connections: u32,
    /// Seconds that a request waits for a connection.
    #[validate(range(min = 1, max = 60))]
    pub acquire_seconds: u64,
    /// Seconds that one statement may take, its wait for a connection included.
    #[validate(range(min = 1, max = 60))]
    pub timeout_seconds: u64,
}

/// Section `[auth]`. Empty means not configured.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Auth {
    /// The secret of HS256 tokens.
    pub jwt_secret: SecretString,
    /// A PEM, or the path of one.
    pub jwt_public_key: String,
    /// Secrets of NextAuth and Auth.js sessions, comma separated.
    pub nextauth_secret: SecretString,
}

/// Section `[limits]`.
#[derive(Clone, Debug, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// Characters of a message.
    #[validate(range(min = 1, max = 16_000))]
    pub message_chars: usize,
    /// Characters of a subject.
    #[validate(range(min = 1, max = 255))]
    pub subject_chars: usize,
    /// Bytes of a request body.
    #[validate(range(min = 1024, max = 16_777_216))]
    pub body_bytes: usize,
    /// Writes of one person a second.
    #[validate(range(min = 1))]
    pub writes_per_second: u32,
    /// Writes of one person at once.
    #[validate(range(min = 1))]
    pub writes_burst: u32,
    /// Requests from one address a second.
    #[validate(range(min = 1))]
    pub requests_per_second: u32,
    /// Requests from one address at once.
    #[validate(range(min = 1))]
    pub requests_burst: u32,
    /// Open streams of one person.
    #[validate(range(min = 1))]
    pub streams_per_user: usize,
}

/// Section `[rooms]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rooms {
    /// Whether new rooms go to the online admin with the fewest open ones.
    pub auto_assign: bool,
    /// Whether customers may write to each other.
    pub direct_messages: bool,
}

/// Section `[stream]`.
#[derive(Clone, Debug, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
#[validate(schema(function = "retry_is_a_range"))]
pub struct Stream {
    /// Seconds between two comment lines.
    #[validate(range(min = 1, max = 300))]
    pub heartbeat_seconds: u64,
    /// The least reconnection delay, in milliseconds.
    #[validate(range(min = 100, max = 60_000))]
    pub retry_min_ms: u64,
    /// The largest reconnection delay, in milliseconds.
    #[validate(range(min = 100, max = 60_000))]
    pub retry_max_ms: u64,
    /// Bytes that may wait for one reader.
    #[validate(range(min = 1024, max = 16_777_216))]
    pub queue_bytes: usize,
    /// Seconds after which a reader that takes nothing is disconnected.
    #[validate(range(min = 1, max = 3600))]
    pub stalled_seconds: u64,
    /// Events that are read from the journal at a time.
    #[validate(range(min = 1, max = 10_000))]
    pub replay_page: u64,
    /// Whether the socket of a stream on plain HTTP/1.1 is taken over from the HTTP server (on Linux).
    pub take_over_sockets: bool,
}

/// Section `[socketio]`.
#[derive(Clone, Debug, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct Socketio {
    /// What the root namespace speaks.
    pub root_dialect: DialectName,
    /// Milliseconds between two heartbeats of a session.
    #[validate(range(min = 100, max = 300_000))]
    pub ping_interval_ms: u64,
    /// Milliseconds within which a heartbeat is answered.
    #[validate(range(min = 100, max = 300_000))]
    pub ping_timeout_ms: u64,
    /// Milliseconds within which a polling session becomes a websocket.
    #[validate(range(min = 100, max = 300_000))]
    pub upgrade_timeout_ms: u64,
    /// Milliseconds within which a session enters a namespace.
    #[validate(range(min = 100, max = 300_000))]
    pub connect_timeout_ms: u64,
    /// Bytes of one message or post of a client.
    #[validate(range(min = 1024, max = 16_777_216))]
    pub max_payload_bytes: usize,
    /// Events of one session a second.
    #[validate(range(min = 1))]
    pub events_per_second: u32,
    /// Events of one session at once.
    #[validate(range(min = 1))]
    pub events_burst: u32,
}

/// A vocabulary of Socket.IO events.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DialectName {
    /// Seed 000.
    Support,
    /// Seed 002.
    Direct,
    /// Seed 003.
    Messenger,
    /// Seed 004.
    Desk,
}

/// Section `[presence]`.
#[derive(Clone, Debug, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct Presence {
    /// Seconds after a person's last stream ended until they are offline.
    #[validate(range(max = 3600))]
    pub offline_grace_seconds: u64,
}

/// Sections `[typing]` and `[viewing]`: a state that ends by itself.
#[derive(Clone, Debug, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct Lapse {
    /// Seconds after the last call.
    #[validate(range(min = 1, max = 3600))]
    pub timeout_seconds: u64,
}

/// Section `[journal]`.
#[derive(Clone, Debug, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct Journal {
    /// Days that a stream can be resumed.
    #[validate(range(min = 1, max = 36_500))]
    pub retention_days: u32,
    /// Writes that one commit takes at most.
    #[validate(range(min = 1, max = 10_000))]
    pub batch_writes: usize,
    /// Writes that may wait.
    #[validate(range(min = 1, max = 1_000_000))]
    pub queue_writes: usize,
}

/// Section `[cluster]`.
#[derive(Clone, Debug, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct Cluster {
    /// A `redis:` or `rediss:` URL, empty without Redis; it may hold a password, so it is never printed.
    pub redis_url: SecretString,
    /// Where the other processes reach this one; empty: the listening address, on the interface that leads to Redis.
    pub address: String,
    /// How the names of all channels and keys in Redis begin.
    #[validate(length(min = 1, max = 64))]
    pub prefix: String,
    /// Seconds between two looks at the journal's end, where other processes may have written.
    #[validate(range(min = 1, max = 60))]
    pub check_seconds: u64,
    /// Seconds after the last word of another process that its people count as gone.
    #[validate(range(min = 3, max = 3600))]
    pub lease_seconds: u64,
}

/// Section `[guests]`.
#[derive(Clone, Debug, Deserialize, Validate)]
#[serde(deny_unknown_fields)]
pub struct Guests {
    /// Whether a visitor without a token gets an identity.
    pub enabled: bool,
    /// Days that it lasts.
    #[validate(range(min = 1, max = 3650))]
    pub ttl_days: u32,
}

/// Section `[demo]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Demo {
    /// Whether the demo page and its people exist.
    pub enabled: bool,
}

/// Section `[log]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Log {
    /// How a line looks.
    pub format: LogFormat,
    /// Which lines are written, as `RUST_LOG` spells it.
    pub filter: String,
}

/// How a log line looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Text,
    /// For machines.
    Json,
}

impl Server {
    /// The paths of the certificate and its key, where TLS is wanted.
    pub fn tls(&self) -> Option<(&Path, &Path)> {
        let wanted = !self.tls_certificate.as_os_str().is_empty();
        wanted.then_some((self.tls_certificate.as_path(), self.tls_key.as_path()))
    }
}

impl Cluster {
    /// Where Redis is, if it is used.
    pub fn redis(&self) -> Option<&SecretString> {
        present(&self.redis_url)
    }
}

impl Auth {
    /// The secret of HS256 tokens, if there is one.
    pub fn secret(&self) -> Option<&SecretString> {
        present(&self.jwt_secret)
    }

    /// The public key, if there is one.
    pub fn public_key(&self) -> Option<&str> {
        Some(self.jwt_public_key.as_str()).filter(|key| !key.is_empty())
    }

    /// The session secrets, if there are any.
    pub fn session_secret(&self) -> Option<&SecretString> {
        present(&self.nextauth_secret)
    }
}

fn present(secret: &SecretString) -> Option<&SecretString> {
    (!secret.expose_secret().is_empty()).then_some(secret)
}

fn are_origins(urls: &[String]) -> Result<(), ValidationError> {
    let is_origin = |url: &String| {
        let rest = url.strip_prefix("https://").or_else(|| url.strip_prefix("http://"));
        rest.is_some_and(|host| !host.is_empty() && !host.contains(['/', '*', '@', ' ', '?', '#']))
    };
    if urls.iter().all(is_origin) {
        return Ok(());
    }
    Err(ValidationError::new("origin")
        .with_message("must be origins such as https://shop.example, without a path or a wildcard".into()))
}

fn retry_is_a_range(stream: &Stream) -> Result<(), ValidationError> {
    if stream.retry_min_ms <= stream.retry_max_ms {
        return Ok(());
    }
    Err(ValidationError::new("range").with_message("retry_min_ms must not be above retry_max_ms".into()))
}
