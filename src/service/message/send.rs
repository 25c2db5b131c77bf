//! Writing a message in a room.

use entity::{ChatKind, ChatStatus, chat_event::EventType, chat_message, chat_room};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, EntityTrait, IntoActiveModel};

use super::queries::message_view;
use crate::{
    domain::{Event, Message, MessageType, Posted, Principal, Room, Side, parse_text, preview},
    hub::Topic,
    journal::{Entry, Tx},
    records::message_of,
    service::{
        Error, IdempotencyKey, idempotency, policy,
        room::{find_room, record_change, room_view},
        stream,
    },
    state::State,
};

/// A message to be written.
#[derive(Clone, Debug)]
pub struct SendMessage {
    /// The text.
    pub text: String,
    /// What it is.
    pub message_type: MessageType,
    /// The message of the same room that it answers.
    pub reply_to_id: Option<i32>,
    /// Tells a repeat from a second message.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// A message whose text was checked.
#[derive(Clone, Debug)]
pub(in crate::service) struct Draft {
    pub(in crate::service) text: String,
    pub(in crate::service) message_type: MessageType,
    pub(in crate::service) reply_to_id: Option<i32>,
    pub(in crate::service) receiver_id: Option<i32>,
}

/// Writes a message. A customer's reopens a RESOLVED room; an admin's first answer takes the room.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Forbidden`], [`Error::RoomClosed`], [`Error::Invalid`] names the field,
/// [`Error::TooMany`] over the limit.
pub async fn send(state: &State, who: &Principal, room_id: i32, command: SendMessage) -> Result<Message, Error> {
    let most = state.settings.limits.message_chars;
    let text = parse_text(&command.text, most).map_err(|reason| Error::invalid("message", reason))?;
    state.limits.writes.take(&who.id())?;
    let draft = Draft { text, message_type: command.message_type, reply_to_id: command.reply_to_id, receiver_id: None };
    let (author, key) = (who.clone(), command.idempotency_key);
    let (message, taken) = state
        .writer
        .run(move |tx| {
            let (author, draft, key) = (author.clone(), draft.clone(), key.clone());
            Box::pin(async move { write(tx, &author, room_id, draft, key).await })
        })
        .await?;
    stream::end_typing(state, room_id, who.id());
    if let Some(room) = &taken {
        stream::tell_room_of_admin(state, room);
    }
    Ok(message)
}

/// Returns the message, and the room if its admin has just taken it.
async fn write(
    tx: &mut Tx,
    who: &Principal,
    room_id: i32,
    draft: Draft,
    key: Option<IdempotencyKey>,
) -> Result<(Message, Option<Room>), Error> {
    let mut room = find_room(tx.read(), room_id).await?;
    policy::require_writing(who, &room)?;
    if let Some(key) = &key
        && let Some(done) = idempotency::recall(tx, who.id(), key).await?
    {
        let row = chat_message::Entity::find_by_id(done.message_id).one(tx.read()).await?.ok_or(Error::NO_MESSAGE)?;
        return Ok((message_view(tx.read(), row).await?, None));
    }
    let before = room.clone();
    let row = insert_message(tx, &mut room, who, draft).await?;
    let changed = match (room.status, room.admin_id) != (before.status, before.admin_id) {
        true => Some(record_change(tx, Some(who.id()), &before, room.clone()).await?),
        false => None,
    };
    if let Some(key) = &key {
        let done = idempotency::Done { made_room: false, room_id, message_id: row.id };
        idempotency::remember(tx, who.id(), key, done).await?;
    }
    let taken = changed.filter(|_| room.admin_id != before.admin_id);
    Ok((append_message(tx, &room, who, row).await?, taken))
}

/// Checks and inserts a message and brings its room up to date; `room` is then as it was stored. Appends nothing.
pub(in crate::service) async fn insert_message(
    tx: &mut Tx,
    room: &mut chat_room::Model,
    who: &Principal,
    draft: Draft,
) -> Result<chat_message::Model, Error> {
    if room.status == ChatStatus::Closed {
        return Err(Error::RoomClosed);
    }
    if let Some(id) = draft.reply_to_id {
        let answered = chat_message::Entity::find_by_id(id).one(tx.read()).await?;
        if answered.is_none_or(|answered| answered.chat_room_id != room.id) {
            return Err(Error::invalid("replyToId", "is not a message of this room"));
        }
    }
    let row = chat_message::ActiveModel {
        chat_room_id: Set(room.id),
        sender_id: Set(who.id()),
        message: Set(draft.text),
        message_type: Set(draft.message_type),
        is_read: Set(false),
        created_at: Set(tx.now()),
        reply_to_id: Set(draft.reply_to_id),
        receiver_id: Set(draft.receiver_id),
        deleted_at: Set(None),
        ..Default::default()
    };
    let message = row.insert(tx.write()).await?;
    *room = update_room(tx, room.clone(), who, &message).await?;
    Ok(message)
}

async fn update_room(
    tx: &mut Tx,
    room: chat_room::Model,
    who: &Principal,
    message: &chat_message::Model,
) -> Result<chat_room::Model, Error> {
    let (status, admin_id, desk_unread, customer_unread) =
        (room.status, room.admin_id, room.desk_unread, room.customer_unread);
    let support = room.kind == ChatKind::Support;
    let side = policy::side_in(&room, who.id());
    let mut row = room.into_active_model();
    row.last_message = Set(Some(preview(&message.message)));
    row.last_activity = Set(message.created_at);
    row.updated_at = Set(message.created_at);
    match side {
        Side::Customer => {
            row.desk_unread = Set(desk_unread + 1);
            row.is_read = Set(false);
            row.unanswered = Set(true);
            if status == ChatStatus::Resolved {
                row.status = Set(ChatStatus::Open);
            }
        }
        Side::Desk => {
            row.customer_unread = Set(customer_unread + 1);
            row.unanswered = Set(false);
            if admin_id.is_none() && support {
                row.admin_id = Set(Some(who.id()));
            }
        }
    }
    let room = row.update(tx.write()).await?;
    if side == Side::Customer && support {
        tx.totals().count_unread(1);
    }
    Ok(room)
}

/// Appends a message that was inserted to the journal.
pub(in crate::service) async fn append_message(
    tx: &mut Tx,
    room: &chat_room::Model,
    who: &Principal,
    row: chat_message::Model,
) -> Result<Message, Error> {
    let message = message_of(row, who.person.clone(), Vec::new());
    let posted = Posted { message: message.clone(), room: room_view(tx.read(), room.clone()).await? };
    tx.append(Entry {
        room_id: room.id,
        event_type: EventType::Message,
        actor_id: Some(who.id()),
        message_id: Some(message.id),
        payload: None,
        topics: Topic::of_room(room.id, room.user_id, room.peer_id, room.kind),
        event: Event::Message(Box::new(posted)),
    });
    Ok(message)
}
