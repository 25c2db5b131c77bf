//! One room with its newest messages.

use entity::{chat_message, chat_room};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::queries::{find_room, room_view};
use crate::{
    domain::{Message, Principal, Room},
    journal,
    records::messages_of_rows,
    service::{Error, policy},
    state::State,
};

/// Messages that a room is shown with.
const MESSAGES: u64 = 50;

/// A room, its newest messages with the oldest first, and where a stream goes on from.
#[derive(Clone, Debug)]
pub struct RoomWithMessages {
    /// The room.
    pub room: Room,
    /// Its newest messages, the oldest first.
    pub messages: Vec<Message>,
    /// The journal's end before the rows were read: a stream that resumes from it misses nothing.
    pub last_event_id: i64,
}

/// A room with its newest 50 messages.
///
/// # Errors
/// [`Error::NotFound`], or [`Error::Forbidden`] for somebody else's room.
pub async fn show(state: &State, who: &Principal, room_id: i32) -> Result<RoomWithMessages, Error> {
    let last_event_id = journal::end(&state.db, &state.hub).await?;
    let row = find_room(&state.db, room_id).await?;
    policy::require_access(who, &row)?;
    with_messages(&state.db, row, last_event_id).await
}

/// A room without its messages.
///
/// # Errors
/// [`Error::NotFound`], or [`Error::Forbidden`] for somebody else's room.
pub async fn find(state: &State, who: &Principal, room_id: i32) -> Result<Room, Error> {
    let row = find_room(&state.db, room_id).await?;
    policy::require_access(who, &row)?;
    room_view(&state.db, row, &[&who.person]).await
}

/// A room as it is now. The journal's end is read first, so that a stream from there on has no hole.
pub(super) async fn snapshot(state: &State, room_id: i32) -> Result<RoomWithMessages, Error> {
    let last_event_id = journal::end(&state.db, &state.hub).await?;
    let row = find_room(&state.db, room_id).await?;
    with_messages(&state.db, row, last_event_id).await
}

/// A row with its newest messages.
pub(super) async fn with_messages(
    db: &impl ConnectionTrait,
    row: chat_room::Model,
    last_event_id: i64,
) -> Result<RoomWithMessages, Error> {
    let messages = newest_messages(db, row.id).await?;
    Ok(RoomWithMessages { room: room_view(db, row, &[]).await?, messages, last_event_id })
}

async fn newest_messages(db: &impl ConnectionTrait, room_id: i32) -> Result<Vec<Message>, Error> {
    let mut rows = chat_message::Entity::find()
        .filter(chat_message::Column::ChatRoomId.eq(room_id))
        .order_by_desc(chat_message::Column::Id)
        .limit(MESSAGES)
        .all(db)
        .await?;
    rows.reverse();
    Ok(messages_of_rows(db, rows).await?)
}
