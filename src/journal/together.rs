//! Operations that share their statements where several wait for the same commit.

use std::{any::Any, future::Future};

use sea_orm::{DbBackend, QueryResult, Statement};

use super::{
    Memory, Tx,
    job::{BoxFuture, Operation, Queued, Sharing, Step},
    writer::WriteFailure,
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

    /// What several of them ask first, so that it goes over with the beginning of the transaction. It is answered before
    /// any other operation of the transaction has run, so none may change what those of another kind ask here. `None` if
    /// all of it is remembered.
    fn first(all: &[&Self], backend: DbBackend, memory: &Memory) -> Option<Statement>;

    /// Runs one or several of them, in their order, and answers for each; `rows` answer what they asked first. Where it
    /// answers `None` that one is run by itself afterwards. A refusal must not have changed anything.
    ///
    /// # Errors
    /// What spoils it for all of them: each is then run by itself in a transaction of its own.
    fn run_together(
        tx: &mut Tx,
        all: &[&Self],
        rows: Vec<QueryResult>,
    ) -> impl Future<Output = Result<Answers<Self>, Self::Error>> + Send;
}

/// What each of several operations answers, if it was run.
pub type Answers<O> = Vec<Option<Result<<O as Together>::Output, <O as Together>::Error>>>;

/// An operation that is run with others of its kind.
pub(super) struct Shared<O>(pub(super) O);

impl<O: Together> Operation for Shared<O> {
    type Output = O::Output;
    type Error = O::Error;
    const TOGETHER: Option<Sharing> = Some(Sharing { first: first::<O>, run: run_together::<O> });

    fn run<'a>(&'a self, tx: &'a mut Tx) -> BoxFuture<'a, Result<O::Output, O::Error>> {
        Box::pin(self.0.run_alone(tx))
    }
}

fn first<O: Together>(jobs: &[&mut (dyn Any + Send)], backend: DbBackend, memory: &Memory) -> Option<Statement> {
    let jobs = jobs.iter().filter_map(|job| job.downcast_ref::<Queued<Shared<O>>>());
    O::first(&jobs.map(|job| &job.operation.0).collect::<Vec<_>>(), backend, memory)
}

fn run_together<'a, O: Together>(
    tx: &'a mut Tx,
    jobs: Vec<&'a mut (dyn Any + Send)>,
    rows: Vec<QueryResult>,
) -> BoxFuture<'a, Step> {
    Box::pin(async move {
        let mut jobs: Vec<&mut Queued<Shared<O>>> = jobs.into_iter().filter_map(|job| job.downcast_mut()).collect();
        let operations: Vec<&O> = jobs.iter().map(|job| &job.operation.0).collect();
        let answers = O::run_together(tx, &operations, rows).await;
        let step = Step::of(&answers);
        jobs.iter_mut().zip(answers.into_iter().flatten()).for_each(|(job, answer)| job.outcome = answer);
        step
    })
}
