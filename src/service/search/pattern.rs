//! What contains a term, in the words of each database.

use sea_orm::{
    DbBackend,
    sea_query::{Expr, SimpleExpr},
};

use super::words::Word;

/// How a database is asked for what contains a term.
pub(super) struct Pattern {
    quote: char,
    /// The comparison with the value, whose place is marked.
    pub(super) contains: &'static str,
    pub(super) value: String,
}

impl Pattern {
    pub(super) fn of(db: DbBackend, term: &str) -> Self {
        let (quote, contains, value) = match db {
            DbBackend::MySql => ('`', "LIKE ? ESCAPE '!'", pattern(term)),
            // The LIKE of SQLite knows the case of ASCII letters only, unlike its trigrams.
            DbBackend::Sqlite if !term.is_ascii() => ('"', "GLOB ?", case_blind_glob(term)),
            DbBackend::Sqlite => ('"', "LIKE ? ESCAPE '!'", pattern(term)),
            _ => ('"', "ILIKE $1 ESCAPE '!'", pattern(term)),
        };
        Self { quote, contains, value }
    }

    /// A clause with names between `~`, and `CONTAINS` once.
    pub(super) fn clause(&self, sql: &str) -> SimpleExpr {
        let sql = sql.replace('~', &self.quote.to_string()).replace("CONTAINS", self.contains);
        Expr::cust_with_values(sql, [self.value.clone()])
    }
}

/// What contains the term, for a LIKE with `!` as its escape.
pub(super) fn pattern(term: &str) -> String {
    format!("%{}%", term.replace('!', "!!").replace('%', "!%").replace('_', "!_"))
}

/// What contains the term in whatever case, for a GLOB.
pub(super) fn case_blind_glob(term: &str) -> String {
    let only = |mut cases: Box<dyn Iterator<Item = char>>| cases.next().filter(|_| cases.next().is_none());
    let mut glob = String::from("*");
    for sign in term.chars() {
        let (lower, upper) = (only(Box::new(sign.to_lowercase())), only(Box::new(sign.to_uppercase())));
        match (lower.unwrap_or(sign), upper.unwrap_or(sign)) {
            _ if "*?[".contains(sign) => glob.extend(['[', sign, ']']),
            (lower, upper) if lower == upper => glob.push(sign),
            (lower, upper) => glob.extend(['[', sign, lower, upper, ']']),
        }
    }
    glob + "*"
}

/// A text for a MATCH.
pub(super) fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

/// A pattern that contains the word, without the wildcard where the word does not go on.
pub(super) fn open_ended(pattern: &str, wildcard: char, word: &Word<'_>) -> String {
    let pattern = if word.begins { pattern } else { pattern.trim_start_matches(wildcard) };
    let pattern = if word.ends { pattern } else { pattern.trim_end_matches(wildcard) };
    pattern.to_owned()
}

/// What comes after all words that begin with this one, which ends with an ASCII letter or digit.
pub(super) fn after(word: &str) -> String {
    let mut after = word.to_owned();
    let last = after.pop().and_then(|last| char::from_u32(u32::from(last) + 1));
    after.extend(last);
    after
}
