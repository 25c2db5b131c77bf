//! Conversations with people: for front-ends that write to somebody rather than in a room.
//!
//! A customer and the desk share the customer's SUPPORT room, two customers or two admins a DIRECT one, and an admin who
//! broadcasts has one BROADCAST room.

mod broadcast;
mod history;
mod list;
mod queries;
mod send;
#[cfg(test)]
mod tests;
mod unread;
mod with;

pub use broadcast::broadcast;
pub use history::history_with;
pub use list::{ConversationPage, ListConversations, list};
pub use send::send_to;
pub use unread::{unread_count, unread_messages};
pub use with::with;

pub(in crate::service) use queries::{Between, addressee_of_signal, unread_broadcasts};

use crate::domain::{Message, Room};

/// A room as one of its people sees it.
#[derive(Clone, Debug)]
pub struct Conversation {
    /// The room.
    pub room: Room,
    /// Its newest message that was not deleted.
    pub newest: Option<Message>,
    /// How many messages wait for the caller.
    pub unread: i64,
}
