//! Writing to everybody.

use crate::{
    domain::{Message, Principal},
    service::{Error, message::SendMessage},
    state::State,
};

/// Writes to everybody.
///
/// # Errors
/// Soon.
pub async fn broadcast(_: &State, _: &Principal, _: SendMessage) -> Result<Message, Error> {
    Err(Error::Unavailable)
}
