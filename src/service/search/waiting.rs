//! The messages that wait to be indexed, on the databases where the index comes after the commit.

use std::collections::HashSet;

use sea_orm::{ConnectionTrait, DbBackend, DbErr, QueryResult, Statement};
use serde::de::DeserializeOwned;

use super::words::words;
use crate::journal::Tx;

/// The largest id that SQLite's index has: everything up to it is indexed.
pub(super) const SQLITE_INDEXED: &str = r#"(SELECT coalesce(max("id"), 0) FROM "ChatMessageSearch_docsize")"#;
/// Up to which id Postgres has indexed what Sapa wrote. Everything else is indexed as it is written.
pub(super) const POSTGRES_INDEXED: &str = r#"(SELECT "through" FROM "ChatMessageIndexed")"#;
/// The last id that Postgres gave to a message. What another program numbered by itself may be beyond.
const POSTGRES_GIVEN: &str = r#"coalesce(pg_sequence_last_value(pg_get_serial_sequence('"ChatMessage"', 'id')), 0)"#;

/// How far the messages go, and how many of them wait.
pub(super) struct Waiting {
    /// The newest message.
    pub(super) newest: i64,
    /// How many are not indexed yet; more than that if some of the ids are gone.
    pub(super) count: i64,
}

/// What waits; `None` where nothing ever does.
pub(super) async fn waiting(db: &impl ConnectionTrait) -> Result<Option<Waiting>, DbErr> {
    let backend = db.get_database_backend();
    let (newest, indexed, changed) = match backend {
        DbBackend::Sqlite => (
            r#"coalesce((SELECT max("id") FROM "ChatMessage"), 0)"#,
            SQLITE_INDEXED,
            r#"(SELECT count(*) FROM "ChatMessageChanged") + (SELECT count(*) FROM "ChatMessageForgotten")"#,
        ),
        DbBackend::Postgres => (POSTGRES_GIVEN, POSTGRES_INDEXED, "0"),
        _ => return Ok(None),
    };
    let ends = format!(r#"SELECT {newest} AS "newest", CAST({newest} - {indexed} + {changed} AS bigint) AS "count""#);
    let row = db.query_one_raw(Statement::from_string(backend, ends)).await?;
    row.map(|row| Ok(Waiting { newest: row.try_get("", "newest")?, count: row.try_get("", "count")? })).transpose()
}

/// Indexes the oldest messages that wait, about as many as the limit says, or all; returns how many.
pub(super) async fn index_next(tx: &Tx, limit: u64) -> Result<u64, DbErr> {
    match tx.read().get_database_backend() {
        DbBackend::Sqlite => sqlite_index(tx, limit).await,
        _ => postgres_index(tx, limit).await,
    }
}

/// The words of the messages first, so that none is in the index that a search cannot know of; before that it forgets the
/// words of what was changed or deleted.
async fn sqlite_index(tx: &Tx, limit: u64) -> Result<u64, DbErr> {
    let db = tx.write_noted();
    let next = format!(
        r#"SELECT json_group_array(json_array("id", CAST("message" AS text))) AS "next", (
            SELECT json_group_array(CAST("message" AS text)) FROM (
                SELECT "message" FROM "ChatMessageForgotten" ORDER BY rowid LIMIT {limit})) AS "forgotten" FROM (
        SELECT * FROM (SELECT "id", "message" FROM "ChatMessage" WHERE "id" IN (
            SELECT "id" FROM "ChatMessageChanged" WHERE "id" <= {SQLITE_INDEXED} ORDER BY "id" LIMIT {limit}))
        UNION ALL SELECT * FROM (SELECT "id", "message" FROM "ChatMessage"
            WHERE "id" > {SQLITE_INDEXED} ORDER BY "id" LIMIT {limit}))"#
    );
    let row = db.query_one_raw(Statement::from_string(DbBackend::Sqlite, next)).await?;
    let row = row.ok_or_else(|| DbErr::RecordNotFound("an aggregate".to_owned()))?;
    let (next, forgotten): (Vec<(i64, String)>, Vec<String>) = (array(&row, "next")?, array(&row, "forgotten")?);
    let forget = format!(
        r#"DELETE FROM "ChatMessageForgotten" WHERE rowid IN (
            SELECT rowid FROM "ChatMessageForgotten" ORDER BY rowid LIMIT {})"#,
        forgotten.len()
    );
    let ids = json(serde_json::to_string(&next.iter().map(|(id, _)| id).collect::<Vec<_>>()))?;
    let gone = all_words(forgotten.iter())?;
    let there = all_words(next.iter().map(|(_, message)| message))?;
    let statement = |sql: &str, value| db.later(Statement::from_sql_and_values(DbBackend::Sqlite, sql, value));
    if !forgotten.is_empty() {
        statement(
            r#"DELETE FROM "ChatWord" WHERE "word" IN (SELECT "value" FROM json_each(?))
            AND NOT EXISTS (SELECT 1 FROM "ChatMessageWord" WHERE "term" = "ChatWord"."word")"#,
            Some(gone.into()),
        );
        statement(&forget, None);
    }
    if !next.is_empty() {
        statement(r#"INSERT OR IGNORE INTO "ChatWord"("word") SELECT "value" FROM json_each(?)"#, Some(there.into()));
        statement(
            r#"INSERT INTO "ChatWordSearch"(rowid, "word") SELECT "id", "word" FROM "ChatWord"
            WHERE "id" > (SELECT coalesce(max("id"), 0) FROM "ChatWordSearch_docsize") ORDER BY "id""#,
            None,
        );
        statement(
            r#"INSERT INTO "ChatMessageSearch"(rowid, "message") SELECT "id", "message" FROM "ChatMessage"
            WHERE "id" IN (SELECT "value" FROM json_each(?)) ORDER BY "id""#,
            Some(ids.clone().into()),
        );
        statement(
            r#"DELETE FROM "ChatMessageChanged" WHERE "id" IN (SELECT "value" FROM json_each(?))"#,
            Some(ids.into()),
        );
    }
    Ok((next.len() + forgotten.len()) as u64)
}

/// The different words of the texts, as an array of JSON.
fn all_words<'a>(texts: impl Iterator<Item = &'a String>) -> Result<String, DbErr> {
    let all: HashSet<_> = texts.flat_map(|text| words(text)).map(|word| word.text).collect();
    json(serde_json::to_string(&all))
}

/// An array of JSON. Another program may have written what is no text; the words in it are found all the same.
fn array<T: DeserializeOwned>(row: &QueryResult, column: &str) -> Result<T, DbErr> {
    let text: Vec<u8> = row.try_get("", column)?;
    json(serde_json::from_str(&String::from_utf8_lossy(&text)))
}

/// A single statement, so that no message is left out.
async fn postgres_index(tx: &Tx, limit: u64) -> Result<u64, DbErr> {
    // What another program is just changing or deleting is not waited for, as everybody else would then wait for it too.
    let next = format!(
        r#"WITH "given" AS MATERIALIZED (SELECT {POSTGRES_GIVEN} AS "last"),
        "next" AS MATERIALIZED (SELECT "id" FROM "ChatMessage"
            WHERE "id" > {POSTGRES_INDEXED} AND "id" <= (SELECT "last" FROM "given") ORDER BY "id" LIMIT {limit}),
        "free" AS MATERIALIZED (SELECT "id", "chatRoomId", "message" FROM "ChatMessage"
            WHERE "id" IN (SELECT "id" FROM "next") FOR SHARE SKIP LOCKED),
        "copied" AS (INSERT INTO "ChatMessageSearch" SELECT * FROM "free" ON CONFLICT DO NOTHING)
        UPDATE "ChatMessageIndexed" SET "through" = coalesce(
            (SELECT min("id") - 1 FROM "next" WHERE "id" NOT IN (SELECT "id" FROM "free")),
            (SELECT max("id") FROM "next" HAVING count(*) = {limit}),
            (SELECT "last" FROM "given"))
        RETURNING (SELECT count(*) FROM "free") AS "count""#
    );
    let row = tx.write().query_one_raw(Statement::from_string(DbBackend::Postgres, next)).await?;
    let row = row.ok_or_else(|| DbErr::RecordNotFound("the row of ChatMessageIndexed".to_owned()))?;
    row.try_get::<i64>("", "count").map(i64::unsigned_abs)
}

fn json<T>(outcome: serde_json::Result<T>) -> Result<T, DbErr> {
    outcome.map_err(|error| DbErr::Json(error.to_string()))
}
