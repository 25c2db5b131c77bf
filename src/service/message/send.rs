//! Writing a message in a room.

use entity::{ChatKind, ChatStatus, chat_event::EventType, chat_message, chat_room};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::{Set, Unchanged},
    EntityTrait,
};

use super::{queries::message_view, together::Sending};
use crate::{
    domain::{Event, Message, MessageType, Person, Posted, Principal, Room, Side, parse_text, preview},
    journal::{Entry, Tx},
    records::message_of,
    service::{
        Error, IdempotencyKey, idempotency, policy,
        room::{append_new_room, record_change, room_view, topics_of},
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

impl Draft {
    /// Checks the text of a command.
    pub(in crate::service) fn of(state: &State, command: SendMessage) -> Result<(Self, Option<IdempotencyKey>), Error> {
        let most = state.settings.limits.message_chars;
        let text = parse_text(&command.text, most).map_err(|reason| Error::invalid("message", reason))?;
        let (message_type, reply_to_id) = (command.message_type, command.reply_to_id);
        Ok((Self { text, message_type, reply_to_id, receiver_id: None }, command.idempotency_key))
    }
}

/// The room that a message goes to.
#[derive(Debug)]
pub(in crate::service) enum Place {
    /// One that was there.
    Known(chat_room::Model),
    /// One that was inserted in this transaction.
    New(chat_room::Model),
}

/// A message that was written, or that its key has recalled.
#[derive(Debug)]
pub(in crate::service) struct Put {
    /// The message.
    pub(in crate::service) message: Message,
    /// Its room, if it is new or has just got its admin.
    pub(in crate::service) news: Option<Room>,
}

/// Writes a message. A customer's reopens a RESOLVED room; an admin's first answer takes the room.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Forbidden`], [`Error::RoomClosed`], [`Error::Invalid`] names the field,
/// [`Error::TooMany`] over the limit.
pub async fn send(state: &State, who: &Principal, room_id: i32, command: SendMessage) -> Result<Message, Error> {
    let (draft, key) = Draft::of(state, command)?;
    state.limits.writes.take(&who.id()).await?;
    let direct_messages = state.settings.rooms.direct_messages;
    let sending = Sending { author: who.clone(), room_id, draft, key, direct_messages };
    let put = state.writer.run_together(sending).await?;
    stream::end_typing(state, room_id, who.id());
    if let Some(room) = &put.news {
        // Boxed, as it is rare and three times as large as all else that a message keeps meanwhile, and is moved with it.
        Box::pin(stream::introduce(state, room)).await;
    }
    Ok(put.message)
}

/// What the first request with this key wrote.
pub(in crate::service) async fn recalled(
    tx: &Tx,
    who: &Principal,
    key: Option<&IdempotencyKey>,
) -> Result<Option<Put>, Error> {
    let Some(key) = key else { return Ok(None) };
    let Some(done) = idempotency::recall(tx, who.id(), key).await? else { return Ok(None) };
    let row = chat_message::Entity::find_by_id(done.message_id).one(tx.read()).await?.ok_or(Error::NO_MESSAGE)?;
    Ok(Some(Put { message: message_view(tx.read(), row).await?, news: None }))
}

/// Writes a message and what follows from it. `known` are people whom the database need not be asked for.
pub(in crate::service) async fn put(
    tx: &mut Tx,
    who: &Principal,
    place: Place,
    draft: Draft,
    key: Option<&IdempotencyKey>,
    known: &[&Person],
) -> Result<Put, Error> {
    let (mut row, made) = match place {
        Place::Known(row) => (row, false),
        Place::New(row) => (row, true),
    };
    let before = row.clone();
    let message = insert_message(tx, &mut row, who, draft).await?;
    let changed = (row.status, row.admin_id) != (before.status, before.admin_id);
    let taken = row.admin_id != before.admin_id;
    let room = match changed && !made {
        true => record_change(tx, Some(who.id()), &before, row).await?,
        false => room_view(tx.read(), row, known).await?,
    };
    // What everybody gets is told of with its first message.
    if made && room.kind != ChatKind::Broadcast {
        append_new_room(tx, who, room.clone());
    }
    if let Some(key) = key {
        let done = idempotency::Done { made_room: made, room_id: room.id, message_id: message.id };
        idempotency::remember(tx, who.id(), key, done).await?;
    }
    let message = message_of(message, who.person.clone(), Vec::new());
    let news = (made || taken).then(|| room.clone());
    append_message(tx, who, Posted { message: message.clone(), room });
    Ok(Put { message, news })
}

/// Checks and inserts a message and brings its room up to date; `room` is then as it was stored. Appends nothing.
async fn insert_message(
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
    let side = policy::side_in(&room, who.id());
    let support = room.kind == ChatKind::Support;
    let mut after = room.clone();
    moved_on(&mut after, who, message);
    if support {
        if side == Side::Customer && room.status == ChatStatus::Resolved {
            after.status = ChatStatus::Open;
        }
        if room.admin_id.is_none() {
            // Whoever answers takes the room; whom the customer writes to gets it.
            after.admin_id = if side == Side::Desk { Some(who.id()) } else { message.receiver_id };
        }
    }
    let row = chat_room::ActiveModel {
        id: Unchanged(room.id),
        last_message: Set(after.last_message),
        last_activity: Set(after.last_activity),
        updated_at: Set(after.updated_at),
        desk_unread: Set(after.desk_unread),
        customer_unread: Set(after.customer_unread),
        is_read: Set(after.is_read),
        unanswered: Set(after.unanswered),
        status: Set(after.status),
        admin_id: Set(after.admin_id),
        ..Default::default()
    };
    let room = row.update(tx.write()).await?;
    if side == Side::Customer && support {
        tx.totals().count_unread(1);
    }
    Ok(room)
}

/// Whether a message gives a room an admin.
pub(super) fn unassigned(room: &chat_room::Model, side: Side, receiver_id: Option<i32>) -> bool {
    room.kind == ChatKind::Support && room.admin_id.is_none() && (side == Side::Desk || receiver_id.is_some())
}

/// Brings a room's preview, activity and counts up to a new message. Its status and its admin stay.
pub(super) fn moved_on(room: &mut chat_room::Model, who: &Principal, message: &chat_message::Model) {
    let side = policy::side_in(room, who.id());
    room.last_message = Some(preview(&message.message));
    // A clock that was set back must not make a room older than it was.
    room.last_activity = room.last_activity.max(message.created_at);
    room.updated_at = message.created_at;
    match (room.kind, side) {
        // It waits for each reader; what they have read is marked with them.
        (ChatKind::Broadcast, _) => {}
        (_, Side::Customer) => {
            room.desk_unread += 1;
            room.is_read = false;
        }
        (_, Side::Desk) => room.customer_unread += 1,
    }
    if room.kind == ChatKind::Support {
        room.unanswered = side == Side::Customer;
    }
}

/// Appends a message that was inserted to the journal.
pub(super) fn append_message(tx: &mut Tx, who: &Principal, posted: Posted) {
    tx.append(Entry {
        room_id: posted.room.id,
        event_type: EventType::Message,
        actor_id: Some(who.id()),
        message_id: Some(posted.message.id),
        payload: None,
        topics: topics_of(&posted.room),
        event: Event::Message(Box::new(posted)),
    });
}
