//! What can go wrong, by meaning. No status codes: each dialect has its own.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use sea_orm::DbErr;
use thiserror::Error;

use crate::{
    journal::{WriteError, WriteFailure},
    limit::Exhausted,
};

/// What is wrong with each field of an input.
pub type Fields = BTreeMap<String, Vec<String>>;

/// Why an operation did not happen. Nothing of it was done.
#[derive(Clone, Debug, Error)]
pub enum Error {
    /// Fields of the input are wrong.
    #[error("the input is not valid")]
    Invalid(Fields),
    /// The person may not do this.
    #[error("{0}")]
    Forbidden(&'static str),
    /// There is no such thing.
    #[error("{0}")]
    NotFound(&'static str),
    /// The room takes no messages.
    #[error("the room is closed; an admin can reopen it")]
    RoomClosed,
    /// Too much at once; how long to wait.
    #[error("{0}")]
    TooMany(&'static str, Duration),
    /// The service cannot do it now.
    #[error("the service is busy or stopping")]
    Unavailable,
    /// The database failed.
    #[error("the database failed")]
    Database(Arc<DbErr>),
}

impl Error {
    /// One wrong field.
    pub fn invalid(field: &str, reason: impl ToString) -> Self {
        Self::Invalid(Fields::from([(field.to_owned(), vec![reason.to_string()])]))
    }

    /// No such room.
    pub const NO_ROOM: Self = Self::NotFound("there is no such room");
    /// Nobody with that id was ever seen.
    pub const NO_PERSON: Self = Self::NotFound("there is no such person");
    /// No such message.
    pub const NO_MESSAGE: Self = Self::NotFound("there is no such message");
}

impl From<DbErr> for Error {
    fn from(error: DbErr) -> Self {
        Self::Database(Arc::new(error))
    }
}

impl From<Exhausted> for Error {
    fn from(error: Exhausted) -> Self {
        Self::TooMany("too many requests; slow down", error.retry_after)
    }
}

impl From<WriteError> for Error {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::Overloaded | WriteError::Stopped => Self::Unavailable,
            WriteError::Database(error) => Self::Database(error),
        }
    }
}

impl WriteFailure for Error {
    fn is_refusal(&self) -> bool {
        !matches!(self, Self::Database(_) | Self::Unavailable)
    }

    fn database(&self) -> Option<&DbErr> {
        match self {
            Self::Database(error) => Some(error),
            _ => None,
        }
    }
}
