//! What the writer remembers from transaction to transaction, as long as nobody else writes to the database.

use std::collections::HashMap;

use entity::{chat_counter, chat_room};

use crate::domain::Person;

/// Rooms that are remembered, and people; some 400 bytes each.
const MOST: usize = 4096;

/// Rows as the transaction would read them: what it has read or noted itself, and on SQLite what those before it did.
#[derive(Debug, Default)]
pub struct Memory {
    rooms: HashMap<i32, chat_room::Model>,
    people: HashMap<i32, Person>,
    /// The last id that was given to a message, where the transaction gives the next ones itself.
    pub last_message_id: Option<i32>,
}

impl Memory {
    /// The room, if it is remembered.
    pub fn room(&self, id: i32) -> Option<&chat_room::Model> {
        self.rooms.get(&id)
    }

    /// The room, to be changed as its row is.
    pub fn room_mut(&mut self, id: i32) -> Option<&mut chat_room::Model> {
        self.rooms.get_mut(&id)
    }

    /// Remembers a room as its row is now.
    pub fn note_room(&mut self, room: chat_room::Model) {
        self.rooms.insert(room.id, room);
    }

    /// The person, if they are remembered.
    pub fn person(&self, id: i32) -> Option<&Person> {
        self.people.get(&id)
    }

    /// Remembers people as their rows are now.
    pub fn note_people(&mut self, people: impl IntoIterator<Item = Person>) {
        self.people.extend(people.into_iter().map(|person| (person.id, person)));
    }

    fn trim(&mut self) {
        if self.rooms.len() > MOST {
            self.rooms.clear();
        }
        if self.people.len() > MOST {
            self.people.clear();
        }
    }
}

/// The database as a transaction left it.
#[derive(Debug)]
pub(super) struct Past {
    /// What its version was; another one says that somebody else has written.
    pub(super) version: i64,
    pub(super) counter: chat_counter::Model,
    pub(super) memory: Memory,
}

impl Past {
    pub(super) fn new(version: i64, counter: chat_counter::Model, mut memory: Memory) -> Self {
        memory.trim();
        Self { version, counter, memory }
    }
}
