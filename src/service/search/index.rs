//! Bringing the index of the messages up to what was committed.

use std::{
    sync::atomic::{AtomicI64, Ordering},
    time::Instant,
};

use super::waiting::{index_next, waiting};
use crate::{service::Error, state::State};

/// Messages that one transaction indexes, for which other writes wait. On SQLite each takes about 25 us of CPU, instead of
/// 240 alone; on Postgres 40 (`benches/run --measures post128,long128,post32,long32`).
const BATCH: u64 = 512;
/// New messages between two looks from which on the writer is busy.
const BUSY: i64 = 64;
/// Messages that may wait while the writer is busy. A search looks through them, in 40 to 55 ms.
const MOST_WAITING: i64 = 32_768;

/// Indexes messages after their commit, where the database does not do it by itself.
#[derive(Debug, Default)]
pub struct Indexer {
    /// The newest message at the last look.
    newest: AtomicI64,
}

impl Indexer {
    /// Looks whether messages wait, and indexes them when the writer has time; while it is busy only those that are too many.
    /// Until then a search looks through them; so it does no harm if this stops half way, or if two processes do it.
    ///
    /// # Errors
    /// [`Error::Unavailable`] or [`Error::Database`].
    pub async fn look(&self, state: &State) -> Result<(), Error> {
        let Some(waiting) = waiting(&state.db).await? else { return Ok(()) };
        let busy = waiting.newest - self.newest.swap(waiting.newest, Ordering::Relaxed) >= BUSY;
        let (may_wait, at_least) = if busy { (MOST_WAITING, BATCH) } else { (0, 1) };
        let mut due = u64::try_from(waiting.count - may_wait).unwrap_or_default();
        while due >= at_least {
            let begun = Instant::now();
            let next = state.writer.run(|tx| Box::pin(async move { Ok::<_, Error>(index_next(tx, BATCH).await?) }));
            let done = next.await?;
            due = if done < BATCH { 0 } else { due.saturating_sub(done) };
            // Where millions wait, as after an import, the others get as much time.
            tokio::time::sleep(begun.elapsed()).await;
        }
        Ok(())
    }
}
