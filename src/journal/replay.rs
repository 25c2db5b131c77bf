//! Reading the journal: what a stream has missed.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use entity::{ChatKind, chat_counter, chat_event, chat_event::EventType, chat_room};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, ExprTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, Select,
    sea_query::{Expr, SelectStatement},
};

use crate::{
    database::Reading,
    domain::{Event, Posted, Room},
    hub::{Committed, Delivery, Hub, Topic, Topics},
    records::{load_messages, load_rooms},
};

/// Whose events are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// One room's.
    Room(i32),
    /// Those of all rooms of a person, and broadcasts, without how far others have read these.
    Person(i32),
    /// Those of all rooms of an admin: their own, broadcasts and all support rooms.
    Inbox(i32),
    /// Those of all support rooms.
    Desk,
}

/// A page of the journal.
#[derive(Clone, Debug, Default)]
pub struct Replay {
    /// Its events, in order. A message is as it is now, so a deleted text is not told again.
    pub events: Vec<Arc<Delivery>>,
    /// The id up to which everything in the scope was read.
    pub through: i64,
}

/// The ids between which the journal can be read: the newest that was pruned, and the newest of all.
///
/// # Errors
/// The database's.
pub async fn bounds(db: &impl ConnectionTrait) -> Result<(i64, i64), DbErr> {
    let counter = chat_counter::Entity::find_by_id(chat_counter::ONLY_ROW).one(db).await?;
    Ok(counter.map_or((0, 0), |counter| (counter.pruned_event_id, counter.last_event_id)))
}

/// Where the journal ends now, which this process may not have published yet if others write too.
///
/// # Errors
/// The database's.
pub async fn end(db: &Reading, hub: &Hub) -> Result<i64, DbErr> {
    if hub.is_shared() { Ok(bounds(db).await?.1) } else { Ok(hub.head()) }
}

/// Reads at most `limit` events after `after` and up to `head`.
///
/// # Errors
/// The database's.
pub(super) async fn replay(
    db: &impl ConnectionTrait,
    scope: Scope,
    after: i64,
    head: i64,
    limit: u64,
) -> Result<Replay, DbErr> {
    if after >= head {
        return Ok(Replay { through: after, ..Replay::default() });
    }
    let rows = in_scope(scope, after, head).order_by_asc(chat_event::Column::Id).limit(limit).all(db).await?;
    let through = match rows.last() {
        Some(last) if rows.len() as u64 == limit => last.id,
        _ => head,
    };
    let rooms = load_rooms(db, rows.iter().map(|row| row.room_id).collect()).await?;
    let event = |(id, event)| Arc::new(Delivery::stored(id, Topics::new(), event));
    Ok(Replay { events: events_of_rows(db, rows, rooms).await?.into_iter().map(event).collect(), through })
}

/// Events by their room, in order.
pub(super) type OfRooms = HashMap<i32, Vec<Arc<Delivery>>>;

/// Reads the events of each of these rooms after its id and up to `head`, in order; `None` if they are `most` or more.
pub(super) async fn replay_rooms(
    db: &impl ConnectionTrait,
    rooms: &BTreeMap<i32, i64>,
    head: i64,
    most: usize,
) -> Result<Option<OfRooms>, DbErr> {
    let missed = rooms.iter().filter(|(_, after)| **after < head).fold(Condition::any(), |any, (room_id, after)| {
        let of_room = Condition::all().add(chat_event::Column::RoomId.eq(*room_id));
        any.add(of_room.add(chat_event::Column::Id.gt(*after)))
    });
    let mut events = OfRooms::new();
    if missed.is_empty() {
        return Ok(Some(events));
    }
    let mut rows = chat_event::Entity::find()
        .filter(chat_event::Column::Id.lte(head))
        .filter(missed)
        .filter(told_of_reads(None))
        .limit(most as u64)
        .all(db)
        .await?;
    if rows.len() == most {
        return Ok(None);
    }
    rows.sort_unstable_by_key(|row| row.id);
    let rooms = load_rooms(db, rows.iter().map(|row| row.room_id).collect()).await?;
    for (id, event) in events_of_rows(db, rows, rooms).await? {
        if let Some(room_id) = event.room_id() {
            let delivery = Arc::new(Delivery::stored(id, Topics::new(), event));
            events.entry(room_id).or_default().push(delivery);
        }
    }
    Ok(Some(events))
}

impl Replay {
    /// How many of its events a stream tells.
    pub fn told(&self) -> u64 {
        // Of other rooms than the desk's only messages and reads are told.
        let is_told =
            |event: &&Arc<Delivery>| !matches!(&event.event, Event::Room(room) if room.kind != ChatKind::Support);
        self.events.iter().filter(is_told).count() as u64
    }
}

/// How many events that a stream tells there are after `after` and up to `head`.
///
/// # Errors
/// The database's.
pub async fn count(db: &impl ConnectionTrait, scope: Scope, after: i64, head: i64) -> Result<u64, DbErr> {
    let support = Condition::all().add(chat_room::Column::Kind.eq(ChatKind::Support));
    // Of other rooms only messages and reads are told.
    let told = Condition::any().add(chat_event::Column::EventType.ne(EventType::Room)).add(room_is(support));
    in_scope(scope, after, head).filter(told).count(db).await
}

fn in_scope(scope: Scope, after: i64, head: i64) -> Select<chat_event::Entity> {
    let select =
        chat_event::Entity::find().filter(chat_event::Column::Id.gt(after)).filter(chat_event::Column::Id.lte(head));
    match scope {
        Scope::Room(id) => select.filter(chat_event::Column::RoomId.eq(id)).filter(told_of_reads(None)),
        // A person has few rooms: their events are looked up by room. The desk has nearly all: its are filtered one by one.
        Scope::Person(id) => {
            select.filter(chat_event::Column::RoomId.in_subquery(rooms(of_person(id)))).filter(told_of_reads(Some(id)))
        }
        Scope::Inbox(id) => select
            .filter(room_is(of_person(id).add(chat_room::Column::Kind.eq(ChatKind::Support))))
            .filter(told_of_reads(Some(id))),
        Scope::Desk => select.filter(room_is(Condition::all().add(chat_room::Column::Kind.eq(ChatKind::Support)))),
    }
}

fn of_person(id: i32) -> Condition {
    Condition::any()
        .add(chat_room::Column::UserId.eq(id))
        .add(chat_room::Column::PeerId.eq(id))
        .add(chat_room::Column::PeerId.eq(chat_room::EVERYBODY))
}

/// How far somebody has read broadcasts is told to nobody else.
fn told_of_reads(reader: Option<i32>) -> Condition {
    let broadcasts = Condition::all().add(chat_room::Column::PeerId.eq(chat_room::EVERYBODY));
    Condition::any()
        .add(chat_event::Column::EventType.ne(EventType::Read))
        .add_option(reader.map(|reader| chat_event::Column::ActorId.eq(reader)))
        .add(chat_event::Column::RoomId.not_in_subquery(rooms(broadcasts)))
}

fn rooms(condition: Condition) -> SelectStatement {
    chat_room::Entity::find().select_only().column(chat_room::Column::Id).filter(condition).into_query()
}

fn room_is(condition: Condition) -> Expr {
    let same = Expr::col((chat_event::Entity, chat_event::Column::RoomId))
        .eq(Expr::col((chat_room::Entity, chat_room::Column::Id)));
    Expr::exists(rooms(Condition::all().add(same).add(condition)))
}

/// Reads at most `limit` events after `after` and up to `until`, whoever they concern, as far as no number is missing.
pub(super) async fn committed_after(
    db: &impl ConnectionTrait,
    after: i64,
    until: i64,
    limit: u64,
) -> Result<Committed, DbErr> {
    let rows = chat_event::Entity::find()
        .filter(chat_event::Column::Id.gt(after))
        .filter(chat_event::Column::Id.lte(until))
        .order_by_asc(chat_event::Column::Id)
        .limit(limit)
        .all(db)
        .await?;
    let rows: Vec<_> = (after + 1..).zip(rows).take_while(|(id, row)| *id == row.id).map(|(_, row)| row).collect();
    let through = rows.last().map_or(after, |row| row.id);
    let rooms = load_rooms(db, rows.iter().map(|row| row.room_id).collect()).await?;
    let topics: HashMap<i64, Topics> =
        rows.iter().filter_map(|row| Some((row.id, topics(row, rooms.get(&row.room_id)?)))).collect();
    let delivery = |(id, event): (i64, Event)| Some(Delivery::stored(id, topics.get(&id)?.clone(), event));
    let deliveries = events_of_rows(db, rows, rooms).await?.into_iter().filter_map(delivery).collect();
    Ok(Committed { after, through, deliveries })
}

/// Whom an event concerns; as the operations that append it have it.
fn topics(row: &chat_event::Model, room: &Room) -> Topics {
    match (row.event_type, row.actor_id) {
        (EventType::Read, Some(reader)) if room.kind == ChatKind::Broadcast => {
            [Topic::Person(reader)].into_iter().collect()
        }
        _ => Topic::of_room(room.id, room.user.id, room.peer.as_ref().map(|peer| peer.id), room.kind),
    }
}

async fn events_of_rows(
    db: &impl ConnectionTrait,
    rows: Vec<chat_event::Model>,
    rooms: HashMap<i32, Room>,
) -> Result<Vec<(i64, Event)>, DbErr> {
    let is_message =
        |row: &&chat_event::Model| matches!(row.event_type, EventType::Message | EventType::MessageUpdated);
    let messages = load_messages(db, rows.iter().filter(is_message).filter_map(|row| row.message_id).collect()).await?;
    let event = |row: chat_event::Model| {
        let room = || rooms.get(&row.room_id).cloned();
        let message = || row.message_id.and_then(|id| messages.get(&id)).cloned();
        let posted = || Some(Box::new(Posted { message: message()?, room: room()? }));
        let event = match row.event_type {
            EventType::Message => Event::Message(posted()?),
            EventType::MessageUpdated => Event::MessageUpdated(posted()?),
            EventType::Read => {
                let (room_id, kind) = (row.room_id, rooms.get(&row.room_id)?.kind);
                Event::Read { room_id, kind, user_id: row.actor_id?, last_read_message_id: row.message_id }
            }
            EventType::Room => Event::Room(Box::new(room()?)),
        };
        Some((row.id, event))
    };
    Ok(rows.into_iter().filter_map(event).collect())
}
