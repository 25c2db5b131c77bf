//! What the index of the messages is asked for: the words that the words of a term may be a part of.

use std::borrow::Cow;

use super::words::{Word, words};

/// Trigrams need three characters.
pub(super) const LEAST_INDEXED_CHARS: usize = 3;
/// Words of a term that are looked up; the whole term is compared all the same.
const MOST_WORDS: usize = 8;

/// What a message must have to contain a term.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Lookup<'a> {
    /// One word for each of these.
    pub(super) words: Vec<Sought<'a>>,
    /// Whether it leaves out messages with the term: where a short end of a word is looked for as a word of its own.
    pub(super) misses: bool,
}

/// A word that is looked for.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Sought<'a> {
    /// The word by itself, in whatever case.
    Whole(Cow<'a, str>),
    /// All words that begin with it, end with it or have it inside.
    Part(Word<'a>),
}

/// What a message must have to contain the term. `None` if the term has no word, or is too short for the index.
pub(super) fn lookup(term: &str) -> Option<Lookup<'_>> {
    if term.chars().count() < LEAST_INDEXED_CHARS {
        return None;
    }
    let is_long = |word: &Word<'_>| word.text.chars().count() >= LEAST_INDEXED_CHARS;
    // The end of a word that is shorter than a trigram could be that of any.
    let (known, unknown): (Vec<_>, Vec<_>) = words(term).partition(|word| is_long(word) || word.is_whole());
    let misses = known.is_empty();
    let all = if misses { unknown } else { known };
    let words: Vec<_> = all
        .into_iter()
        .take(MOST_WORDS)
        .map(|word| if is_long(&word) && !word.is_whole() { Sought::Part(word) } else { Sought::Whole(word.text) })
        .collect();
    (!words.is_empty()).then_some(Lookup { words, misses })
}

/// The spellings under which an index has a word that is looked for in whatever case: it has ASCII letters small alone.
pub(super) fn cases(word: &str) -> Vec<String> {
    let mut cases = vec![word.to_owned()];
    if !word.is_ascii() {
        cases.extend([word.to_lowercase(), word.to_uppercase().to_ascii_lowercase()]);
        cases.dedup();
    }
    cases
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ends_of_a_term_may_be_parts_of_longer_words() {
        let whole = |text: &'static str| Sought::Whole(text.into());
        let part = |text: &'static str, begins, ends| Sought::Part(Word { text: text.into(), begins, ends });
        let sought = |term: &'static str| lookup(term).map(|lookup| (lookup.words, lookup.misses));
        assert_eq!(sought("refund of"), Some((vec![part("refund", true, false)], false)));
        assert_eq!(
            sought("Order of 17 shirts"),
            Some((vec![part("order", true, false), whole("of"), whole("17"), part("shirts", false, true)], false))
        );
        assert_eq!(sought("fun"), Some((vec![part("fun", true, true)], false)));
        assert_eq!(sought(" fun "), Some((vec![whole("fun")], false)));
        assert_eq!(sought("a-b"), Some((vec![whole("a"), whole("b")], true)));
        assert_eq!((sought("hi"), sought("?!.")), (None, None));
    }

    #[test]
    fn a_word_has_three_spellings_beyond_ascii() {
        assert_eq!(cases("plain"), ["plain"]);
        assert_eq!(cases("éLan".to_ascii_lowercase().as_str()), ["élan", "Élan"]);
        assert_eq!(cases("ÀlÉ"), ["ÀlÉ", "àlé", "ÀlÉ"]);
    }
}
