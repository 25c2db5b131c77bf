//! A room for a reader who stays in it.

use super::show::RoomWithMessages;
use crate::{domain::Principal, service::Error, state::State};

/// A room.
///
/// # Errors
/// Soon.
pub async fn join(_: &State, _: &Principal, _: Option<i32>) -> Result<RoomWithMessages, Error> {
    Err(Error::Unavailable)
}
