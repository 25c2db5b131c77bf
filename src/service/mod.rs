//! The product: what may be done, by whom, and what follows. Knows no wire.
//!
//! Every operation reads in the order load, allow, change, commit, publish.

mod error;
mod idempotency;
mod policy;

pub mod conversation;
pub mod message;
pub mod person;
pub mod report;
pub mod room;
pub mod search;
pub mod stream;

pub use error::{Error, Fields};
pub use idempotency::{IdempotencyKey, forget_old_keys};
