//! People: known from their tokens.

mod admins;
mod guest;
mod recognise;

pub use admins::{Colleague, list_admins};
pub use guest::{Guest, welcome};
pub use recognise::{Caller, recognise};
