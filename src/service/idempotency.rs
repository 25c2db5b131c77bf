//! A repeated key answers what the first request did.

use std::collections::HashSet;

use chrono::TimeDelta;
use entity::idempotency_key;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, DbErr, EntityTrait, ExprTrait, QueryFilter, QuerySelect,
    sea_query::Expr,
};
use sha2::{Digest, Sha256};

use super::Error;
use crate::{domain::Timestamp, journal::Tx, state::State};

const FIELD: &str = "Idempotency-Key";
const MOST_CHARS: usize = 128;
/// How long a key is remembered (contract, section 3).
const LIFETIME: TimeDelta = TimeDelta::hours(24);

/// A key with a digest of the request that it came with.
#[derive(Clone, Debug)]
pub struct IdempotencyKey {
    key: String,
    fingerprint: String,
}

/// What the first request with a key did.
#[derive(Clone, Copy, Debug)]
pub(super) struct Done {
    pub(super) made_room: bool,
    pub(super) room_id: i32,
    pub(super) message_id: i32,
}

impl IdempotencyKey {
    /// Takes a key of 1 to 128 printable ASCII characters. `request` is what a repeat has in common with the first.
    ///
    /// # Errors
    /// [`Error::Invalid`] for any other key.
    pub fn parse(key: &str, request: &[&str]) -> Result<Self, Error> {
        if key.is_empty() || key.len() > MOST_CHARS || !key.bytes().all(|byte| (0x20..0x7f).contains(&byte)) {
            return Err(Error::invalid(FIELD, format!("must be 1 to {MOST_CHARS} printable ASCII characters")));
        }
        let mut digest = Sha256::new();
        for part in request {
            digest.update(part.len().to_be_bytes());
            digest.update(part);
        }
        let fingerprint = digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        Ok(Self { key: key.to_owned(), fingerprint })
    }

    /// The key as the client spelled it.
    pub(super) fn name(&self) -> &str {
        &self.key
    }
}

/// What the key's first request did, if it is remembered.
pub(super) async fn recall(tx: &Tx, user_id: i32, key: &IdempotencyKey) -> Result<Option<Done>, Error> {
    let row = idempotency_key::Entity::find_by_id((user_id, key.key.clone())).one(tx.read()).await?;
    let Some(row) = row.filter(|row| row.created_at > oldest(tx.now())) else { return Ok(None) };
    if row.fingerprint != key.fingerprint {
        return Err(Error::invalid(FIELD, "was used for another request"));
    }
    Ok(Some(Done { made_room: row.made_room, room_id: row.room_id, message_id: row.message_id }))
}

/// Those of the keys that were used before, whether they are still remembered or not.
pub(super) async fn used(
    tx: &Tx,
    keys: impl Iterator<Item = (i32, &IdempotencyKey)>,
) -> Result<HashSet<(i32, String)>, DbErr> {
    let keys: Vec<(i32, String)> = keys.map(|(user_id, key)| (user_id, key.key.clone())).collect();
    if keys.is_empty() {
        return Ok(HashSet::new());
    }
    let (user_id, key) = (idempotency_key::Column::UserId, idempotency_key::Column::Key);
    let columns = Expr::tuple([Expr::col(user_id), Expr::col(key)]);
    let rows = idempotency_key::Entity::find().filter(columns.in_tuples(keys)).all(tx.read()).await?;
    Ok(rows.into_iter().map(|row| (row.user_id, row.key)).collect())
}

/// Remembers what the first requests of keys that were never used did.
pub(super) fn remember_all(tx: &Tx, all: Vec<(i32, &IdempotencyKey, Done)>) {
    if !all.is_empty() {
        let rows = all.into_iter().map(|(user_id, key, done)| row_of(tx, user_id, key, done));
        tx.change_noted(&idempotency_key::Entity::insert_many(rows));
    }
}

/// Remembers what the key's first request did.
pub(super) async fn remember(tx: &Tx, user_id: i32, key: &IdempotencyKey, done: Done) -> Result<(), DbErr> {
    // A forgotten key that was not deleted yet may be used anew.
    idempotency_key::Entity::delete_by_id((user_id, key.key.clone())).exec(tx.write_noted()).await?;
    row_of(tx, user_id, key, done).insert(tx.write_noted()).await.map(|_| ())
}

fn row_of(tx: &Tx, user_id: i32, key: &IdempotencyKey, done: Done) -> idempotency_key::ActiveModel {
    idempotency_key::ActiveModel {
        user_id: Set(user_id),
        key: Set(key.key.clone()),
        fingerprint: Set(key.fingerprint.clone()),
        made_room: Set(done.made_room),
        room_id: Set(done.room_id),
        message_id: Set(done.message_id),
        created_at: Set(tx.now()),
    }
}

/// Deletes at most `limit` keys that are no longer remembered; returns how many.
///
/// # Errors
/// [`Error::Unavailable`] or [`Error::Database`].
pub async fn forget_old_keys(state: &State, limit: u64) -> Result<u64, Error> {
    state.writer.run(move |tx| Box::pin(forget_old(tx, limit))).await
}

async fn forget_old(tx: &mut Tx, limit: u64) -> Result<u64, Error> {
    let rows = idempotency_key::Entity::find()
        .filter(idempotency_key::Column::CreatedAt.lt(oldest(tx.now())))
        .limit(limit)
        .all(tx.read())
        .await?;
    for row in &rows {
        idempotency_key::Entity::delete_by_id((row.user_id, row.key.clone())).exec(tx.write_noted()).await?;
    }
    Ok(rows.len() as u64)
}

fn oldest(now: Timestamp) -> Timestamp {
    Timestamp::new(now.to_utc() - LIFETIME)
}
