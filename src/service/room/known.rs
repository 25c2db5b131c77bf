//! A room for which the database need not be asked each time.

use std::sync::Arc;

use super::queries::{find_room, room_view};
use crate::{
    domain::{Principal, Room},
    service::{Error, policy},
    state::State,
};

/// A room as it is at the hub's head, or a little later. Who may see it never changes while it is there, so nobody gets
/// in by what is remembered.
///
/// # Errors
/// [`Error::NotFound`], or [`Error::Forbidden`] for somebody else's room.
pub async fn find_known(state: &State, who: &Principal, room_id: i32) -> Result<Arc<Room>, Error> {
    let room = match state.hub.rooms().get(room_id) {
        Some(room) => room,
        // Boxed, as it is ten times as large as all else that opening a stream keeps meanwhile, and is moved with it.
        None => Box::pin(read(state, who, room_id)).await?,
    };
    policy::require_seeing(who, &room)?;
    Ok(room)
}

async fn read(state: &State, who: &Principal, room_id: i32) -> Result<Arc<Room>, Error> {
    let read = async {
        let row = find_room(&state.db, room_id).await?;
        room_view(&state.db, row, &[&who.person]).await
    };
    // Waiting for another who reads it has its time, too.
    state.db.in_time(state.hub.rooms().get_or_read(room_id, read)).await
}
