//! The queries that the conversation operations share.

use std::collections::HashMap;

use entity::{ChatKind, ChatStatus, chat_message, chat_participant, chat_room, user};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, ExprTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait,
    sea_query::{Expr, Query, SelectStatement, UnionType},
};

use super::Conversation;
use crate::{
    domain::{Message, Person, Principal, Role, Timestamp},
    records::{load_messages, person_of_row, rooms_of_rows},
    service::{
        Error,
        room::{NewRoom, newest_room},
    },
    state::State,
};

/// Unread broadcasts of one room are counted up to here.
const MOST_COUNTED: u64 = 99;
/// Rooms whose unread broadcasts are counted in one statement.
const ROOMS_PER_COUNT: usize = 100;

/// Between whom a conversation is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::service) enum Between {
    /// A customer and the desk, of which one admin is meant.
    Desk {
        /// The customer.
        customer: i32,
        /// The admin.
        admin: i32,
    },
    /// Two people.
    Two(i32, i32),
}

impl Between {
    /// The caller and another person.
    pub(in crate::service) fn of(who: &Principal, person: &Person) -> Self {
        match (who.person.role, person.role) {
            (Role::User, Role::Admin) => Self::Desk { customer: who.id(), admin: person.id },
            (Role::Admin, Role::User) => Self::Desk { customer: person.id, admin: who.id() },
            _ => Self::Two(who.id(), person.id),
        }
    }

    /// Their room: of a customer's, the newest OPEN one, else the newest RESOLVED one.
    pub(in crate::service) async fn find(self, db: &impl ConnectionTrait) -> Result<Option<chat_room::Model>, DbErr> {
        match self {
            Self::Desk { customer, .. } => match newest_room(db, customer, ChatStatus::Open).await? {
                Some(room) => Ok(Some(room)),
                None => newest_room(db, customer, ChatStatus::Resolved).await,
            },
            Self::Two(one, other) => room_of_pair(db, std::cmp::min(one, other), std::cmp::max(one, other)).await,
        }
    }

    /// The room that is made for them.
    pub(super) fn new_room(self) -> NewRoom {
        match self {
            Self::Desk { customer, admin } => NewRoom::support(customer, Some(admin)),
            Self::Two(one, other) => NewRoom::direct(one, other),
        }
    }
}

/// The room of that pair: a DIRECT one, or the BROADCAST one of an admin and everybody.
pub(super) async fn room_of_pair(
    db: &impl ConnectionTrait,
    user_id: i32,
    peer_id: i32,
) -> Result<Option<chat_room::Model>, DbErr> {
    chat_room::Entity::find()
        .filter(chat_room::Column::UserId.eq(user_id))
        .filter(chat_room::Column::PeerId.eq(peer_id))
        .one(db)
        .await
}

/// The person whom the caller addresses.
pub(super) async fn addressee(db: &impl ConnectionTrait, who: &Principal, person_id: i32) -> Result<Person, Error> {
    if person_id == who.id() {
        return Err(Error::invalid("receiverId", "is the caller's own"));
    }
    let row = user::Entity::find_by_id(person_id).one(db).await?;
    row.map(person_of_row).ok_or(Error::NO_PERSON)
}

/// The same for what is not stored; costs nothing for people who were seen lately.
pub(in crate::service) async fn addressee_of_signal(
    state: &State,
    who: &Principal,
    person_id: i32,
) -> Result<Person, Error> {
    match state.known_people.get(&person_id).filter(|person| person.id != who.id()) {
        Some(person) => Ok(person),
        None => addressee(&state.db, who, person_id).await,
    }
}

/// Rows as conversations, in their order, with their newest messages and what waits for the caller.
pub(super) async fn conversations_of_rows(
    db: &impl ConnectionTrait,
    who: &Principal,
    rows: Vec<chat_room::Model>,
) -> Result<Vec<Conversation>, Error> {
    let ids: Vec<i32> = rows.iter().map(|row| row.id).collect();
    let broadcasts: Vec<i32> = rows.iter().filter(|row| row.kind == ChatKind::Broadcast).map(|row| row.id).collect();
    let rooms = rooms_of_rows(db, rows).await?;
    let mut newest = newest_messages(db, ids).await?;
    let waiting = unread_broadcasts(db, who.id(), &broadcasts).await?;
    let conversation = |room: crate::domain::Room| {
        let unread = match room.kind {
            ChatKind::Broadcast => waiting.get(&room.id).copied().unwrap_or(0),
            ChatKind::Support | ChatKind::Direct => room.unread(room.side_of(who.id())),
        };
        Conversation { newest: newest.remove(&room.id), unread: i64::from(unread), room }
    };
    Ok(rooms.into_iter().map(conversation).collect())
}

/// The newest message of each room that was not deleted.
async fn newest_messages(db: &impl ConnectionTrait, rooms: Vec<i32>) -> Result<HashMap<i32, Message>, DbErr> {
    if rooms.is_empty() {
        return Ok(HashMap::new());
    }
    let room = Expr::col((chat_room::Entity, chat_room::Column::Id));
    let newest = chat_message::Entity::find()
        .select_only()
        .column(chat_message::Column::Id)
        .filter(Expr::col((chat_message::Entity, chat_message::Column::ChatRoomId)).eq(room))
        .filter(chat_message::Column::DeletedAt.is_null())
        .order_by_desc(chat_message::Column::Id)
        .limit(1)
        .into_query();
    let ids: Vec<Option<i32>> = chat_room::Entity::find()
        .select_only()
        .expr_as(Expr::from(newest), "newest")
        .filter(chat_room::Column::Id.is_in(rooms))
        .into_tuple()
        .all(db)
        .await?;
    let messages = load_messages(db, ids.into_iter().flatten().collect()).await?;
    Ok(messages.into_values().map(|message| (message.room_id, message)).collect())
}

/// Rooms that have a message, for a filter.
pub(super) fn has_messages() -> Expr {
    let room = Expr::col((chat_room::Entity, chat_room::Column::Id));
    let any = chat_message::Entity::find()
        .select_only()
        .column(chat_message::Column::Id)
        .filter(Expr::col((chat_message::Entity, chat_message::Column::ChatRoomId)).eq(room))
        .into_query();
    Expr::exists(any)
}

/// How many messages of these BROADCAST rooms wait for a reader, at most 99 of each: those after their mark that were
/// written since they are known, and not by them. Rooms without any are left out.
pub(in crate::service) async fn unread_broadcasts(
    db: &impl ConnectionTrait,
    user_id: i32,
    rooms: &[i32],
) -> Result<HashMap<i32, i32>, DbErr> {
    let mut unread = HashMap::new();
    if rooms.is_empty() {
        return Ok(unread);
    }
    let Some(reader) = user::Entity::find_by_id(user_id).one(db).await? else { return Ok(unread) };
    let marks = chat_participant::Entity::find()
        .filter(chat_participant::Column::UserId.eq(user_id))
        .filter(chat_participant::Column::RoomId.is_in(rooms.iter().copied()))
        .all(db)
        .await?;
    let marks: HashMap<i32, i32> =
        marks.into_iter().filter_map(|mark| Some((mark.room_id, mark.last_read_message_id?))).collect();
    for rooms in rooms.chunks(ROOMS_PER_COUNT) {
        let waiting =
            |room: &i32| waiting_in(*room, marks.get(room).copied().unwrap_or(0), &reader.created_at, user_id);
        let mut parts = rooms.iter().map(waiting);
        let Some(mut select) = parts.next() else { continue };
        select.unions(parts.map(|part| (UnionType::All, part)));
        for row in Waiting::find_by_statement(db.get_database_backend().build(&select)).all(db).await? {
            *unread.entry(row.room_id).or_default() += 1;
        }
    }
    Ok(unread)
}

#[derive(Debug, FromQueryResult)]
struct Waiting {
    room_id: i32,
}

/// One row for each message that waits. The bounded query stands in a FROM, as a part of a union takes no LIMIT of its own.
fn waiting_in(room_id: i32, mark: i32, known_since: &Timestamp, reader: i32) -> SelectStatement {
    let bounded = chat_message::Entity::find()
        .select_only()
        .column_as(chat_message::Column::ChatRoomId, "room_id")
        .filter(chat_message::Column::ChatRoomId.eq(room_id))
        .filter(chat_message::Column::Id.gt(mark))
        .filter(chat_message::Column::CreatedAt.gte(*known_since))
        .filter(chat_message::Column::SenderId.ne(reader))
        .filter(chat_message::Column::DeletedAt.is_null())
        .limit(MOST_COUNTED)
        .into_query();
    Query::select().column("room_id").from_subquery(bounded, "waiting").to_owned()
}
