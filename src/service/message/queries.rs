//! The queries that the message operations share.

use entity::{chat_event::EventType, chat_message, chat_room};
use sea_orm::{ConnectionTrait, EntityTrait};

use crate::{
    domain::{Event, Message, Posted, Principal},
    journal::{Entry, Tx},
    records::messages_of_rows,
    service::{
        Error, policy,
        room::{find_room, room_view, topics_of},
    },
};

/// A message with its room, if the person may see it.
pub(in crate::service) async fn find_message(
    db: &impl ConnectionTrait,
    who: &Principal,
    id: i32,
) -> Result<(chat_message::Model, chat_room::Model), Error> {
    let message = chat_message::Entity::find_by_id(id).one(db).await?.ok_or(Error::NO_MESSAGE)?;
    let room = find_room(db, message.chat_room_id).await?;
    policy::require_access(who, &room)?;
    Ok((message, room))
}

/// A row as a message with its sender and reactions.
pub(super) async fn message_view(db: &impl ConnectionTrait, row: chat_message::Model) -> Result<Message, Error> {
    messages_of_rows(db, vec![row]).await?.pop().ok_or(Error::NO_MESSAGE)
}

/// Tells the room that a message is not what it was.
pub(super) async fn append_update(
    tx: &mut Tx,
    room: &chat_room::Model,
    who: &Principal,
    row: chat_message::Model,
    payload: String,
) -> Result<Message, Error> {
    let message = message_view(tx.read(), row).await?;
    let posted = Posted { message: message.clone(), room: room_view(tx.read(), room.clone(), &[&who.person]).await? };
    tx.append(Entry {
        room_id: room.id,
        event_type: EventType::MessageUpdated,
        actor_id: Some(who.id()),
        message_id: Some(message.id),
        payload: Some(payload),
        topics: topics_of(&posted.room),
        event: Event::MessageUpdated(Box::new(posted)),
    });
    Ok(message)
}
