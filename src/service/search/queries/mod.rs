//! The search's queries, by the means of each database.

mod postgres;
mod sqlite;

use sea_orm::{
    Condition, DbBackend,
    sea_query::{Expr, SimpleExpr},
};

use super::{
    lookup::LEAST_INDEXED_CHARS,
    pattern::{Pattern, pattern},
};

/// Matches of a kind that a search of the desk gathers, the newest, so that a common word costs no more than a rare one.
const GATHERED: u32 = 5_000;
/// Newest messages with all words of the term that a search compares with it.
const COMPARED: u32 = 20_000;
/// The newest that a search compares with the term where the index does not have them yet, or would give too many.
const LOOKED_THROUGH: u32 = 65_536;
/// The longest word that MySQL's full text knows.
const MOST_INDEXED_CHARS: usize = 84;
/// Words that it leaves out, of those that are long enough (`INFORMATION_SCHEMA.INNODB_FT_DEFAULT_STOPWORD`).
const UNINDEXED_WORDS: [&str; 18] = [
    "about", "are", "com", "for", "from", "how", "that", "the", "this", "und", "was", "what", "when", "where", "who",
    "will", "with", "www",
];

/// Rooms in which the customer's name or e-mail, the subject or a message contains the term, every sign taken as text.
/// `owner` is whose rooms are searched, if the others are left out anyway.
pub(in crate::service) fn matching(db: DbBackend, term: &str, owner: Option<i32>) -> Condition {
    match (db, owner) {
        (_, Some(owner)) => in_rooms_of(owner, &Pattern::of(db, term)),
        (DbBackend::Sqlite, None) => sqlite::of_desk(term),
        (DbBackend::MySql, None) => in_newest(&Pattern::of(db, term)).add_option(mysql_full_text(term)),
        _ => postgres::of_desk(term),
    }
}

/// Older messages, as MySQL's index finds them: it knows only words, and their beginnings. Those are kept that contain the
/// term itself. None if the term has no word that the index knows.
fn mysql_full_text(term: &str) -> Option<SimpleExpr> {
    // An apostrophe may be a part of a word or not; what is beside one is not looked up.
    let words = term.split(|sign: char| sign.is_whitespace() || sign.is_ascii_punctuation() && !"'_".contains(sign));
    let known = words.filter(|word| {
        let length = word.chars().count();
        (LEAST_INDEXED_CHARS..=MOST_INDEXED_CHARS).contains(&length)
            && word.chars().all(|sign| sign.is_alphanumeric() || sign == '_')
            && !UNINDEXED_WORDS.contains(&word.to_lowercase().as_str())
    });
    let wanted = known.map(|word| format!("+{word}*")).collect::<Vec<_>>().join(" ");
    let sql = format!(
        "`ChatRoom`.`id` IN (SELECT `chatRoomId` FROM (SELECT `chatRoomId` FROM `ChatMessage` WHERE MATCH (`message`) \
         AGAINST (? IN BOOLEAN MODE) AND `message` LIKE ? ESCAPE '!' ORDER BY `id` DESC LIMIT {GATHERED}) AS `found`)"
    );
    (!wanted.is_empty()).then(|| Expr::cust_with_values(sql, [wanted, pattern(term)]))
}

/// By pattern; no index serves it, so it looks at the newest messages alone.
fn in_newest(pattern: &Pattern) -> Condition {
    let newest = format!("~id~ > (SELECT COALESCE(MAX(~id~), 0) FROM ~ChatMessage~) - {GATHERED}");
    Condition::any()
        .add(pattern.clause("~ChatRoom~.~subject~ CONTAINS"))
        .add(pattern.clause("~ChatRoom~.~userId~ IN (SELECT ~id~ FROM ~User~ WHERE ~name~ CONTAINS)"))
        .add(pattern.clause("~ChatRoom~.~userId~ IN (SELECT ~id~ FROM ~User~ WHERE ~email~ CONTAINS)"))
        .add(pattern.clause(&format!(
            "~ChatRoom~.~id~ IN (SELECT ~chatRoomId~ FROM ~ChatMessage~ WHERE {newest} AND ~message~ CONTAINS)"
        )))
}

/// By pattern in the rooms of one person, all of their messages: they are few beside those of the whole desk.
fn in_rooms_of(owner: i32, pattern: &Pattern) -> Condition {
    let person = |column| format!("EXISTS (SELECT 1 FROM ~User~ WHERE ~id~ = {owner} AND ~{column}~ CONTAINS)");
    Condition::any()
        .add(pattern.clause("~ChatRoom~.~subject~ CONTAINS"))
        .add(pattern.clause(&person("name")))
        .add(pattern.clause(&person("email")))
        .add(
            pattern.clause(
                "EXISTS (SELECT 1 FROM ~ChatMessage~ WHERE ~chatRoomId~ = ~ChatRoom~.~id~ AND ~message~ CONTAINS)",
            ),
        )
}
