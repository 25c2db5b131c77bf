//! Sapa's schema, one file per step, in builder calls that SQLite, Postgres and MySQL all take.

pub use sea_orm_migration::prelude::*;

mod column;
mod m20261120_000001_support_chat;
mod m20261120_000002_journal;
mod m20261120_000003_search;
mod m20261121_000004_conversations;
mod m20261121_000005_search_later;
mod m20261121_000006_fewer_indexes;
mod m20261121_000007_search_compact;
mod m20261121_000008_subjects;
mod m20261121_000009_search_apart;
mod m20261121_000010_search_words;
mod m20261122_000011_search_words_postgres;
mod statements;

/// All steps, oldest first.
#[derive(Debug)]
pub struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261120_000001_support_chat::Migration),
            Box::new(m20261120_000002_journal::Migration),
            Box::new(m20261120_000003_search::Migration),
            Box::new(m20261121_000004_conversations::Migration),
            Box::new(m20261121_000005_search_later::Migration),
            Box::new(m20261121_000006_fewer_indexes::Migration),
            Box::new(m20261121_000007_search_compact::Migration),
            Box::new(m20261121_000008_subjects::Migration),
            Box::new(m20261121_000009_search_apart::Migration),
            Box::new(m20261121_000010_search_words::Migration),
            Box::new(m20261122_000011_search_words_postgres::Migration),
        ]
    }
}
