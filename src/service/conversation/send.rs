//! Writing to a person.

use crate::{
    domain::{Message, Principal},
    service::{Error, message::SendMessage},
    state::State,
};

/// Writes to a person.
///
/// # Errors
/// Soon.
pub async fn send_to(_: &State, _: &Principal, _: i32, _: SendMessage) -> Result<Message, Error> {
    Err(Error::Unavailable)
}
