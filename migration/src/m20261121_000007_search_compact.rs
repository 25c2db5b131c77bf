//! On SQLite the index of the messages no longer keeps where in a message a trigram stands, and merges its parts eight at a
//! time: half the size, and 12 us of CPU for each message instead of 28. A search compares the few messages that have all
//! trigrams of its term.

use sea_orm_migration::{
    prelude::{DbErr, DeriveMigrationName, MigrationTrait, SchemaManager, async_trait},
    sea_orm::{ConnectionTrait, DbBackend},
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// The new index is empty: the job that indexes new messages fills it, the oldest first.
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        replace(manager, ", detail='none'", 8).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // As FTS5 does by itself.
        replace(manager, "", 4).await
    }
}

/// Makes the index anew, empty; `merged` is how many parts of it are merged at once.
pub(crate) async fn replace(manager: &SchemaManager<'_>, option: &str, merged: u32) -> Result<(), DbErr> {
    if manager.get_database_backend() != DbBackend::Sqlite {
        return Ok(());
    }
    let db = manager.get_connection();
    db.execute_unprepared(r#"DROP TABLE "ChatMessageSearch""#).await?;
    let create = format!(
        r#"CREATE VIRTUAL TABLE "ChatMessageSearch" USING fts5("message", content='ChatMessage', content_rowid='id',
        tokenize='trigram'{option})"#
    );
    db.execute_unprepared(&create).await?;
    let merge =
        format!(r#"INSERT INTO "ChatMessageSearch"("ChatMessageSearch", "rank") VALUES ('automerge', {merged})"#);
    db.execute_unprepared(&merge).await.map(|_| ())
}
