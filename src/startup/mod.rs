//! The composition root: settings become an open database, a state, a listener and workers.

mod backup;
mod cluster;
mod database;
mod healthcheck;
mod server;
mod tls;

pub use backup::{Backup, BackupError, backup};
pub use database::{migrate, open_for_reading};
pub use healthcheck::healthcheck;
pub use server::{Application, StartError};
pub use tls::TlsError;

pub(crate) use server::api_document;
