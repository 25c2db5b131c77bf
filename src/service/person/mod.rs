//! People: known from their tokens.

mod admins;
mod disconnect;
mod guest;
mod recognise;
mod status;

pub use admins::{Colleague, list_admins};
pub use disconnect::disconnect;
pub use guest::{Guest, welcome};
pub use recognise::{Caller, recognise};
pub use status::{PersonStatus, Seen, online, status, statuses};
