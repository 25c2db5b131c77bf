//! Rooms and messages as every dialect gets them, before they are spelled.

use super::{ChatKind, ChatPriority, ChatStatus, MessageType, Role, Side, Timestamp};

/// A customer or an admin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    /// The id that the host application gave.
    pub id: i32,
    /// How they are called.
    pub name: Option<String>,
    /// Their e-mail address.
    pub email: Option<String>,
    /// What they may do.
    pub role: Role,
}

impl Person {
    /// A name to show: the name, else the part of the e-mail before the `@`, else the number.
    pub fn display_name(&self) -> String {
        let from_email =
            || self.email.as_deref().and_then(|email| email.split('@').next()).filter(|name| !name.is_empty());
        match self.name.as_deref().or_else(from_email) {
            Some(name) => name.to_owned(),
            None => format!("User {}", self.id),
        }
    }
}

/// A conversation with its people.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Room {
    /// The room's number.
    pub id: i32,
    /// Whom it connects.
    pub kind: ChatKind,
    /// The customer.
    pub user: Person,
    /// The admin who has taken it.
    pub admin: Option<Person>,
    /// The second person of a DIRECT room.
    pub peer: Option<Person>,
    /// Where it stands.
    pub status: ChatStatus,
    /// What it is about.
    pub subject: Option<String>,
    /// How urgent it is.
    pub priority: ChatPriority,
    /// A preview of the newest message.
    pub last_message: Option<String>,
    /// When somebody last wrote.
    pub last_activity: Timestamp,
    /// Whether the desk has read everything.
    pub is_read: bool,
    /// The customer's messages that the desk has not read.
    pub desk_unread: i32,
    /// The desk's messages that the customer has not read.
    pub customer_unread: i32,
    /// Whether the last word is the customer's.
    pub unanswered: bool,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When something of it last changed.
    pub updated_at: Timestamp,
}

impl Room {
    /// How many messages wait for that side.
    pub fn unread(&self, side: Side) -> i32 {
        match side {
            Side::Customer => self.customer_unread,
            Side::Desk => self.desk_unread,
        }
    }

    /// The side on which a person stands: the owner, or the first of a DIRECT room, on the customer's.
    pub fn side_of(&self, user_id: i32) -> Side {
        if self.user.id == user_id { Side::Customer } else { Side::Desk }
    }

    /// Whom a person talks to here: the other of the two, the customer or their admin, the admin who broadcasts.
    pub fn other(&self, user_id: i32) -> Option<&Person> {
        let owns = self.user.id == user_id;
        match self.kind {
            _ if !owns => Some(&self.user),
            ChatKind::Support => self.admin.as_ref(),
            ChatKind::Direct => self.peer.as_ref(),
            ChatKind::Broadcast => None,
        }
    }
}

/// A message with the room that it stands in, as the room was after it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Posted {
    /// The message.
    pub message: Message,
    /// Its room.
    pub room: Room,
}

/// What somebody wrote in a room.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// The message's number; grows in commit order.
    pub id: i32,
    /// Its room.
    pub room_id: i32,
    /// Who wrote it.
    pub sender: Person,
    /// The text; empty once it was deleted.
    pub text: String,
    /// What it is.
    pub message_type: MessageType,
    /// Whether the other side has read it.
    pub is_read: bool,
    /// The person whom the sender named, where they wrote to a person rather than to a room.
    pub receiver_id: Option<i32>,
    /// The message of the same room that it answers.
    pub reply_to_id: Option<i32>,
    /// In the order of first use.
    pub reactions: Vec<Reaction>,
    /// When it was deleted.
    pub deleted_at: Option<Timestamp>,
    /// When it was written.
    pub created_at: Timestamp,
}

/// One emoji on a message and who put it there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reaction {
    /// The emoji.
    pub emoji: String,
    /// Who put it, in the order in which they did.
    pub user_ids: Vec<i32>,
}
