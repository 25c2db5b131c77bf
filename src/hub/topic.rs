//! Whom an event concerns.

use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

use crate::domain::ChatKind;

/// A group of subscribers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Topic {
    /// The streams of one room.
    Room(i32),
    /// The all-rooms streams of one person.
    Person(i32),
    /// The all-rooms streams of admins.
    Desk,
    /// Everybody's all-rooms streams.
    Everyone,
    /// Every stream on which a person's presence is shown.
    Watch(i32),
}

/// The topics of one delivery. A subscriber that has several of them gets it once.
pub type Topics = SmallVec<[Topic; 3]>;

impl Topic {
    /// Everybody who may see what happens in a room.
    pub fn of_room(room_id: i32, owner_id: i32, peer_id: Option<i32>, kind: ChatKind) -> Topics {
        let mut topics = Topics::new();
        topics.push(Self::Room(room_id));
        match kind {
            ChatKind::Support => topics.extend([Self::Person(owner_id), Self::Desk]),
            ChatKind::Direct => topics.extend([owner_id].into_iter().chain(peer_id).map(Self::Person)),
            ChatKind::Broadcast => topics.push(Self::Everyone),
        }
        topics
    }
}
