//! The writing end: one connection, and one transaction after the other over it.

use std::{
    fmt,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread::yield_now,
    time::{Duration, Instant},
};

use futures_util::TryStreamExt;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DbBackend, DbErr, ExecResult, QueryResult, RuntimeErr, Statement,
    prelude::async_trait::async_trait,
    sea_query::Values,
    sqlx::{self, AssertSqlSafe, Either, Execute, Executor, MySql, Postgres, Sqlite, pool::PoolConnection},
};
use sea_query_sqlx::SqlxValues;

use super::is_undone;

/// Silence after which a connection goes back to its pool, which asks it for a sign of life.
const IDLE: Duration = Duration::from_secs(5);
/// SQLite's transactions hold the lock for writing from their first statement on.
const BEGIN_IMMEDIATE: &str = "BEGIN IMMEDIATE";
/// A number that changes when somebody else has written to SQLite's file (`PRAGMA data_version`). It is one connection's.
const VERSION: &str = "SELECT data_version FROM pragma_data_version";

/// A pool for writing, of which one connection is kept from transaction to transaction: to give it back and to take it
/// again costs two round trips.
#[derive(Debug)]
pub struct Writing {
    connections: DatabaseConnection,
    kept: Kept,
}

/// The connection of the last transaction, and when that ended.
type Kept = Arc<Mutex<Option<(Link, Instant)>>>;

impl Writing {
    /// Writes over a pool of connections.
    pub fn new(connections: DatabaseConnection) -> Self {
        Self { connections, kept: Kept::default() }
    }

    /// The kind of database.
    pub fn backend(&self) -> DbBackend {
        self.connections.get_database_backend()
    }

    /// Begins a transaction.
    ///
    /// # Errors
    /// The database's. SQLite's show at the first statement.
    pub async fn begin(&self) -> Result<Session, DbErr> {
        let kept = lock(&self.kept).take();
        let (link, continued) = match kept {
            Some((link, last)) if last.elapsed() < IDLE => (link, true),
            idle => {
                drop(idle);
                (Link::acquire(&self.connections).await?, false)
            }
        };
        let backend = self.backend();
        let link = tokio::sync::Mutex::new(Some(link));
        let session = Session { backend, link, continued, pending: Mutex::default(), kept: self.kept.clone() };
        match backend {
            DbBackend::Sqlite => session.later(Statement::from_string(backend, BEGIN_IMMEDIATE)),
            _ => {
                session.execute_unprepared("BEGIN").await?;
            }
        }
        Ok(session)
    }
}

/// An open transaction. One that is dropped is undone, by closing its connection.
#[derive(Debug)]
pub struct Session {
    backend: DbBackend,
    link: tokio::sync::Mutex<Option<Link>>,
    continued: bool,
    pending: Mutex<Vec<Statement>>,
    kept: Kept,
}

impl Session {
    /// Leaves a statement that returns no rows until the next one is asked for, or until the end. On SQLite they then go
    /// over together: each way to the driver's thread and back costs about 20 us of CPU.
    pub fn later(&self, statement: Statement) {
        lock(&self.pending).push(statement);
    }

    /// Whether it goes over the connection of the transaction before it.
    pub fn is_continued(&self) -> bool {
        self.continued
    }

    /// Asks for the number to give to [`Self::require_version`] later on, where there is one: on SQLite.
    pub fn version(&self) -> Option<Statement> {
        (self.backend == DbBackend::Sqlite).then(|| Statement::from_string(self.backend, VERSION))
    }

    /// Has whatever comes next fail, by an error that [`super::is_undone`] knows, if somebody else has written since the
    /// version was asked for over this connection.
    pub fn require_version(&self, version: i64) {
        let require = format!("SELECT CASE WHEN ({VERSION}) = ? THEN 0 ELSE abs({}) END", i64::MIN);
        self.later(Statement::from_sql_and_values(self.backend, require, [version.into()]));
    }

    /// Runs what was left, where it does not go along with the commit.
    ///
    /// # Errors
    /// The database's.
    pub async fn flush(&self) -> Result<(), DbErr> {
        if self.backend == DbBackend::Sqlite { Ok(()) } else { self.run([]).await.map(|_| ()) }
    }

    /// Commits.
    ///
    /// # Errors
    /// The database's. If the connection broke off, nobody knows whether it was committed.
    pub async fn commit(mut self) -> Result<(), DbErr> {
        match self.end("COMMIT").await {
            Err(error) if self.backend == DbBackend::Sqlite && is_undone(&error) => {
                self.rollback().await.and(Err(error))
            }
            ended => ended,
        }
    }

    /// Undoes everything.
    ///
    /// # Errors
    /// The database's. It is undone all the same, as the connection is closed then.
    pub async fn rollback(mut self) -> Result<(), DbErr> {
        lock(&self.pending).retain(|left| left.sql == BEGIN_IMMEDIATE);
        self.end("ROLLBACK").await
    }

    async fn end(&mut self, how: &str) -> Result<(), DbErr> {
        match self.backend {
            DbBackend::Sqlite => drop(self.run([Statement::from_string(self.backend, how)]).await?),
            _ => {
                self.execute_unprepared(how).await?;
            }
        }
        *lock(&self.kept) = self.link.get_mut().take().map(|link| (link, Instant::now()));
        Ok(())
    }

    /// Asks several questions, on SQLite at once, and returns the rows of each.
    ///
    /// # Errors
    /// The database's.
    pub async fn query_each(&self, statements: Vec<Statement>) -> Result<Vec<Vec<QueryResult>>, DbErr> {
        let asked = statements.len();
        let mut answers = self.run(statements).await?;
        Ok(answers.split_off(answers.len().saturating_sub(asked)).into_iter().map(|answer| answer.rows).collect())
    }

    /// Runs what was left for later and then the statements; answers for all of them.
    async fn run(&self, statements: impl IntoIterator<Item = Statement>) -> Result<Vec<Answer>, DbErr> {
        let mut left = std::mem::take(&mut *lock(&self.pending));
        left.extend(statements);
        if self.backend == DbBackend::Sqlite && left.len() > 1 {
            left = vec![joined(left)];
        }
        let mut answers = Vec::new();
        for Statement { sql, values, .. } in left {
            let values = SqlxValues(values.unwrap_or(Values(Vec::new())));
            let (mut link, sql) = (self.link.lock().await, AssertSqlSafe(sql));
            answers.extend(match link.as_mut().ok_or_else(gone)? {
                Link::Sqlite(link) => ask(link, sqlx::query_with(sql, values)).await?,
                Link::Postgres(link) => ask(link, sqlx::query_with(sql, values)).await?,
                Link::MySql(link) => ask(link, sqlx::query_with(sql, values)).await?,
            });
        }
        Ok(answers)
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        if let Some(mut link) = self.link.get_mut().take() {
            link.close();
        }
    }
}

#[async_trait]
impl ConnectionTrait for Session {
    fn get_database_backend(&self) -> DbBackend {
        self.backend
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.run([statement]).await?.pop().and_then(|answer| answer.done).ok_or_else(gone)
    }

    async fn execute_unprepared(&self, statement: &str) -> Result<ExecResult, DbErr> {
        self.run([]).await?;
        let (mut link, query) = (self.link.lock().await, sqlx::raw_sql(AssertSqlSafe(statement)));
        let mut answers = match link.as_mut().ok_or_else(gone)? {
            Link::Sqlite(link) => ask(link, query).await?,
            Link::Postgres(link) => ask(link, query).await?,
            Link::MySql(link) => ask(link, query).await?,
        };
        answers.pop().and_then(|answer| answer.done).ok_or_else(gone)
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        Ok(self.query_all_raw(statement).await?.into_iter().next())
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        Ok(self.run([statement]).await?.pop().unwrap_or_default().rows)
    }
}

/// A connection that was taken from its pool.
enum Link {
    Sqlite(PoolConnection<Sqlite>),
    Postgres(PoolConnection<Postgres>),
    MySql(PoolConnection<MySql>),
}

impl Link {
    async fn acquire(connections: &DatabaseConnection) -> Result<Self, DbErr> {
        let link = match connections.get_database_backend() {
            DbBackend::Postgres => connections.get_postgres_connection_pool().acquire().await.map(Self::Postgres),
            DbBackend::MySql => connections.get_mysql_connection_pool().acquire().await.map(Self::MySql),
            _ => connections.get_sqlite_connection_pool().acquire().await.map(Self::Sqlite),
        };
        link.map_err(|error| DbErr::Conn(RuntimeErr::SqlxError(error.into())))
    }

    /// Has it closed instead of given back.
    fn close(&mut self) {
        match self {
            Self::Sqlite(link) => link.close_on_drop(),
            Self::Postgres(link) => link.close_on_drop(),
            Self::MySql(link) => link.close_on_drop(),
        }
    }
}

impl fmt::Debug for Link {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Link")
    }
}

/// The rows of a statement, and what it did.
#[derive(Default)]
struct Answer {
    rows: Vec<QueryResult>,
    done: Option<ExecResult>,
}

/// Asks, and collects the answers. SQLite's driver tells of each statement by itself, from a thread of its own, which is let
/// go on after the first: else the two take turns for each (24 of 842 us of a message that comes alone).
async fn ask<'q, D>(link: &mut PoolConnection<D>, query: impl Execute<'q, D> + 'q) -> Result<Vec<Answer>, DbErr>
where
    D: sqlx::Database,
    for<'c> &'c mut D::Connection: Executor<'c, Database = D>,
    QueryResult: From<D::Row>,
    ExecResult: From<D::QueryResult>,
{
    let (mut answers, mut rows) = (Vec::new(), Vec::new());
    let mut said = (&mut **link).fetch_many(query);
    let mut is_first = D::NAME == <Sqlite as sqlx::Database>::NAME;
    while let Some(next) = said.try_next().await.map_err(|error| DbErr::Query(RuntimeErr::SqlxError(error.into())))? {
        if std::mem::take(&mut is_first) {
            yield_now();
        }
        match next {
            Either::Left(done) => answers.push(Answer { rows: std::mem::take(&mut rows), done: Some(done.into()) }),
            Either::Right(row) => rows.push(row.into()),
        }
    }
    Ok(answers)
}

/// Several statements as one query, which SQLite runs up to the first that fails.
fn joined(statements: Vec<Statement>) -> Statement {
    let values = statements.iter().flat_map(|each| each.values.iter().flat_map(|values| values.0.clone())).collect();
    let sql: Vec<String> = statements.into_iter().map(|each| each.sql).collect();
    Statement { sql: sql.join("; "), values: Some(Values(values)), db_backend: DbBackend::Sqlite }
}

/// A transaction that has ended.
fn gone() -> DbErr {
    DbErr::Conn(RuntimeErr::Internal("the transaction has ended".to_owned()))
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use sea_orm::{ConnectOptions, Database};

    use super::*;

    async fn writing(folder: &tempfile::TempDir) -> Writing {
        let url = format!("sqlite:{}?mode=rwc", folder.path().join("t.db").display());
        let mut options = ConnectOptions::new(url);
        let db = Database::connect(options.max_connections(1).to_owned()).await.expect("a database");
        db.execute_unprepared("CREATE TABLE IF NOT EXISTS t (x INTEGER NOT NULL)").await.expect("a table");
        Writing::new(db)
    }

    fn insert(value: Option<i32>) -> Statement {
        Statement::from_sql_and_values(DbBackend::Sqlite, "INSERT INTO t VALUES (?)", [value.into()])
    }

    async fn rows(session: &Session) -> Vec<i32> {
        let statement = Statement::from_string(DbBackend::Sqlite, "SELECT x FROM t ORDER BY x");
        let rows = session.query_all_raw(statement).await.expect("rows");
        rows.iter().map(|row| row.try_get("", "x").expect("a number")).collect()
    }

    #[tokio::test]
    async fn what_is_left_runs_before_the_next_statement_and_with_the_commit() {
        let folder = tempfile::tempdir().expect("a folder");
        let writing = writing(&folder).await;
        let session = writing.begin().await.expect("a transaction");
        session.later(insert(Some(1)));
        session.later(insert(Some(2)));
        assert_eq!(rows(&session).await, [1, 2]);
        let done = session.execute_raw(insert(Some(3))).await.expect("an insert");
        assert_eq!(done.rows_affected(), 1);
        session.later(insert(Some(4)));
        session.commit().await.expect("a commit");

        let session = writing.begin().await.expect("a transaction");
        session.later(insert(Some(5)));
        let count = Statement::from_string(DbBackend::Sqlite, "SELECT COUNT(*) AS x FROM t");
        let most =
            Statement::from_string(DbBackend::Sqlite, "SELECT MAX(x) AS x FROM t WHERE x < 0 HAVING COUNT(*) > 0");
        let answers = session.query_each(vec![count.clone(), most, count]).await.expect("answers");
        assert_eq!(answers.iter().map(Vec::len).collect::<Vec<_>>(), [1, 0, 1]);
        assert_eq!(answers[2][0].try_get::<i32>("", "x").expect("a number"), 5);
        session.rollback().await.expect("a rollback");
        assert_eq!(rows(&writing.begin().await.expect("a transaction")).await, [1, 2, 3, 4]);
    }

    #[tokio::test]
    async fn a_failure_leaves_nothing_and_the_next_transaction_goes_on() {
        let folder = tempfile::tempdir().expect("a folder");
        let writing = writing(&folder).await;
        let session = writing.begin().await.expect("a transaction");
        session.later(insert(Some(1)));
        session.later(insert(None));
        session.later(insert(Some(2)));
        session.commit().await.expect_err("a number that is missing");

        let session = writing.begin().await.expect("a transaction");
        session.execute_raw(insert(Some(3))).await.expect("an insert");
        drop(session);

        let session = writing.begin().await.expect("a transaction");
        session.later(insert(Some(4)));
        session.rollback().await.expect("a rollback");

        let session = writing.begin().await.expect("a transaction");
        assert_eq!(rows(&session).await, [0; 0]);
        session.later(insert(Some(5)));
        session.commit().await.expect("a commit");
        assert_eq!(rows(&writing.begin().await.expect("a transaction")).await, [5]);
    }

    #[tokio::test]
    async fn what_was_known_before_somebody_else_wrote_is_refused_and_leaves_nothing() {
        let folder = tempfile::tempdir().expect("a folder");
        let (ours, theirs) = (writing(&folder).await, writing(&folder).await);
        let session = ours.begin().await.expect("a transaction");
        assert!(!session.is_continued());
        let answers = session.query_each(session.version().into_iter().collect()).await.expect("a version");
        let version: i64 = answers[0][0].try_get_by_index(0).expect("a number");
        session.commit().await.expect("a commit");

        for known in [true, false] {
            let session = ours.begin().await.expect("a transaction");
            assert!(session.is_continued());
            session.require_version(version);
            session.later(insert(Some(1)));
            match session.commit().await {
                Ok(()) => assert!(known),
                Err(error) => assert!(!known && is_undone(&error), "{error}"),
            }
            let other = theirs.begin().await.expect("a transaction");
            assert_eq!(rows(&other).await, if known { vec![1] } else { vec![1, 2] });
            other.execute_raw(insert(Some(2))).await.expect("an insert");
            other.commit().await.expect("a commit");
        }
    }
}
