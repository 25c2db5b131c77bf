//! What an operation may use. Cheap to clone.

use std::{net::IpAddr, ops::Deref, sync::Arc, time::Duration};

use quick_cache::sync::Cache;
use tokio::runtime::Handle;

use crate::{
    config::Settings,
    database::Reading,
    domain::{Person, Typing, TypingPlace, Viewing},
    hub::{Hub, Peers, PresenceRegistry, Recurring, Topics},
    journal::{MissedReader, Writer},
    limit::{Limiter, SharedBuckets},
    telemetry::Metrics,
};

/// People whose row is known to agree with their token.
const KNOWN_PEOPLE: usize = 50_000;

/// A running service. A clone is a pointer.
#[derive(Clone, Debug)]
pub struct State(Arc<Parts>);

impl Deref for State {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

/// The parts of a running service.
#[derive(Debug)]
pub struct Parts {
    /// For reading; never waits for the writer.
    pub db: Reading,
    /// For writing.
    pub writer: Writer,
    /// For what streams have missed.
    pub missed: MissedReader,
    /// The threads that serve no connection.
    pub runtime: Handle,
    /// To the streams of this process.
    pub hub: Arc<Hub>,
    /// Who has a stream open.
    pub presence: Arc<PresenceRegistry>,
    /// Where the other processes are reached.
    pub peers: Arc<Peers>,
    /// Who types, by place and person, and whom it concerns.
    pub typing: Arc<Recurring<(TypingPlace, i32), (Topics, Typing)>>,
    /// Which admin looks at which room, by room and person.
    pub viewing: Arc<Recurring<(i32, i32), Viewing>>,
    /// How much may be done.
    pub limits: Arc<Limits>,
    /// People as their row has them.
    pub known_people: Arc<Cache<i32, Person>>,
    /// All settings.
    pub settings: Arc<Settings>,
    /// What is measured.
    pub metrics: Metrics,
}

/// The token buckets.
#[derive(Debug)]
pub struct Limits {
    /// A person's writes.
    pub writes: Limiter<i32>,
    /// A person's signals that are not stored: typing, looking at a room.
    pub signals: Limiter<i32>,
    /// An address's requests.
    pub requests: Limiter<IpAddr>,
}

impl State {
    /// A state over an open database, a running writer, its hub and its peers, with limits over all processes where
    /// these share Redis. Called within a runtime.
    pub fn new(
        db: Reading,
        writer: Writer,
        hub: Arc<Hub>,
        peers: Peers,
        settings: Settings,
        metrics: Metrics,
        shared: Option<&SharedBuckets>,
    ) -> Self {
        let limits = &settings.limits;
        let limits = Limits {
            writes: Limiter::new("writes", limits.writes_per_second, limits.writes_burst, shared.cloned()),
            signals: Limiter::new("signals", limits.writes_per_second, limits.writes_burst, shared.cloned()),
            requests: Limiter::new("requests", limits.requests_per_second, limits.requests_burst, shared.cloned()),
        };
        let lapse = |lapse: &crate::config::Lapse| Duration::from_secs(lapse.timeout_seconds);
        let missed = MissedReader::start(db.clone(), hub.clone(), settings.stream.replay_page);
        Self(Arc::new(Parts {
            db,
            writer,
            missed,
            runtime: Handle::current(),
            presence: Arc::new(PresenceRegistry::new(hub.backplane().is_some())),
            peers: Arc::new(peers),
            typing: Arc::new(Recurring::new(lapse(&settings.typing))),
            viewing: Arc::new(Recurring::new(lapse(&settings.viewing))),
            limits: Arc::new(limits),
            known_people: Arc::new(Cache::new(KNOWN_PEOPLE)),
            settings: Arc::new(settings),
            metrics,
            hub,
        }))
    }
}
