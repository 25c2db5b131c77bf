//! The reading end: each statement has its time, and is asked again where its connection had broken off.

use std::{future::Future, time::Duration};

use sea_orm::{
    AccessMode, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, ExecResult, IsolationLevel,
    QueryResult, Statement, TransactionOptions, TransactionTrait, prelude::async_trait::async_trait,
};

use super::{is_lost, silence};
use crate::config;

/// Connections for reading. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Reading {
    connections: DatabaseConnection,
    spare: DatabaseConnection,
    timeout: Duration,
    /// How often a statement is sent: each connection of the pool may be one that broke off, and then there is a new one.
    tries: u32,
}

impl Reading {
    /// Reads over a pool of connections as the settings say, and a single one beside it.
    pub fn new(connections: DatabaseConnection, spare: DatabaseConnection, settings: &config::Database) -> Self {
        let timeout = Duration::from_secs(settings.timeout_seconds);
        Self { connections, spare, timeout, tries: settings.read_connections.saturating_add(1) }
    }

    /// The same by a connection that few wait for, however many wait for the others.
    pub fn aside(&self) -> Self {
        Self { connections: self.spare.clone(), ..self.clone() }
    }

    /// Begins a transaction whose reads all see the database as it was at the first of them. It belongs in
    /// [`Self::in_time`].
    ///
    /// # Errors
    /// The database's.
    pub async fn one_view(&self) -> Result<DatabaseTransaction, DbErr> {
        let options = match self.get_database_backend() {
            // SQLite's always do.
            DbBackend::Sqlite => TransactionOptions::default(),
            _ => TransactionOptions {
                isolation_level: Some(IsolationLevel::RepeatableRead),
                access_mode: Some(AccessMode::ReadOnly),
                ..TransactionOptions::default()
            },
        };
        self.ask(|| self.connections.begin_with_options(options)).await
    }

    /// Gives several statements the time of one.
    ///
    /// # Errors
    /// Theirs, or that the database does not answer in time.
    pub async fn in_time<T, E: From<DbErr>>(&self, reading: impl Future<Output = Result<T, E>>) -> Result<T, E> {
        tokio::time::timeout(self.timeout, reading).await.unwrap_or_else(|_| Err(silence().into()))
    }

    async fn ask<T, F>(&self, question: impl Fn() -> F + Send) -> Result<T, DbErr>
    where
        F: Future<Output = Result<T, DbErr>> + Send,
    {
        self.in_time(async {
            for _ in 1..self.tries {
                match question().await {
                    // Nothing was changed, so it may be asked again; by another connection, as this one is closed.
                    Err(error) if is_lost(&error) => tracing::debug!(%error, "a connection for reading broke off"),
                    answer => return answer,
                }
            }
            question().await
        })
        .await
    }
}

#[async_trait]
impl ConnectionTrait for Reading {
    fn get_database_backend(&self) -> DbBackend {
        self.connections.get_database_backend()
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        self.ask(|| self.connections.execute_raw(statement.clone())).await
    }

    async fn execute_unprepared(&self, statement: &str) -> Result<ExecResult, DbErr> {
        self.ask(|| self.connections.execute_unprepared(statement)).await
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        self.ask(|| self.connections.query_one_raw(statement.clone())).await
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        self.ask(|| self.connections.query_all_raw(statement.clone())).await
    }
}
