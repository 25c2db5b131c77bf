//! On Postgres messages are indexed for the search after their commit, when the database has time: a message takes half as
//! much of its CPU.
//!
//! `ChatMessageSearch` has what is searched of each message, and its index of trigrams. A job copies what Sapa writes, in
//! the order of the ids, which is that of its commits, and keeps in `ChatMessageIndexed` how far it got. What other programs
//! write, in whatever order, is copied at once, by a trigger; Sapa's own connections say that they need none.

use sea_orm_migration::{
    prelude::{DbErr, DeriveMigrationName, MigrationTrait, SchemaManager, async_trait},
    sea_orm::DbBackend,
};

use crate::statements::run_on;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// What is searched, empty at first: the job fills it, the oldest messages first.
pub(crate) const TABLE: [&str; 2] = [
    r#"CREATE TABLE "ChatMessageSearch" ("id" integer PRIMARY KEY, "chatRoomId" integer NOT NULL, "message" text NOT NULL)"#,
    r#"CREATE INDEX "ChatMessageSearch_message_trgm" ON "ChatMessageSearch" USING gin ("message" gin_trgm_ops)"#,
];

/// How far the job got.
const PROGRESS: [&str; 3] = [
    r#"DROP INDEX "ChatMessage_message_trgm""#,
    r#"CREATE TABLE "ChatMessageIndexed" ("through" integer NOT NULL)"#,
    r#"INSERT INTO "ChatMessageIndexed" VALUES (0)"#,
];

/// What keeps true what is indexed.
pub(crate) const TRIGGERS: [&str; 7] = [
    // Whoever comes second, this or the job, waits for the other and finds the row there. The tables are looked for where
    // they are made now: the other program may look for its own elsewhere.
    r#"CREATE FUNCTION "ChatMessageSearch_put"() RETURNS trigger LANGUAGE plpgsql
        SET search_path FROM CURRENT AS $$ BEGIN
        INSERT INTO "ChatMessageSearch" VALUES (NEW."id", NEW."chatRoomId", NEW."message") ON CONFLICT ("id")
            DO UPDATE SET "chatRoomId" = EXCLUDED."chatRoomId", "message" = EXCLUDED."message";
        RETURN NULL; END $$"#,
    r#"CREATE FUNCTION "ChatMessageSearch_remove"() RETURNS trigger LANGUAGE plpgsql
        SET search_path FROM CURRENT AS $$ BEGIN
        DELETE FROM "ChatMessageSearch" WHERE "id" = OLD."id";
        RETURN NULL; END $$"#,
    r#"CREATE FUNCTION "ChatMessageSearch_clear"() RETURNS trigger LANGUAGE plpgsql
        SET search_path FROM CURRENT AS $$ BEGIN
        DELETE FROM "ChatMessageSearch";
        UPDATE "ChatMessageIndexed" SET "through" = 0;
        RETURN NULL; END $$"#,
    r#"CREATE TRIGGER "ChatMessageSearch_insert" AFTER INSERT ON "ChatMessage" FOR EACH ROW
        WHEN (current_setting('sapa.indexes_later', true) IS DISTINCT FROM 'on')
        EXECUTE FUNCTION "ChatMessageSearch_put"()"#,
    r#"CREATE TRIGGER "ChatMessageSearch_update" AFTER UPDATE OF "message", "chatRoomId" ON "ChatMessage" FOR EACH ROW
        WHEN (OLD."message" IS DISTINCT FROM NEW."message" OR OLD."chatRoomId" IS DISTINCT FROM NEW."chatRoomId")
        EXECUTE FUNCTION "ChatMessageSearch_put"()"#,
    r#"CREATE TRIGGER "ChatMessageSearch_delete" AFTER DELETE ON "ChatMessage" FOR EACH ROW
        EXECUTE FUNCTION "ChatMessageSearch_remove"()"#,
    r#"CREATE TRIGGER "ChatMessageSearch_truncate" AFTER TRUNCATE ON "ChatMessage"
        EXECUTE FUNCTION "ChatMessageSearch_clear"()"#,
];

const DOWN: [&str; 6] = [
    r#"CREATE INDEX "ChatMessage_message_trgm" ON "ChatMessage" USING gin ("message" gin_trgm_ops)"#,
    r#"DROP FUNCTION "ChatMessageSearch_put"() CASCADE"#,
    r#"DROP FUNCTION "ChatMessageSearch_remove"() CASCADE"#,
    r#"DROP FUNCTION "ChatMessageSearch_clear"() CASCADE"#,
    r#"DROP TABLE "ChatMessageSearch""#,
    r#"DROP TABLE "ChatMessageIndexed""#,
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for statements in [&TABLE[..], &PROGRESS, &TRIGGERS] {
            run_on(DbBackend::Postgres, manager, statements).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        run_on(DbBackend::Postgres, manager, &DOWN).await
    }
}
