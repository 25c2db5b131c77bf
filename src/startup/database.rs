//! Opening and migrating the database.

mod upgrade;

use std::{io::ErrorKind, path::Path, time::Duration};

use sea_orm::{
    ConnectOptions, Database, DatabaseConnection, DbErr,
    sqlx::{
        self, Connection, Executor,
        pool::PoolOptions,
        sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous},
    },
};
use secrecy::ExposeSecret;

use crate::{config, database::Reading};

/// How the URL of an SQLite file begins.
const SQLITE: &str = "sqlite:";
/// Silence of a connection after which it is asked for a sign of life before it is used: a firewall may have forgotten it.
const IDLE: Duration = Duration::from_secs(10);
/// How long a connection may take for a sign of life. It also gives one after each use; without, a network that swallows
/// everything would hold all connections for minutes.
const PING_TIMEOUT: Duration = Duration::from_secs(2);
/// Pages of 4 KiB that SQLite's log may hold before a commit brings them into the database: a message changes the same ones
/// again and again.
const CHECKPOINT_PAGES: &str = "8000";
/// What the writer keeps of the database, in KiB (below zero, as SQLite wants it): the ends of all indexes of a busy desk.
const CACHE_KIB: &str = "-16384";
/// Says to Postgres that the messages of this session are indexed by the job, so that no trigger needs to.
const INDEXES_LATER: &str = "SET sapa.indexes_later = 'on'";
/// Writes take one connection at a time; the next one need not wait until that was looked after, or given up.
const WRITE_CONNECTIONS: u32 = 2;

/// The ends for writing and for reading.
#[derive(Debug)]
pub(super) struct Connections {
    pub(super) writing: DatabaseConnection,
    pub(super) reading: Reading,
}

/// Opens the database, creating an SQLite file, and brings its schema up to date.
pub(super) async fn open(settings: &config::Database) -> Result<Connections, DbErr> {
    migrate(settings).await?;
    let is_file = settings.url.expose_secret().starts_with(SQLITE);
    let statements = settings.timeout_seconds;
    let mut writing = options(settings, if is_file { 1 } else { WRITE_CONNECTIONS }, statements);
    let lock_timeout = lock_timeout(settings);
    // What a statement would need to be undone is kept in memory; beyond 64 KiB SQLite makes a file for it, for each one.
    writing.map_sqlx_sqlite_opts(move |sqlite| {
        sqlite_session(sqlite, lock_timeout)
            .pragma("temp_store", "memory")
            .pragma("wal_autocheckpoint", CHECKPOINT_PAGES)
            .pragma("cache_size", CACHE_KIB)
    });
    let session = format!("{}; {INDEXES_LATER}", postgres_session(settings, statements));
    writing.map_sqlx_postgres_pool_opts(move |pool| guarded(pool, session.clone()));
    let writing = Database::connect(writing).await?;
    let reading = Database::connect(options(settings, settings.read_connections, statements)).await?;
    let spare = Database::connect(options(settings, 1, statements)).await?;
    Ok(Connections { writing, reading: Reading::new(reading, spare, settings) })
}

/// Brings the schema up to date.
///
/// # Errors
/// The database's.
pub async fn migrate(settings: &config::Database) -> Result<(), DbErr> {
    create_folder(settings)?;
    let connection = Database::connect(options(settings, 1, 0)).await?;
    upgrade::upgrade(&connection).await?;
    connection.close().await
}

/// Opens a database that must be there, without migrating it.
///
/// # Errors
/// The database's.
pub async fn open_for_reading(settings: &config::Database) -> Result<DatabaseConnection, DbErr> {
    let mut options = options(settings, 1, 0);
    options.map_sqlx_sqlite_opts(|sqlite| sqlite.create_if_missing(false));
    Database::connect(options).await
}

/// `statements` is how many seconds a statement may take; 0 sets no limit.
fn options(settings: &config::Database, connections: u32, statements: u64) -> ConnectOptions {
    let url = settings.url.expose_secret();
    entity::timestamp::write_as_text(url.starts_with(SQLITE));
    let mut options = ConnectOptions::new(url.replacen("mariadb:", "mysql:", 1));
    let lock_timeout = lock_timeout(settings);
    let (postgres, mysql) = (postgres_session(settings, statements), mysql_session(settings, statements));
    options
        // To keep one open, a pool would wait for minutes for a network that swallows everything, in place of others.
        .min_connections(u32::from(url.starts_with(SQLITE)))
        .max_connections(connections)
        .connect_timeout(Duration::from_secs(settings.acquire_seconds))
        .acquire_timeout(Duration::from_secs(settings.acquire_seconds))
        // Whoever uses a connection that broke off asks again by another one.
        .test_before_acquire(false)
        .sqlx_logging(false)
        // After a transaction whose end failed, as on a full disk, the next would be inside it, and its commit none.
        .map_sqlx_sqlite_pool_opts(|pool| {
            pool.after_release(|session, _| Box::pin(async move { Ok(!session.is_in_transaction()) }))
        })
        .map_sqlx_sqlite_opts(move |sqlite| sqlite_session(sqlite, lock_timeout))
        .map_sqlx_postgres_pool_opts(move |pool| guarded(pool, postgres.clone()))
        .map_sqlx_mysql_pool_opts(move |pool| guarded(pool, mysql.clone()));
    options
}

/// How long a statement waits for another process's lock: less than a statement may take, so that it ends by itself.
fn lock_timeout(settings: &config::Database) -> Duration {
    Duration::from_secs(settings.timeout_seconds) * 4 / 5
}

/// The writer forgets nothing: FULL waits for the disk at each commit, WAL lets readers go on meanwhile.
fn sqlite_session(sqlite: SqliteConnectOptions, lock_timeout: Duration) -> SqliteConnectOptions {
    sqlite
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(lock_timeout)
}

/// Ends what takes too long, also once nobody here waits for it. A transaction that nothing is heard from is ended too: its
/// process may be cut off, and holds a lock that all others wait for. Postgres is to make no machine code of a statement and
/// no processes for it: a search of a large desk takes 50 ms more with these than it saves.
fn postgres_session(settings: &config::Database, statements: u64) -> String {
    format!(
        "SET lock_timeout = {}; SET idle_in_transaction_session_timeout = '{}s'; SET statement_timeout = '{statements}s'; \
         SET jit = off; SET max_parallel_workers_per_gather = 0",
        lock_timeout(settings).as_millis(),
        settings.timeout_seconds,
    )
}

/// The same; a transaction that nothing is heard from is ended by MariaDB alone, and MySQL limits only what reads.
fn mysql_session(settings: &config::Database, statements: u64) -> String {
    format!(
        "SET SESSION innodb_lock_wait_timeout = {} \
         /*M!100300 , SESSION idle_transaction_timeout = {}, SESSION max_statement_time = {statements} */ \
         /*!50708 , SESSION max_execution_time = {} */",
        lock_timeout(settings).as_secs().max(1),
        settings.timeout_seconds,
        statements * 1000,
    )
}

/// A pool whose connections begin with a statement, and are used only as long as they give signs of life.
fn guarded<D>(pool: PoolOptions<D>, first: String) -> PoolOptions<D>
where
    D: sqlx::Database,
    for<'c> &'c mut D::Connection: Executor<'c, Database = D>,
{
    pool.after_connect(move |session, _| {
        let first = first.clone();
        Box::pin(async move { session.execute(sqlx::AssertSqlSafe(first)).await.map(|_| ()) })
    })
    .before_acquire(|session, known| {
        Box::pin(async move { if known.idle_for < IDLE { Ok(true) } else { lives(session).await } })
    })
    .after_release(|session, _| Box::pin(lives(session)))
}

async fn lives(session: &mut impl Connection) -> Result<bool, sqlx::Error> {
    match tokio::time::timeout(PING_TIMEOUT, session.ping()).await {
        Ok(answer) => answer.map(|()| true),
        Err(_) => Err(sqlx::Error::Io(ErrorKind::TimedOut.into())),
    }
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
