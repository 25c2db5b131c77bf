//! An operation in the writer's queue, with whoever waits for its result.

use std::{any::Any, future::Future, marker::PhantomData, pin::Pin, time::Instant};

use sea_orm::{DbBackend, QueryResult, Statement};
use tokio::sync::oneshot;

use super::{
    Memory, Tx,
    writer::{WriteError, WriteFailure},
};
use crate::database::{is_lost, is_passing, is_undone};

pub(super) type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

type RunTogether = for<'a> fn(&'a mut Tx, Vec<&'a mut (dyn Any + Send)>, Vec<QueryResult>) -> BoxFuture<'a, Step>;

/// How the operations of one kind among the jobs are run at once.
#[derive(Clone, Copy)]
pub(super) struct Sharing {
    /// What they ask first.
    pub(super) first: fn(&[&mut (dyn Any + Send)], DbBackend, &Memory) -> Option<Statement>,
    /// Runs them, with the rows that answer that.
    pub(super) run: RunTogether,
}

/// How an operation went inside a transaction.
pub(super) enum Step {
    Done,
    Refused,
    Failed,
    /// The database cannot do it at the moment.
    Unable,
    /// By no fault of the operation; it may go well in a new transaction.
    Undone,
}

impl Step {
    /// By an operation's result.
    pub(super) fn of<T, E: WriteFailure>(outcome: &Result<T, E>) -> Self {
        match outcome {
            Ok(_) => Self::Done,
            Err(error) if error.is_refusal() => Self::Refused,
            Err(error) => match error.database() {
                Some(error) if is_undone(error) || is_lost(error) => Self::Undone,
                Some(error) if is_passing(error) => Self::Unable,
                _ => Self::Failed,
            },
        }
    }
}

/// What the writer does with anything in its queue.
pub(super) trait Job: Send {
    /// Runs the operation and keeps its result.
    fn run<'a>(&'a mut self, tx: &'a mut Tx) -> BoxFuture<'a, Step>;
    /// How it is run with others of its kind, and itself for that; none if it is only run alone.
    fn together(&mut self) -> Option<(Sharing, &mut (dyn Any + Send))>;
    /// Whether it has a result.
    fn was_run(&self) -> bool;
    /// Drops its result, as the transaction was undone.
    fn forget(&mut self);
    /// Answers with the kept result.
    fn answer(&mut self);
    /// Answers with an error.
    fn fail(&mut self, error: WriteError);
    /// Since when it waits.
    fn since(&self) -> Instant;
}

impl std::fmt::Debug for dyn Job {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Job")
    }
}

/// What can be run in a transaction.
pub(super) trait Operation: Send + 'static {
    type Output: Send + 'static;
    type Error: WriteFailure;
    /// How it is run with others of its kind, if it is.
    const TOGETHER: Option<Sharing>;

    fn run<'a>(&'a self, tx: &'a mut Tx) -> BoxFuture<'a, Result<Self::Output, Self::Error>>;
}

/// An operation that is only run alone.
pub(super) struct Alone<T, E, F> {
    run: F,
    result: PhantomData<fn() -> (T, E)>,
}

impl<T, E, F> Alone<T, E, F> {
    pub(super) fn new(run: F) -> Self {
        Self { run, result: PhantomData }
    }
}

impl<T, E, F> Operation for Alone<T, E, F>
where
    T: Send + 'static,
    E: WriteFailure,
    F: for<'t> Fn(&'t mut Tx) -> BoxFuture<'t, Result<T, E>> + Send + Sync + 'static,
{
    type Output = T;
    type Error = E;
    const TOGETHER: Option<Sharing> = None;

    fn run<'a>(&'a self, tx: &'a mut Tx) -> BoxFuture<'a, Result<T, E>> {
        (self.run)(tx)
    }
}

/// An operation with whoever waits for it.
pub(super) struct Queued<O: Operation> {
    pub(super) operation: O,
    pub(super) outcome: Option<Result<O::Output, O::Error>>,
    since: Instant,
    reply: Option<oneshot::Sender<Result<O::Output, O::Error>>>,
}

impl<O: Operation> Queued<O> {
    pub(super) fn new(operation: O, reply: oneshot::Sender<Result<O::Output, O::Error>>) -> Self {
        Self { operation, outcome: None, since: Instant::now(), reply: Some(reply) }
    }
}

impl<O: Operation> Job for Queued<O> {
    fn run<'a>(&'a mut self, tx: &'a mut Tx) -> BoxFuture<'a, Step> {
        Box::pin(async move {
            let outcome = self.operation.run(tx).await;
            let step = Step::of(&outcome);
            self.outcome = Some(outcome);
            step
        })
    }

    fn together(&mut self) -> Option<(Sharing, &mut (dyn Any + Send))> {
        Some((O::TOGETHER?, self))
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
