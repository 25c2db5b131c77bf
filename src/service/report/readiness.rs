//! Whether the service can serve.

use std::time::Duration;

use thiserror::Error;

use crate::{journal, service, state::State};

/// How long the database may take to prove itself. Whoever asks waits no longer.
const PATIENCE: Duration = Duration::from_secs(2);

/// Why the service cannot serve.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum NotReady {
    /// It is about to stop.
    #[error("the service is stopping")]
    Stopping,
    /// Nothing can be read.
    #[error("the database does not answer")]
    Unreachable,
    /// Nothing can be written.
    #[error("the database takes no writes")]
    Unwritable,
}

/// Asks the database, and has something written if the last write came to nothing. Answers within two seconds.
///
/// # Errors
/// [`NotReady`] says why not.
pub async fn readiness(state: &State) -> Result<(), NotReady> {
    if state.hub.is_stopping() {
        return Err(NotReady::Stopping);
    }
    let (read, written) = tokio::join!(can_read(state), can_write(state));
    if !read {
        return Err(NotReady::Unreachable);
    }
    if written { Ok(()) } else { Err(NotReady::Unwritable) }
}

async fn can_read(state: &State) -> bool {
    // Neither behind those who wait for a connection nor on a thread that serves: a crowd may keep both busy.
    let spare = state.db.aside();
    let asked = async move { tokio::time::timeout(PATIENCE, journal::bounds(&spare)).await };
    matches!(state.runtime.spawn(asked).await, Ok(Ok(Ok(_))))
}

async fn can_write(state: &State) -> bool {
    // A write of nothing costs a commit, so it is tried only where there is reason to doubt.
    if !state.writer.is_failing() {
        return true;
    }
    let probe = state.writer.run(|tx| Box::pin(async move { journal::probe(tx).await.map_err(service::Error::from) }));
    matches!(tokio::time::timeout(PATIENCE, probe).await, Ok(Ok(())))
}
