//! Streams: journal first, then hub, and the signals that are not stored.

mod feed;
mod open;
mod presence;
mod signal;

pub use feed::Feed;
pub use open::{OpenStream, Resume, open};
pub use signal::{end_lapsed, set_typing, set_viewing};

pub(in crate::service) use presence::tell_room_of_admin;
pub(in crate::service) use signal::end_typing;
