//! Marking the other side's messages as read.

use entity::{ChatKind, chat_event::EventType, chat_message, chat_participant, chat_room};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, DbErr, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, sea_query::Expr,
};

use super::queries::find_room;
use crate::{
    domain::{Event, Principal, Side},
    hub::{Topic, Topics},
    journal::{Entry, Tx},
    service::{Error, conversation::unread_broadcasts, message::find_message, policy},
    state::State,
};

/// How far somebody has read.
#[derive(Clone, Copy, Debug)]
pub struct MarkRead {
    /// The newest message that they have read; all if none is named.
    pub message_id: Option<i32>,
}

/// What follows from it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ReadMark {
    /// The room.
    pub room_id: i32,
    /// The newest message that the person has ever marked; none in an empty room.
    pub last_read_message_id: Option<i32>,
    /// What still waits for their side.
    pub unread_count: i32,
}

/// Marks the other side's messages as read, up to a message.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Forbidden`], [`Error::Invalid`] for a message of another room, [`Error::TooMany`].
pub async fn mark_read(state: &State, who: &Principal, room_id: i32, command: MarkRead) -> Result<ReadMark, Error> {
    state.limits.writes.take(&who.id()).await?;
    let who = who.clone();
    state
        .writer
        .run(move |tx| {
            let who = who.clone();
            Box::pin(async move { mark(tx, &who, room_id, command).await })
        })
        .await
}

/// Marks the other side's messages as read, up to a message, in whichever room it stands.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Forbidden`], [`Error::TooMany`].
pub async fn mark_message_read(state: &State, who: &Principal, message_id: i32) -> Result<ReadMark, Error> {
    state.limits.writes.take(&who.id()).await?;
    let who = who.clone();
    state
        .writer
        .run(move |tx| {
            let who = who.clone();
            Box::pin(async move {
                let (message, room) = find_message(tx.read(), &who, message_id).await?;
                mark_up_to(tx, &who, room, Some(message.id)).await
            })
        })
        .await
}

async fn mark(tx: &mut Tx, who: &Principal, room_id: i32, command: MarkRead) -> Result<ReadMark, Error> {
    let room = match tx.memory().room(room_id) {
        Some(room) => room.clone(),
        None => find_room(tx.read(), room_id).await?,
    };
    policy::require_access(who, &room)?;
    let newest = match command.message_id {
        Some(id) => Some(message_of_room(tx, room_id, id).await?),
        None => newest_message(tx, room_id).await?,
    };
    mark_up_to(tx, who, room, newest).await
}

async fn mark_up_to(
    tx: &mut Tx,
    who: &Principal,
    room: chat_room::Model,
    newest: Option<i32>,
) -> Result<ReadMark, Error> {
    let room_id = room.id;
    let known = chat_participant::Entity::find_by_id((room_id, who.id())).one(tx.read()).await?;
    let marked = known.as_ref().and_then(|mark| mark.last_read_message_id);
    let moved = newest.filter(|newest| marked.is_none_or(|marked| marked < *newest));
    if let Some(newest) = moved {
        store_mark(tx, known, room_id, who.id(), newest).await?;
    }
    let last_read_message_id = marked.max(newest);
    let unread_count = match room.kind {
        ChatKind::Broadcast => mark_broadcast(tx, who, room_id, moved).await?,
        ChatKind::Support | ChatKind::Direct => mark_shared(tx, who, &room, newest).await?,
    };
    Ok(ReadMark { room_id, last_read_message_id, unread_count })
}

/// A broadcast is read by each reader for themselves, and nobody else is told. Returns what is left.
async fn mark_broadcast(tx: &mut Tx, who: &Principal, room_id: i32, moved: Option<i32>) -> Result<i32, Error> {
    if let Some(newest) = moved {
        append_read(tx, who, (room_id, ChatKind::Broadcast), newest, Topics::from_iter([Topic::Person(who.id())]));
    }
    let left = unread_broadcasts(tx.read(), who.id(), &[room_id]).await?;
    Ok(left.get(&room_id).copied().unwrap_or(0))
}

/// What one side has read the other is told. Returns what is left for the reader's side.
async fn mark_shared(tx: &mut Tx, who: &Principal, room: &chat_room::Model, newest: Option<i32>) -> Result<i32, Error> {
    let side = policy::side_in(room, who.id());
    let unread = match side {
        Side::Customer => room.customer_unread,
        Side::Desk => room.desk_unread,
    };
    let Some(newest) = newest.filter(|_| unread > 0) else { return Ok(unread) };
    let read = mark_messages(tx, room, side, newest).await?;
    let left = (unread - read).max(0);
    if read > 0 {
        store_unread(tx, room, side, left).await?;
        if side == Side::Desk && room.kind == ChatKind::Support {
            tx.totals().count_unread(-i64::from(unread - left));
        }
        let topics = Topic::of_room(room.id, room.user_id, room.peer_id, room.kind);
        append_read(tx, who, (room.id, room.kind), newest, topics);
    }
    Ok(left)
}

fn append_read(tx: &mut Tx, who: &Principal, (room_id, kind): (i32, ChatKind), newest: i32, topics: Topics) {
    tx.append(Entry {
        room_id,
        event_type: EventType::Read,
        actor_id: Some(who.id()),
        message_id: Some(newest),
        payload: None,
        topics,
        event: Event::Read { room_id, kind, user_id: who.id(), last_read_message_id: Some(newest) },
    });
}

async fn message_of_room(tx: &Tx, room_id: i32, id: i32) -> Result<i32, Error> {
    let message = chat_message::Entity::find_by_id(id).one(tx.read()).await?;
    match message.filter(|message| message.chat_room_id == room_id) {
        Some(message) => Ok(message.id),
        None => Err(Error::invalid("messageId", "is not a message of this room")),
    }
}

async fn newest_message(tx: &Tx, room_id: i32) -> Result<Option<i32>, DbErr> {
    chat_message::Entity::find()
        .select_only()
        .column(chat_message::Column::Id)
        .filter(chat_message::Column::ChatRoomId.eq(room_id))
        .order_by_desc(chat_message::Column::Id)
        .limit(1)
        .into_tuple()
        .one(tx.read())
        .await
}

async fn store_mark(
    tx: &Tx,
    known: Option<chat_participant::Model>,
    room_id: i32,
    user_id: i32,
    newest: i32,
) -> Result<(), DbErr> {
    match known {
        Some(known) => {
            let mut row = known.into_active_model();
            row.last_read_message_id = Set(Some(newest));
            row.updated_at = Set(tx.now());
            row.update(tx.write_noted()).await.map(|_| ())
        }
        None => {
            let row = chat_participant::ActiveModel {
                room_id: Set(room_id),
                user_id: Set(user_id),
                last_read_message_id: Set(Some(newest)),
                updated_at: Set(tx.now()),
            };
            row.insert(tx.write_noted()).await.map(|_| ())
        }
    }
}

/// Marks the other side's messages; returns how many were new. Deleted ones wait for nobody.
async fn mark_messages(tx: &Tx, room: &chat_room::Model, side: Side, newest: i32) -> Result<i32, DbErr> {
    let others = match side {
        Side::Customer => chat_message::Column::SenderId.ne(room.user_id),
        Side::Desk => chat_message::Column::SenderId.eq(room.user_id),
    };
    let updated = chat_message::Entity::update_many()
        .col_expr(chat_message::Column::IsRead, Expr::value(true))
        .filter(chat_message::Column::ChatRoomId.eq(room.id))
        .filter(chat_message::Column::IsRead.eq(false))
        .filter(chat_message::Column::Id.lte(newest))
        .filter(chat_message::Column::DeletedAt.is_null())
        .filter(others)
        .exec(tx.write_noted())
        .await?;
    Ok(i32::try_from(updated.rows_affected).unwrap_or(i32::MAX))
}

async fn store_unread(tx: &mut Tx, room: &chat_room::Model, side: Side, left: i32) -> Result<(), DbErr> {
    let mut row = room.clone().into_active_model();
    match side {
        Side::Customer => row.customer_unread = Set(left),
        Side::Desk => {
            row.desk_unread = Set(left);
            row.is_read = Set(left == 0);
        }
    }
    row.updated_at = Set(tx.now());
    let room = row.update(tx.write_noted()).await?;
    tx.memory_mut().note_room(room);
    Ok(())
}
