//! Opening and migrating the database.

use std::{path::Path, time::Duration};

use migration::MigratorTrait;
use sea_orm::{
    ConnectOptions, Database, DatabaseConnection, DbErr,
    sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous},
};
use secrecy::ExposeSecret;

use crate::config;

/// How long SQLite waits for another process's lock.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// A connection for writing and a pool for reading.
#[derive(Debug)]
pub(super) struct Connections {
    pub(super) writing: DatabaseConnection,
    pub(super) reading: DatabaseConnection,
}

/// Opens the database, creating an SQLite file, and brings its schema up to date.
pub(super) async fn open(settings: &config::Database) -> Result<Connections, DbErr> {
    let writing = migrate(settings).await?;
    let reading = Database::connect(options(settings, settings.read_connections)).await?;
    Ok(Connections { writing, reading })
}

/// Brings the schema up to date; returns the connection that did it.
///
/// # Errors
/// The database's.
pub async fn migrate(settings: &config::Database) -> Result<DatabaseConnection, DbErr> {
    create_folder(settings)?;
    let connection = Database::connect(options(settings, 1)).await?;
    migration::Migrator::up(&connection, None).await?;
    Ok(connection)
}

/// Opens a database that must be there, without migrating it.
///
/// # Errors
/// The database's.
pub async fn open_for_reading(settings: &config::Database) -> Result<DatabaseConnection, DbErr> {
    let mut options = options(settings, 1);
    options.map_sqlx_sqlite_opts(|sqlite| sqlite.create_if_missing(false));
    Database::connect(options).await
}

fn options(settings: &config::Database, connections: u32) -> ConnectOptions {
    let url = settings.url.expose_secret();
    entity::timestamp::write_as_text(url.starts_with("sqlite:"));
    let mut options = ConnectOptions::new(url.replacen("mariadb:", "mysql:", 1));
    options
        .min_connections(1)
        .max_connections(connections)
        .connect_timeout(Duration::from_secs(settings.acquire_seconds))
        .acquire_timeout(Duration::from_secs(settings.acquire_seconds))
        .sqlx_logging(false)
        // The writer forgets nothing: FULL waits for the disk at each commit, WAL lets readers go on meanwhile.
        .map_sqlx_sqlite_opts(|sqlite| {
            sqlite
                .create_if_missing(true)
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(SqliteSynchronous::Full)
                .foreign_keys(true)
                .busy_timeout(BUSY_TIMEOUT)
        });
    options
}

/// The folder of an SQLite file.
fn create_folder(settings: &config::Database) -> Result<(), DbErr> {
    let url = settings.url.expose_secret();
    let Some(path) = url.strip_prefix("sqlite:") else { return Ok(()) };
    let path = path.trim_start_matches("//").split('?').next().unwrap_or_default();
    match Path::new(path).parent() {
        Some(folder) if !path.starts_with(':') && !folder.as_os_str().is_empty() => std::fs::create_dir_all(folder)
            .map_err(|error| DbErr::Custom(format!("the folder {} cannot be made: {error}", folder.display()))),
        _ => Ok(()),
    }
}
