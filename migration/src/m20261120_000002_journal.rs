//! The journal with its counter, read marks, reactions and idempotency keys.

use sea_orm_migration::{
    prelude::{ColumnDef, DbErr, DeriveMigrationName, Index, MigrationTrait, Query, SchemaManager, Table, async_trait},
    sea_orm::{ConnectionTrait, DbBackend},
};

use crate::column::{exact_text, iden, moment_of_creation, table};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_database_backend();
        create_event(manager, db).await?;
        create_counter(manager, db).await?;
        create_participant(manager, db).await?;
        create_reaction(manager, db).await?;
        create_idempotency_key(manager, db).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["IdempotencyKey", "ChatReaction", "ChatParticipant", "ChatCounter", "ChatEvent"] {
            manager.drop_table(Table::drop().table(iden(table)).to_owned()).await?;
        }
        Ok(())
    }
}

async fn create_event(manager: &SchemaManager<'_>, db: DbBackend) -> Result<(), DbErr> {
    let table = table(db, "ChatEvent")
        .col(ColumnDef::new("id").big_integer().not_null().primary_key())
        .col(ColumnDef::new("roomId").integer().not_null())
        .col(ColumnDef::new("type").string_len(32).not_null())
        .col(ColumnDef::new("actorId").integer())
        .col(ColumnDef::new("messageId").integer())
        .col(ColumnDef::new("payload").text())
        .col(moment_of_creation(db, "createdAt"))
        .to_owned();
    manager.create_table(table).await?;
    let mut of_room = Index::create().name("ChatEvent_roomId_id_idx").table("ChatEvent").to_owned();
    manager.create_index(of_room.col("roomId").col("id").to_owned()).await
}

async fn create_counter(manager: &SchemaManager<'_>, db: DbBackend) -> Result<(), DbErr> {
    let mut table = table(db, "ChatCounter");
    table.col(ColumnDef::new("id").integer().not_null().primary_key());
    for total in [
        "lastEventId",
        "prunedEventId",
        "total",
        "open",
        "closed",
        "resolved",
        "unread",
        "unassigned",
        "low",
        "normal",
        "high",
        "urgent",
    ] {
        table.col(ColumnDef::new(total).big_integer().not_null().default(0));
    }
    manager.create_table(table).await?;
    let only_row = Query::insert().into_table("ChatCounter").columns(["id"]).values_panic([1.into()]).to_owned();
    manager.get_connection().execute(&only_row).await.map(|_| ())
}

async fn create_participant(manager: &SchemaManager<'_>, db: DbBackend) -> Result<(), DbErr> {
    let table = table(db, "ChatParticipant")
        .col(ColumnDef::new("roomId").integer().not_null())
        .col(ColumnDef::new("userId").integer().not_null())
        .col(ColumnDef::new("lastReadMessageId").integer())
        .col(moment_of_creation(db, "updatedAt"))
        .primary_key(Index::create().col("roomId").col("userId"))
        .to_owned();
    manager.create_table(table).await
}

async fn create_reaction(manager: &SchemaManager<'_>, db: DbBackend) -> Result<(), DbErr> {
    let table = table(db, "ChatReaction")
        .col(ColumnDef::new("id").integer().not_null().auto_increment().primary_key())
        .col(ColumnDef::new("messageId").integer().not_null())
        .col(ColumnDef::new("userId").integer().not_null())
        .col(exact_text(db, "emoji", 64).not_null())
        .col(moment_of_creation(db, "createdAt"))
        .to_owned();
    manager.create_table(table).await?;
    let mut once = Index::create().name("ChatReaction_messageId_userId_emoji_key").table("ChatReaction").to_owned();
    manager.create_index(once.unique().col("messageId").col("userId").col("emoji").to_owned()).await
}

async fn create_idempotency_key(manager: &SchemaManager<'_>, db: DbBackend) -> Result<(), DbErr> {
    let table = table(db, "IdempotencyKey")
        .col(ColumnDef::new("userId").integer().not_null())
        .col(exact_text(db, "key", 128).not_null())
        .col(exact_text(db, "fingerprint", 64).not_null())
        .col(ColumnDef::new("madeRoom").boolean().not_null())
        .col(ColumnDef::new("roomId").integer().not_null())
        .col(ColumnDef::new("messageId").integer().not_null())
        .col(moment_of_creation(db, "createdAt"))
        .primary_key(Index::create().col("userId").col("key"))
        .to_owned();
    manager.create_table(table).await?;
    let mut by_age = Index::create().name("IdempotencyKey_createdAt_idx").table("IdempotencyKey").to_owned();
    manager.create_index(by_age.col("createdAt").to_owned()).await
}
