//! A consistent copy of the SQLite database, taken while the service serves.

use std::{
    fs::{self, File, OpenOptions},
    io,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DbBackend, DbErr, SqlxSqliteConnector, Statement,
    sqlx::sqlite::{SqliteConnectOptions, SqlitePoolOptions},
};
use secrecy::ExposeSecret;
use thiserror::Error;

use super::database::open_for_reading;
use crate::{config, journal};

/// A copy holds what people wrote: only its owner may read it.
const PRIVATE: u32 = 0o600;

/// What was copied.
#[derive(Clone, Copy, Debug)]
pub struct Backup {
    /// The size of the copy.
    pub bytes: u64,
    /// The journal's end in the copy.
    pub last_event_id: i64,
}

/// Why there is no copy.
#[derive(Debug, Error)]
pub enum BackupError {
    /// Another database has a program of its own for it.
    #[error("only an SQLite database can be copied so; for this one: {0}")]
    NotSqlite(String),
    /// There is such a file already.
    #[error("{0} exists already; nothing was written")]
    Exists(String),
    /// The path is not text, which SQLite needs.
    #[error("{0} is not UTF-8")]
    Path(String),
    /// A file cannot be written.
    #[error("{path}: {error}")]
    File {
        /// Which one.
        path: String,
        /// Why not.
        error: io::Error,
    },
    /// The database cannot be read, or the copy cannot be written.
    #[error("the database cannot be copied: {0}")]
    Database(#[from] DbErr),
    /// What was written is not a whole database.
    #[error("the copy is not whole, and was removed: {0}")]
    Corrupt(String),
}

/// Copies the database to a new file: everything that was committed before the call, nothing by halves. The copy is
/// checked and synced to the disk before it gets its name.
///
/// # Errors
/// [`BackupError`]; then there is no file of that name, unless there was one before.
pub async fn backup(settings: &config::Database, file: &Path) -> Result<Backup, BackupError> {
    let name = file.display().to_string();
    let failed = |error| BackupError::File { path: name.clone(), error };
    if let Some(command) = command_for(settings.url.expose_secret(), &name) {
        return Err(BackupError::NotSqlite(command));
    }
    if fs::symlink_metadata(file).is_ok() {
        return Err(BackupError::Exists(name));
    }
    let database = open_for_reading(settings).await?;
    let partial = Partial::create(file).map_err(failed)?;
    let path = partial.0.to_str().ok_or_else(|| BackupError::Path(name.clone()))?;
    let copy = Statement::from_sql_and_values(DbBackend::Sqlite, "VACUUM INTO ?", [path.into()]);
    database.execute_raw(copy).await?;
    let last_event_id = check(&partial.0).await?;
    let written = File::open(&partial.0).map_err(failed)?;
    written.sync_all().map_err(failed)?;
    let bytes = written.metadata().map_err(failed)?.len();
    partial.rename(file).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => BackupError::Exists(name.clone()),
        _ => failed(error),
    })?;
    sync_folder(file).map_err(failed)?;
    Ok(Backup { bytes, last_event_id })
}

/// What to run instead where the database is not SQLite.
fn command_for(url: &str, file: &str) -> Option<String> {
    match url.split(':').next() {
        Some("postgres" | "postgresql") => Some(format!("pg_dump --format=custom --file='{file}' \"$DATABASE_URL\"")),
        Some("mysql" | "mariadb") => {
            Some(format!("mariadb-dump --single-transaction --quick --host=HOST --user=USER -p DATABASE > '{file}'"))
        }
        _ => None,
    }
}

/// Reads the whole copy; returns its journal's end.
async fn check(copy: &Path) -> Result<i64, BackupError> {
    let options = SqliteConnectOptions::new().filename(copy).read_only(true).immutable(true);
    let pool = SqlitePoolOptions::new().max_connections(1).connect_with(options).await;
    let pool = pool.map_err(|error| BackupError::Corrupt(error.to_string()))?;
    let copy: DatabaseConnection = SqlxSqliteConnector::from_sqlx_sqlite_pool(pool);
    let question = Statement::from_string(DbBackend::Sqlite, "PRAGMA integrity_check");
    let mut found = Vec::new();
    for row in copy.query_all_raw(question).await? {
        found.push(row.try_get_by_index::<String>(0)?);
    }
    if found != ["ok"] {
        return Err(BackupError::Corrupt(found.join("; ")));
    }
    let (_, last_event_id) = journal::bounds(&copy).await?;
    copy.close().await?;
    Ok(last_event_id)
}

/// A file that is removed again unless it gets its name.
#[derive(Debug)]
struct Partial(PathBuf);

impl Partial {
    /// An empty file beside `file`, with a name that nobody else takes.
    fn create(file: &Path) -> io::Result<Self> {
        let mut name = file.file_name().ok_or(io::ErrorKind::InvalidInput)?.to_owned();
        name.push(format!(".{:08x}.partial", rand::random::<u32>()));
        let path = file.with_file_name(name);
        OpenOptions::new().write(true).create_new(true).mode(PRIVATE).open(&path)?;
        Ok(Self(path))
    }

    /// Gives it its name, which nobody may have taken meanwhile.
    fn rename(&self, file: &Path) -> io::Result<()> {
        match fs::hard_link(&self.0, file) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists && fs::symlink_metadata(file).is_err() => {
                // A file system without hard links.
                fs::rename(&self.0, file)
            }
            linked => linked,
        }
    }
}

impl Drop for Partial {
    fn drop(&mut self) {
        // It is gone already where it was renamed.
        let _ = fs::remove_file(&self.0);
    }
}

/// A new name is on the disk only when its folder is.
fn sync_folder(file: &Path) -> io::Result<()> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."));
    File::open(folder)?.sync_all()
}
