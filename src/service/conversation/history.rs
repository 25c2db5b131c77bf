//! What two people have written to each other.

use crate::{
    domain::{Posted, Principal},
    service::Error,
    state::State,
};

/// The newest messages between the caller and a person.
///
/// # Errors
/// Soon.
pub async fn history_with(_: &State, _: &Principal, _: i32, _: Option<i32>, _: u64) -> Result<Vec<Posted>, Error> {
    Err(Error::Unavailable)
}
