//! Streams: journal first, then hub, and the signals that are not stored.

mod feed;
mod open;
mod others;
mod presence;
mod signal;
mod socket;

pub use feed::Feed;
pub use open::{OpenStream, Resume, open};
pub use others::{hear_others, tell_attendance};
pub use presence::{Attendance, attend};
pub use signal::{end_lapsed, set_typing, set_typing_to, set_viewing};
pub use socket::{open_inbox, open_room};

pub(in crate::service) use presence::introduce;
pub(in crate::service) use signal::{end_typing, end_typing_to};
