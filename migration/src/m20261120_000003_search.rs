//! Full text over messages, subjects and customers, with each database's own means.
//!
//! SQLite: FTS5 with trigrams, kept by triggers so that rows written by another program are found too. Postgres:
//! `pg_trgm` indexes. MySQL: a FULLTEXT index of the messages; it knows only words, so the few others are looked through.

use sea_orm_migration::{
    prelude::{DbErr, DeriveMigrationName, MigrationTrait, SchemaManager, async_trait},
    sea_orm::{ConnectionTrait, DbBackend},
};

/// Table and the columns of it that are searched.
const SEARCHED: [(&str, &[&str]); 3] =
    [("ChatMessage", &["message"]), ("ChatRoom", &["subject"]), ("User", &["name", "email"])];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        let backend = manager.get_database_backend();
        if backend == DbBackend::Postgres {
            db.execute_unprepared("CREATE EXTENSION IF NOT EXISTS pg_trgm").await?;
        }
        for (table, columns) in SEARCHED {
            for statement in up(backend, table, columns) {
                db.execute_unprepared(&statement).await?;
            }
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, columns) in SEARCHED {
            for statement in down(manager.get_database_backend(), table, columns) {
                manager.get_connection().execute_unprepared(&statement).await?;
            }
        }
        Ok(())
    }
}

fn up(backend: DbBackend, table: &str, columns: &[&str]) -> Vec<String> {
    match backend {
        DbBackend::Postgres => columns
            .iter()
            .map(|column| {
                format!("CREATE INDEX \"{table}_{column}_trgm\" ON \"{table}\" USING gin (\"{column}\" gin_trgm_ops)")
            })
            .collect(),
        DbBackend::MySql if table != "ChatMessage" => Vec::new(),
        DbBackend::MySql => {
            vec![format!("CREATE FULLTEXT INDEX `{table}_search` ON `{table}` (`{}`)", columns.join("`, `"))]
        }
        _ => sqlite_up(table, columns),
    }
}

fn sqlite_up(table: &str, columns: &[&str]) -> Vec<String> {
    let names = quoted(columns, "");
    let changed = columns.iter().map(|name| format!("old.\"{name}\" IS NOT new.\"{name}\"")).collect::<Vec<_>>();
    let index = format!("{table}Search");
    let add = format!("INSERT INTO \"{index}\"(rowid, {names}) VALUES (new.id, {});", quoted(columns, "new."));
    let remove = format!(
        "INSERT INTO \"{index}\"(\"{index}\", rowid, {names}) VALUES ('delete', old.id, {});",
        quoted(columns, "old.")
    );
    vec![
        format!(
            "CREATE VIRTUAL TABLE \"{index}\" USING fts5({names}, content='{table}', content_rowid='id', \
             tokenize='trigram')"
        ),
        format!("INSERT INTO \"{index}\"(\"{index}\") VALUES ('rebuild')"),
        format!("CREATE TRIGGER \"{index}_insert\" AFTER INSERT ON \"{table}\" BEGIN {add} END"),
        format!("CREATE TRIGGER \"{index}_delete\" AFTER DELETE ON \"{table}\" BEGIN {remove} END"),
        format!(
            "CREATE TRIGGER \"{index}_update\" AFTER UPDATE OF {names} ON \"{table}\" WHEN {} BEGIN {remove} {add} END",
            changed.join(" OR ")
        ),
    ]
}

fn down(backend: DbBackend, table: &str, columns: &[&str]) -> Vec<String> {
    match backend {
        DbBackend::Postgres => columns.iter().map(|column| format!("DROP INDEX \"{table}_{column}_trgm\"")).collect(),
        DbBackend::MySql if table != "ChatMessage" => Vec::new(),
        DbBackend::MySql => vec![format!("DROP INDEX `{table}_search` ON `{table}`")],
        _ => ["insert", "delete", "update"]
            .iter()
            .map(|event| format!("DROP TRIGGER \"{table}Search_{event}\""))
            .chain([format!("DROP TABLE \"{table}Search\"")])
            .collect(),
    }
}

fn quoted(columns: &[&str], prefix: &str) -> String {
    columns.iter().map(|name| format!("{prefix}\"{name}\"")).collect::<Vec<_>>().join(", ")
}
