//! The one task through which all writes of a process go: whatever waits is one commit.

use std::{
    any::{Any, TypeId},
    collections::HashMap,
    future::Future,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use sea_orm::{DatabaseConnection, DbBackend, DbErr, QueryResult};
use tokio::{
    runtime,
    sync::{mpsc, oneshot},
    task::JoinHandle,
};

use super::{
    Memory, Together, Tx,
    job::{Alone, BoxFuture, Job, Queued, Sharing, Step},
    memory::Past,
    together::Shared,
};
use crate::{
    database::{Writing, is_lost, is_passing, is_undone, silence},
    hub::Hub,
    telemetry::Metrics,
};

/// How often a transaction is run that the database undoes, or loses, before its commit.
const MOST_TRIES: u32 = 3;
/// A transaction that has run so long takes no further operation, so that on a slow database the first need not wait for
/// the last.
const BATCH_TIME: Duration = Duration::from_secs(1);
/// Operations of a transaction from which on the next one waits for company.
const COMPANY: usize = 8;
/// The longest that it waits, and at what times it looks around.
const MOST_GATHERING: Duration = Duration::from_millis(5);
const TICK: Duration = Duration::from_millis(1);

/// Why a write could not be done at all.
#[derive(Clone, Debug, thiserror::Error)]
pub enum WriteError {
    /// Too many writes wait, or this one has waited for too long.
    #[error("too many writes wait")]
    Overloaded,
    /// The process stops.
    #[error("the writer has stopped")]
    Stopped,
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Arc<DbErr>),
}

/// The error type of an operation that the writer runs.
pub trait WriteFailure: From<WriteError> + Send + 'static {
    /// Whether the operation refused to do something, rather than the database having failed it.
    fn is_refusal(&self) -> bool;
    /// What the database said, if it failed.
    fn database(&self) -> Option<&DbErr>;
}

/// Hands operations to the writing task. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Writer {
    queue: mpsc::Sender<Box<dyn Job>>,
    metrics: Metrics,
    failing: Arc<AtomicBool>,
}

impl Writer {
    /// Starts the writing task on the runtime that this is called in. It ends when all clones are gone and all that
    /// waited was committed; the handle then resolves. `timeout` is how long a step of a transaction may take, and how
    /// long an operation may wait for its own: a network that swallows everything never answers.
    pub fn start(
        db: DatabaseConnection,
        hub: Arc<Hub>,
        metrics: Metrics,
        queue_writes: usize,
        batch_writes: usize,
        timeout: Duration,
    ) -> (Self, JoinHandle<()>) {
        let (queue, waiting) = mpsc::channel(queue_writes);
        let failing = Arc::<AtomicBool>::default();
        let db = Writing::new(db);
        let backend = db.backend();
        let (past, told) = (Mutex::default(), failing.clone());
        let task = Task { db, hub, metrics: metrics.clone(), waiting, batch_writes, timeout, failing: told, past };
        let handle = if backend == DbBackend::Sqlite { start_thread(task.run()) } else { tokio::spawn(task.run()) };
        (Self { queue, metrics, failing }, handle)
    }

    /// Whether the database refused, or did not answer, the last write that it was asked for.
    pub fn is_failing(&self) -> bool {
        self.failing.load(Ordering::Relaxed)
    }

    /// Runs an operation in the next transaction and returns its result once that was committed. What it appended to the
    /// journal has then been published.
    ///
    /// The operation may run more than once (if another one in its transaction fails), so it must keep its effects inside
    /// the transaction. It should check everything before it changes anything. It runs to its end even if the caller
    /// goes away.
    ///
    /// # Errors
    /// The operation's own, or a [`WriteError`] made into its type.
    pub async fn run<T, E, F>(&self, operation: F) -> Result<T, E>
    where
        T: Send + 'static,
        E: WriteFailure,
        F: for<'t> Fn(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + Sync + 'static,
    {
        let (reply, answer) = oneshot::channel();
        self.enqueue(Box::new(Queued::new(Alone::new(operation), reply)))?;
        answer.await.unwrap_or_else(|_| Err(WriteError::Stopped.into()))
    }

    /// Runs an operation as [`Self::run`] does, and those of its kind that wait with it at once.
    ///
    /// # Errors
    /// The operation's own, or a [`WriteError`] made into its type.
    pub async fn run_together<O: Together>(&self, operation: O) -> Result<O::Output, O::Error> {
        let (reply, answer) = oneshot::channel();
        self.enqueue(Box::new(Queued::new(Shared(operation), reply)))?;
        answer.await.unwrap_or_else(|_| Err(WriteError::Stopped.into()))
    }

    fn enqueue(&self, job: Box<dyn Job>) -> Result<(), WriteError> {
        self.metrics.writer_queue.inc();
        if let Err(error) = self.queue.try_send(job) {
            self.metrics.writer_queue.dec();
            return Err(match error {
                mpsc::error::TrySendError::Full(_) => WriteError::Overloaded,
                mpsc::error::TrySendError::Closed(_) => WriteError::Stopped,
            });
        }
        Ok(())
    }
}

/// Runs the writer on a thread that waits for nothing but its queue and the driver's thread: to wake it takes no poll of
/// sockets, of which SQLite has none.
fn start_thread(run: impl Future<Output = ()> + Send + 'static) -> JoinHandle<()> {
    let (ended, end) = oneshot::channel::<()>();
    let Ok(runtime) = runtime::Builder::new_current_thread().enable_time().build() else { return tokio::spawn(run) };
    thread::spawn(move || {
        runtime.block_on(run);
        drop(ended);
    });
    tokio::spawn(async { drop(end.await) })
}

/// How a transaction went.
enum Outcome {
    /// So many were answered; there was no time for the others.
    Answered(usize),
    /// One job spoiled it for the others. Nothing was changed and nobody was answered.
    Spoiled,
    /// The database undid it. Nothing was changed and nobody was answered.
    Undone,
    /// The database takes no transaction at all.
    Unreachable(DbErr),
}

struct Task {
    db: Writing,
    hub: Arc<Hub>,
    metrics: Metrics,
    waiting: mpsc::Receiver<Box<dyn Job>>,
    batch_writes: usize,
    timeout: Duration,
    failing: Arc<AtomicBool>,
    /// How the last transaction left the database; none if nobody knows.
    past: Mutex<Option<Past>>,
}

impl Task {
    async fn run(mut self) {
        let mut batch = Vec::new();
        // A write that comes alone is committed at once, those that come meanwhile are the next batch.
        while self.waiting.recv_many(&mut batch, self.batch_writes).await > 0 {
            self.metrics.writer_queue.sub(i64::try_from(batch.len()).unwrap_or(i64::MAX));
            let (begun, count) = (Instant::now(), batch.len());
            let reached = self.commit(&mut batch).await;
            batch.clear();
            match reached {
                Ok(()) => self.gather(count, begun.elapsed()).await,
                Err(error) => self.refuse_waiting(&error),
            }
        }
    }

    /// Gives many who were just answered the time to write again, at most half as long as they have waited. On Postgres, 32
    /// at a time, the transactions have twice as many writes and a message takes 16 % less of its CPU; nobody waits longer.
    /// SQLite, to which nothing goes over a network, would take a sixth less of them.
    async fn gather(&self, answered: usize, took: Duration) {
        if answered < COMPANY || self.db.backend() == DbBackend::Sqlite {
            return;
        }
        let wanted = self.batch_writes.min(answered + self.waiting.len());
        let until = Instant::now() + MOST_GATHERING.min(took / 2);
        while self.waiting.len() < wanted && Instant::now() < until {
            tokio::time::sleep(TICK).await;
        }
    }

    /// Those that came while the database was waited for have waited as long, and need not wait once more.
    fn refuse_waiting(&mut self, error: &Arc<DbErr>) {
        while let Ok(mut job) = self.waiting.try_recv() {
            self.metrics.writer_queue.dec();
            job.fail(WriteError::Database(error.clone()));
        }
    }

    /// Runs the jobs and answers them: in as few transactions as there is time for, or each in its own once one spoiled
    /// that. Fails when the database takes no transaction.
    async fn commit(&self, jobs: &mut [Box<dyn Job>]) -> Result<(), Arc<DbErr>> {
        let (mut done, mut alone) = (0, false);
        while done < jobs.len() {
            let rest = &mut jobs[done..];
            if rest[0].since().elapsed() > self.timeout {
                rest[0].fail(WriteError::Overloaded);
                done += 1;
                continue;
            }
            let next = if alone { 1 } else { rest.len() };
            match self.persist(&mut rest[..next], alone).await {
                Outcome::Answered(count) => done += count,
                Outcome::Spoiled | Outcome::Undone => alone = true,
                Outcome::Unreachable(error) => return Err(self.fail(rest, error)),
            }
        }
        Ok(())
    }

    /// Runs the jobs in one transaction, and again if the database undid it.
    async fn persist(&self, jobs: &mut [Box<dyn Job>], alone: bool) -> Outcome {
        for _ in 1..MOST_TRIES {
            match self.attempt(jobs, alone, false).await {
                // On SQLite it only was begun with what is no longer so, as another program has written.
                Outcome::Undone if self.db.backend() == DbBackend::Sqlite => {}
                Outcome::Undone => tracing::warn!(writes = jobs.len(), "a transaction was undone; it is run again"),
                outcome => return outcome,
            }
        }
        self.attempt(jobs, alone, true).await
    }

    /// Runs the jobs, as many as there is time for, in one transaction; `alone` is a single one that shares nothing. `last`
    /// says that there will be no other try: nothing counts as undone.
    async fn attempt(&self, jobs: &mut [Box<dyn Job>], alone: bool, last: bool) -> Outcome {
        let begun = Instant::now();
        jobs.iter_mut().for_each(|job| job.forget());
        let kinds = if alone { Vec::new() } else { kinds(jobs) };
        let (mut tx, shared) = match self.begin(kinds).await {
            Ok(begun) => begun,
            Err(error) if !last && (is_undone(&error) || is_lost(&error)) => return Outcome::Undone,
            Err(error) => return Outcome::Unreachable(error),
        };
        if tx.journal_end() < self.hub.head() {
            self.hub.restart_at(tx.journal_end());
        }
        let running = Instant::now();
        match self.in_time(async { Ok(run_shared(&mut tx, shared).await) }).await {
            Ok(Step::Done) => {}
            Ok(step) => {
                self.roll_back(tx).await;
                return if matches!(step, Step::Undone) && !last { Outcome::Undone } else { Outcome::Spoiled };
            }
            Err(error) => return Outcome::Unreachable(error),
        }
        jobs.sort_by_key(|job| !job.was_run());
        let mut count = jobs.iter().take_while(|job| job.was_run()).count();
        while count < jobs.len() && (count == 0 || running.elapsed() < BATCH_TIME) {
            tx.take_changed();
            let step = match self.in_time(async { Ok(jobs[count].run(&mut tx).await) }).await {
                Ok(step) => step,
                Err(error) => return Outcome::Unreachable(error),
            };
            if matches!(step, Step::Done) || matches!(step, Step::Refused) && !tx.take_changed() {
                count += 1;
                continue;
            }
            self.roll_back(tx).await;
            return match step {
                Step::Undone if !last => Outcome::Undone,
                _ if jobs.len() > 1 => Outcome::Spoiled,
                step => {
                    self.failing.fetch_or(matches!(step, Step::Unable | Step::Undone), Ordering::Relaxed);
                    jobs[0].answer();
                    Outcome::Answered(1)
                }
            };
        }
        let committed = match self.in_time(tx.flush()).await {
            Ok(()) => self.in_time(tx.commit()).await,
            Err(error) if !last && (is_undone(&error) || is_lost(&error)) => return Outcome::Undone,
            Err(error) => Err(error),
        };
        let jobs = &mut jobs[..count];
        match committed {
            Ok((committed, past)) => {
                *self.past() = past;
                self.failing.store(false, Ordering::Relaxed);
                self.metrics.committed(count, begun.elapsed());
                self.hub.commit(committed);
                jobs.iter_mut().for_each(|job| job.answer());
            }
            // If the connection broke off, nobody knows whether the commit came through: it must not be run again.
            Err(error) if !last && is_undone(&error) => return Outcome::Undone,
            Err(error) => drop(self.fail(jobs, error)),
        }
        Outcome::Answered(count)
    }

    /// Begins a transaction; returns the answers to what the operations of each kind ask first, with these.
    async fn begin<'a>(&self, kinds: Vec<Kind<'a>>) -> Result<(Tx, Vec<(Kind<'a>, Vec<QueryResult>)>), DbErr> {
        let past = self.past().take();
        let session = self.in_time(self.db.begin()).await?;
        let past = past.filter(|_| session.is_continued());
        let unknown = Memory::default();
        let memory = past.as_ref().map_or(&unknown, |past| &past.memory);
        let first = kinds.iter().map(|(sharing, all)| (sharing.first)(all, self.db.backend(), memory)).collect();
        let (tx, answers) = self.in_time(Tx::begin(session, past, first)).await?;
        Ok((tx, kinds.into_iter().zip(answers).collect()))
    }

    fn past(&self) -> MutexGuard<'_, Option<Past>> {
        self.past.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn roll_back(&self, tx: Tx) {
        if let Err(error) = self.in_time(tx.rollback()).await {
            tracing::warn!(%error, "a transaction could not be rolled back");
        }
    }

    async fn in_time<T>(&self, step: impl Future<Output = Result<T, DbErr>>) -> Result<T, DbErr> {
        tokio::time::timeout(self.timeout, step).await.unwrap_or_else(|_| Err(silence()))
    }

    fn fail(&self, jobs: &mut [Box<dyn Job>], error: DbErr) -> Arc<DbErr> {
        tracing::error!(%error, "a transaction failed");
        self.failing.fetch_or(is_passing(&error), Ordering::Relaxed);
        let error = Arc::new(error);
        jobs.iter_mut().for_each(|job| job.fail(WriteError::Database(error.clone())));
        error
    }
}

/// Jobs that share their statements.
type Kind<'a> = (Sharing, Vec<&'a mut (dyn Any + Send)>);

/// Those of the jobs that share their statements, by their kinds.
fn kinds(jobs: &mut [Box<dyn Job>]) -> Vec<Kind<'_>> {
    let mut kinds: HashMap<TypeId, Kind<'_>> = HashMap::new();
    for (sharing, job) in jobs.iter_mut().filter_map(|job| job.together()) {
        kinds.entry((*job).type_id()).or_insert_with(|| (sharing, Vec::new())).1.push(job);
    }
    kinds.into_values().collect()
}

/// Runs the jobs of each kind at once.
async fn run_shared(tx: &mut Tx, kinds: Vec<(Kind<'_>, Vec<QueryResult>)>) -> Step {
    for ((sharing, all), rows) in kinds {
        match (sharing.run)(tx, all, rows).await {
            Step::Done => {}
            step => return step,
        }
    }
    Step::Done
}
