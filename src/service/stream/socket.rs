//! The feeds of a socket, which opens several and counts once.

use std::rc::Rc;

use super::feed::Feed;
use crate::{
    domain::{Principal, Room},
    hub::{LocalHub, Speller},
    service::Error,
    state::State,
};

/// Everything that concerns a person, from now on.
///
/// # Errors
/// Soon.
pub async fn open_inbox(_: &State, _: &Rc<LocalHub>, _: &Principal, _: Speller) -> Result<Feed, Error> {
    Err(Error::Unavailable)
}

/// What happens in a room after a journal id.
///
/// # Errors
/// Soon.
pub fn open_room(_: &State, _: &Rc<LocalHub>, _: &Principal, _: &Room, _: i64, _: Speller) -> Result<Feed, Error> {
    Err(Error::Unavailable)
}
