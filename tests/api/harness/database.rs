//! The database behind the server's back, for what only days could bring.

use std::path::Path;

use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection};

/// Runs one statement on the SQLite file of a server that is stopped.
pub(super) async fn execute(folder: &Path, statement: &str) -> u64 {
    let database = open(folder).await;
    let done = database.execute_unprepared(statement).await.expect("the statement runs");
    database.close().await.expect("the database closes");
    done.rows_affected()
}

/// Another program that is in the middle of a write.
pub(crate) struct Lock(DatabaseConnection);

impl Lock {
    pub(super) async fn take(folder: &Path) -> Self {
        let database = open(folder).await;
        database.execute_unprepared("BEGIN IMMEDIATE").await.expect("the lock is free");
        Self(database)
    }

    pub(crate) async fn release(self) {
        self.0.execute_unprepared("ROLLBACK").await.expect("the lock is held");
        self.0.close().await.expect("the database closes");
    }
}

/// A single connection, so that a transaction can be spelled by hand.
async fn open(folder: &Path) -> DatabaseConnection {
    let mut options = ConnectOptions::new(format!("sqlite:{}/sapa.db", folder.display()));
    options.max_connections(1);
    Database::connect(options).await.expect("the database opens")
}
