//! Sapa's tables as sea-orm entities.
//!
//! `User`, `ChatRoom` and `ChatMessage` carry the table and column names that Prisma gives the models of seed 001, so
//! that a Prisma application can work on the same database; every column that the seed does not have is nullable or has
//! a default. The other tables are Sapa's own.
//!
//! No queries and no I/O here.

pub mod chat_counter;
pub mod chat_event;
pub mod chat_message;
pub mod chat_participant;
pub mod chat_reaction;
pub mod chat_room;
pub mod enums;
pub mod idempotency_key;
pub mod timestamp;
pub mod user;

pub use enums::{ChatKind, ChatPriority, ChatStatus, MessageType, Role};
pub use timestamp::Timestamp;
