//! Fewer indexes of rooms. Each message moves its room in every index that ends in `lastActivity`; of seven three are left,
//! from which each list is read range by range.

use sea_orm_migration::{
    prelude::{DbErr, DeriveMigrationName, Index, IndexOrder, MigrationTrait, SchemaManager, async_trait},
    sea_orm::{ConnectionTrait, DbBackend},
};

/// Indexes by these columns, then by activity, that go.
const BY_ACTIVITY: [&[&str]; 4] = [&[], &["adminId"], &["userId"], &["peerId"]];
/// Indexes of some rooms, which MySQL does not know: of those in which something waits for the desk, by what stays the same
/// while the count grows, and of those with a second person.
const WAITING: &str = r#"CREATE INDEX "ChatRoom_waiting_idx" ON "ChatRoom" ("id") WHERE "deskUnread" > 0"#;
const OF_PEER: &str = r#"CREATE INDEX "ChatRoom_peerId_idx" ON "ChatRoom" ("peerId") WHERE "peerId" IS NOT NULL"#;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        if manager.get_database_backend() == DbBackend::MySql {
            let of_peer = Index::create().name("ChatRoom_peerId_idx").table("ChatRoom").col("peerId").to_owned();
            manager.create_index(of_peer).await?;
        } else {
            db.execute_unprepared(OF_PEER).await?;
            db.execute_unprepared(WAITING).await?;
            drop(manager, "ChatRoom_deskUnread_idx").await?;
        }
        for columns in BY_ACTIVITY {
            drop(manager, &by_activity(columns)).await?;
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
