//! What SQLite's index of the messages is asked for: the words that the words of a term may be a part of.

use super::{
    pattern::{case_blind_glob, quoted},
    words::{Word, words},
};

/// Trigrams need three characters.
pub(super) const LEAST_INDEXED_CHARS: usize = 3;
/// Words of a term that are looked up; the whole term is compared all the same.
const MOST_WORDS: usize = 8;
/// Longer words that are looked at, the newest.
const COMPARED: u32 = 20_000;
/// Longer words that are looked for in the messages: so many of the newest, and of the oldest, which are the common ones.
const GATHERED: u32 = 500;

/// An SQL expression for what the index is to match, and its values.
pub(super) struct Lookup {
    pub(super) sql: String,
    pub(super) values: Vec<String>,
    /// Whether it leaves out messages with the term: where a short end of a word is looked for as a word of its own.
    pub(super) misses: bool,
}

/// What a message must have to contain the term. `None` if the term has no word, or is too short for the index.
pub(super) fn lookup(term: &str) -> Option<Lookup> {
    if term.chars().count() < LEAST_INDEXED_CHARS {
        return None;
    }
    let all: Vec<Word<'_>> = words(term).collect();
    let is_long = |word: &Word<'_>| word.text.chars().count() >= LEAST_INDEXED_CHARS;
    // The end of a word that is shorter than a trigram could be that of any.
    let is_known = |word: &&Word<'_>| is_long(word) || !word.begins && !word.ends;
    let known: Vec<&Word<'_>> = all.iter().filter(is_known).take(MOST_WORDS).collect();
    let (mut parts, mut values) = (Vec::new(), Vec::new());
    let misses = known.is_empty();
    if misses {
        all.iter().for_each(|word| whole(word, &mut parts, &mut values));
    }
    for word in known {
        match is_long(word) && (word.begins || word.ends) {
            true => part(word, &mut parts, &mut values),
            false => whole(word, &mut parts, &mut values),
        }
    }
    (!parts.is_empty()).then(|| Lookup { sql: parts.join(" || ' AND ' || "), values, misses })
}

/// A word by itself, in whatever case.
fn whole(word: &Word<'_>, parts: &mut Vec<String>, values: &mut Vec<String>) {
    let cases = [word.text.to_string(), word.text.to_lowercase(), word.text.to_uppercase()];
    let known = if word.text.is_ascii() { &cases[..1] } else { &cases[..] };
    parts.push("?".to_owned());
    values.push(format!("({})", known.iter().map(|text| quoted(text)).collect::<Vec<_>>().join(" OR ")));
}

/// All words that begin with it, end with it or have it inside.
fn part(word: &Word<'_>, parts: &mut Vec<String>, values: &mut Vec<String>) {
    let longer = if !word.begins && word.text.is_ascii() {
        values.extend([word.text.to_string(), after(&word.text)]);
        r#""word" >= ? AND "word" < ?"#.to_owned()
    } else {
        let glob = case_blind_glob(&word.text);
        let glob = if word.begins { glob.as_str() } else { glob.trim_start_matches('*') };
        let glob = if word.ends { glob } else { glob.trim_end_matches('*') };
        values.extend([quoted(&word.text), glob.to_owned()]);
        format!(
            r#""id" IN (SELECT rowid FROM "ChatWordSearch" WHERE "ChatWordSearch" MATCH ?
                ORDER BY rowid DESC LIMIT {COMPARED}) AND "word" GLOB ?"#
        )
    };
    parts.push(format!(
        r#"(WITH "longer" AS MATERIALIZED (SELECT "id", "word" FROM "ChatWord" WHERE {longer} LIMIT {COMPARED})
        SELECT '(' || coalesce(group_concat('"' || "word" || '"', ' OR '), '""') || ')' FROM (
            SELECT * FROM (SELECT "word" FROM "longer" ORDER BY "id" DESC LIMIT {GATHERED})
            UNION SELECT * FROM (SELECT "word" FROM "longer" ORDER BY "id" LIMIT {GATHERED})))"#
    ));
}

/// What comes after all words that begin with this one, which ends with an ASCII letter or digit.
fn after(word: &str) -> String {
    let mut after = word.to_owned();
    let last = after.pop().and_then(|last| char::from_u32(u32::from(last) + 1));
    after.extend(last);
    after
}
