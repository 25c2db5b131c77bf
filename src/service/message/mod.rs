//! Messages: sent, read back, deleted, reacted to.

mod delete;
mod history;
mod queries;
mod react;
mod send;
mod together;

pub use delete::delete;
pub use history::{History, HistoryPage, history};
pub use react::{add_reaction, remove_reaction};
pub use send::{SendMessage, send};

pub(in crate::service) use queries::find_message;
pub(in crate::service) use send::{Draft, Place, Put, put, recalled};
