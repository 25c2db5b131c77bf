//! The search of the desk on Postgres.
//!
//! Bound values stand in queries of their own, as `(SELECT $1)`: so the plan does not depend on them, and is made once for all
//! searches of a form. What is gathered is an array, as the planner knows little of how much there is: it would take all
//! rooms to join them.

use sea_orm::{Condition, Value, sea_query::Expr};

use super::{COMPARED, GATHERED, LOOKED_THROUGH};
use crate::service::search::{
    lookup::{Lookup, Sought, cases, lookup},
    pattern::{after, open_ended, pattern},
    waiting::POSTGRES_INDEXED,
    words::id,
};

/// Longer words that are looked for in the messages, the most common ones: the index takes a step for each of them at each
/// message.
const LONGER: u32 = 250;
/// Messages that have the rarest word of a term from which on only the newest are looked at: all of them would have to be
/// fetched to know which are.
const COMMON: u32 = 200_000;
/// Signs of a word by which the index of beginnings has it.
const BEGINNING: usize = 32;

/// Whether a value contains the term.
const CONTAINS: &str = "ILIKE (SELECT $1) ESCAPE '!'";

/// What is searched beside the messages: tables and columns.
const TEXTS: [(&str, &str); 3] = [("ChatRoom", "subject"), ("User", "name"), ("User", "email")];
/// The newest texts by which it is judged whether a term is common among them.
const SAMPLE: u32 = 200;
/// How many of these then have it.
const COMMON_IN_SAMPLE: u32 = 20;

/// Rooms with the term: by what is indexed, and by pattern where the index does not know of it.
pub(super) fn of_desk(term: &str) -> Condition {
    let mut values = vec![pattern(term).into()];
    let lookup = lookup(term);
    let is_short = lookup.as_ref().is_none_or(|lookup| lookup.misses);
    let [subjects, names, addresses] = TEXTS.map(|(table, column)| found(table, column, is_short));
    let people = format!(r#"SELECT "id" FROM "ChatRoom" WHERE "userId" = ANY (ARRAY({names} UNION {addresses}))"#);
    let (mut known, mut rooms) = (TEXTS.map(|(table, column)| sample(table, column)).to_vec(), vec![subjects, people]);
    if let Some(lookup) = lookup {
        let words: Vec<_> = lookup.words.iter().map(|word| alternatives(word, &mut values)).collect();
        known.extend(with(&words));
        rooms.extend([indexed(&lookup), with_common_words(), waiting(), changed()]);
    }
    if is_short {
        rooms.push(newest());
    }
    let gathered = format!(r#""ChatRoom"."id" = ANY (ARRAY(WITH {} {}))"#, known.join(", "), rooms.join(" UNION "));
    Condition::all().add(Expr::cust_with_values(gathered, values))
}

/// What the words of the term may be a part of, and whether few messages have the rarest.
fn with(words: &[String]) -> Vec<String> {
    let mut known: Vec<_> =
        words.iter().zip(1..).map(|(word, n)| format!(r#""word{n}" AS MATERIALIZED ({word})"#)).collect();
    let messages: Vec<_> = (1..=words.len()).map(|n| format!(r#""word{n}"."messages""#)).collect();
    let tables: Vec<_> = (1..=words.len()).map(|n| format!(r#""word{n}""#)).collect();
    let (messages, tables) = (messages.join(", "), tables.join(", "));
    known.push(format!(r#""rarest" AS MATERIALIZED (SELECT least({messages}) < {COMMON} AS "is_rare" FROM {tables})"#));
    known
}

/// Whether the term is common among the newest texts.
fn sample(table: &str, column: &str) -> String {
    format!(
        r#""{column}s" AS MATERIALIZED (SELECT count(*) >= {COMMON_IN_SAMPLE} AS "have_it" FROM (
            SELECT "{column}" FROM "{table}" ORDER BY "id" DESC LIMIT {SAMPLE}) AS "sample" WHERE "{column}" {CONTAINS})"#
    )
}

/// The newest that contain the term. Where it is common they are walked through: the index would give all, a million
/// perhaps, to be fetched and ordered. Where it is not, the planner would do so too by their ids as they are. A term without a
/// trigram is compared with each text: to take all from the index costs more.
fn found(table: &str, column: &str, is_short: bool) -> String {
    let text = if is_short { format!(r#"("{column}" || '')"#) } else { format!(r#""{column}""#) };
    let is_common = format!(r#"(SELECT "have_it" FROM "{column}s")"#);
    format!(
        r#"SELECT * FROM (SELECT "id" FROM "{table}" WHERE NOT {is_common} AND {text} {CONTAINS}
            ORDER BY "id" + 0 DESC LIMIT {GATHERED}) AS "rare"
        UNION ALL SELECT * FROM (SELECT "id" FROM (SELECT "id", "{column}" FROM "{table}" WHERE {is_common}
            ORDER BY "id" DESC LIMIT {LOOKED_THROUGH}) AS "last" WHERE "{column}" {CONTAINS} LIMIT {GATHERED}) AS "common""#
    )
}

/// The index of the messages knows which words one has, but not where.
fn indexed(lookup: &Lookup<'_>) -> String {
    let has = (1..=lookup.words.len())
        .map(|n| format!(r#"AND "words" && (SELECT "ids" FROM "word{n}")"#))
        .collect::<String>();
    let compared = compared();
    let most = match &lookup.words[..] {
        // Whatever has the one word has the term.
        [Sought::Part(word)] if word.begins && word.ends => GATHERED,
        _ => COMPARED,
    };
    format!(
        r#"SELECT * FROM (SELECT "chatRoomId" FROM (SELECT "id" FROM "ChatMessageSearch"
            WHERE (SELECT "is_rare" FROM "rarest") {has} ORDER BY "id" + 0 DESC LIMIT {most}) AS "found",
        {compared} LIMIT {GATHERED}) AS "indexed""#
    )
}

/// Messages with these ids that contain the term, looked up by them whatever the planner thinks of their number.
fn compared() -> String {
    format!(
        r#"LATERAL (SELECT "chatRoomId" FROM "ChatMessage" WHERE "id" = "found"."id" AND "message" {CONTAINS}
        OFFSET 0) AS "message""#
    )
}

fn with_common_words() -> String {
    format!(
        r#"SELECT * FROM (SELECT "chatRoomId" FROM (SELECT "chatRoomId", "message" FROM "ChatMessage"
            WHERE NOT (SELECT "is_rare" FROM "rarest") ORDER BY "id" DESC LIMIT {LOOKED_THROUGH}) AS "newest"
        WHERE "message" {CONTAINS} LIMIT {GATHERED}) AS "common""#
    )
}

fn waiting() -> String {
    format!(
        r#"SELECT "chatRoomId" FROM (SELECT "chatRoomId", "message" FROM "ChatMessage"
            WHERE "id" > {POSTGRES_INDEXED} ORDER BY "id" DESC LIMIT {LOOKED_THROUGH}) AS "waiting"
        WHERE "message" {CONTAINS}"#
    )
}

fn changed() -> String {
    let compared = compared();
    format!(
        r#"SELECT "chatRoomId" FROM (SELECT DISTINCT "id" FROM (SELECT "id" FROM "ChatMessageChanged"
            ORDER BY "id" DESC LIMIT {LOOKED_THROUGH}) AS "last") AS "found", {compared}"#
    )
}

fn newest() -> String {
    format!(
        r#"SELECT "chatRoomId" FROM (SELECT "chatRoomId", "message" FROM "ChatMessage" ORDER BY "id" DESC
            LIMIT {GATHERED}) AS "last" WHERE "message" {CONTAINS}"#
    )
}

/// A query for the ids of words of which a message must have one, and for how many messages have them. Its values are added.
fn alternatives(word: &Sought<'_>, values: &mut Vec<Value>) -> String {
    let mut bound = |value: Value| {
        values.push(value);
        format!("(SELECT ${})", values.len())
    };
    let longer = match word {
        Sought::Whole(text) => {
            let ids: Vec<i64> = cases(text).iter().map(|text| id(text)).collect();
            let ids = bound(ids.into());
            return format!(
                r#"SELECT "ids", (SELECT coalesce(sum("messages"), 0) FROM "ChatWord" WHERE "id" = ANY ("ids")) AS "messages"
                FROM (SELECT {ids} AS "ids") AS "whole""#
            );
        }
        Sought::Part(word) if !word.begins && word.text.is_ascii() => {
            let from = &word.text[..word.text.len().min(BEGINNING)];
            let [from, to] = [from.to_owned(), after(from)].map(|end| bound(end.into()));
            let text = bound(word.text.to_string().into());
            let beginning = format!(r#"left("word", {BEGINNING}) COLLATE "C""#);
            format!(
                r#"{beginning} >= {from} AND {beginning} < {to} AND starts_with("word", {text}) ORDER BY {beginning}"#
            )
        }
        Sought::Part(word) => {
            format!(r#""word" ILIKE {} ESCAPE '!'"#, bound(open_ended(&pattern(&word.text), '%', word).into()))
        }
    };
    format!(
        r#"SELECT array_agg("id") AS "ids", coalesce(sum("messages"), 0) AS "messages" FROM (
            SELECT * FROM (SELECT "id", "messages" FROM "ChatWord" WHERE {longer} LIMIT {COMPARED}) AS "longer"
            ORDER BY "messages" DESC LIMIT {LONGER}) AS "common""#
    )
}
