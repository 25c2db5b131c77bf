//! A customer's way in: their current room, or a new one.

use entity::ChatPriority;
use sea_orm::DbErr;

use super::{
    assignment::Desk,
    make::{NewRoom, append_new_room, insert_room},
    queries::{current_room, room_view},
    show::{RoomWithMessages, snapshot},
};
use crate::{
    domain::{MessageType, Principal, clean_line, parse_text},
    journal::Tx,
    service::{
        Error, IdempotencyKey, idempotency,
        message::{Draft, Place, put},
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
    state.limits.writes.take(&who.id()).await?;
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
        stream::introduce(state, &room.room).await;
    }
    Ok(Opened { made, room })
}

/// The customer's open room, made if there is none.
///
/// # Errors
/// [`Error::Forbidden`] for an admin; [`Error::TooMany`] over the limit, if a room had to be made.
pub async fn current(state: &State, who: &Principal) -> Result<RoomWithMessages, Error> {
    snapshot(state, current_id(state, who).await?).await
}

/// The id of the customer's open room, made if there is none.
pub(super) async fn current_id(state: &State, who: &Principal) -> Result<i32, Error> {
    policy::require_customer(who)?;
    if let Some(room) = current_room(&state.db, who.id()).await? {
        return Ok(room.id);
    }
    state.limits.writes.take(&who.id()).await?;
    let (in_writer, who) = (state.clone(), who.clone());
    state
        .writer
        .run(move |tx| {
            let (state, who) = (in_writer.clone(), who.clone());
            Box::pin(async move { make_empty(tx, &state, &who).await })
        })
        .await
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
        let place = match current_room(tx.read(), who.id()).await? {
            Some(room) => Place::Known(room),
            None => {
                let new = NewRoom::support(who.id(), next_admin(tx, &state).await?);
                Place::New(insert_room(tx, new.about(self.subject, self.priority)).await?)
            }
        };
        let made = matches!(place, Place::New(_));
        let put = put(tx, &who, place, self.draft, self.key.as_ref(), &[&who.person]).await?;
        Ok((made, put.message.room_id))
    }
}

async fn make_empty(tx: &mut Tx, state: &State, who: &Principal) -> Result<i32, Error> {
    if let Some(room) = current_room(tx.read(), who.id()).await? {
        return Ok(room.id);
    }
    let admin_id = next_admin(tx, state).await?;
    let row = insert_room(tx, NewRoom::support(who.id(), admin_id)).await?;
    let room = room_view(tx.read(), row, &[&who.person]).await?;
    let id = room.id;
    append_new_room(tx, who, room);
    Ok(id)
}

/// The admin who gets a new room, where they are handed out.
async fn next_admin(tx: &Tx, state: &State) -> Result<Option<i32>, DbErr> {
    match state.settings.rooms.auto_assign {
        true => Ok(Desk::of(tx.read(), &state.presence).await?.next()),
        false => Ok(None),
    }
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
