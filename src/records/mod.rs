//! Reading rows as domain values: rooms with their people, messages with senders and reactions. No rules, no writes.

mod message;
mod person;
mod room;

pub use message::{load_messages, message_of, messages_of_rows};
pub use person::{load_people, person_of_row};
pub use room::{load_rooms, room_of, rooms_of_rows};
