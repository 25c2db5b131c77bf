//! Buckets of this process.

use std::{hash::Hash, num::NonZeroU32, sync::LazyLock, time::Duration};

use governor::{
    DefaultDirectRateLimiter, Quota, RateLimiter,
    clock::{Clock, DefaultClock},
    state::keyed::DefaultKeyedStateStore,
};

/// Made once: each new clock asks the processor what it can do, which a virtual machine answers slowly.
static CLOCK: LazyLock<DefaultClock> = LazyLock::new(DefaultClock::default);

/// The bucket is empty; how long until it holds a token again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Exhausted {
    /// The wait, rounded up by the caller for `Retry-After`.
    pub retry_after: Duration,
}

/// One token bucket for each key.
pub struct Buckets<K: Hash + Eq + Clone> {
    limiter: RateLimiter<K, DefaultKeyedStateStore<K>, DefaultClock>,
    clock: DefaultClock,
}

impl<K: Hash + Eq + Clone> std::fmt::Debug for Buckets<K> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Buckets").finish_non_exhaustive()
    }
}

impl<K: Hash + Eq + Clone> Buckets<K> {
    /// Buckets that hold `burst` tokens and get `per_second` new ones; 0 counts as 1.
    pub fn new(per_second: u32, burst: u32) -> Self {
        Self { limiter: RateLimiter::keyed(quota(per_second, burst)), clock: CLOCK.clone() }
    }

    /// Takes a token.
    ///
    /// # Errors
    /// [`Exhausted`] when there is none.
    pub fn take(&self, key: &K) -> Result<(), Exhausted> {
        self.limiter
            .check_key(key)
            .map_err(|refusal| Exhausted { retry_after: refusal.wait_time_from(self.clock.now()) })
    }

    /// Forgets the keys whose buckets are full again.
    pub fn forget_idle(&self) {
        self.limiter.retain_recent();
        self.limiter.shrink_to_fit();
    }
}

/// One token bucket.
pub struct Bucket {
    limiter: DefaultDirectRateLimiter,
}

impl std::fmt::Debug for Bucket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Bucket").finish_non_exhaustive()
    }
}

impl Bucket {
    /// A bucket that holds `burst` tokens and gets `per_second` new ones; 0 counts as 1.
    pub fn new(per_second: u32, burst: u32) -> Self {
        Self { limiter: RateLimiter::direct_with_clock(quota(per_second, burst), CLOCK.clone()) }
    }

    /// Takes a token.
    ///
    /// # Errors
    /// [`Exhausted`] when there is none.
    pub fn take(&self) -> Result<(), Exhausted> {
        self.limiter.check().map_err(|refusal| Exhausted { retry_after: refusal.wait_time_from(CLOCK.now()) })
    }
}

fn quota(per_second: u32, burst: u32) -> Quota {
    let at_least_one = |n| NonZeroU32::new(n).unwrap_or(NonZeroU32::MIN);
    Quota::per_second(at_least_one(per_second)).allow_burst(at_least_one(burst))
}

#[cfg(test)]
mod tests {
    use super::Buckets;

    #[test]
    fn each_key_has_its_own_burst_and_is_told_when_to_come_back() {
        let buckets = Buckets::new(1, 3);
        for _ in 0..3 {
            buckets.take(&7).expect("within the burst");
        }
        let refusal = buckets.take(&7).expect_err("the fourth");
        assert!(refusal.retry_after.as_millis() > 0 && refusal.retry_after.as_secs() <= 1);
        buckets.take(&8).expect("another key");
    }
}
