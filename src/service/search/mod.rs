//! Finding rooms by a text: what is looked for where, and the index of the messages.

#[cfg(fuzzing)]
pub mod fuzzing;
mod index;
mod lookup;
mod pattern;
mod queries;
mod waiting;
mod words;

pub use index::Indexer;

pub(in crate::service) use queries::matching;
