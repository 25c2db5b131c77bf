//! Fewer indexes of rooms. Each message moves its room in every index that ends in `lastActivity`; of seven three are left,
//! from which each list is read range by range.

use sea_orm_migration::{
    prelude::{DbErr, DeriveMigrationName, Index, IndexOrder, MigrationTrait, SchemaManager, async_trait},
    sea_orm::{ConnectionTrait, DbBackend},
};

/// Indexes by these columns, then by activity, that go.
const BY_ACTIVITY: [&[&str]; 4] = [&[], &["adminId"], &["userId"], &["peerId"]];
/// Rooms in which something waits for the desk. Without the count as its key it changes with the first and the last.
const WAITING: &str = r#"CREATE INDEX "ChatRoom_waiting_idx" ON "ChatRoom" ("id") WHERE "deskUnread" > 0"#;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let of_peer = Index::create().name("ChatRoom_peerId_idx").table("ChatRoom").col("peerId").to_owned();
        manager.create_index(of_peer).await?;
        for columns in BY_ACTIVITY {
            drop(manager, &by_activity(columns)).await?;
        }
        // MySQL knows no index of some rows.
        if manager.get_database_backend() != DbBackend::MySql {
            manager.get_connection().execute_unprepared(WAITING).await?;
            drop(manager, "ChatRoom_deskUnread_idx").await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.get_database_backend() != DbBackend::MySql {
            let waiting =
                Index::create().name("ChatRoom_deskUnread_idx").table("ChatRoom").col("deskUnread").to_owned();
            manager.create_index(waiting).await?;
            drop(manager, "ChatRoom_waiting_idx").await?;
        }
        for columns in BY_ACTIVITY {
            let mut index = Index::create().name(by_activity(columns)).table("ChatRoom").to_owned();
            for column in columns {
                index.col(*column);
            }
            index.col(("lastActivity", IndexOrder::Desc)).col(("id", IndexOrder::Desc));
            manager.create_index(index).await?;
        }
        drop(manager, "ChatRoom_peerId_idx").await
    }
}

fn by_activity(columns: &[&str]) -> String {
    let columns: String = columns.iter().map(|column| format!("{column}_")).collect();
    format!("ChatRoom_{columns}lastActivity_idx")
}

async fn drop(manager: &SchemaManager<'_>, name: &str) -> Result<(), DbErr> {
    manager.drop_index(Index::drop().name(name).table("ChatRoom").to_owned()).await
}
