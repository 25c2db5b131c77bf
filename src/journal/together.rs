//! Operations that share their statements where several wait for the same commit.

use std::{any::Any, future::Future, time::Instant};

use tokio::sync::oneshot;

use super::{
    Tx,
    writer::{BoxFuture, Job, Step, WriteError, WriteFailure, step_of},
};

/// An operation of a kind of which many may wait.
pub trait Together: Send + Sync + Sized + 'static {
    /// What it answers.
    type Output: Send + 'static;
    /// Why it does not.
    type Error: WriteFailure;

    /// Runs it by itself; see [`super::Writer::run`].
    ///
    /// # Errors
    /// Its own.
    fn run_alone(&self, tx: &mut Tx) -> impl Future<Output = Result<Self::Output, Self::Error>> + Send;

    /// Runs several of them, in their order, and answers for each. Where it answers `None` that one is run by itself
    /// afterwards. A refusal must not have changed anything.
    ///
    /// # Errors
    /// What spoils it for all of them: each is then run by itself in a transaction of its own.
    fn run_together(tx: &mut Tx, all: &[&Self]) -> impl Future<Output = Result<Answers<Self>, Self::Error>> + Send;
}

/// What each of several operations answers, if it was run.
pub type Answers<O> = Vec<Option<Result<<O as Together>::Output, <O as Together>::Error>>>;

/// Runs the operations of one kind among the jobs.
pub(super) type RunTogether = for<'a> fn(&'a mut Tx, Vec<&'a mut (dyn Any + Send)>) -> BoxFuture<'a, Step>;

/// An operation with whoever waits for it.
pub(super) struct Shared<O: Together> {
    operation: O,
    since: Instant,
    outcome: Option<Result<O::Output, O::Error>>,
    reply: Option<oneshot::Sender<Result<O::Output, O::Error>>>,
}

impl<O: Together> Shared<O> {
    pub(super) fn new(operation: O, reply: oneshot::Sender<Result<O::Output, O::Error>>) -> Self {
        Self { operation, since: Instant::now(), outcome: None, reply: Some(reply) }
    }

    fn run_together<'a>(tx: &'a mut Tx, jobs: Vec<&'a mut (dyn Any + Send)>) -> BoxFuture<'a, Step> {
        Box::pin(async move {
            let mut jobs: Vec<&mut Self> = jobs.into_iter().filter_map(|job| job.downcast_mut()).collect();
            let operations: Vec<&O> = jobs.iter().map(|job| &job.operation).collect();
            match O::run_together(tx, &operations).await {
                Ok(answers) => {
                    jobs.iter_mut().zip(answers).for_each(|(job, answer)| job.outcome = answer);
                    Step::Done
                }
                Err(error) => step_of(&Err::<(), _>(error)),
            }
        })
    }
}

impl<O: Together> Job for Shared<O> {
    fn run<'a>(&'a mut self, tx: &'a mut Tx) -> BoxFuture<'a, Step> {
        Box::pin(async move {
            let outcome = self.operation.run_alone(tx).await;
            let step = step_of(&outcome);
            self.outcome = Some(outcome);
            step
        })
    }

    fn together(&mut self) -> Option<(RunTogether, &mut (dyn Any + Send))> {
        Some((Self::run_together, self))
    }

    fn was_run(&self) -> bool {
        self.outcome.is_some()
    }

    fn forget(&mut self) {
        self.outcome = None;
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

    fn since(&self) -> Instant {
        self.since
    }
}
