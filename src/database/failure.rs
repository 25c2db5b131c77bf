//! What a failure of the database means: for its transaction, and for whoever waits.

use sea_orm::{
    DbErr, RuntimeErr,
    sqlx::{self, error::DatabaseError, mysql::MySqlDatabaseError, sqlite::SqliteError},
};

/// SQLSTATE of a serialization failure; MySQL gives it to deadlocks too.
const SERIALIZATION: &str = "40001";
/// SQLSTATE of a deadlock on Postgres.
const DEADLOCK: &str = "40P01";
/// SQLSTATEs with which Postgres ends a session before it breaks the connection off.
const SHUTDOWNS: [&str; 3] = ["57P01", "57P02", "57P03"];
/// SQLSTATE of a full disk on Postgres.
const DISK_FULL: &str = "53100";
/// Classes of SQLSTATEs: the connection, a transaction that was undone, what has run out, an operator's or a time limit's
/// doing, the system around the server.
const PASSING_CLASSES: [&str; 5] = ["08", "40", "53", "57", "58"];
/// Single SQLSTATEs: a server or a transaction that only reads, one that was idle for too long, a lock that was not free
/// in time.
const PASSING_STATES: [&str; 3] = ["25006", "25P03", "55P03"];
/// MariaDB's number for a row that changed since the transaction began to read.
const CHANGED: u16 = 1020;
/// MySQL's numbers for a full disk and a full table.
const MYSQL_FULL: [u16; 2] = [1021, 1114];
/// MySQL's and MariaDB's numbers for: connections used up, writing of files, memory used up, a node that is not in its
/// cluster, a server that stops, connections used up, locks (time limit, table full, deadlock), a user's share used up,
/// a server that only reads, interruptions, time limits, transactions used up, a session that was ended.
const MYSQL_PASSING: [u16; 25] = [
    1040, 1026, 1028, 1037, 1038, 1041, 1047, 1053, 1158, 1159, 1160, 1161, 1203, 1205, 1206, 1213, 1226, 1290, 1317,
    1637, 1792, 1836, 1927, 1969, 3024,
];
/// What SQLite says of a number that has no absolute value.
const OVERFLOW: &str = "integer overflow";
/// SQLite's primary code of a full disk.
const SQLITE_FULL: u32 = 13;
/// SQLite's primary codes: busy, locked, no memory, only readable, interrupted, reading or writing failed, the file cannot
/// be opened, the lock's protocol.
const SQLITE_PASSING: [u32; 8] = [5, 6, 7, 8, 9, 10, 14, 15];

/// Whether the database undid the transaction for the sake of another one; it may be run again. On SQLite it was begun
/// with what is no longer so ([`super::Session::require_version`]), and is still to be rolled back.
pub fn is_undone(error: &DbErr) -> bool {
    let Some(error) = reported(error) else { return false };
    if sqlite_code(error).is_some() {
        return error.message() == OVERFLOW;
    }
    let state = error.code().unwrap_or_default();
    state == SERIALIZATION || state == DEADLOCK || mysql_number(error) == Some(CHANGED)
}

/// Whether the connection broke off; a transaction that was not committed is then gone.
pub fn is_lost(error: &DbErr) -> bool {
    match cause(error) {
        Some(sqlx::Error::Io(_)) => true,
        Some(sqlx::Error::Database(error)) => error.code().is_some_and(|state| SHUTDOWNS.contains(&&*state)),
        _ => false,
    }
}

/// Whether it has nowhere to write to.
pub fn is_full(error: &DbErr) -> bool {
    reported(error).is_some_and(|error| match (sqlite_code(error), mysql_number(error)) {
        (Some(code), _) => code == SQLITE_FULL,
        (_, Some(number)) => MYSQL_FULL.contains(&number),
        _ => error.code().as_deref() == Some(DISK_FULL),
    })
}

/// Whether it passes by itself, or once somebody has looked after the database: it is not reached, busy, full or stopping.
/// Anything else is a fault of ours.
pub fn is_passing(error: &DbErr) -> bool {
    if is_full(error) || is_lost(error) || is_undone(error) {
        return true;
    }
    match (error, cause(error)) {
        (DbErr::Conn(_) | DbErr::ConnectionAcquire(_), _) => true,
        (_, Some(sqlx::Error::Database(error))) => match (sqlite_code(&**error), mysql_number(&**error)) {
            (Some(code), _) => SQLITE_PASSING.contains(&code),
            (_, Some(number)) => MYSQL_PASSING.contains(&number),
            _ => is_passing_state(&error.code().unwrap_or_default()),
        },
        (_, Some(error)) => matches!(
            error,
            sqlx::Error::Tls(_)
                | sqlx::Error::PoolTimedOut
                | sqlx::Error::PoolClosed
                | sqlx::Error::WorkerCrashed
                | sqlx::Error::BeginFailed
        ),
        _ => false,
    }
}

/// Nothing was heard from it in time.
pub fn silence() -> DbErr {
    DbErr::Conn(RuntimeErr::Internal("the database does not answer in time".to_owned()))
}

fn is_passing_state(state: &str) -> bool {
    PASSING_STATES.contains(&state) || PASSING_CLASSES.iter().any(|class| state.starts_with(class))
}

/// The code without what SQLite adds to it.
fn sqlite_code(error: &dyn DatabaseError) -> Option<u32> {
    error.try_downcast_ref::<SqliteError>()?;
    error.code()?.parse::<u32>().ok().map(|code| code & 0xff)
}

fn mysql_number(error: &dyn DatabaseError) -> Option<u16> {
    error.try_downcast_ref::<MySqlDatabaseError>().map(MySqlDatabaseError::number)
}

/// What the database itself said.
fn reported(error: &DbErr) -> Option<&dyn DatabaseError> {
    match cause(error) {
        Some(sqlx::Error::Database(error)) => Some(&**error),
        _ => None,
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

#[cfg(test)]
mod tests {
    use sea_orm::{ConnAcquireErr, ConnectionTrait, Database};

    use super::*;

    #[test]
    fn what_passes_by_itself_is_told_from_our_faults() {
        for state in ["08006", "40001", "53300", "57014", "57P01", "58030", "55P03", "25P03", "25006"] {
            assert!(is_passing_state(state), "{state}");
        }
        for state in ["22001", "22021", "23505", "25P02", "42601", "42P01", "XX000", ""] {
            assert!(!is_passing_state(state), "{state}");
        }
        assert!(is_passing(&silence()));
        assert!(is_passing(&DbErr::ConnectionAcquire(ConnAcquireErr::Timeout)));
        let broken_off = sqlx::Error::Io(std::io::ErrorKind::ConnectionReset.into());
        assert!(is_passing(&DbErr::Query(RuntimeErr::SqlxError(broken_off.into()))));
        assert!(!is_passing(&DbErr::RecordNotFound("the row of ChatCounter".to_owned())));
    }

    #[tokio::test]
    async fn a_statement_that_makes_no_sense_is_our_fault_and_a_full_or_locked_file_is_not() {
        let db = Database::connect("sqlite::memory:").await.expect("a database");
        let said = async |statement: &str| db.execute_unprepared(statement).await.expect_err("an error");
        assert!(!is_passing(&said("SELECT * FROM nowhere").await));
        db.execute_unprepared("CREATE TABLE t (x); PRAGMA max_page_count = 2").await.expect("a table");
        let full = said("INSERT INTO t VALUES (zeroblob(100000))").await;
        assert!(is_full(&full) && is_passing(&full), "{full}");
        db.execute_unprepared("PRAGMA query_only = ON").await.expect("a setting");
        let only_readable = said("INSERT INTO t VALUES (1)").await;
        assert!(is_passing(&only_readable) && !is_full(&only_readable), "{only_readable}");
    }
}
