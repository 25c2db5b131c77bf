//! Which failures of the database leave nothing behind, so that the same transaction may be run again.

use sea_orm::{
    DbErr, RuntimeErr,
    sqlx::{self, mysql::MySqlDatabaseError},
};

/// SQLSTATE of a serialization failure; MySQL gives it to deadlocks too.
const SERIALIZATION: &str = "40001";
/// SQLSTATE of a deadlock on Postgres.
const DEADLOCK: &str = "40P01";
/// SQLSTATEs with which Postgres ends a session before it breaks the connection off.
const SHUTDOWNS: [&str; 3] = ["57P01", "57P02", "57P03"];
/// MariaDB's number for a row that changed since the transaction began to read.
const CHANGED: u16 = 1020;

/// Whether the database undid the transaction for the sake of another one.
pub(super) fn is_undone(error: &DbErr) -> bool {
    let Some(sqlx::Error::Database(error)) = cause(error) else { return false };
    let state = error.code().unwrap_or_default();
    let changed = || error.try_downcast_ref::<MySqlDatabaseError>().is_some_and(|error| error.number() == CHANGED);
    state == SERIALIZATION || state == DEADLOCK || changed()
}

/// Whether the connection broke off; a transaction that was not committed is then gone.
pub(super) fn is_lost(error: &DbErr) -> bool {
    match cause(error) {
        Some(sqlx::Error::Io(_)) => true,
        Some(sqlx::Error::Database(error)) => error.code().is_some_and(|state| SHUTDOWNS.contains(&&*state)),
        _ => false,
    }
}

fn cause(error: &DbErr) -> Option<&sqlx::Error> {
    match error {
        DbErr::Conn(RuntimeErr::SqlxError(error))
        | DbErr::Exec(RuntimeErr::SqlxError(error))
        | DbErr::Query(RuntimeErr::SqlxError(error)) => Some(error),
        _ => None,
    }
}
