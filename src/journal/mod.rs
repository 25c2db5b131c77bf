//! The journal: every durable change as one row with the next number, appended in the transaction of the change itself.
//!
//! All writes of a process go through one [`Writer`], which commits whatever waits as one transaction. The counter row is
//! locked first and until the commit, so ids grow in commit order and without a gap, also with several processes.

mod follow;
mod job;
mod memory;
mod missed;
mod probe;
mod prune;
mod replay;
mod together;
mod tx;
mod writer;

pub use follow::follow;
pub use memory::Memory;
pub use missed::{Missed, MissedReader};
pub use probe::probe;
pub use prune::prune;
pub use replay::{Replay, Scope, bounds, count, end};
pub use together::{Answers, Together};
pub use tx::{Entry, Totals, Tx};
pub use writer::{WriteError, WriteFailure, Writer};
