//! The search of the desk on SQLite.

use sea_orm::{
    Condition, DbBackend,
    sea_query::{Expr, SimpleExpr},
};

use super::{COMPARED, GATHERED, LOOKED_THROUGH, in_newest};
use crate::service::search::{
    lookup::{Lookup, Sought, cases, lookup},
    pattern::{Pattern, after, case_blind_glob, open_ended, quoted},
    waiting::SQLITE_INDEXED,
    words::Word,
};

/// Longer words that are looked for in the messages: so many of the newest, and of the oldest, which are the common ones.
const LONGER: u32 = 500;

/// Rooms with the term: by what is indexed, and by pattern where the index does not know of it.
pub(super) fn of_desk(term: &str) -> Condition {
    let lookup = lookup(term);
    let newest =
        lookup.as_ref().is_none_or(|lookup| lookup.misses).then(|| in_newest(&Pattern::of(DbBackend::Sqlite, term)));
    Condition::any().add_option(lookup.map(|lookup| full_text(term, &lookup))).add_option(newest)
}

/// By what is indexed, and by pattern in the messages that are not. The rooms are gathered before they are ordered: where
/// all subjects match, 200,000 of them, it takes 17 ms instead of 540.
fn full_text(term: &str, lookup: &Lookup<'_>) -> SimpleExpr {
    let pattern = Pattern::of(DbBackend::Sqlite, term);
    let contains = pattern.contains;
    let found = |index: &str| {
        format!(r#"SELECT rowid FROM "{index}" WHERE "{index}" MATCH ? ORDER BY rowid DESC LIMIT {GATHERED}"#)
    };
    let mut values = vec![quoted(term), quoted(term)];
    let words: Vec<_> = lookup.words.iter().map(|word| alternatives(word, &mut values)).collect();
    values.extend(vec![pattern.value; 3]);
    // The index of the messages knows which words one has, but not where.
    let gathered = format!(
        r#""ChatRoom"."id" IN (
        SELECT * FROM ({subjects})
        UNION SELECT "id" FROM "ChatRoom" WHERE "userId" IN ({people})
        UNION SELECT * FROM (SELECT "chatRoomId" FROM (SELECT rowid FROM "ChatMessageSearch"
                WHERE "ChatMessageSearch" MATCH ({words}) ORDER BY rowid DESC LIMIT {COMPARED}) AS "found"
            CROSS JOIN "ChatMessage" ON "ChatMessage"."id" = "found".rowid WHERE "message" {contains} LIMIT {GATHERED})
        UNION SELECT "chatRoomId" FROM "ChatMessage" WHERE "message" {contains}
            AND "id" > max({SQLITE_INDEXED}, (SELECT max("id") FROM "ChatMessage") - {LOOKED_THROUGH})
        UNION SELECT "chatRoomId" FROM "ChatMessage" WHERE "message" {contains}
            AND "id" IN (SELECT "id" FROM "ChatMessageChanged"))"#,
        subjects = found("ChatRoomSearch"),
        people = found("UserSearch"),
        words = words.join(" || ' AND ' || "),
    );
    Expr::cust_with_values(gathered, values)
}

/// An SQL expression for what the index is to match; its values are added.
fn alternatives(word: &Sought<'_>, values: &mut Vec<String>) -> String {
    match word {
        Sought::Whole(text) => {
            values.push(format!("({})", cases(text).iter().map(|text| quoted(text)).collect::<Vec<_>>().join(" OR ")));
            "?".to_owned()
        }
        Sought::Part(word) => longer(word, values),
    }
}

/// All words that begin with it, end with it or have it inside.
fn longer(word: &Word<'_>, values: &mut Vec<String>) -> String {
    let longer = if !word.begins && word.text.is_ascii() {
        values.extend([word.text.to_string(), after(&word.text)]);
        r#""word" >= ? AND "word" < ?"#.to_owned()
    } else {
        values.extend([quoted(&word.text), open_ended(&case_blind_glob(&word.text), '*', word)]);
        format!(
            r#""id" IN (SELECT rowid FROM "ChatWordSearch" WHERE "ChatWordSearch" MATCH ?
                ORDER BY rowid DESC LIMIT {COMPARED}) AND "word" GLOB ?"#
        )
    };
    format!(
        r#"(WITH "longer" AS MATERIALIZED (SELECT "id", "word" FROM "ChatWord" WHERE {longer} LIMIT {COMPARED})
        SELECT '(' || coalesce(group_concat('"' || "word" || '"', ' OR '), '""') || ')' FROM (
            SELECT * FROM (SELECT "word" FROM "longer" ORDER BY "id" DESC LIMIT {LONGER})
            UNION SELECT * FROM (SELECT "word" FROM "longer" ORDER BY "id" LIMIT {LONGER})))"#
    )
}
