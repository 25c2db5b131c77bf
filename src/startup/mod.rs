//! The composition root: settings become an open database, a state, a listener and workers.

mod database;
mod server;

pub use database::{migrate, open_for_reading};
pub use server::{Application, StartError};

pub(crate) use server::api_document;
