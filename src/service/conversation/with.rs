//! The conversation with a person, made if there is none.

use super::Conversation;
use crate::{domain::Principal, service::Error, state::State};

/// The caller's conversation with a person.
///
/// # Errors
/// Soon.
pub async fn with(_: &State, _: &Principal, _: i32) -> Result<Conversation, Error> {
    Err(Error::Unavailable)
}
