//! Indexing on Postgres.
//!
//! Nothing is locked. What is read is what was committed when the statement began; whoever changes a message after that adds
//! it to the list, where it stays for the next time.

use std::{borrow::Cow, collections::HashMap};

use sea_orm::{ConnectionTrait, DbBackend, DbErr, QueryResult, Statement, Value};

use crate::{
    journal::Tx,
    service::search::words::{id, words},
};

/// Up to which id what Sapa wrote is indexed. Everything else is in a list as soon as it is written.
pub(in crate::service::search) const POSTGRES_INDEXED: &str = r#"(SELECT "through" FROM "ChatMessageIndexed")"#;
/// The last id that was given to a message. What another program numbered by itself may be beyond.
pub(super) const NEWEST: &str = r#"coalesce(pg_sequence_last_value(pg_get_serial_sequence('"ChatMessage"', 'id')), 0)"#;
/// What else waits.
pub(super) const LISTED: &str = r#"(SELECT count(*) FROM "ChatMessageChanged")"#;

/// Plans are kept, and the first ones are made when the tables are empty.
const BY_INDEX: &str = "SET LOCAL enable_seqscan = off";
/// One of so many messages has a word that is counted each time. Rarer ones are counted once, as nobody needs to know: that
/// spares most changes of their rows.
const COMMON: usize = 128;
/// Messages with a word from which on nobody looks whether it is to be forgotten: it is no secret, and there are too many to
/// look through.
const KNOWN: u32 = 2_000;

/// Takes the next messages that wait, and those in the list; puts in their words; forgets words that no message has any more.
pub(super) async fn index(tx: &Tx, limit: u64) -> Result<u64, DbErr> {
    let db = tx.write_noted();
    db.later(Statement::from_string(DbBackend::Postgres, BY_INDEX));
    let row = db.query_one_raw(Statement::from_string(DbBackend::Postgres, take(limit))).await?;
    let next = Next::of(&row.ok_or_else(|| DbErr::RecordNotFound("the row of ChatMessageIndexed".to_owned()))?)?;
    for statement in next.statements() {
        db.later(statement);
    }
    Ok(next.done)
}

/// Takes messages off the list with what the index has of them, says how far the index gets by this, and returns the texts.
/// A single statement, so that all of it is of the same moment. It is Sapa's lock that keeps two from doing it at once.
fn take(limit: u64) -> String {
    format!(
        r#"WITH "given" AS MATERIALIZED (SELECT "through", {NEWEST} AS "last" FROM "ChatMessageIndexed"),
        "next" AS MATERIALIZED (SELECT "id", "message" FROM "ChatMessage" WHERE "id" > (SELECT "through" FROM "given")
            AND "id" <= (SELECT least("last", "through" + {limit}) FROM "given")),
        "unlisted" AS (DELETE FROM "ChatMessageChanged" WHERE "id" = ANY (ARRAY(
            SELECT "id" FROM "ChatMessageChanged" ORDER BY "id" LIMIT {limit})) RETURNING "id"),
        "old" AS (DELETE FROM "ChatMessageSearch" WHERE "id" = ANY (ARRAY(SELECT "id" FROM "unlisted")) RETURNING "words"),
        "all" AS MATERIALIZED (SELECT * FROM "next" UNION ALL SELECT "id", "message" FROM "ChatMessage"
            WHERE "id" = ANY (ARRAY(SELECT "id" FROM "unlisted" EXCEPT SELECT "id" FROM "next")))
        UPDATE "ChatMessageIndexed" SET "through" = (SELECT least("last", CASE WHEN EXISTS (SELECT 1 FROM "next")
            THEN "through" + {limit} ELSE (SELECT min("id") - 1 FROM "ChatMessage" WHERE "id" > (SELECT "through" FROM "given"))
            END) FROM "given")
        RETURNING "through" - (SELECT "through" FROM "given") AS "passed", (SELECT count(*) FROM "unlisted") AS "unlisted",
            (SELECT array_agg("id" ORDER BY "id") FROM "all") AS "ids",
            (SELECT array_agg("message" ORDER BY "id") FROM "all") AS "texts",
            (SELECT array_agg(DISTINCT "word") FROM (SELECT unnest("words") AS "word" FROM "old") AS "gone") AS "gone""#
    )
}

/// What is to be put into the index, and what was taken out.
struct Next {
    ids: Vec<i32>,
    texts: Vec<String>,
    /// The words of texts that are not there any more.
    gone: Vec<i64>,
    /// Ids that the index has passed, and those from the list.
    done: u64,
}

impl Next {
    fn of(row: &QueryResult) -> Result<Self, DbErr> {
        let (passed, unlisted): (i32, i64) = (row.try_get("", "passed")?, row.try_get("", "unlisted")?);
        Ok(Self {
            done: u64::try_from(i64::from(passed) + unlisted).unwrap_or_default(),
            ids: row.try_get::<Option<_>>("", "ids")?.unwrap_or_default(),
            texts: row.try_get::<Option<_>>("", "texts")?.unwrap_or_default(),
            gone: row.try_get::<Option<_>>("", "gone")?.unwrap_or_default(),
        })
    }

    fn statements(&self) -> Vec<Statement> {
        let mut statements = Vec::new();
        if !self.ids.is_empty() {
            let index = Index::of(&self.texts);
            let common = self.texts.len().div_ceil(COMMON);
            let (often, rare): (Vec<_>, Vec<_>) = index.words.iter().partition(|(_, word)| word.messages >= common);
            statements.push(put_words(&rare, "NOTHING"));
            statements
                .push(put_words(&often, r#"UPDATE SET "messages" = "ChatWord"."messages" + EXCLUDED."messages""#));
            statements.push(index.put_messages(&self.ids));
        }
        if !self.gone.is_empty() {
            statements.push(forget(&self.gone));
        }
        statements
    }
}

/// The words of some messages.
#[derive(Default)]
struct Index<'a> {
    words: HashMap<Cow<'a, str>, Counted>,
    /// The ids of each message's words, one message after the other.
    ids: Vec<i64>,
    /// Where those of each message end.
    ends: Vec<i32>,
}

/// A word of some messages.
struct Counted {
    id: i64,
    messages: usize,
    /// The last of them.
    last: usize,
}

impl<'a> Index<'a> {
    fn of(texts: &'a [String]) -> Self {
        let mut index = Self::default();
        for (number, text) in texts.iter().enumerate() {
            for word in words(text) {
                let new = |word: &str| Counted { id: id(word), messages: 0, last: usize::MAX };
                let counted = index.words.entry(word.text).or_insert_with_key(|word| new(word));
                if counted.last != number {
                    (counted.last, counted.messages) = (number, counted.messages + 1);
                    index.ids.push(counted.id);
                }
            }
            index.ends.push(index.ids.len().try_into().unwrap_or(i32::MAX));
        }
        index
    }

    fn put_messages(&self, ids: &[i32]) -> Statement {
        let put = r#"INSERT INTO "ChatMessageSearch" SELECT "id", ($1)["from":"to"]
            FROM unnest($2, $3, $4) AS "message"("id", "from", "to") ON CONFLICT DO NOTHING"#;
        let from: Vec<i32> = [1].into_iter().chain(self.ends.iter().map(|end| end + 1)).take(ids.len()).collect();
        let values = [self.ids.clone().into(), ids.to_vec().into(), from.into(), self.ends.clone().into()];
        Statement::from_sql_and_values(DbBackend::Postgres, put, values)
    }
}

/// Puts in words; `known` is what is done about one that is there. Somebody may have looked for two words with the same id.
fn put_words(words: &[(&Cow<'_, str>, &Counted)], known: &str) -> Statement {
    let put = format!(
        r#"INSERT INTO "ChatWord" SELECT DISTINCT ON ("id") * FROM unnest($1, $2, $3) AS "word"("id", "word", "messages")
        ON CONFLICT ("id") DO {known}"#
    );
    let ids: Vec<i64> = words.iter().map(|(_, word)| word.id).collect();
    let texts: Vec<String> = words.iter().map(|(text, _)| text.to_string()).collect();
    let messages: Vec<i32> = words.iter().map(|(_, word)| word.messages.try_into().unwrap_or(i32::MAX)).collect();
    let values: [Value; 3] = [ids.into(), texts.into(), messages.into()];
    Statement::from_sql_and_values(DbBackend::Postgres, put, values)
}

/// Takes out the words that no message has.
fn forget(words: &[i64]) -> Statement {
    let forget = format!(
        r#"DELETE FROM "ChatWord" WHERE "id" = ANY ($1) AND "messages" < {KNOWN}
        AND NOT EXISTS (SELECT 1 FROM "ChatMessageSearch" WHERE "words" @> ARRAY["ChatWord"."id"])"#
    );
    Statement::from_sql_and_values(DbBackend::Postgres, forget, [words.to_vec().into()])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_counted_once_in_each_message() {
        let texts = ["one two One".to_owned(), "?!".to_owned(), "two three".to_owned()];
        let index = Index::of(&texts);
        assert_eq!(index.ids, [id("one"), id("two"), id("two"), id("three")]);
        assert_eq!(index.ends, [2, 2, 4]);
        let counts = ["one", "two", "three"].map(|word| index.words[word].messages);
        assert_eq!(counts, [1, 2, 1]);
    }
}
