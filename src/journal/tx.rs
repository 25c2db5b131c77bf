//! One transaction of the writer.

use std::sync::atomic::{AtomicBool, Ordering};

use entity::{ChatPriority, ChatStatus, chat_counter, chat_event};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ConnectionTrait, DbErr, EntityTrait, FromQueryResult, IntoActiveModel,
    Iterable, QueryResult, QuerySelect, QueryTrait, Statement,
};

use super::memory::{Memory, Past};
use crate::{
    database::{Session, is_undone},
    domain::{Event, Timestamp, now},
    hub::{Committed, Delivery, Topics},
};

/// Rows of one INSERT; SQLite takes 32,766 parameters, of which a row needs seven.
const ROWS_PER_INSERT: usize = 500;

/// A change for the journal.
#[derive(Debug)]
pub struct Entry {
    /// The room that changed.
    pub room_id: i32,
    /// What happened.
    pub event_type: chat_event::EventType,
    /// Who did it; none for the service itself.
    pub actor_id: Option<i32>,
    /// The message it is about.
    pub message_id: Option<i32>,
    /// What changed, as JSON, for the audit trail.
    pub payload: Option<String>,
    /// Who is told.
    pub topics: Topics,
    /// What they are told.
    pub event: Event,
}

/// An open transaction that holds the counter's lock. What is appended is published once it was committed.
#[derive(Debug)]
pub struct Tx {
    db: Session,
    before: chat_counter::Model,
    counter: chat_counter::Model,
    now: Timestamp,
    rows: Vec<chat_event::ActiveModel>,
    deliveries: Vec<Delivery>,
    changed: AtomicBool,
    version: Option<i64>,
    memory: Memory,
    /// Whether something was changed that may be remembered otherwise; nothing is then remembered any more.
    outdated: AtomicBool,
    nothing: Memory,
}

impl Tx {
    /// Begins: locks the counter and asks what is to be known first; returns the rows of each question. What the past says
    /// is not asked. Should it be wrong, the first statement whose answer is waited for fails, and all is undone.
    pub(super) async fn begin(
        db: Session,
        past: Option<Past>,
        first: Vec<Option<Statement>>,
    ) -> Result<(Self, Vec<Vec<QueryResult>>), DbErr> {
        let mut asked = Vec::new();
        match &past {
            Some(past) => db.require_version(past.version),
            None => {
                let counter = chat_counter::Entity::find_by_id(chat_counter::ONLY_ROW).lock_exclusive();
                asked.push(counter.build(db.get_database_backend()));
                asked.extend(db.version());
            }
        }
        asked.extend(first.iter().flatten().cloned());
        let answers = match asked.is_empty() {
            true => Ok(Vec::new()),
            false => db.query_each(asked).await,
        };
        let mut answers = match answers {
            Err(error) if is_undone(&error) => return db.rollback().await.and(Err(error)),
            answers => answers?.into_iter(),
        };
        let (version, counter, memory) = match past {
            Some(past) => (Some(past.version), past.counter, past.memory),
            None => {
                let mut row = || answers.next().and_then(|rows| rows.into_iter().next());
                let counter = row().ok_or_else(|| DbErr::RecordNotFound("the row of ChatCounter".to_owned()))?;
                let version = db.version().and_then(|_| row()).map(|row| row.try_get_by_index(0)).transpose()?;
                (version, chat_counter::Model::from_query_result(&counter, "")?, Memory::default())
            }
        };
        let answers = first.iter().map(|asked| asked.as_ref().and_then(|_| answers.next()).unwrap_or_default());
        let answers = answers.collect();
        let tx = Self {
            db,
            before: counter.clone(),
            counter,
            now: now(),
            rows: Vec::new(),
            deliveries: Vec::new(),
            changed: AtomicBool::new(false),
            version,
            memory,
            outdated: AtomicBool::new(false),
            nothing: Memory::default(),
        };
        Ok((tx, answers))
    }

    /// The connection, for queries.
    pub fn read(&self) -> &Session {
        &self.db
    }

    /// The connection, for changes. An operation that asked for it and then refuses makes the writer undo what it did.
    /// From then on nothing is remembered.
    pub fn write(&self) -> &Session {
        self.outdated.store(true, Ordering::Relaxed);
        self.write_noted()
    }

    /// The connection, for changes of nothing that is remembered, or that are noted in [`Self::memory_mut`].
    pub fn write_noted(&self) -> &Session {
        self.changed.store(true, Ordering::Relaxed);
        &self.db
    }

    /// What need not be asked for.
    pub fn memory(&self) -> &Memory {
        if self.outdated.load(Ordering::Relaxed) { &self.nothing } else { &self.memory }
    }

    /// What need not be asked for, to note what was read, or changed by [`Self::write_noted`].
    pub fn memory_mut(&mut self) -> &mut Memory {
        &mut self.memory
    }

    /// Makes a change as [`Self::write_noted`] does, whose outcome nobody waits for; see [`Session::later`].
    pub fn change_noted(&self, statement: &impl QueryTrait) {
        let db = self.write_noted();
        db.later(statement.build(db.get_database_backend()));
    }

    /// The moment of the transaction.
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Appends a change to the journal; returns its id.
    pub fn append(&mut self, entry: Entry) -> i64 {
        self.changed.store(true, Ordering::Relaxed);
        self.counter.last_event_id += 1;
        let id = self.counter.last_event_id;
        self.rows.push(chat_event::ActiveModel {
            id: Set(id),
            room_id: Set(entry.room_id),
            event_type: Set(entry.event_type),
            actor_id: Set(entry.actor_id),
            message_id: Set(entry.message_id),
            payload: Set(entry.payload),
            created_at: Set(self.now),
        });
        self.deliveries.push(Delivery::stored(id, entry.topics, entry.event));
        id
    }

    /// The desk's totals, to be changed with what they count.
    pub fn totals(&mut self) -> Totals<'_> {
        self.changed.store(true, Ordering::Relaxed);
        Totals(&mut self.counter)
    }

    /// Forgets whether something was changed; returns whether it was.
    pub(super) fn take_changed(&mut self) -> bool {
        std::mem::take(self.changed.get_mut())
    }

    /// Writes what was appended and counted; [`Tx::commit`] must follow.
    pub(super) async fn flush(&mut self) -> Result<(), DbErr> {
        for rows in self.rows.chunks(ROWS_PER_INSERT) {
            self.change_noted(&chat_event::Entity::insert_many(rows.to_vec()));
        }
        if self.counter != self.before {
            let after = self.counter.clone().into_active_model();
            let mut counter = self.before.clone().into_active_model();
            for column in chat_counter::Column::iter() {
                if let Some(value) = after.get(column).into_value() {
                    counter.set_if_not_equals(column, value);
                }
            }
            self.change_noted(&chat_counter::Entity::update(counter).validate()?);
        }
        self.db.flush().await
    }

    /// Commits; returns what is to be published, and what the next transaction need not ask for.
    pub(super) async fn commit(self) -> Result<(Committed, Option<Past>), DbErr> {
        self.db.commit().await?;
        let (after, through) = (self.before.last_event_id, self.counter.last_event_id);
        let memory = if self.outdated.into_inner() { Memory::default() } else { self.memory };
        let past = self.version.map(|version| Past::new(version, self.counter, memory));
        Ok((Committed { after, through, deliveries: self.deliveries }, past))
    }

    /// The journal's end when the transaction began; nobody moves it until it ends.
    pub(super) fn journal_end(&self) -> i64 {
        self.before.last_event_id
    }

    pub(super) async fn rollback(self) -> Result<(), DbErr> {
        self.db.rollback().await
    }

    pub(super) fn mark_pruned(&mut self, through: i64) {
        self.changed.store(true, Ordering::Relaxed);
        self.counter.pruned_event_id = self.counter.pruned_event_id.max(through);
    }
}

/// The desk's totals, within a transaction. Only support rooms count.
#[derive(Debug)]
pub struct Totals<'a>(&'a mut chat_counter::Model);

impl Totals<'_> {
    /// A room was made, or (with -1) is counted no longer as it was.
    pub fn count_room(&mut self, status: ChatStatus, priority: ChatPriority, assigned: bool, by: i64) {
        // Another program on the same tables may have changed a row without counting it.
        let count = |total: &mut i64| *total = (*total + by).max(0);
        count(&mut self.0.total);
        count(match status {
            ChatStatus::Open => &mut self.0.open,
            ChatStatus::Closed => &mut self.0.closed,
            ChatStatus::Resolved => &mut self.0.resolved,
        });
        count(match priority {
            ChatPriority::Low => &mut self.0.low,
            ChatPriority::Normal => &mut self.0.normal,
            ChatPriority::High => &mut self.0.high,
            ChatPriority::Urgent => &mut self.0.urgent,
        });
        if !assigned {
            count(&mut self.0.unassigned);
        }
    }

    /// That many more messages wait for the desk.
    pub fn count_unread(&mut self, by: i64) {
        self.0.unread = (self.0.unread + by).max(0);
    }
}
