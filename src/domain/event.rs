//! What a stream reports.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{ChatKind, Posted, Role, Room, Timestamp};

/// Something that happened in a room or to a person.
#[derive(Clone, Debug)]
pub enum Event {
    /// A new message.
    Message(Box<Posted>),
    /// A message was deleted or its reactions changed.
    MessageUpdated(Box<Posted>),
    /// A person has read up to a message.
    Read {
        /// The room.
        room_id: i32,
        /// Whom the room connects.
        kind: ChatKind,
        /// Who has read.
        user_id: i32,
        /// The newest message that they have read; none in an empty room.
        last_read_message_id: Option<i32>,
    },
    /// A room is new, or its status, priority or assignment changed.
    Room(Box<Room>),
    /// Somebody types, or no longer. Not stored.
    Typing(Typing),
    /// Somebody came or went. Not stored.
    Presence(Presence),
    /// An admin looks at a room, or no longer. Not stored.
    Viewing(Viewing),
    /// The first thing that a stream tells.
    Connected(Box<Connected>),
}

impl Event {
    /// The room that a stored event changed; none for what is not stored.
    pub fn room_id(&self) -> Option<i32> {
        match self {
            Self::Message(posted) | Self::MessageUpdated(posted) => Some(posted.room.id),
            Self::Read { room_id, .. } => Some(*room_id),
            Self::Room(room) => Some(room.id),
            Self::Typing(_) | Self::Presence(_) | Self::Viewing(_) | Self::Connected(_) => None,
        }
    }
}

/// What a stream begins with.
#[derive(Clone, Debug)]
pub struct Connected {
    /// The room; none on a stream of all rooms.
    pub room: Option<Arc<Room>>,
    /// How many missed events follow.
    pub replayed: u64,
    /// Whether the stream could not go on where the reader left off, so that they must load the rooms anew.
    pub reset: bool,
}

/// Where somebody types.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum TypingPlace {
    /// In a room.
    Room(i32),
    /// To a person with whom they have no room yet.
    Person(i32),
}

/// Somebody types in a room, or no longer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Typing {
    /// The room; none between two people who have not written to each other yet.
    pub room_id: Option<i32>,
    /// Who types.
    pub user_id: i32,
    /// Their name, to be shown.
    pub user_name: String,
    /// Their role.
    pub role: Role,
    /// Whether they type.
    pub is_typing: bool,
}

/// Somebody came or went.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Presence {
    /// Who.
    pub user_id: i32,
    /// Their role.
    pub role: Role,
    /// Whether they have a stream open.
    pub online: bool,
    /// When they were last there; now for those who are.
    pub last_seen: Timestamp,
}

/// An admin looks at a room, or no longer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Viewing {
    /// The room.
    pub room_id: i32,
    /// Who looks.
    pub user_id: i32,
    /// Their name, to be shown.
    pub user_name: String,
    /// Whether they look.
    pub is_viewing: bool,
}
