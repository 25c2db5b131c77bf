//! Opening and migrating the database.

mod upgrade;

use std::{path::Path, time::Duration};

use sea_orm::{
    ConnectOptions, Database, DatabaseConnection, DbErr,
    sqlx::{
        Executor,
        sqlite::{SqliteJournalMode, SqliteSynchronous},
    },
};
use secrecy::ExposeSecret;

use crate::config;

/// How the URL of an SQLite file begins.
const SQLITE: &str = "sqlite:";
/// How long a statement waits for another process's lock, on SQLite and by the next two on the others. These also end a
/// transaction that nothing is heard from: its process may be cut off, and holds a lock that all others wait for.
const LOCK_TIMEOUT: Duration = Duration::from_secs(5);
const POSTGRES_SESSION: &str = "SET lock_timeout = '5s'; SET idle_in_transaction_session_timeout = '10s'";
/// MySQL itself has no such setting, MariaDB has.
const MYSQL_SESSION: &str =
    "SET SESSION innodb_lock_wait_timeout = 5 /*M!100300 , SESSION idle_transaction_timeout = 10 */";

/// Writes take one connection at a time; the next one need not wait until that was looked after, or given up.
const WRITE_CONNECTIONS: u32 = 2;

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
    let is_file = settings.url.expose_secret().starts_with(SQLITE);
    let mut options = options(settings, if is_file { 1 } else { WRITE_CONNECTIONS });
    // The writer runs a transaction again whose connection was gone, so it need not be asked before each.
    options.test_before_acquire(false);
    let connection = Database::connect(options).await?;
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
    entity::timestamp::write_as_text(url.starts_with(SQLITE));
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
        .map_sqlx_postgres_pool_opts(|pool| {
            pool.after_connect(|session, _| Box::pin(async { session.execute(POSTGRES_SESSION).await.map(|_| ()) }))
        })
        .map_sqlx_mysql_pool_opts(|pool| {
            pool.after_connect(|session, _| Box::pin(async { session.execute(MYSQL_SESSION).await.map(|_| ()) }))
        });
    options
}

/// The folder of an SQLite file.
fn create_folder(settings: &config::Database) -> Result<(), DbErr> {
    let url = settings.url.expose_secret();
    let Some(path) = url.strip_prefix(SQLITE) else { return Ok(()) };
    let path = path.trim_start_matches("//").split('?').next().unwrap_or_default();
    match Path::new(path).parent() {
        Some(folder) if !path.starts_with(':') && !folder.as_os_str().is_empty() => std::fs::create_dir_all(folder)
            .map_err(|error| DbErr::Custom(format!("the folder {} cannot be made: {error}", folder.display()))),
        _ => Ok(()),
    }
}
