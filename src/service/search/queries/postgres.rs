//! The search of the desk on Postgres.
//!
//! Bound values stand in queries of their own, as `(SELECT $1)`: so the plan does not depend on them, and is made once for all
//! searches of a form. What is gathered is an array, as the planner knows little of how much there is: it would take all
//! rooms to join them.

use sea_orm::{
    Condition, DbBackend, Value,
    sea_query::{Expr, SimpleExpr},
};

use super::{COMPARED, GATHERED, UNINDEXED, in_newest};
use crate::service::search::{
    lookup::{Lookup, Sought, cases, lookup},
    pattern::{Pattern, pattern},
    waiting::POSTGRES_INDEXED,
    words::{Word, id},
};

/// Longer words that are looked for in the messages, the most common ones: the index takes a step for each of them at each
/// message.
const LONGER: u32 = 250;
/// Messages that have the rarest word of a term from which on only the newest are looked at: all of them would have to be
/// fetched to know which are.
const COMMON: u32 = 200_000;
/// Signs of a word by which the index of beginnings has it.
const BEGINNING: usize = 32;

/// Rooms with the term: by what is indexed, and by pattern where the index does not know of it.
pub(super) fn of_desk(term: &str) -> Condition {
    match lookup(term) {
        Some(lookup) => Condition::all().add(by_words(term, &lookup)),
        None => in_newest(&Pattern::of(DbBackend::Postgres, term)),
    }
}

/// The index of the messages knows which words one has, but not where.
fn by_words(term: &str, lookup: &Lookup<'_>) -> SimpleExpr {
    let mut values = vec![pattern(term).into()];
    let words: Vec<_> = lookup.words.iter().map(|word| alternatives(word, &mut values)).collect();
    let each =
        |spell: &dyn Fn(usize) -> String, between| (1..=words.len()).map(spell).collect::<Vec<_>>().join(between);
    let known = words.iter().zip(1..).map(|(word, n)| format!(r#""word{n}" AS MATERIALIZED ({word})"#));
    let contains = "ILIKE (SELECT $1) ESCAPE '!'";
    let found = |table: &str, column: &str| {
        format!(
            r#"SELECT * FROM (SELECT "id" FROM "{table}" WHERE "{column}" {contains}
            ORDER BY "id" + 0 DESC LIMIT {GATHERED}) AS "{column}""#
        )
    };
    // By the ids as they are, the planner would go through all messages, the newest first.
    let gathered = format!(
        r#""ChatRoom"."id" = ANY (ARRAY(WITH {known},
        "rarest" AS MATERIALIZED (SELECT least({messages}) < {COMMON} AS "is_rare" FROM {tables})
        {subjects}
        UNION SELECT "id" FROM "ChatRoom" WHERE "userId" = ANY (ARRAY({names} UNION {addresses}))
        UNION SELECT * FROM (SELECT "chatRoomId" FROM (SELECT "id" FROM "ChatMessageSearch"
                WHERE (SELECT "is_rare" FROM "rarest") AND {has_all} ORDER BY "id" + 0 DESC LIMIT {COMPARED}) AS "found",
            {compared} LIMIT {GATHERED}) AS "indexed"
        UNION SELECT * FROM (SELECT "chatRoomId" FROM (SELECT "chatRoomId", "message" FROM "ChatMessage"
                WHERE NOT (SELECT "is_rare" FROM "rarest") ORDER BY "id" DESC LIMIT {UNINDEXED}) AS "newest"
            WHERE "message" {contains} LIMIT {GATHERED}) AS "common"
        UNION SELECT "chatRoomId" FROM (SELECT "chatRoomId", "message" FROM "ChatMessage"
                WHERE "id" > {POSTGRES_INDEXED} ORDER BY "id" DESC LIMIT {UNINDEXED}) AS "waiting"
            WHERE "message" {contains}
        UNION SELECT "chatRoomId" FROM (SELECT DISTINCT "id" FROM (SELECT "id" FROM "ChatMessageChanged"
                ORDER BY "id" DESC LIMIT {UNINDEXED}) AS "last") AS "found", {compared}
        {missed}))"#,
        known = known.collect::<Vec<_>>().join(", "),
        messages = each(&|n| format!(r#""word{n}"."messages""#), ", "),
        tables = each(&|n| format!(r#""word{n}""#), ", "),
        subjects = found("ChatRoom", "subject"),
        names = found("User", "name"),
        addresses = found("User", "email"),
        has_all = each(&|n| format!(r#""words" && (SELECT "ids" FROM "word{n}")"#), " AND "),
        // Whatever the planner thinks of their number, they are looked up by their ids.
        compared = format!(
            r#"LATERAL (SELECT "chatRoomId" FROM "ChatMessage" WHERE "id" = "found"."id" AND "message" {contains}
            OFFSET 0) AS "message""#
        ),
        missed = if lookup.misses { newest(contains) } else { String::new() },
    );
    Expr::cust_with_values(gathered, values)
}

fn newest(contains: &str) -> String {
    format!(
        r#"UNION SELECT "chatRoomId" FROM (SELECT "chatRoomId", "message" FROM "ChatMessage" ORDER BY "id" DESC
            LIMIT {GATHERED}) AS "last" WHERE "message" {contains}"#
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
            let [from, to] = range(&word.text).map(|end| bound(end.into()));
            let text = bound(word.text.to_string().into());
            let beginning = format!(r#"left("word", {BEGINNING}) COLLATE "C""#);
            format!(
                r#"{beginning} >= {from} AND {beginning} < {to} AND starts_with("word", {text}) ORDER BY {beginning}"#
            )
        }
        Sought::Part(word) => format!(r#""word" ILIKE {} ESCAPE '!'"#, bound(like(word).into())),
    };
    format!(
        r#"SELECT array_agg("id") AS "ids", coalesce(sum("messages"), 0) AS "messages" FROM (
            SELECT * FROM (SELECT "id", "messages" FROM "ChatWord" WHERE {longer} LIMIT {COMPARED}) AS "longer"
            ORDER BY "messages" DESC LIMIT {LONGER}) AS "common""#
    )
}

/// What contains the word where it may go on.
fn like(word: &Word<'_>) -> String {
    let any = pattern(&word.text);
    let any = if word.begins { any.as_str() } else { any.trim_start_matches('%') };
    if word.ends { any.to_owned() } else { any.trim_end_matches('%').to_owned() }
}

/// The range of the words that begin with this one, which is ASCII, by their first signs.
fn range(word: &str) -> [String; 2] {
    let from = word[..word.len().min(BEGINNING)].to_owned();
    let mut to = from.clone();
    let last = to.pop().and_then(|last| char::from_u32(u32::from(last) + 1));
    to.extend(last);
    [from, to]
}
