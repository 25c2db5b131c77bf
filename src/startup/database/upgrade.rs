//! Bringing a schema up to date while other processes may want the same.

use migration::MigratorTrait;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, SqliteTransactionMode, Statement,
    TransactionOptions, TransactionTrait,
};

/// Names the lock on Postgres: "sapa" as a number.
const LOCK_KEY: i64 = 0x7361_7061;
/// Seconds that MySQL waits for another process's steps.
const LOCK_SECONDS: u32 = 600;

/// Runs the steps that are missing, one process at a time. On SQLite and Postgres all of them happen or none; MySQL commits
/// at each statement.
///
/// # Errors
/// The database's, or that the schema has steps that this release does not know.
pub(super) async fn upgrade(connection: &DatabaseConnection) -> Result<(), DbErr> {
    let options = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    let transaction = connection.begin_with_options(options).await?;
    lock(&transaction).await?;
    let upgraded = run_missing(&transaction).await;
    if transaction.get_database_backend() == DbBackend::MySql {
        // MySQL's lock is the session's, not the transaction's.
        transaction.execute_unprepared("DO RELEASE_LOCK(CONCAT('sapa.', MD5(DATABASE())))").await?;
    }
    upgraded?;
    transaction.commit().await
}

async fn run_missing(transaction: &DatabaseTransaction) -> Result<(), DbErr> {
    let known: Vec<_> = migration::Migrator::migrations().iter().map(|step| step.name().to_owned()).collect();
    let done = migration::Migrator::get_migration_models(transaction).await?;
    if let Some(newer) = done.iter().find(|step| !known.contains(&step.version)) {
        return Err(DbErr::Migration(format!(
            "the schema is newer than this release ({}) knows, it has {}; start the release that made it or a later one",
            env!("CARGO_PKG_VERSION"),
            newer.version
        )));
    }
    migration::Migrator::up(transaction, None).await
}

/// Waits until no other process changes the schema. SQLite's transaction is a lock by itself.
async fn lock(transaction: &DatabaseTransaction) -> Result<(), DbErr> {
    let backend = transaction.get_database_backend();
    match backend {
        DbBackend::Postgres => {
            transaction.execute_unprepared("SET LOCAL lock_timeout = 0").await?;
            transaction.execute_unprepared(&format!("SELECT pg_advisory_xact_lock({LOCK_KEY})")).await?;
        }
        DbBackend::MySql => {
            let sql = format!("SELECT GET_LOCK(CONCAT('sapa.', MD5(DATABASE())), {LOCK_SECONDS}) = 1 AS taken");
            let row = transaction.query_one_raw(Statement::from_string(backend, sql)).await?;
            let taken = row.map(|row| row.try_get::<Option<bool>>("", "taken")).transpose()?.flatten();
            if taken != Some(true) {
                return Err(DbErr::Migration("another process has been changing the schema for too long".to_owned()));
            }
        }
        _ => {}
    }
    Ok(())
}
