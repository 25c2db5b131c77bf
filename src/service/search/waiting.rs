//! The messages that wait to be indexed, on the databases where the index comes after the commit.

use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement};

/// The largest id that SQLite's index has: everything up to it is indexed.
pub(super) const SQLITE_INDEXED: &str = r#"(SELECT coalesce(max("id"), 0) FROM "ChatMessageSearch_docsize")"#;
/// Up to which id Postgres has indexed what Sapa wrote. Everything else is indexed as it is written.
pub(super) const POSTGRES_INDEXED: &str = r#"(SELECT "through" FROM "ChatMessageIndexed")"#;
/// The last id that Postgres gave to a message. What another program numbered by itself may be beyond.
const POSTGRES_GIVEN: &str = r#"coalesce(pg_sequence_last_value(pg_get_serial_sequence('"ChatMessage"', 'id')), 0)"#;

/// The newest message, and the newest one that is indexed; `None` where nothing waits.
pub(super) async fn ends(db: &impl ConnectionTrait) -> Result<Option<(i64, i64)>, DbErr> {
    let backend = db.get_database_backend();
    let (newest, indexed) = match backend {
        DbBackend::Sqlite => (r#"coalesce((SELECT max("id") FROM "ChatMessage"), 0)"#, SQLITE_INDEXED),
        DbBackend::Postgres => (POSTGRES_GIVEN, POSTGRES_INDEXED),
        _ => return Ok(None),
    };
    let ends = format!(r#"SELECT {newest} AS "newest", CAST({indexed} AS bigint) AS "indexed""#);
    let row = db.query_one_raw(Statement::from_string(backend, ends)).await?;
    row.map(|row| Ok((row.try_get("", "newest")?, row.try_get("", "indexed")?))).transpose()
}

/// Indexes the oldest messages that wait, within a transaction that keeps other writers of this service away; returns how
/// many. A single statement, so that no message is left out.
pub(super) async fn index_next(db: &impl ConnectionTrait, limit: u64) -> Result<u64, DbErr> {
    let backend = db.get_database_backend();
    if backend == DbBackend::Sqlite {
        let next = format!(
            r#"INSERT INTO "ChatMessageSearch"(rowid, "message")
            SELECT "id", "message" FROM "ChatMessage" WHERE "id" > {SQLITE_INDEXED} ORDER BY "id" LIMIT {limit}"#
        );
        return Ok(db.execute_raw(Statement::from_string(backend, next)).await?.rows_affected());
    }
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
    let row = db.query_one_raw(Statement::from_string(backend, next)).await?;
    let count: i64 =
        row.ok_or_else(|| DbErr::RecordNotFound("the row of ChatMessageIndexed".to_owned()))?.try_get("", "count")?;
    Ok(count.unsigned_abs())
}
