//! Buckets that all processes share, in Redis.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use redis::{
    Client, RedisError, Script,
    aio::{ConnectionManager, ConnectionManagerConfig},
};
use secrecy::{ExposeSecret, SecretString};
use tokio::time::timeout;

use super::Exhausted;

/// How long an answer is waited for; then this process's own bucket decides alone.
const PATIENCE: Duration = Duration::from_millis(250);
/// After a failure Redis is not asked for so long, so that a limit never costs a wait for long.
const PAUSE: Duration = Duration::from_secs(1);
/// The generic cell rate algorithm (ITU-T I.371): one number a bucket, the time at which it will be full again. The clock
/// is Redis's own, so the processes' may differ. Answers the microseconds to wait, 0 for a token that was taken.
const TAKE: &str = "
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local step, burst = tonumber(ARGV[1]), tonumber(ARGV[2])
local full_at = math.max(now, tonumber(redis.call('GET', KEYS[1]) or '0')) + step
local wait = full_at - burst * step - now
if wait > 0 then return wait end
redis.call('SET', KEYS[1], string.format('%.0f', full_at), 'PX', math.ceil((full_at - now) / 1000))
return 0";

/// The buckets in Redis.
#[derive(Clone)]
pub struct SharedBuckets {
    connection: ConnectionManager,
    take: Arc<Script>,
    prefix: Arc<str>,
    begun: Instant,
    /// Milliseconds after `begun`.
    paused_until: Arc<AtomicU64>,
}

impl std::fmt::Debug for SharedBuckets {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SharedBuckets").finish_non_exhaustive()
    }
}

/// The URL is none of Redis.
#[derive(Debug, thiserror::Error)]
#[error("is no URL of Redis: {0}")]
pub struct SharedBucketsError(#[from] RedisError);

impl SharedBuckets {
    /// Buckets whose keys begin with `prefix`. Connects at the first use, and again by itself.
    ///
    /// # Errors
    /// The URL is none of Redis.
    pub fn new(url: &SecretString, prefix: &str) -> Result<Self, SharedBucketsError> {
        let client = Client::open(url.expose_secret())?;
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(PATIENCE))
            .set_response_timeout(Some(PATIENCE))
            .set_number_of_retries(0);
        Ok(Self {
            connection: ConnectionManager::new_lazy_with_config(client, config)?,
            take: Arc::new(Script::new(TAKE)),
            prefix: prefix.into(),
            begun: Instant::now(),
            paused_until: Arc::default(),
        })
    }

    /// Takes a token of a bucket that holds `burst` and gets `per_second` new ones.
    ///
    /// # Errors
    /// [`Exhausted`] when there is none. If Redis does not answer the token counts as taken.
    pub(super) async fn take(&self, name: &str, key: &str, per_second: u32, burst: u32) -> Result<(), Exhausted> {
        if self.milliseconds() < self.paused_until.load(Ordering::Relaxed) {
            return Ok(());
        }
        let step = 1_000_000 / u64::from(per_second.max(1));
        let mut connection = self.connection.clone();
        let mut take = self.take.key(format!("{}:limit:{name}:{key}", self.prefix));
        let asked = take.arg(step).arg(burst.max(1)).invoke_async::<u64>(&mut connection);
        match timeout(PATIENCE, asked).await {
            Ok(Ok(0)) => Ok(()),
            Ok(Ok(wait)) => Err(Exhausted { retry_after: Duration::from_micros(wait) }),
            Ok(Err(error)) => {
                tracing::debug!(%error, "Redis does not count; limits hold for this process alone");
                self.pause();
                Ok(())
            }
            Err(_) => {
                tracing::debug!("Redis is silent; limits hold for this process alone");
                self.pause();
                Ok(())
            }
        }
    }

    fn pause(&self) {
        self.paused_until.store(self.milliseconds() + PAUSE.as_millis() as u64, Ordering::Relaxed);
    }

    fn milliseconds(&self) -> u64 {
        self.begun.elapsed().as_millis() as u64
    }
}
