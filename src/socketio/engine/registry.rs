//! The polled sessions of all serving threads, by id. A session that began as a websocket is not among them: no other
//! request ever belongs to it.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::Bridge;

/// Polled sessions by id.
// A std mutex: it is held for a look-up, never across an await.
#[derive(Debug, Default)]
pub struct Sessions {
    bridges: Mutex<HashMap<String, Arc<Bridge>>>,
}

impl Sessions {
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
