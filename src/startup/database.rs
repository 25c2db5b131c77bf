//! Opening and migrating the database.

mod upgrade;

use std::{path::Path, time::Duration};

use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, DbErr,
    sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous},
};
use secrecy::ExposeSecret;

use crate::config;

/// How long a statement waits for another process's lock.
const LOCK_TIMEOUT: Duration = Duration::from_secs(5);

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
    upgrade::upgrade(&connection).await?;
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
                .busy_timeout(LOCK_TIMEOUT)
        })
        .after_connect(|connection| Box::pin(limit_waiting(connection)));
    options
}

/// Bounds how long the statements of a new connection wait for a lock; SQLite's bound is among its options.
async fn limit_waiting(connection: DatabaseConnection) -> Result<(), DbErr> {
    let seconds = LOCK_TIMEOUT.as_secs();
    let statement = match connection.get_database_backend() {
        DbBackend::Postgres => format!("SET lock_timeout = '{seconds}s'"),
        DbBackend::MySql => format!("SET SESSION innodb_lock_wait_timeout = {seconds}"),
        _ => return Ok(()),
    };
    connection.execute_unprepared(&statement).await.map(|_| ())
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
