//! Pure values that all layers share: no I/O, nothing asynchronous.

mod cursor;
mod emoji;
mod event;
mod model;
mod principal;
mod text;

pub use cursor::{RoomCursor, RoomSort};
pub use emoji::Emoji;
pub use entity::{ChatKind, ChatPriority, ChatStatus, MessageType, Role, Timestamp};
pub use event::{Connected, Event, Presence, Typing, TypingPlace, Viewing};
pub use model::{Message, Person, Posted, Reaction, Room};
pub use principal::{Principal, Side};
pub use text::{TextError, clean_line, parse_text, preview};

/// The present moment, to the millisecond.
pub fn now() -> Timestamp {
    Timestamp::new(chrono::Utc::now())
}
