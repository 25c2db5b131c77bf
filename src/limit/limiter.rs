//! A limit that holds at this process, and over all processes where they share Redis.

use std::{fmt::Display, hash::Hash};

use super::{Buckets, Exhausted, SharedBuckets};

/// One token bucket for each key.
#[derive(Debug)]
pub struct Limiter<K: Hash + Eq + Clone> {
    name: &'static str,
    per_second: u32,
    burst: u32,
    here: Buckets<K>,
    shared: Option<SharedBuckets>,
}

impl<K: Hash + Eq + Clone + Display> Limiter<K> {
    /// Buckets that hold `burst` tokens and get `per_second` new ones; 0 counts as 1. `name` is theirs among all limits.
    pub fn new(name: &'static str, per_second: u32, burst: u32, shared: Option<SharedBuckets>) -> Self {
        Self { name, per_second, burst, here: Buckets::new(per_second, burst), shared }
    }

    /// Takes a token. Redis is asked only for what this process itself allows.
    ///
    /// # Errors
    /// [`Exhausted`] when there is none.
    pub async fn take(&self, key: &K) -> Result<(), Exhausted> {
        self.here.take(key)?;
        match &self.shared {
            Some(shared) => shared.take(self.name, &key.to_string(), self.per_second, self.burst).await,
            None => Ok(()),
        }
    }

    /// Forgets the keys whose buckets here are full again; in Redis they end by themselves.
    pub fn forget_idle(&self) {
        self.here.forget_idle();
    }
}
