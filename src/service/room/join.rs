//! A room for a reader who stays in it.

use super::{
    open::current_id,
    queries::find_room,
    show::{RoomWithMessages, with_messages},
};
use crate::{
    domain::Principal,
    journal,
    service::{Error, policy},
    state::State,
};

/// A room with its newest 50 messages, exactly as they were at `last_event_id`: a stream from there misses nothing of it
/// and repeats nothing. Without an id it is the customer's open room, made if there is none.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Forbidden`] for somebody else's room, [`Error::Invalid`] for an admin who names none,
/// [`Error::TooMany`] over the limit, if a room had to be made.
pub async fn join(state: &State, who: &Principal, room_id: Option<i32>) -> Result<RoomWithMessages, Error> {
    let id = match room_id {
        Some(id) => id,
        None if who.is_admin() => return Err(Error::invalid("roomId", "is needed")),
        None => current_id(state, who).await?,
    };
    let view = async {
        let view = state.db.one_view().await?;
        let read = async {
            let (_, last_event_id) = journal::bounds(&view).await?;
            let row = find_room(&view, id).await?;
            policy::require_access(who, &row)?;
            with_messages(&view, row, last_event_id).await
        };
        let read = read.await;
        view.rollback().await?;
        read
    };
    state.db.in_time(view).await
}
