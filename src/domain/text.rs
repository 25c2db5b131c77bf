//! Text that people write: checked once, at the edge.

/// How long the preview of a room is: the length of Prisma's `String` on MySQL.
const PREVIEW_CHARS: usize = 191;

/// Why a text is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextError {
    /// Nothing but white space.
    Empty,
    /// More characters than that.
    TooLong(usize),
    /// A NUL character, which databases cannot store.
    Nul,
}

impl std::fmt::Display for TextError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Empty => f.write_str("must not be empty"),
            Self::TooLong(most) => write!(f, "must have at most {most} characters"),
            Self::Nul => f.write_str("must not contain a NUL character"),
        }
    }
}

/// Trims a text and checks that it has 1 to `most` characters and no NUL.
///
/// # Errors
/// [`TextError`] says what is wrong.
pub fn parse_text(raw: &str, most: usize) -> Result<String, TextError> {
    let text = raw.trim();
    if text.is_empty() {
        return Err(TextError::Empty);
    }
    if text.contains('\0') {
        return Err(TextError::Nul);
    }
    if text.chars().nth(most).is_some() {
        return Err(TextError::TooLong(most));
    }
    Ok(text.to_owned())
}

/// One line without control characters (white space among them becomes a space), cut at `most` characters; none if
/// nothing is left.
pub fn clean_line(raw: &str, most: usize) -> Option<String> {
    let visible = |c: char| if c.is_whitespace() { Some(' ') } else { Some(c).filter(|c| !c.is_control()) };
    let line: String = raw.chars().filter_map(visible).collect();
    let line: String = line.trim().chars().take(most).collect();
    let line = line.trim_end();
    (!line.is_empty()).then(|| line.to_owned())
}

/// The first characters of a message, for lists.
pub fn preview(text: &str) -> String {
    match text.char_indices().nth(PREVIEW_CHARS) {
        None => text.to_owned(),
        Some(_) => text.chars().take(PREVIEW_CHARS - 1).chain(['…']).collect(),
    }
}
