//! A text in words, as the index of the messages has them: SQLite's by its tokenizer `ascii`.

use std::borrow::Cow;

use sha2::{Digest, Sha256};

/// A run of ASCII letters, ASCII digits and all signs beyond ASCII.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Word<'a> {
    /// As the index has it: ASCII letters are small, others as they were.
    pub(super) text: Cow<'a, str>,
    /// Whether the text begins with it: where the text is only a part, a longer word may end with it.
    pub(super) begins: bool,
    /// Whether the text ends with it.
    pub(super) ends: bool,
}

impl Word<'_> {
    /// Whether the text goes on at both sides.
    pub(super) fn is_whole(&self) -> bool {
        !self.begins && !self.ends
    }
}

/// The words of a text, in their order.
pub(super) fn words(text: &str) -> impl Iterator<Item = Word<'_>> {
    let mut from = 0;
    text.split(|sign: char| sign.is_ascii() && !sign.is_ascii_alphanumeric()).filter_map(move |word| {
        let (begins, end) = (from == 0, from + word.len());
        from = end + 1;
        (!word.is_empty()).then(|| Word { text: small(word), begins, ends: end == text.len() })
    })
}

/// The id that a word has of itself, where the index has ids of words. Different words may have the same; what is found is
/// compared with the term all the same.
pub(super) fn id(word: &str) -> i64 {
    Sha256::digest(word).iter().take(8).fold(0, |id, byte| id << 8 | i64::from(*byte))
}

fn small(word: &str) -> Cow<'_, str> {
    match word.bytes().any(|byte| byte.is_ascii_uppercase()) {
        true => Cow::Owned(word.to_ascii_lowercase()),
        false => Cow::Borrowed(word),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_in_words_between_the_signs_of_ascii() {
        let all = |text| words(text).map(|word| (word.text.into_owned(), word.begins, word.ends)).collect::<Vec<_>>();
        let word = |text: &str, begins, ends| (text.to_owned(), begins, ends);
        assert_eq!(all("Order 17-B"), [word("order", true, false), word("17", false, false), word("b", false, true)]);
        assert_eq!(all("ÀLA carte!"), [word("Àla", true, false), word("carte", false, false)]);
        assert_eq!(all(" x"), [word("x", false, true)]);
        assert_eq!(all("whole"), [word("whole", true, true)]);
        assert_eq!(all("“漢字”"), [word("“漢字”", true, true)]);
        assert_eq!((all(""), all("?!")), (Vec::new(), Vec::new()));
    }

    #[test]
    fn the_id_of_a_word_stays_what_the_indexes_have() {
        assert_eq!(id("parcel"), 6_127_791_515_894_583_138);
        assert_eq!(id("日本語"), 8_606_672_379_249_086_371);
    }
}
