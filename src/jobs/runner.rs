//! The intervals, and what is done at each.

use std::{future::Future, sync::Arc, time::Duration};

use chrono::TimeDelta;
use tokio::{sync::mpsc, task::JoinHandle, time::MissedTickBehavior};

use crate::{
    domain::{Timestamp, now},
    hub::Heard,
    journal,
    service::{self, Error, search, stream},
    state::State,
};

const LAPSE_INTERVAL: Duration = Duration::from_millis(250);
/// As long, at least, a search looks through new messages instead of finding them in the index.
const INDEX_INTERVAL: Duration = Duration::from_millis(500);
const LIMIT_INTERVAL: Duration = Duration::from_secs(60);
const PRUNE_INTERVAL: Duration = Duration::from_secs(600);
/// Rows that one transaction deletes, so that writers never wait long.
const PRUNED_ROWS: u64 = 1000;

/// Starts the jobs; they run until their handles are aborted. `heard` is what other processes say.
pub fn start(state: &State, heard: Option<mpsc::Receiver<Heard>>) -> Vec<JoinHandle<()>> {
    let mut jobs = recurring(state);
    let check = Duration::from_secs(state.settings.cluster.check_seconds);
    jobs.push(tokio::spawn(journal::follow(state.db.clone(), state.hub.clone(), check)));
    if let Some(heard) = heard {
        jobs.push(tokio::spawn(stream::hear_others(state.clone(), heard)));
        jobs.push(tokio::spawn(stream::tell_attendance(state.clone())));
    }
    jobs
}

fn recurring(state: &State) -> Vec<JoinHandle<()>> {
    let indexer = Arc::<search::Indexer>::default();
    vec![
        every(
            LAPSE_INTERVAL,
            state.clone(),
            "ending what lapsed",
            |state| async move { stream::end_lapsed(&state).await },
        ),
        every(INDEX_INTERVAL, state.clone(), "indexing messages", move |state| {
            let indexer = indexer.clone();
            async move { indexer.look(&state).await }
        }),
        every(LIMIT_INTERVAL, state.clone(), "forgetting idle limits", |state| async move {
            state.limits.writes.forget_idle();
            state.limits.signals.forget_idle();
            state.limits.requests.forget_idle();
            Ok(())
        }),
        every(PRUNE_INTERVAL, state.clone(), "pruning", |state| async move { prune(&state).await }),
    ]
}

fn every<F, W>(interval: Duration, state: State, name: &'static str, work: W) -> JoinHandle<()>
where
    F: Future<Output = Result<(), Error>> + Send,
    W: Fn(State) -> F + Send + 'static,
{
    tokio::spawn(async move {
        let mut clock = tokio::time::interval(interval);
        clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            clock.tick().await;
            if let Err(error) = work(state.clone()).await {
                tracing::warn!(%error, job = name, "a job failed; it is tried again");
            }
        }
    })
}

/// Lets go of old journal rows and idempotency keys.
async fn prune(state: &State) -> Result<(), Error> {
    let cutoff = Timestamp::new(now().to_utc() - TimeDelta::days(state.settings.journal.retention_days.into()));
    let events = |state: &State| {
        let writer = state.writer.clone();
        async move {
            writer
                .run(move |tx| Box::pin(async move { Ok::<_, Error>(journal::prune(tx, cutoff, PRUNED_ROWS).await?) }))
                .await
        }
    };
    while events(state).await? == PRUNED_ROWS {}
    while service::forget_old_keys(state, PRUNED_ROWS).await? == PRUNED_ROWS {}
    Ok(())
}
