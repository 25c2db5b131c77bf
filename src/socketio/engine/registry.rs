//! The polled sessions of all serving threads, by id. A session that began as a websocket is not among them: no other
//! request ever belongs to it.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use quick_cache::sync::Cache;

use super::{Bridge, session::new_id};
use crate::hub::{NodeId, Peers};

/// Stands in an id before the name of the process that has the session.
const AT: char = '.';
/// Sessions of other processes that are remembered.
const MOST_ELSEWHERE: usize = 20_000;

/// Polled sessions by id.
// A std mutex: it is held for a look-up, never across an await.
#[derive(Debug)]
pub struct Sessions {
    bridges: Mutex<HashMap<String, Arc<Bridge>>>,
    peers: Option<Arc<Peers>>,
    /// Ids of sessions that another process has.
    elsewhere: Cache<String, ()>,
}

impl Default for Sessions {
    fn default() -> Self {
        Self { bridges: Mutex::default(), peers: None, elsewhere: Cache::new(MOST_ELSEWHERE) }
    }
}

impl Sessions {
    /// No sessions; those of `peers` are found by their ids.
    pub fn new(peers: Arc<Peers>) -> Self {
        Self { peers: Some(peers), ..Self::default() }
    }

    /// An id for a new session, which says where it is if others reach this process.
    pub(super) fn new_id(&self) -> String {
        match self.peers.as_ref().filter(|peers| peers.own_address().is_some()) {
            Some(peers) => format!("{}{AT}{}", new_id(), peers.own().0),
            None => new_id(),
        }
    }

    /// Where another process that has a session is reached.
    pub(super) fn elsewhere(&self, id: &str) -> Option<SocketAddr> {
        let (_, node) = id.split_once(AT)?;
        self.peers.as_ref()?.address(&NodeId(node.to_owned()))
    }

    /// Whether another process has answered for a session.
    pub(super) fn is_elsewhere(&self, id: &str) -> bool {
        self.elsewhere.get(id).is_some()
    }

    /// Notes that another process answers for a session.
    pub(super) fn note_elsewhere(&self, id: &str) {
        self.elsewhere.insert(id.to_owned(), ());
    }

    pub(super) fn insert(&self, id: String, bridge: Arc<Bridge>) {
        self.lock().insert(id, bridge);
    }

    pub(super) fn find(&self, id: &str) -> Option<Arc<Bridge>> {
        self.lock().get(id).cloned()
    }

    pub(super) fn remove(&self, id: &str) {
        self.lock().remove(id);
    }

    /// Whether there is such a session.
    pub fn contains(&self, id: &str) -> bool {
        self.lock().contains_key(id)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Arc<Bridge>>> {
        self.bridges.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
