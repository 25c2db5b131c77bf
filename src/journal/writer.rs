//! The one task through which all writes of a process go: whatever waits is one commit.

use std::{future::Future, pin::Pin, sync::Arc, time::Instant};

use sea_orm::{DatabaseConnection, DbErr};
use tokio::sync::{mpsc, oneshot};

use super::Tx;
use crate::{hub::Hub, telemetry::Metrics};

type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// Why a write could not be done at all.
#[derive(Clone, Debug, thiserror::Error)]
pub enum WriteError {
    /// Too many writes wait.
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
}

/// Hands operations to the writing task. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Writer {
    queue: mpsc::Sender<Box<dyn Job>>,
    metrics: Metrics,
}

impl std::fmt::Debug for dyn Job {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Job")
    }
}

impl Writer {
    /// Starts the writing task on the runtime that this is called in. It ends when all clones are gone and all that
    /// waited was committed; the handle then resolves.
    pub fn start(
        db: DatabaseConnection,
        hub: Arc<Hub>,
        metrics: Metrics,
        queue_writes: usize,
        batch_writes: usize,
    ) -> (Self, tokio::task::JoinHandle<()>) {
        let (queue, waiting) = mpsc::channel(queue_writes);
        let task = Task { db, hub, metrics: metrics.clone(), waiting, batch_writes };
        (Self { queue, metrics }, tokio::spawn(task.run()))
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
        let job = Box::new(Operation { operation, outcome: None, reply: Some(reply) });
        self.metrics.writer_queue.inc();
        if let Err(error) = self.queue.try_send(job) {
            self.metrics.writer_queue.dec();
            return Err(E::from(match error {
                mpsc::error::TrySendError::Full(_) => WriteError::Overloaded,
                mpsc::error::TrySendError::Closed(_) => WriteError::Stopped,
            }));
        }
        answer.await.unwrap_or_else(|_| Err(WriteError::Stopped.into()))
    }
}

/// How an operation went inside a transaction.
enum Step {
    Done,
    Refused,
    Failed,
}

trait Job: Send {
    /// Runs the operation and keeps its result.
    fn run<'a>(&'a mut self, tx: &'a mut Tx) -> BoxFuture<'a, Step>;
    /// Answers with the kept result.
    fn answer(&mut self);
    /// Answers with an error.
    fn fail(&mut self, error: WriteError);
}

struct Operation<T, E, F> {
    operation: F,
    outcome: Option<Result<T, E>>,
    reply: Option<oneshot::Sender<Result<T, E>>>,
}

impl<T, E, F> Job for Operation<T, E, F>
where
    T: Send + 'static,
    E: WriteFailure,
    F: for<'t> Fn(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + Sync,
{
    fn run<'a>(&'a mut self, tx: &'a mut Tx) -> BoxFuture<'a, Step> {
        Box::pin(async move {
            let outcome = (self.operation)(tx).await;
            let step = match &outcome {
                Ok(_) => Step::Done,
                Err(error) if error.is_refusal() => Step::Refused,
                Err(_) => Step::Failed,
            };
            self.outcome = Some(outcome);
            step
        })
    }

    fn answer(&mut self) {
        if let (Some(reply), Some(outcome)) = (self.reply.take(), self.outcome.take()) {
            // Nobody listens any more if the client went away; the write stands all the same.
            let _ = reply.send(outcome);
        }
    }

    fn fail(&mut self, error: WriteError) {
        self.outcome = Some(Err(error.into()));
        self.answer();
    }
}

struct Task {
    db: DatabaseConnection,
    hub: Arc<Hub>,
    metrics: Metrics,
    waiting: mpsc::Receiver<Box<dyn Job>>,
    batch_writes: usize,
}

impl Task {
    async fn run(mut self) {
        let mut batch = Vec::new();
        // No timer: a write that comes alone is committed at once, those that come meanwhile are the next batch.
        while self.waiting.recv_many(&mut batch, self.batch_writes).await > 0 {
            self.metrics.writer_queue.sub(i64::try_from(batch.len()).unwrap_or(i64::MAX));
            if !self.commit(&mut batch).await {
                for job in &mut batch {
                    self.commit(std::slice::from_mut(job)).await;
                }
            }
            batch.clear();
        }
    }

    /// Runs the jobs in one transaction and answers them. False if one spoiled it for the others: nothing was changed
    /// and nobody was answered.
    async fn commit(&self, jobs: &mut [Box<dyn Job>]) -> bool {
        let begun = Instant::now();
        let mut tx = match Tx::begin(&self.db).await {
            Ok(tx) => tx,
            Err(error) => {
                fail(jobs, error);
                return true;
            }
        };
        for index in 0..jobs.len() {
            tx.take_changed();
            let clean = match jobs[index].run(&mut tx).await {
                Step::Done => true,
                Step::Refused => !tx.take_changed(),
                Step::Failed => false,
            };
            if !clean {
                if let Err(error) = tx.rollback().await {
                    tracing::warn!(%error, "a transaction could not be rolled back");
                }
                if jobs.len() == 1 {
                    jobs[0].answer();
                    return true;
                }
                return false;
            }
        }
        match tx.commit().await {
            Ok((head, deliveries)) => {
                self.metrics.committed(jobs.len(), begun.elapsed());
                self.hub.advance(head);
                self.hub.publish(deliveries);
                jobs.iter_mut().for_each(|job| job.answer());
            }
            Err(error) => fail(jobs, error),
        }
        true
    }
}

fn fail(jobs: &mut [Box<dyn Job>], error: DbErr) {
    tracing::error!(%error, "a transaction failed");
    let error = Arc::new(error);
    jobs.iter_mut().for_each(|job| job.fail(WriteError::Database(error.clone())));
}
