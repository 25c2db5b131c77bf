//! `User`, `ChatRoom` and `ChatMessage` of seed 001, with the indexes of every list.

use sea_orm_migration::{
    prelude::{ColumnDef, ForeignKey, ForeignKeyCreateStatement, Index},
    prelude::{
        DbErr, DeriveMigrationName, ForeignKeyAction, IndexOrder, MigrationTrait, SchemaManager, Table, async_trait,
    },
    sea_orm::{ConnectionTrait, DbBackend},
};

use crate::column::{
    ENUMERATIONS, KIND, MESSAGE_TYPE, PRIORITY, ROLE, STATUS, enumeration, iden, moment, moment_of_creation,
    short_text, table,
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_database_backend();
        if db == DbBackend::Postgres {
            for of in ENUMERATIONS {
                let values = of.values.iter().map(|value| format!("'{value}'")).collect::<Vec<_>>().join(", ");
                let create = format!("CREATE TYPE \"{}\" AS ENUM ({values})", of.name);
                manager.get_connection().execute_unprepared(&create).await?;
            }
        }
        create_user(manager, db).await?;
        create_room(manager, db).await?;
        create_message(manager, db).await?;
        create_indexes(manager).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["ChatMessage", "ChatRoom", "User"] {
            manager.drop_table(Table::drop().table(iden(table)).to_owned()).await?;
        }
        if manager.get_database_backend() == DbBackend::Postgres {
            for of in ENUMERATIONS {
                manager.get_connection().execute_unprepared(&format!("DROP TYPE \"{}\"", of.name)).await?;
            }
        }
        Ok(())
    }
}

fn id() -> ColumnDef {
    let mut column = ColumnDef::new("id");
    column.integer().not_null().auto_increment().primary_key();
    column
}

async fn create_user(manager: &SchemaManager<'_>, db: DbBackend) -> Result<(), DbErr> {
    let table = table(db, "User")
        .col(id())
        .col(short_text(db, "name"))
        .col(short_text(db, "email"))
        .col(enumeration(db, "role", &ROLE))
        .col(moment(db, "lastSeen"))
        .col(moment_of_creation(db, "createdAt"))
        .col(moment_of_creation(db, "updatedAt"))
        .to_owned();
    manager.create_table(table).await
}

async fn create_room(manager: &SchemaManager<'_>, db: DbBackend) -> Result<(), DbErr> {
    let table = table(db, "ChatRoom")
        .col(id())
        .col(ColumnDef::new("userId").integer().not_null())
        .col(ColumnDef::new("adminId").integer())
        .col(enumeration(db, "status", &STATUS))
        .col(short_text(db, "subject"))
        .col(enumeration(db, "priority", &PRIORITY))
        .col(short_text(db, "lastMessage"))
        .col(moment_of_creation(db, "lastActivity"))
        .col(ColumnDef::new("isRead").boolean().not_null().default(false))
        .col(moment_of_creation(db, "createdAt"))
        .col(moment_of_creation(db, "updatedAt"))
        .col(enumeration(db, "kind", &KIND))
        .col(ColumnDef::new("deskUnread").integer().not_null().default(0))
        .col(ColumnDef::new("customerUnread").integer().not_null().default(0))
        .foreign_key(&mut reference("ChatRoom", "userId", "User", ForeignKeyAction::Restrict))
        .foreign_key(&mut reference("ChatRoom", "adminId", "User", ForeignKeyAction::SetNull))
        .to_owned();
    manager.create_table(table).await
}

async fn create_message(manager: &SchemaManager<'_>, db: DbBackend) -> Result<(), DbErr> {
    let table = table(db, "ChatMessage")
        .col(id())
        .col(ColumnDef::new("chatRoomId").integer().not_null())
        .col(ColumnDef::new("senderId").integer().not_null())
        .col(ColumnDef::new("message").text().not_null())
        .col(enumeration(db, "messageType", &MESSAGE_TYPE))
        .col(ColumnDef::new("isRead").boolean().not_null().default(false))
        .col(moment_of_creation(db, "createdAt"))
        .col(ColumnDef::new("replyToId").integer())
        .col(moment(db, "deletedAt"))
        .foreign_key(&mut reference("ChatMessage", "chatRoomId", "ChatRoom", ForeignKeyAction::Restrict))
        .foreign_key(&mut reference("ChatMessage", "senderId", "User", ForeignKeyAction::Restrict))
        .to_owned();
    manager.create_table(table).await
}

/// A foreign key by the name that Prisma gives it.
fn reference(
    from: &'static str,
    column: &'static str,
    to: &'static str,
    gone: ForeignKeyAction,
) -> ForeignKeyCreateStatement {
    ForeignKey::create()
        .name(format!("{from}_{column}_fkey"))
        .from(iden(from), iden(column))
        .to(iden(to), iden("id"))
        .on_delete(gone)
        .on_update(ForeignKeyAction::Cascade)
        .to_owned()
}

/// Lists page by (last activity, id); the status, priority and assignee filters narrow them first.
async fn create_indexes(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    for first in [None, Some("status"), Some("priority"), Some("adminId"), Some("userId")] {
        let name = format!("ChatRoom_{}lastActivity_idx", first.map(|column| format!("{column}_")).unwrap_or_default());
        let mut index = Index::create().name(name).table("ChatRoom").to_owned();
        if let Some(column) = first {
            index.col(column);
        }
        index.col(("lastActivity", IndexOrder::Desc)).col(("id", IndexOrder::Desc));
        manager.create_index(index).await?;
    }
    let mut open_of_admin =
        Index::create().name("ChatRoom_adminId_status_lastActivity_idx").table("ChatRoom").to_owned();
    open_of_admin.col("adminId").col("status").col(("lastActivity", IndexOrder::Desc)).col(("id", IndexOrder::Desc));
    manager.create_index(open_of_admin).await?;
    let mut unread = Index::create().name("ChatMessage_chatRoomId_isRead_idx").table("ChatMessage").to_owned();
    manager.create_index(unread.col("chatRoomId").col("isRead").col("id").to_owned()).await?;
    let mut history = Index::create().name("ChatMessage_chatRoomId_id_idx").table("ChatMessage").to_owned();
    manager.create_index(history.col("chatRoomId").col("id").to_owned()).await
}
