//! Publishing here what other processes have committed.

use std::time::Duration;

use sea_orm::DbErr;
use tokio::time::MissedTickBehavior;

use super::replay::{bounds, committed_after};
use crate::{database::Reading, hub::Hub};

/// Events that are read at a time.
const PAGE: u64 = 500;
/// Between two tries when the database does not answer.
const DELAY: Duration = Duration::from_millis(500);

/// Reads and publishes what others committed: whenever the hub hears of something new, and every `check`, should nobody
/// have told. Runs until it is aborted.
pub async fn follow(db: Reading, hub: std::sync::Arc<Hub>, check: Duration) {
    let mut clock = tokio::time::interval(check);
    clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut reached = true;
    loop {
        let read = tokio::select! {
            () = hub.behind() => catch_up(&db, &hub).await,
            _ = clock.tick() => look_up(&db, &hub).await,
        };
        match read {
            Ok(()) => reached = true,
            Err(error) => {
                if std::mem::take(&mut reached) {
                    tracing::warn!(%error, "the journal cannot be read; streams tell nothing of other processes");
                }
                tokio::time::sleep(DELAY).await;
                hub.hear_of(hub.known());
            }
        }
    }
}

/// Compares the journal's end with what was published.
async fn look_up(db: &Reading, hub: &Hub) -> Result<(), DbErr> {
    // Published before the journal is read, so it was committed before.
    let published = hub.head();
    let (_, head) = bounds(db).await?;
    if head < published {
        hub.restart_at(head);
        return Ok(());
    }
    hub.hear_of(head);
    catch_up(db, hub).await
}

async fn catch_up(db: &Reading, hub: &Hub) -> Result<(), DbErr> {
    loop {
        let after = hub.head();
        let until = hub.gap_end().unwrap_or_else(|| hub.known());
        if until <= after {
            return Ok(());
        }
        let mut page = committed_after(db, after, until, PAGE).await?;
        if page.through == after {
            // What is between is not there: it was pruned while this process was cut off, or somebody lied about the end.
            let (pruned, head) = bounds(db).await?;
            if pruned <= after {
                hub.correct(head);
                return Ok(());
            }
            page.through = pruned.min(until);
        }
        hub.catch_up(page);
    }
}
