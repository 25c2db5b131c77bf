//! Ending a room.

use entity::ChatStatus;

use super::manage::{ManageRoom, manage};
use crate::{
    domain::{Principal, Room},
    service::Error,
    state::State,
};

/// Closes a room: it takes no message until an admin reopens it.
///
/// # Errors
/// Those of [`manage`].
pub async fn close(state: &State, who: &Principal, room_id: i32) -> Result<Room, Error> {
    manage(state, who, room_id, ManageRoom { status: Some(ChatStatus::Closed), ..ManageRoom::default() }).await
}
