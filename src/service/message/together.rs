//! Writing the messages that wait for the same commit at once, so that they share their statements.
//!
//! What needs more than a look at its room is left to be written by itself, after the others.

use std::collections::{HashMap, HashSet};

use entity::{ChatKind, ChatStatus, chat_message, chat_room};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::NotSet,
    ColumnTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, FromQueryResult, IntoActiveModel, QueryFilter,
    QueryResult, QuerySelect, QueryTrait, Statement,
    sea_query::{Expr, OnConflict},
};

use super::send::{Draft, Place, Put, append_message, moved_on, put, recalled, unassigned};
use crate::{
    domain::{Person, Posted, Principal, Role, Side},
    journal::{Answers, Memory, Together, Tx},
    records::{load_people, message_of, room_of},
    service::{Error, IdempotencyKey, idempotency, policy, room::find_room},
};

/// The last id that SQLite gave to a message, be it there or not.
const LAST_ID: &str = r#"max(
    coalesce((SELECT "seq" FROM "sqlite_sequence" WHERE "name" = 'ChatMessage'), 0),
    coalesce((SELECT max("id") FROM "ChatMessage"), 0))"#;
const LAST_ID_ALIAS: &str = "lastMessageId";

/// A message to a room that is there.
#[derive(Debug)]
pub(super) struct Sending {
    pub(super) author: Principal,
    pub(super) room_id: i32,
    pub(super) draft: Draft,
    pub(super) key: Option<IdempotencyKey>,
    /// Whether customers may write to each other.
    pub(super) direct_messages: bool,
}

impl Sending {
    /// May they?
    fn check(&self, room: &chat_room::Model) -> Result<(), Error> {
        policy::require_writing(&self.author, room)?;
        policy::require_chatting(self.direct_messages, &self.author, room)
    }

    /// Whether nothing follows from it but the message: its room stays open and with whom it is.
    fn is_plain(&self, room: &chat_room::Model) -> bool {
        let side = policy::side_in(room, self.author.id());
        room.status == ChatStatus::Open
            && room.kind != ChatKind::Broadcast
            && self.draft.reply_to_id.is_none()
            && !unassigned(room, side, self.draft.receiver_id)
    }
}

impl Together for Sending {
    type Output = Put;
    type Error = Error;

    async fn run_alone(&self, tx: &mut Tx) -> Result<Put, Error> {
        let room = find_room(tx.read(), self.room_id).await?;
        self.check(&room)?;
        match recalled(tx, &self.author, self.key.as_ref()).await? {
            Some(put) => Ok(put),
            None => {
                let (draft, known) = (self.draft.clone(), [&self.author.person]);
                put(tx, &self.author, Place::Known(room), draft, self.key.as_ref(), &known).await
            }
        }
    }

    fn first(all: &[&Self], backend: DbBackend, memory: &Memory) -> Option<Statement> {
        if memory.last_message_id.is_some() && all.iter().all(|sending| memory.room(sending.room_id).is_some()) {
            return None;
        }
        let ids: HashSet<i32> = all.iter().map(|sending| sending.room_id).collect();
        let mut rooms = chat_room::Entity::find().filter(chat_room::Column::Id.is_in(ids));
        if backend == DbBackend::Sqlite {
            rooms = rooms.column_as(Expr::cust(LAST_ID), LAST_ID_ALIAS);
        }
        Some(rooms.build(backend))
    }

    async fn run_together(tx: &mut Tx, all: &[&Self], rows: Vec<QueryResult>) -> Result<Answers<Self>, Error> {
        note(tx, &rows)?;
        let now = tx.now();
        let mut used =
            idempotency::used(tx, all.iter().filter_map(|each| Some((each.author.id(), each.key.as_ref()?)))).await?;

        let mut outcomes: Answers<Self> = Vec::with_capacity(all.len());
        let mut written = Vec::new();
        for (index, sending) in all.iter().enumerate() {
            outcomes.push(None);
            let Some(room) = tx.memory_mut().room_mut(sending.room_id) else {
                outcomes[index] = Some(Err(Error::NO_ROOM));
                continue;
            };
            if let Err(error) = sending.check(room) {
                outcomes[index] = Some(Err(error));
                continue;
            }
            let is_repeat =
                sending.key.as_ref().is_some_and(|key| !used.insert((sending.author.id(), key.name().to_owned())));
            if is_repeat || !sending.is_plain(room) {
                continue;
            }
            let message = chat_message::Model {
                id: 0,
                chat_room_id: room.id,
                sender_id: sending.author.id(),
                message: sending.draft.text.clone(),
                message_type: sending.draft.message_type,
                is_read: false,
                created_at: now,
                reply_to_id: None,
                deleted_at: None,
                receiver_id: sending.draft.receiver_id,
            };
            moved_on(room, &sending.author, &message);
            written.push(Written { index, message, room: room.clone() });
        }
        if written.is_empty() {
            return Ok(outcomes);
        }
        match tx.memory().last_message_id {
            Some(last_id) => insert_after(tx, last_id, &mut written),
            None => insert(tx, &mut written).await?,
        }
        store(tx, &written)?;
        let people = people_of(tx, all, &written).await?;
        let mut remembered = Vec::new();
        for Written { index, message, room } in written {
            let sending = all[index];
            if room.kind == ChatKind::Support && policy::side_in(&room, sending.author.id()) == Side::Customer {
                tx.totals().count_unread(1);
            }
            if let Some(key) = &sending.key {
                let done = idempotency::Done { made_room: false, room_id: room.id, message_id: message.id };
                remembered.push((sending.author.id(), key, done));
            }
            let person = |id: i32| people.get(&id).cloned();
            let user =
                person(room.user_id).unwrap_or(Person { id: room.user_id, name: None, email: None, role: Role::User });
            let (admin, peer) = (room.admin_id.and_then(person), room.peer_id.and_then(person));
            let message = message_of(message, sending.author.person.clone(), Vec::new());
            append_message(
                tx,
                &sending.author,
                Posted { message: message.clone(), room: room_of(room, user, admin, peer) },
            );
            outcomes[index] = Some(Ok(Put { message, news: None }));
        }
        idempotency::remember_all(tx, remembered);
        Ok(outcomes)
    }
}

/// Notes the rows that were asked for first.
fn note(tx: &mut Tx, rows: &[QueryResult]) -> Result<(), DbErr> {
    if let Some(row) = rows.first()
        && tx.read().get_database_backend() == DbBackend::Sqlite
    {
        tx.memory_mut().last_message_id = Some(row.try_get("", LAST_ID_ALIAS)?);
    }
    for row in rows {
        tx.memory_mut().note_room(chat_room::Model::from_query_result(row, "")?);
    }
    Ok(())
}

/// A message with its room as it is after it.
struct Written {
    index: usize,
    message: chat_message::Model,
    room: chat_room::Model,
}

/// Inserts the messages with the ids that come next, which are this transaction's as long as it holds SQLite's lock. Nobody
/// waits for it: one way to the driver's thread less.
fn insert_after(tx: &mut Tx, last_id: i32, written: &mut [Written]) {
    for (each, id) in written.iter_mut().zip(last_id.saturating_add(1)..) {
        each.message.id = id;
        tx.memory_mut().last_message_id = Some(id);
    }
    let rows = written.iter().map(|each| each.message.clone().into_active_model().reset_all());
    tx.change_noted(&chat_message::Entity::insert_many(rows));
}

/// Inserts the messages in one statement. Their ids grow in the order of its rows, on each database.
async fn insert(tx: &Tx, written: &mut [Written]) -> Result<(), DbErr> {
    let rows = written.iter().map(|each| {
        let mut row = each.message.clone().into_active_model().reset_all();
        row.id = NotSet;
        row
    });
    let insert = chat_message::Entity::insert_many(rows);
    let db = tx.write_noted();
    let ids: Vec<i32> = if db.support_returning() {
        let mut keys = insert.exec_with_returning_keys(db).await?;
        keys.sort_unstable();
        keys
    } else {
        // MySQL tells the first one, and gives one statement ids at equal steps, which are longer in a cluster of its.
        let first = insert.exec(db).await?.last_insert_id.ok_or(DbErr::RecordNotInserted)?;
        let step = "SELECT CAST(@@auto_increment_increment AS SIGNED) AS step";
        let step = db.query_one_raw(Statement::from_string(db.get_database_backend(), step)).await?;
        let step: i64 = step.ok_or(DbErr::RecordNotInserted)?.try_get("", "step")?;
        let step = usize::try_from(step).map_err(|_| DbErr::RecordNotInserted)?;
        (first..).step_by(step.max(1)).take(written.len()).collect()
    };
    if ids.len() != written.len() {
        return Err(DbErr::RecordNotInserted);
    }
    for (each, id) in written.iter_mut().zip(ids) {
        each.message.id = id;
    }
    Ok(())
}

/// Stores the rooms as they are after their last message, in one statement; a single one in a lighter one.
fn store(tx: &Tx, written: &[Written]) -> Result<(), DbErr> {
    let last: HashMap<i32, &chat_room::Model> = written.iter().map(|each| (each.room.id, &each.room)).collect();
    let changed = [
        chat_room::Column::LastMessage,
        chat_room::Column::LastActivity,
        chat_room::Column::UpdatedAt,
        chat_room::Column::IsRead,
        chat_room::Column::DeskUnread,
        chat_room::Column::CustomerUnread,
        chat_room::Column::Unanswered,
    ];
    let mut rows = last.into_values().map(|room| room.clone().into_active_model());
    if rows.len() == 1
        && let Some(mut row) = rows.next()
    {
        changed.into_iter().for_each(|column| row.reset(column));
        tx.change_noted(&chat_room::Entity::update(row).validate()?);
        return Ok(());
    }
    // All rooms are there, so it only ever updates.
    let update = OnConflict::column(chat_room::Column::Id).update_columns(changed).to_owned();
    let rows = rows.map(|row| {
        let mut row = row.reset_all();
        row.id.reset();
        row
    });
    tx.change_noted(&chat_room::Entity::insert_many(rows).on_conflict(update));
    Ok(())
}

/// The people of the rooms; those who write are known.
async fn people_of(tx: &mut Tx, all: &[&Sending], written: &[Written]) -> Result<HashMap<i32, Person>, DbErr> {
    let mut known: HashMap<i32, Person> =
        written.iter().map(|each| &all[each.index].author.person).map(|person| (person.id, person.clone())).collect();
    let mut unknown = Vec::new();
    let ids = written.iter().flat_map(|each| [Some(each.room.user_id), each.room.admin_id, each.room.peer_id]);
    for id in ids.flatten() {
        match tx.memory().person(id) {
            _ if known.contains_key(&id) => {}
            Some(person) => drop(known.insert(id, person.clone())),
            None => unknown.push(id),
        }
    }
    let found = load_people(tx.read(), unknown).await?;
    tx.memory_mut().note_people(found.values().cloned());
    known.extend(found);
    Ok(known)
}
