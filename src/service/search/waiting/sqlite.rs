//! Indexing on SQLite, where the index says how far it got by its largest id.

use std::collections::HashSet;

use sea_orm::{ConnectionTrait, DbBackend, DbErr, QueryResult, Statement};
use serde::de::DeserializeOwned;

use crate::{journal::Tx, service::search::words::words};

/// The largest id that the index has: everything up to it is indexed.
pub(in crate::service::search) const SQLITE_INDEXED: &str =
    r#"(SELECT coalesce(max("id"), 0) FROM "ChatMessageSearch_docsize")"#;
/// The newest message.
pub(super) const NEWEST: &str = r#"coalesce((SELECT max("id") FROM "ChatMessage"), 0)"#;
/// What else waits.
pub(super) const LISTED: &str =
    r#"(SELECT count(*) FROM "ChatMessageChanged") + (SELECT count(*) FROM "ChatMessageForgotten")"#;

/// The words of the messages first, so that none is in the index that a search cannot know of; before that it forgets the
/// words of what was changed or deleted.
pub(super) async fn index(tx: &Tx, limit: u64) -> Result<u64, DbErr> {
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

fn json<T>(outcome: serde_json::Result<T>) -> Result<T, DbErr> {
    outcome.map_err(|error| DbErr::Json(error.to_string()))
}
