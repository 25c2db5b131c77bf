//! The database behind the server's back, for what only days could bring.

use std::path::Path;

use sea_orm::{ConnectionTrait, Database};

/// Runs one statement on the SQLite file of a server that is stopped.
pub(super) async fn execute(folder: &Path, statement: &str) -> u64 {
    let url = format!("sqlite:{}/sapa.db", folder.display());
    let database = Database::connect(url).await.expect("the database opens");
    let done = database.execute_unprepared(statement).await.expect("the statement runs");
    database.close().await.expect("the database closes");
    done.rows_affected()
}
