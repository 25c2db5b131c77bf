//! On SQLite messages are indexed for the search after their commit, many at once: 80 us for each instead of 240.
//!
//! The index itself says how far it got: everything up to its largest rowid is in it (`ChatMessageSearch_docsize` has a
//! row for each). A job appends what is beyond; the triggers keep what is in it true, whoever writes.

use sea_orm_migration::{
    prelude::{DbErr, DeriveMigrationName, MigrationTrait, SchemaManager, async_trait},
    sea_orm::{ConnectionTrait, DbBackend},
};

/// What puts a message into the index, and takes it out.
const ADD: &str = r#"INSERT INTO "ChatMessageSearch"(rowid, "message") VALUES (new.id, new."message");"#;
const REMOVE: &str = r#"INSERT INTO "ChatMessageSearch"("ChatMessageSearch", rowid, "message")
    VALUES ('delete', old.id, old."message");"#;
const CHANGED: &str = r#"old."message" IS NOT new."message""#;
/// Whether the index has the message: one that it does not have must not be taken out of it.
const INDEXED: &str = r#"EXISTS (SELECT 1 FROM "ChatMessageSearch_docsize" WHERE "id" = old."id")"#;
/// Whether the index is beyond a new message, which can only have been inserted with an id of its own.
const PASSED: &str = r#"new."id" <= (SELECT max("id") FROM "ChatMessageSearch_docsize")"#;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        make_triggers(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.get_database_backend() == DbBackend::Sqlite {
            let all = r#"INSERT INTO "ChatMessageSearch"("ChatMessageSearch") VALUES ('rebuild')"#;
            manager.get_connection().execute_unprepared(all).await?;
        }
        replace(manager, "", "", &format!("WHEN {CHANGED}")).await
    }
}

/// Makes the triggers of an index that comes later than the messages.
pub(crate) async fn make_triggers(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let changed = format!("WHEN {CHANGED} AND {INDEXED}");
    replace(manager, &format!("WHEN {PASSED}"), &format!("WHEN {INDEXED}"), &changed).await
}

/// Makes the three triggers anew, each with its condition.
async fn replace(manager: &SchemaManager<'_>, inserted: &str, deleted: &str, updated: &str) -> Result<(), DbErr> {
    if manager.get_database_backend() != DbBackend::Sqlite {
        return Ok(());
    }
    for (name, event, condition, actions) in [
        ("insert", "INSERT", inserted, ADD.to_owned()),
        ("delete", "DELETE", deleted, REMOVE.to_owned()),
        ("update", r#"UPDATE OF "message""#, updated, format!("{REMOVE} {ADD}")),
    ] {
        let name = format!("ChatMessageSearch_{name}");
        let create =
            format!(r#"CREATE TRIGGER "{name}" AFTER {event} ON "ChatMessage" {condition} BEGIN {actions} END"#);
        manager.get_connection().execute_unprepared(&format!(r#"DROP TRIGGER "{name}""#)).await?;
        manager.get_connection().execute_unprepared(&create).await?;
    }
    Ok(())
}
