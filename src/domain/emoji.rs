//! One emoji, as a reaction.

/// Bytes of the longest emoji that is taken; the longest sequences of Unicode 16 have 35.
const MOST_BYTES: usize = 64;

/// A single emoji: one symbol with its modifiers, variation selectors and joined parts, or a flag, or a keycap.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Emoji(String);

impl Emoji {
    /// Takes one emoji sequence of UTS #51; `None` for text, several emoji or nothing.
    pub fn parse(raw: &str) -> Option<Self> {
        (raw.len() <= MOST_BYTES && is_one_emoji(raw)).then(|| Self(raw.to_owned()))
    }

    /// The emoji.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

const JOINER: char = '\u{200D}';
const KEYCAP: char = '\u{20E3}';

fn is_one_emoji(raw: &str) -> bool {
    let chars: Vec<char> = raw.chars().collect();
    match chars.as_slice() {
        [first, rest @ ..] if is_keycap_base(*first) => matches!(rest, [KEYCAP] | ['\u{FE0F}', KEYCAP]),
        [a, b] if is_regional(*a) => is_regional(*b),
        _ => chars.split(|c| *c == JOINER).all(is_element),
    }
}

/// A pictograph with what may follow it: a presentation selector, a skin tone, tags (subdivision flags).
fn is_element(chars: &[char]) -> bool {
    let [first, rest @ ..] = chars else { return false };
    is_pictograph(*first) && rest.iter().all(|c| is_modifier(*c)) && rest.len() <= 8
}

fn is_modifier(c: char) -> bool {
    matches!(c, '\u{FE0E}' | '\u{FE0F}' | '\u{1F3FB}'..='\u{1F3FF}' | '\u{E0020}'..='\u{E007F}')
}

fn is_keycap_base(c: char) -> bool {
    matches!(c, '0'..='9' | '#' | '*')
}

fn is_regional(c: char) -> bool {
    matches!(c, '\u{1F1E6}'..='\u{1F1FF}')
}

/// The blocks in which Unicode has its emoji.
fn is_pictograph(c: char) -> bool {
    matches!(c,
        '\u{00A9}' | '\u{00AE}' | '\u{203C}' | '\u{2049}' | '\u{2122}' | '\u{2139}' | '\u{3030}' | '\u{303D}'
        | '\u{3297}' | '\u{3299}' | '\u{2190}'..='\u{21FF}' | '\u{2300}'..='\u{23FF}' | '\u{24C2}'
        | '\u{25A0}'..='\u{27BF}' | '\u{2900}'..='\u{297F}' | '\u{2B00}'..='\u{2BFF}' | '\u{1F000}'..='\u{1F1E5}'
        | '\u{1F200}'..='\u{1F3FA}' | '\u{1F400}'..='\u{1FAFF}')
}

#[cfg(test)]
mod tests {
    use super::Emoji;

    #[test]
    fn one_emoji_of_any_kind_is_taken() {
        for emoji in ["👍", "👍🏽", "❤️", "❤", "🇮🇩", "1️⃣", "👩‍👩‍👧‍👦", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "🫱🏻‍🫲🏿", "✅", "Ⓜ️"]
        {
            assert!(Emoji::parse(emoji).is_some(), "{emoji}");
        }
    }

    #[test]
    fn text_and_several_emoji_are_refused() {
        for raw in ["", "a", "ok", "1", "👍👍", "👍a", "🇮", "\u{200D}", "👍\u{200D}", "<b>", "\0", "é", "🏽", "ⓣ", "①"]
        {
            assert!(Emoji::parse(raw).is_none(), "{raw:?}");
        }
    }
}
