//! The messages that wait to be indexed, on the databases where the index comes after the commit.

mod postgres;
mod sqlite;

use sea_orm::{ConnectionTrait, DbBackend, DbErr, Statement};

pub(super) use postgres::POSTGRES_INDEXED;
pub(super) use sqlite::SQLITE_INDEXED;

use crate::journal::Tx;

/// How far the messages go, and how many of them wait.
pub(super) struct Waiting {
    /// The newest message.
    pub(super) newest: i64,
    /// How many are not indexed yet; more than that if some of the ids are gone.
    pub(super) count: i64,
}

/// What waits; `None` where nothing ever does.
pub(super) async fn waiting(db: &impl ConnectionTrait) -> Result<Option<Waiting>, DbErr> {
    let backend = db.get_database_backend();
    let (newest, indexed, listed) = match backend {
        DbBackend::Sqlite => (sqlite::NEWEST, SQLITE_INDEXED, sqlite::LISTED),
        DbBackend::Postgres => (postgres::NEWEST, POSTGRES_INDEXED, postgres::LISTED),
        _ => return Ok(None),
    };
    let ends = format!(r#"SELECT {newest} AS "newest", CAST({newest} - {indexed} + {listed} AS bigint) AS "count""#);
    let row = db.query_one_raw(Statement::from_string(backend, ends)).await?;
    row.map(|row| Ok(Waiting { newest: row.try_get("", "newest")?, count: row.try_get("", "count")? })).transpose()
}

/// Indexes the oldest messages that wait, about as many as the limit says, or all; returns how many.
pub(super) async fn index_next(tx: &Tx, limit: u64) -> Result<u64, DbErr> {
    match tx.read().get_database_backend() {
        DbBackend::Sqlite => sqlite::index(tx, limit).await,
        _ => postgres::index(tx, limit).await,
    }
}
