//! Text that people write: messages, names, emoji, keys.

use sapa::{
    domain::{Emoji, clean_line, parse_text, preview},
    service::IdempotencyKey,
};

pub(crate) fn check(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let most = 40;
    if let Ok(parsed) = parse_text(text, most) {
        assert!(!parsed.is_empty() && parsed.chars().count() <= most && !parsed.contains('\0'));
        assert_eq!(parsed, text.trim());
        assert_eq!(parse_text(&parsed, most), Ok(parsed.clone()), "a parsed text parses to itself");
    }
    if let Some(line) = clean_line(text, most) {
        assert!(!line.is_empty() && line.chars().count() <= most && line.trim() == line);
        assert!(!line.contains(char::is_control), "{line:?} is not one line");
        assert_eq!(clean_line(&line, most).as_deref(), Some(line.as_str()), "a clean line is clean");
    }
    assert!(preview(text).chars().count() <= 191);
    assert!(text.chars().count() > 191 || preview(text) == text);
    if let Some(emoji) = Emoji::parse(text) {
        assert_eq!(emoji.as_str(), text);
        assert!(
            !text.contains(|sign: char| sign.is_ascii_alphabetic() || sign.is_control() || "<>&\"'".contains(sign))
        );
    }
    if IdempotencyKey::parse(text, &[]).is_ok() {
        assert!((1..=128).contains(&text.len()) && text.bytes().all(|byte| (0x20..0x7f).contains(&byte)));
    }
}
