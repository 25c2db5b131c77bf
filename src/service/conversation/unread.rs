//! What waits for a person.

use crate::{
    domain::{Posted, Principal},
    service::Error,
    state::State,
};

/// How many messages wait.
///
/// # Errors
/// Soon.
pub async fn unread_count(_: &State, _: &Principal) -> Result<i64, Error> {
    Err(Error::Unavailable)
}

/// Which messages wait.
///
/// # Errors
/// Soon.
pub async fn unread_messages(_: &State, _: &Principal, _: u64) -> Result<Vec<Posted>, Error> {
    Err(Error::Unavailable)
}
