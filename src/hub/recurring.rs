//! States that end by themselves unless they are repeated: typing, looking at a room.

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// Keys with a payload, each until it was not repeated for a while.
// A std mutex: it is held for a look-up, never across an await.
#[derive(Debug)]
pub struct Recurring<K, V> {
    timeout: Duration,
    live: Mutex<HashMap<K, (Instant, V)>>,
}

impl<K: Hash + Eq + Clone, V: Clone> Recurring<K, V> {
    /// States that end `timeout` after their last repetition.
    pub fn new(timeout: Duration) -> Self {
        Self { timeout, live: Mutex::default() }
    }

    /// Begins or repeats a state; true if it is new.
    pub fn repeat(&self, key: K, value: V) -> bool {
        self.lock().insert(key, (Instant::now() + self.timeout, value)).is_none()
    }

    /// Ends a state; its payload if it was live.
    pub fn end(&self, key: &K) -> Option<V> {
        self.lock().remove(key).map(|(_, value)| value)
    }

    /// Ends and returns the states that were not repeated in time.
    pub fn take_lapsed(&self) -> Vec<V> {
        let now = Instant::now();
        let mut lapsed = Vec::new();
        self.lock().retain(|_, (until, value)| {
            let live = *until > now;
            if !live {
                lapsed.push(value.clone());
            }
            live
        });
        lapsed
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<K, (Instant, V)>> {
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
