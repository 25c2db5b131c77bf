//! A customer's way in: their current room, or a new one.

use entity::{ChatKind, ChatPriority, ChatStatus, chat_event::EventType, chat_message, chat_room};
use sea_orm::{ActiveModelTrait, ActiveValue::Set};

use super::{
    assignment::Desk,
    queries::{current_room, room_view, topics_of},
    show::{RoomWithMessages, snapshot},
};
use crate::{
    domain::{MessageType, Principal, Room, clean_line, parse_text},
    journal::{Entry, Tx},
    service::{
        Error, IdempotencyKey, idempotency,
        message::{Draft, append_message, insert_message},
        policy, stream,
    },
    state::State,
};

/// What a customer writes to the desk.
#[derive(Clone, Debug)]
pub struct OpenRoom {
    /// What it is about; kept only if a room is made.
    pub subject: Option<String>,
    /// The message.
    pub message: String,
    /// How urgent it is; kept only if a room is made.
    pub priority: Option<ChatPriority>,
    /// Tells a repeat from a second message.
    pub idempotency_key: Option<IdempotencyKey>,
}

/// The room that a message went to.
#[derive(Clone, Debug)]
pub struct Opened {
    /// Whether it was made for it.
    pub made: bool,
    /// The room with its newest messages.
    pub room: RoomWithMessages,
}

/// Adds a message to the customer's open room, or makes one. Two at the same moment make one room.
///
/// # Errors
/// [`Error::Invalid`] names the field; [`Error::Forbidden`] for an admin; [`Error::TooMany`] over the limit.
pub async fn open(state: &State, who: &Principal, command: OpenRoom) -> Result<Opened, Error> {
    policy::require_customer(who)?;
    let limits = &state.settings.limits;
    let text =
        parse_text(&command.message, limits.message_chars).map_err(|reason| Error::invalid("message", reason))?;
    let subject = parse_subject(command.subject.as_deref(), limits.subject_chars)?;
    state.limits.writes.take(&who.id())?;
    let draft = Draft { text, message_type: MessageType::Text, reply_to_id: None, receiver_id: None };
    let (state_in, who_in) = (state.clone(), who.clone());
    let (key, priority) = (command.idempotency_key, command.priority);
    let opened = state
        .writer
        .run(move |tx| {
            let first = First { subject: subject.clone(), priority, draft: draft.clone(), key: key.clone() };
            Box::pin(first.write(tx, state_in.clone(), who_in.clone()))
        })
        .await?;
    stream::end_typing(state, opened.1, who.id());
    let (made, room_id) = opened;
    let room = snapshot(state, room_id).await?;
    if made {
        stream::tell_room_of_admin(state, &room.room);
    }
    Ok(Opened { made, room })
}

/// The customer's open room, made if there is none.
///
/// # Errors
/// [`Error::Forbidden`] for an admin; [`Error::TooMany`] over the limit, if a room had to be made.
pub async fn current(state: &State, who: &Principal) -> Result<RoomWithMessages, Error> {
    policy::require_customer(who)?;
    let id = match current_room(&state.db, who.id()).await? {
        Some(room) => room.id,
        None => {
            state.limits.writes.take(&who.id())?;
            let (state, who) = (state.clone(), who.clone());
            let writer = state.writer.clone();
            writer
                .run(move |tx| {
                    let (state, who) = (state.clone(), who.clone());
                    Box::pin(async move { make_empty(tx, &state, &who).await })
                })
                .await?
        }
    };
    snapshot(state, id).await
}

/// A checked first message.
struct First {
    subject: Option<String>,
    priority: Option<ChatPriority>,
    draft: Draft,
    key: Option<IdempotencyKey>,
}

impl First {
    /// Returns whether a room was made, and its id.
    async fn write(self, tx: &mut Tx, state: State, who: Principal) -> Result<(bool, i32), Error> {
        if let Some(key) = &self.key
            && let Some(done) = idempotency::recall(tx, who.id(), key).await?
        {
            return Ok((done.made_room, done.room_id));
        }
        let known = current_room(tx.read(), who.id()).await?;
        let made = known.is_none();
        let mut room = match known {
            Some(room) => room,
            None => insert_room(tx, &state, &who, self.subject, self.priority).await?,
        };
        let message: chat_message::Model = insert_message(tx, &mut room, &who, self.draft).await?;
        if made {
            append_new_room(tx, &who, room.clone()).await?;
        }
        let (room_id, message_id) = (room.id, message.id);
        append_message(tx, &room, &who, message).await?;
        if let Some(key) = &self.key {
            let done = idempotency::Done { made_room: made, room_id, message_id };
            idempotency::remember(tx, who.id(), key, done).await?;
        }
        Ok((made, room_id))
    }
}

async fn make_empty(tx: &mut Tx, state: &State, who: &Principal) -> Result<i32, Error> {
    if let Some(room) = current_room(tx.read(), who.id()).await? {
        return Ok(room.id);
    }
    let room = insert_room(tx, state, who, None, None).await?;
    append_new_room(tx, who, room).await.map(|room| room.id)
}

async fn insert_room(
    tx: &mut Tx,
    state: &State,
    who: &Principal,
    subject: Option<String>,
    priority: Option<ChatPriority>,
) -> Result<chat_room::Model, Error> {
    let admin_id = match state.settings.rooms.auto_assign {
        true => Desk::of(tx.read(), &state.presence).await?.next(),
        false => None,
    };
    let row = chat_room::ActiveModel {
        user_id: Set(who.id()),
        admin_id: Set(admin_id),
        status: Set(ChatStatus::Open),
        subject: Set(subject),
        priority: Set(priority.unwrap_or(ChatPriority::Normal)),
        last_message: Set(None),
        last_activity: Set(tx.now()),
        is_read: Set(false),
        created_at: Set(tx.now()),
        updated_at: Set(tx.now()),
        kind: Set(ChatKind::Support),
        desk_unread: Set(0),
        customer_unread: Set(0),
        unanswered: Set(false),
        ..Default::default()
    };
    let row = row.insert(tx.write()).await?;
    tx.totals().count_room(row.status, row.priority, row.admin_id.is_some(), 1);
    Ok(row)
}

async fn append_new_room(tx: &mut Tx, who: &Principal, row: chat_room::Model) -> Result<Room, Error> {
    let room = room_view(tx.read(), row).await?;
    tx.append(Entry {
        room_id: room.id,
        event_type: EventType::Room,
        actor_id: Some(who.id()),
        message_id: None,
        payload: Some(r#"{"made":true}"#.to_owned()),
        topics: topics_of(&room),
        event: crate::domain::Event::Room(Box::new(room.clone())),
    });
    Ok(room)
}

/// A subject of white space is none.
fn parse_subject(subject: Option<&str>, most: usize) -> Result<Option<String>, Error> {
    match subject.map(str::trim).filter(|subject| !subject.is_empty()) {
        None => Ok(None),
        // It stands in one line of every list.
        Some(subject) => match parse_text(subject, most) {
            Ok(subject) => Ok(clean_line(&subject, most)),
            Err(reason) => Err(Error::invalid("subject", reason)),
        },
    }
}
