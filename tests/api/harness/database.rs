//! One database for one test, on the kind of server that `SAPA_TEST_DATABASE` names, and what is done to it behind the
//! back of the program.

mod saved;

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend, DbErr, Statement};
use tempfile::TempDir;
use tokio::sync::OnceCell;

use super::command::run;
use super::proxy::Proxy;
use super::wait::eventually;

/// Every table of the schema that can be renamed while it is in use.
const TABLES: [&str; 3] = ["ChatMessage", "ChatRoom", "ChatCounter"];

/// Which database the suite runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Sqlite,
    Postgres,
    MariaDb,
}

/// What `SAPA_TEST_DATABASE` says; SQLite if it says nothing.
pub(super) fn kind() -> Kind {
    match std::env::var("SAPA_TEST_DATABASE").as_deref() {
        Err(_) | Ok("" | "sqlite") => Kind::Sqlite,
        Ok("postgres") => Kind::Postgres,
        Ok("mariadb") => Kind::MariaDb,
        Ok(other) => panic!("SAPA_TEST_DATABASE is {other}, but neither sqlite, postgres nor mariadb"),
    }
}

/// A database that only this test uses; gone when it is dropped.
#[derive(Debug)]
pub(crate) struct TestDatabase {
    name: String,
    /// Where the SQLite file is.
    folder: PathBuf,
}

impl TestDatabase {
    /// A database with the schema, or (where that is no gain) an empty one that the program will migrate.
    pub(super) async fn create(folder: &Path) -> Self {
        let database = Self::named(folder);
        if kind() == Kind::Postgres {
            let template = TEMPLATE.get_or_init(make_template).await;
            administrate(&format!(r#"CREATE DATABASE "{}" TEMPLATE "{template}""#, database.name)).await;
        } else {
            database.make().await;
        }
        database
    }

    /// A database without a table.
    pub(crate) async fn empty(folder: &Path) -> Self {
        let database = Self::named(folder);
        database.make().await;
        database
    }

    fn named(folder: &Path) -> Self {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        Self { name: format!("sapa_{}_{number}", std::process::id()), folder: folder.to_owned() }
    }

    pub(crate) fn url(&self) -> String {
        match kind() {
            Kind::Sqlite => format!("sqlite:{}?mode=rwc", self.file().display()),
            _ => url_of(&self.name),
        }
    }

    /// A network between the program and the server, and the URL that leads through it.
    pub(crate) async fn behind_proxy(&self) -> (Proxy, String) {
        let url = self.url();
        let port = url.rsplit_once(':').and_then(|(_, rest)| rest.split('/').next());
        let port = port.expect("the URL of a server has a port");
        let proxy = Proxy::before(port.parse().expect("a port is a number")).await;
        let through = url.replace(&format!(":{port}/"), &format!(":{}/", proxy.port));
        (proxy, through)
    }

    /// Runs one statement, spelled with double quotes and times as on SQLite.
    pub(crate) async fn execute(&self, statement: &str) -> u64 {
        let connection = self.open().await;
        let done = connection.execute_unprepared(&spelled(statement)).await.expect("the statement runs");
        connection.close().await.expect("the database closes");
        done.rows_affected()
    }

    /// Loses everything, the schema too; nobody may use it.
    pub(crate) async fn clear(&self) {
        self.remove().await.expect("the database can be dropped");
        self.make().await;
    }

    /// Makes every query fail from now on, as a damaged database does.
    pub(crate) async fn damage(&self) {
        match kind() {
            Kind::Sqlite => saved::files(&self.file()).iter().for_each(|path| spoil(path)),
            _ => {
                for table in TABLES {
                    self.execute(&format!(r#"ALTER TABLE "{table}" RENAME TO "Lost{table}""#)).await;
                }
            }
        }
    }

    /// A single connection, so that a transaction can be spelled by hand.
    pub(crate) async fn open(&self) -> DatabaseConnection {
        connect(&self.url()).await
    }

    /// A statement with double quotes and times as on SQLite, as this kind of database wants it.
    pub(crate) fn spelled(&self, statement: &str) -> String {
        spelled(statement)
    }

    /// The server ends every session on it, whatever these are doing.
    pub(crate) async fn end_sessions(&self) {
        let connection = connect(&administration()).await;
        let name = &self.name;
        match kind() {
            Kind::Sqlite => panic!("a file has no sessions"),
            Kind::Postgres => {
                let end = format!("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'");
                connection.execute_unprepared(&end).await.expect("sessions end");
            }
            Kind::MariaDb => {
                let list = format!("SELECT id FROM information_schema.processlist WHERE db = '{name}'");
                for row in connection.query_all_raw(statement(list)).await.expect("a list") {
                    let id: i64 = row.try_get_by_index(0).expect("a number");
                    // It may have ended by itself.
                    drop(connection.execute_unprepared(&format!("KILL {id}")).await);
                }
            }
        }
        connection.close().await.expect("the connection closes");
    }

    /// Returns once a transaction on the server waits for a lock.
    pub(crate) async fn somebody_waits(&self) {
        let waiting = match kind() {
            Kind::Sqlite => panic!("a file has no sessions"),
            Kind::Postgres => {
                format!("SELECT pid FROM pg_stat_activity WHERE datname = '{}' AND wait_event_type = 'Lock'", self.name)
            }
            Kind::MariaDb => format!(
                "SELECT trx_id FROM information_schema.innodb_trx JOIN information_schema.processlist ON id = \
                 trx_mysql_thread_id WHERE db = '{}' AND trx_state = 'LOCK WAIT'",
                self.name
            ),
        };
        let connection = connect(&administration()).await;
        eventually("somebody waits for a lock", || async {
            // MariaDB shows the same picture again to whoever asks more than ten times a second.
            tokio::time::sleep(Duration::from_millis(150)).await;
            let rows = connection.query_all_raw(statement(waiting.clone())).await.expect("a list");
            (!rows.is_empty()).then_some(())
        })
        .await;
        connection.close().await.expect("the connection closes");
    }

    fn file(&self) -> PathBuf {
        self.folder.join("sapa.db")
    }

    async fn make(&self) {
        if kind() != Kind::Sqlite {
            administrate(&format!(r#"CREATE DATABASE "{}""#, self.name)).await;
        }
    }

    async fn remove(&self) -> Result<(), DbErr> {
        match kind() {
            Kind::Sqlite => saved::files(&self.file()).iter().filter(|path| path.exists()).for_each(|path| {
                std::fs::remove_file(path).expect("the file can be removed");
            }),
            _ => drop_database(&self.name).await?,
        }
        Ok(())
    }
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        if kind() == Kind::Sqlite {
            return;
        }
        // A test's own runtime cannot wait in a drop.
        let dropped = std::thread::scope(|scope| {
            let work = scope.spawn(|| {
                let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
                runtime.expect("a runtime").block_on(self.remove())
            });
            work.join()
        });
        if !matches!(dropped, Ok(Ok(()))) && !std::thread::panicking() {
            panic!("{} was not dropped: {dropped:?}", self.name);
        }
    }
}

/// Another program that is in the middle of a write.
pub(crate) struct Lock(DatabaseConnection);

impl Lock {
    pub(super) async fn take(database: &TestDatabase) -> Self {
        let connection = database.open().await;
        let begin: &[&str] = match kind() {
            Kind::Sqlite => &["BEGIN IMMEDIATE"],
            _ => &["BEGIN", r#"SELECT * FROM "ChatCounter" FOR UPDATE"#],
        };
        for statement in begin {
            connection.execute_unprepared(&spelled(statement)).await.expect("the lock is free");
        }
        Self(connection)
    }

    pub(crate) async fn release(self) {
        self.0.execute_unprepared("ROLLBACK").await.expect("the lock is held");
        self.0.close().await.expect("the database closes");
    }
}

/// A migrated database that others are copied from.
static TEMPLATE: OnceCell<String> = OnceCell::const_new();

async fn make_template() -> String {
    let name = format!("sapa_template_{}", std::process::id());
    administrate(&format!(r#"CREATE DATABASE "{name}""#)).await;
    let folder = TempDir::new().expect("a folder");
    let environment = [("DATABASE_URL", url_of(&name))];
    let environment = environment.each_ref().map(|(key, value)| (*key, value.as_str()));
    run(folder.path(), &environment, &["migrate"]).await.succeeded();
    name
}

/// Runs a statement where databases are made and dropped.
async fn administrate(statement: &str) {
    let connection = connect(&administration()).await;
    connection.execute_unprepared(&spelled(statement)).await.expect("the server makes databases");
    connection.close().await.expect("the connection closes");
}

async fn drop_database(name: &str) -> Result<(), DbErr> {
    let force = if kind() == Kind::Postgres { " WITH (FORCE)" } else { "" };
    let connection = connect(&administration()).await;
    connection.execute_unprepared(&spelled(&format!(r#"DROP DATABASE IF EXISTS "{name}"{force}"#))).await?;
    connection.close().await
}

/// The URL of the server's own database.
fn administration() -> String {
    std::env::var("SAPA_TEST_DATABASE_URL").expect("scripts/with-database starts a server and says where it is")
}

/// The URL of a database on the same server.
fn url_of(name: &str) -> String {
    let own = administration();
    let server = own.rsplit_once('/').expect("the URL ends with a database").0;
    format!("{server}/{name}")
}

async fn connect(url: &str) -> DatabaseConnection {
    let mut options = ConnectOptions::new(url);
    options.max_connections(1).sqlx_logging(false);
    Database::connect(options).await.expect("the database opens")
}

fn statement(sql: String) -> Statement {
    let backend = if kind() == Kind::Postgres { DbBackend::Postgres } else { DbBackend::MySql };
    Statement::from_string(backend, sql)
}

/// A statement as this kind of database wants it.
fn spelled(statement: &str) -> String {
    match kind() {
        Kind::MariaDb => statement.replace('"', "`").replace("+00:00'", "'"),
        _ => statement.to_owned(),
    }
}

fn spoil(path: &Path) {
    let Ok(length) = std::fs::metadata(path).map(|file| file.len()) else { return };
    let noise = vec![0xA5; usize::try_from(length).expect("it fits")];
    let file = std::fs::File::options().write(true).open(path).expect("the file opens");
    std::io::Write::write_all(&mut &file, &noise).expect("the file is spoiled");
}
