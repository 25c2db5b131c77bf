//! What processes on one database tell each other.
//!
//! All of it may be lost: what was committed is in the journal, who is there is told again and again, and the rest ends by
//! itself. So a backplane promises nothing but to say when it has been away.

use std::net::SocketAddr;

use serde::{Deserialize, Serialize};

use super::Topics;
use crate::domain::{Presence, Role, Typing, TypingPlace, Viewing};

/// A process's name among the others; drawn anew at each start.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct NodeId(pub String);

impl NodeId {
    /// A name that nobody else has.
    pub fn random() -> Self {
        Self(format!("{:016x}", rand::random::<u64>()))
    }
}

/// Something that the other processes are told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Signal {
    /// The journal is committed up to this id.
    Committed(i64),
    /// Somebody types, or no longer.
    Typing {
        /// Where.
        place: TypingPlace,
        /// Whom it concerns.
        topics: Topics,
        /// What they are told.
        typing: Typing,
    },
    /// An admin looks at a room, or no longer.
    Viewing(Viewing),
    /// Some are told of a person who is there.
    Presence {
        /// Whom it concerns.
        topics: Topics,
        /// What they are told.
        presence: Presence,
    },
    /// Who has streams open at the sender.
    Attendance {
        /// The people.
        people: Vec<Attending>,
        /// Whether there is nobody else, rather than these being what changed.
        complete: bool,
    },
    /// Where the sender is reached by the others.
    Address(SocketAddr),
    /// The sender has just come and asks for everybody's [`Signal::Attendance`].
    Hello,
    /// The sender stops.
    Farewell,
    /// All streams of a person end.
    Disconnect(i32),
}

/// A person's streams at one process. Spelled without names, as all who are there are told often.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "(i32, Role, Option<usize>)", into = "(i32, Role, Option<usize>)")]
pub struct Attending {
    /// Who.
    pub user_id: i32,
    /// Their role.
    pub role: Role,
    /// How many streams they have; `None` when they are gone. With 0 they may be back in a moment.
    pub streams: Option<usize>,
}

impl From<(i32, Role, Option<usize>)> for Attending {
    fn from((user_id, role, streams): (i32, Role, Option<usize>)) -> Self {
        Self { user_id, role, streams }
    }
}

impl From<Attending> for (i32, Role, Option<usize>) {
    fn from(attending: Attending) -> Self {
        (attending.user_id, attending.role, attending.streams)
    }
}

/// What a backplane reports.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// It has just come, or come back: something may have been missed.
    Connected,
    /// Another process is alive.
    Beat(NodeId),
    /// Another process said something.
    Signal(NodeId, Signal),
}

/// The way to the other processes.
pub trait Backplane: std::fmt::Debug + Send + Sync {
    /// Tells the others; never waits. What cannot be told is dropped.
    fn tell(&self, signal: Signal);

    /// Whether the others are reached.
    fn is_connected(&self) -> bool;
}
