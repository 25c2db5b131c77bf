//! What two people have written to each other.

use std::collections::HashMap;

use entity::{ChatKind, chat_message, chat_room};
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::queries::{Between, addressee};
use crate::{
    domain::{Posted, Principal, Room},
    records::{messages_of_rows, rooms_of_rows},
    service::Error,
    state::State,
};

/// Support rooms of one customer that are read as one history.
const MOST_ROOMS: u64 = 200;

/// The newest messages between the caller and a person, or those before one, oldest first. Between a customer and an
/// admin: everything that the customer and the desk have written, in whichever room.
///
/// # Errors
/// [`Error::NotFound`] for somebody who was never seen; [`Error::Invalid`] for oneself.
pub async fn history_with(
    state: &State,
    who: &Principal,
    person_id: i32,
    before: Option<i32>,
    limit: u64,
) -> Result<Vec<Posted>, Error> {
    let person = addressee(&state.db, who, person_id).await?;
    let rooms = rooms_between(&state.db, Between::of(who, &person)).await?;
    if rooms.is_empty() {
        return Ok(Vec::new());
    }
    let mut select = chat_message::Entity::find();
    select = match rooms.as_slice() {
        // One room's are read in their order, without being sorted.
        [room] => select.filter(chat_message::Column::ChatRoomId.eq(room.id)),
        rooms => select.filter(chat_message::Column::ChatRoomId.is_in(rooms.iter().map(|room| room.id))),
    };
    if let Some(before) = before {
        select = select.filter(chat_message::Column::Id.lt(before));
    }
    let mut rows = select.order_by_desc(chat_message::Column::Id).limit(limit).all(&state.db).await?;
    rows.reverse();
    Ok(posted(&state.db, rooms, rows).await?)
}

async fn rooms_between(db: &impl ConnectionTrait, between: Between) -> Result<Vec<chat_room::Model>, DbErr> {
    let Between::Desk { customer, .. } = between else { return Ok(between.find(db).await?.into_iter().collect()) };
    chat_room::Entity::find()
        .filter(chat_room::Column::UserId.eq(customer))
        .filter(chat_room::Column::Kind.eq(ChatKind::Support))
        .order_by_desc(chat_room::Column::LastActivity)
        .order_by_desc(chat_room::Column::Id)
        .limit(MOST_ROOMS)
        .all(db)
        .await
}

/// Messages with their rooms, which must be among `rooms`.
pub(super) async fn posted(
    db: &impl ConnectionTrait,
    rooms: Vec<chat_room::Model>,
    rows: Vec<chat_message::Model>,
) -> Result<Vec<Posted>, DbErr> {
    let used = rooms.into_iter().filter(|room| rows.iter().any(|row| row.chat_room_id == room.id)).collect();
    let rooms: HashMap<i32, Room> = rooms_of_rows(db, used).await?.into_iter().map(|room| (room.id, room)).collect();
    let messages = messages_of_rows(db, rows).await?;
    let posted = |message: crate::domain::Message| {
        let room = rooms.get(&message.room_id)?.clone();
        Some(Posted { message, room })
    };
    Ok(messages.into_iter().filter_map(posted).collect())
}
