//! What conversations beside the desk's need: the second person of a DIRECT room, whom a message names, and whether the
//! customer's word is the last.

use sea_orm_migration::{
    prelude::{
        ColumnDef, DbErr, DeriveMigrationName, Index, IndexOrder, MigrationTrait, SchemaManager, Table, async_trait,
    },
    sea_orm::{ConnectionTrait, DbBackend},
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// Tables with the columns that they get.
const ADDED: [(&str, &str); 3] = [("ChatRoom", "peerId"), ("ChatRoom", "unanswered"), ("ChatMessage", "receiverId")];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, name) in ADDED {
            let mut column = ColumnDef::new(name);
            match name {
                "unanswered" => column.boolean().not_null().default(false),
                _ => column.integer(),
            };
            manager.alter_table(Table::alter().table(table).add_column(column).to_owned()).await?;
        }
        // Two people have one DIRECT room and an admin one BROADCAST room (its peer is 0); a NULL equals nothing, so SUPPORT
        // rooms are not narrowed. An index by kind would be taken for the desk's list too, which must not be sorted anew.
        let mut pair = Index::create().name("ChatRoom_userId_peerId_key").table("ChatRoom").unique().to_owned();
        manager.create_index(pair.col("userId").col("peerId").to_owned()).await?;
        let mut of_peer = Index::create().name("ChatRoom_peerId_lastActivity_idx").table("ChatRoom").to_owned();
        of_peer.col("peerId").col(("lastActivity", IndexOrder::Desc)).col(("id", IndexOrder::Desc));
        manager.create_index(of_peer).await?;
        let mut waiting = Index::create().name("ChatRoom_deskUnread_idx").table("ChatRoom").to_owned();
        manager.create_index(waiting.col("deskUnread").to_owned()).await?;
        let update = r#"UPDATE "ChatRoom" SET "unanswered" = ("deskUnread" > 0)"#;
        let update = match manager.get_database_backend() {
            DbBackend::MySql => update.replace('"', "`"),
            _ => update.to_owned(),
        };
        manager.get_connection().execute_unprepared(&update).await.map(|_| ())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for name in ["ChatRoom_userId_peerId_key", "ChatRoom_peerId_lastActivity_idx", "ChatRoom_deskUnread_idx"] {
            manager.drop_index(Index::drop().name(name).table("ChatRoom").to_owned()).await?;
        }
        for (table, name) in ADDED {
            manager.alter_table(Table::alter().table(table).drop_column(name).to_owned()).await?;
        }
        Ok(())
    }
}
