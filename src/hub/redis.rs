//! The backplane over Redis: one channel that all processes read.
//!
//! Redis delivers at most once, so nothing here is waited for or repeated; what a lost connection took with it is made good
//! by those who are told [`Heard::Connected`].

use std::{
    net::{IpAddr, Ipv4Addr, Ipv6Addr, ToSocketAddrs, UdpSocket},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use futures_util::{Stream, StreamExt};
use redis::{Client, ConnectionAddr, Msg, RedisError, aio::MultiplexedConnection};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use tokio::{
    sync::{mpsc, watch},
    task::JoinHandle,
    time::{Instant, MissedTickBehavior, interval, sleep, timeout},
};

use super::{
    backplane::{Backplane, Heard, NodeId, Signal},
    seal::Seal,
};
use crate::telemetry::Metrics;

/// Signals that may wait to be sent, or to be heard; what does not fit is dropped.
const MOST_WAITING: usize = 4096;
/// Signals that are sent in one go.
const MOST_AT_ONCE: usize = 256;
/// How long connecting, or sending, may take.
const PATIENCE: Duration = Duration::from_secs(2);
/// Between two words to oneself, which prove that both directions are alive.
const BEAT: Duration = Duration::from_secs(1);
/// Without hearing anything for so long, not even oneself, the connections are given up.
const SILENCE: Duration = Duration::from_secs(4);
const FIRST_DELAY: Duration = Duration::from_millis(100);
const LONGEST_DELAY: Duration = Duration::from_secs(2);

/// Where Redis is.
#[derive(Clone, Debug)]
pub struct RedisSettings {
    /// A `redis:` or `rediss:` URL.
    pub url: SecretString,
    /// How the channel's name begins.
    pub prefix: String,
    /// What all processes know and nobody else; signals are sealed with it.
    pub secret: Option<SecretString>,
}

impl RedisSettings {
    /// The address of this machine on the way to Redis; none where that is no network, or has no name.
    ///
    /// # Errors
    /// The URL is none of Redis.
    pub fn own_address(&self) -> Result<Option<IpAddr>, RedisUrlError> {
        let client = Client::open(self.url.expose_secret())?;
        let (host, port) = match client.get_connection_info().addr() {
            ConnectionAddr::Tcp(host, port) | ConnectionAddr::TcpTls { host, port, .. } => (host.clone(), *port),
            _ => return Ok(None),
        };
        // Nothing is sent: the system only looks up the way.
        let own = (host.as_str(), port).to_socket_addrs().ok().and_then(|mut found| found.next()).and_then(|redis| {
            let any: IpAddr = if redis.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
            let socket = UdpSocket::bind((any, 0)).ok()?;
            socket.connect(redis).ok()?;
            Some(socket.local_addr().ok()?.ip())
        });
        Ok(own)
    }
}

/// The URL is none of Redis.
#[derive(Debug, thiserror::Error)]
#[error("is no URL of Redis: {0}")]
pub struct RedisUrlError(#[from] RedisError);

/// What stands on the channel.
#[derive(Debug, Serialize, Deserialize)]
struct Envelope {
    from: NodeId,
    /// None is a beat.
    signal: Option<Signal>,
}

/// Tells the other processes over Redis.
#[derive(Debug)]
pub struct RedisBackplane {
    signals: mpsc::Sender<Signal>,
    committed: watch::Sender<i64>,
    connected: Arc<AtomicBool>,
}

/// A backplane that was started.
#[derive(Debug)]
pub struct Joined {
    /// To tell the others.
    pub backplane: Arc<RedisBackplane>,
    /// What the others say.
    pub heard: mpsc::Receiver<Heard>,
    /// The task that holds the connections; it ends when the other two are gone.
    pub link: JoinHandle<()>,
}

impl Backplane for RedisBackplane {
    fn tell(&self, signal: Signal) {
        match signal {
            // Only the newest matters.
            Signal::Committed(id) => {
                self.committed.send_if_modified(|newest| std::mem::replace(newest, id.max(*newest)) < id);
            }
            signal => {
                if self.is_connected() && self.signals.try_send(signal).is_err() {
                    tracing::debug!("a signal to the other processes was dropped");
                }
            }
        }
    }

    fn is_connected(&self) -> bool {
        self.connected.load(Ordering::Acquire)
    }
}

impl RedisBackplane {
    /// Connects, and again whenever the connection is lost; an unreachable Redis is no error.
    ///
    /// # Errors
    /// The URL is none of Redis.
    pub fn start(settings: &RedisSettings, node: NodeId, metrics: Metrics) -> Result<Joined, RedisUrlError> {
        let client = Client::open(settings.url.expose_secret())?;
        let (signals, outgoing) = mpsc::channel(MOST_WAITING);
        let (heard, incoming) = mpsc::channel(MOST_WAITING);
        let (committed, newest) = watch::channel(0);
        let connected = Arc::new(AtomicBool::new(false));
        let backplane = Arc::new(Self { signals, committed, connected: connected.clone() });
        let channel = format!("{}:signals", settings.prefix);
        let seal = Seal::new(settings.secret.as_ref());
        let link = Link { seal, client, channel, node, connected, heard, outgoing, newest, metrics };
        Ok(Joined { backplane, heard: incoming, link: tokio::spawn(link.run()) })
    }
}

/// The task that holds the connections.
struct Link {
    seal: Seal,
    client: Client,
    channel: String,
    node: NodeId,
    connected: Arc<AtomicBool>,
    heard: mpsc::Sender<Heard>,
    outgoing: mpsc::Receiver<Signal>,
    newest: watch::Receiver<i64>,
    metrics: Metrics,
}

/// Why the connections were given up.
#[derive(Debug, thiserror::Error)]
enum Lost {
    #[error(transparent)]
    Redis(#[from] RedisError),
    #[error("nothing was heard for too long")]
    Silent,
    #[error("the connection was closed")]
    Closed,
    #[error("nobody listens here")]
    Unwanted,
}

impl Link {
    async fn run(mut self) {
        let mut delay = FIRST_DELAY;
        let mut warned = false;
        loop {
            let begun = Instant::now();
            let lost = self.connect_and_serve().await;
            self.metrics.redis_connected.set(0);
            if self.connected.swap(false, Ordering::AcqRel) {
                (delay, warned) = (FIRST_DELAY, false);
            }
            match lost {
                Lost::Unwanted => return,
                // Once, not at each try.
                lost if !warned => {
                    tracing::warn!(error = %lost, "Redis is not reached; this process works on without the others' signals");
                    warned = true;
                }
                lost => tracing::debug!(error = %lost, after = ?begun.elapsed(), "Redis is not reached"),
            }
            sleep(delay).await;
            delay = (delay * 2).min(LONGEST_DELAY);
        }
    }

    async fn connect_and_serve(&mut self) -> Lost {
        let connect = async {
            let publisher = self.client.get_multiplexed_async_connection().await?;
            let mut subscriber = self.client.get_async_pubsub().await?;
            subscriber.subscribe(&self.channel).await?;
            Ok::<_, RedisError>((publisher, subscriber))
        };
        let (publisher, subscriber) = match timeout(PATIENCE, connect).await {
            Ok(Ok(connections)) => connections,
            Ok(Err(error)) => return error.into(),
            Err(_) => return Lost::Silent,
        };
        // What was to be said while nobody listened is out of date.
        while self.outgoing.try_recv().is_ok() {}
        self.connected.store(true, Ordering::Release);
        self.metrics.redis_connected.set(1);
        tracing::info!("Redis is reached; other processes are told at once");
        if self.heard.send(Heard::Connected).await.is_err() {
            return Lost::Unwanted;
        }
        let (channel, node, seal) = (self.channel.clone(), self.node.clone(), self.seal.clone());
        let (outgoing, newest) = (&mut self.outgoing, &mut self.newest);
        tokio::select! {
            lost = hear(subscriber.into_on_message(), &node, &seal, &self.heard) => lost,
            lost = speak(publisher, &channel, &node, &seal, outgoing, newest) => lost,
        }
    }
}

async fn hear(messages: impl Stream<Item = Msg>, node: &NodeId, seal: &Seal, heard: &mpsc::Sender<Heard>) -> Lost {
    let mut messages = std::pin::pin!(messages);
    loop {
        let message = match timeout(SILENCE, messages.next()).await {
            Ok(Some(message)) => message,
            Ok(None) => return Lost::Closed,
            Err(_) => return Lost::Silent,
        };
        let Some(payload) = seal.open(message.get_payload_bytes()) else {
            tracing::debug!("a signal whose seal is not good was passed over");
            continue;
        };
        let envelope: Envelope = match serde_json::from_slice(payload) {
            Ok(envelope) => envelope,
            // Another release.
            Err(error) => {
                tracing::debug!(%error, "a signal was not understood");
                continue;
            }
        };
        if envelope.from == *node {
            continue;
        }
        let news = match envelope.signal {
            Some(signal) => Heard::Signal(envelope.from, signal),
            None => Heard::Beat(envelope.from),
        };
        if heard.send(news).await.is_err() {
            return Lost::Unwanted;
        }
    }
}

async fn speak(
    mut publisher: MultiplexedConnection,
    channel: &str,
    node: &NodeId,
    seal: &Seal,
    outgoing: &mut mpsc::Receiver<Signal>,
    newest: &mut watch::Receiver<i64>,
) -> Lost {
    let mut beat = interval(BEAT);
    beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut batch = Vec::new();
    loop {
        let mut signals: Vec<Option<Signal>> = Vec::new();
        tokio::select! {
            count = outgoing.recv_many(&mut batch, MOST_AT_ONCE) => {
                if count == 0 {
                    return Lost::Unwanted;
                }
                signals.extend(batch.drain(..).map(Some));
            }
            changed = newest.changed() => {
                if changed.is_err() {
                    return Lost::Unwanted;
                }
                signals.push(Some(Signal::Committed(*newest.borrow_and_update())));
            }
            _ = beat.tick() => signals.push(None),
        }
        let mut pipeline = redis::pipe();
        for signal in signals {
            let envelope = Envelope { from: node.clone(), signal };
            match serde_json::to_vec(&envelope) {
                Ok(payload) => pipeline.publish(channel, seal.close(payload)).ignore(),
                Err(error) => {
                    tracing::error!(%error, "a signal cannot be spelled");
                    continue;
                }
            };
        }
        match timeout(PATIENCE, pipeline.exec_async(&mut publisher)).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => return error.into(),
            Err(_) => return Lost::Silent,
        }
    }
}
