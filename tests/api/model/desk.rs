//! The model: rooms and messages in memory, and what the journal must say.

/// A status that refuses, as the contract has it.
pub(super) type Refusal = u16;

/// What a stream tells, without its contents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Told {
    Room(i64),
    Message(i64),
    Updated(i64),
    Read { user: i64, up_to: i64 },
}

#[derive(Debug)]
pub(super) struct Room {
    pub(super) id: i64,
    pub(super) owner: i64,
    pub(super) admin: Option<i64>,
    pub(super) status: &'static str,
    pub(super) priority: &'static str,
    pub(super) messages: Vec<Message>,
    /// How far each person has ever read.
    marks: Vec<(i64, i64)>,
}

#[derive(Debug)]
pub(super) struct Message {
    pub(super) id: i64,
    pub(super) sender: i64,
    pub(super) text: String,
    pub(super) reply_to: Option<i64>,
    pub(super) is_read: bool,
    pub(super) is_deleted: bool,
    pub(super) reactions: Vec<(&'static str, Vec<i64>)>,
}

/// Everything, and the events in the order of their commits with the index
/// of their room.
#[derive(Debug, Default)]
pub(super) struct Desk {
    pub(super) rooms: Vec<Room>,
    pub(super) journal: Vec<(usize, Told)>,
}

/// Who acts: a number, and whether it is an admin's.
#[derive(Debug, Clone, Copy)]
pub(super) struct Actor {
    pub(super) id: i64,
    pub(super) is_admin: bool,
}

impl Room {
    /// What waits for a side.
    pub(super) fn unread(&self, for_desk: bool) -> usize {
        let waits = |message: &&Message| !message.is_read && !message.is_deleted;
        self.messages.iter().filter(waits).filter(|message| (message.sender == self.owner) == for_desk).count()
    }

    pub(super) fn preview(&self) -> Option<&str> {
        self.messages.iter().rev().find(|message| !message.is_deleted).map(|message| message.text.as_str())
    }

    fn admits(&self, actor: Actor) -> Result<(), Refusal> {
        if actor.is_admin || self.owner == actor.id { Ok(()) } else { Err(403) }
    }
}

impl Desk {
    /// The room a first message goes to, if there is one.
    pub(super) fn current_room(&self, customer: i64) -> Option<usize> {
        self.rooms.iter().rposition(|room| room.owner == customer && room.status == "OPEN")
    }

    pub(super) fn made_room(&mut self, id: i64, owner: i64, priority: Option<&'static str>) -> usize {
        let priority = priority.unwrap_or("NORMAL");
        self.rooms.push(Room {
            id,
            owner,
            admin: None,
            status: "OPEN",
            priority,
            messages: Vec::new(),
            marks: Vec::new(),
        });
        self.journal.push((self.rooms.len() - 1, Told::Room(id)));
        self.rooms.len() - 1
    }

    pub(super) fn may_send(&self, actor: Actor, room: usize, reply_to: Option<i64>) -> Result<(), Refusal> {
        let room = &self.rooms[room];
        room.admits(actor)?;
        if room.status == "CLOSED" {
            return Err(409);
        }
        let known = |id: i64| room.messages.iter().any(|message| message.id == id);
        if reply_to.is_none_or(known) { Ok(()) } else { Err(400) }
    }

    /// Stores a message that the server has accepted.
    pub(super) fn sent(&mut self, actor: Actor, index: usize, id: i64, text: &str, reply_to: Option<i64>) {
        let room = &mut self.rooms[index];
        let before = (room.status, room.admin);
        if room.owner == actor.id && room.status == "RESOLVED" {
            room.status = "OPEN";
        }
        if room.owner != actor.id && room.admin.is_none() {
            room.admin = Some(actor.id);
        }
        if (room.status, room.admin) != before {
            self.journal.push((index, Told::Room(room.id)));
        }
        room.messages.push(Message {
            id,
            sender: actor.id,
            text: text.to_owned(),
            reply_to,
            is_read: false,
            is_deleted: false,
            reactions: Vec::new(),
        });
        self.journal.push((index, Told::Message(id)));
    }

    /// Reads; gives the mark that the answer tells.
    pub(super) fn read(&mut self, actor: Actor, index: usize, up_to: Option<i64>) -> Result<Option<i64>, Refusal> {
        let room = &mut self.rooms[index];
        room.admits(actor)?;
        if up_to.is_some_and(|id| !room.messages.iter().any(|message| message.id == id)) {
            return Err(400);
        }
        let Some(up_to) = up_to.or(room.messages.last().map(|message| message.id)) else { return Ok(None) };
        let (owner, for_desk) = (room.owner, room.owner != actor.id);
        let mut changed = false;
        for message in room.messages.iter_mut().filter(|message| (message.sender == owner) == for_desk) {
            if message.id <= up_to && !message.is_read && !message.is_deleted {
                message.is_read = true;
                changed = true;
            }
        }
        if changed {
            self.journal.push((index, Told::Read { user: actor.id, up_to }));
        }
        let mark = room.marks.iter_mut().find(|(user, _)| *user == actor.id);
        let furthest = match mark {
            Some((_, mark)) => {
                *mark = up_to.max(*mark);
                *mark
            }
            None => {
                room.marks.push((actor.id, up_to));
                up_to
            }
        };
        Ok(Some(furthest))
    }

    pub(super) fn react(
        &mut self,
        actor: Actor,
        message: i64,
        emoji: &'static str,
        wanted: bool,
    ) -> Result<(), Refusal> {
        let (index, place) = self.find(message);
        self.rooms[index].admits(actor)?;
        let message = &mut self.rooms[index].messages[place];
        if message.is_deleted {
            return Err(404);
        }
        let known = message.reactions.iter().any(|(used, users)| *used == emoji && users.contains(&actor.id));
        if known == wanted {
            return Ok(());
        }
        match message.reactions.iter_mut().find(|(used, _)| *used == emoji) {
            Some((_, users)) if wanted => users.push(actor.id),
            Some((_, users)) => users.retain(|user| *user != actor.id),
            None => message.reactions.push((emoji, vec![actor.id])),
        }
        message.reactions.retain(|(_, users)| !users.is_empty());
        self.journal.push((index, Told::Updated(message.id)));
        Ok(())
    }

    pub(super) fn delete(&mut self, actor: Actor, message: i64) -> Result<(), Refusal> {
        let (index, place) = self.find(message);
        self.rooms[index].admits(actor)?;
        let message = &mut self.rooms[index].messages[place];
        if !actor.is_admin && message.sender != actor.id {
            return Err(403);
        }
        if !message.is_deleted {
            message.is_deleted = true;
            message.text.clear();
            message.reactions.clear();
            self.journal.push((index, Told::Updated(message.id)));
        }
        Ok(())
    }

    pub(super) fn manage(
        &mut self,
        actor: Actor,
        index: usize,
        status: Option<&'static str>,
        priority: Option<&'static str>,
        admin: Option<Option<Actor>>,
    ) -> Result<(), Refusal> {
        if !actor.is_admin {
            return Err(403);
        }
        if admin.flatten().is_some_and(|admin| !admin.is_admin) {
            return Err(400);
        }
        let room = &mut self.rooms[index];
        let before = (room.status, room.priority, room.admin);
        room.status = status.unwrap_or(room.status);
        room.priority = priority.unwrap_or(room.priority);
        room.admin = admin.map_or(room.admin, |admin| admin.map(|admin| admin.id));
        if (room.status, room.priority, room.admin) != before {
            self.journal.push((index, Told::Room(room.id)));
        }
        Ok(())
    }

    /// The room of a message and its place there.
    fn find(&self, id: i64) -> (usize, usize) {
        let mut places = self.rooms.iter().enumerate().filter_map(|(index, room)| {
            room.messages.iter().position(|message| message.id == id).map(|place| (index, place))
        });
        places.next().expect("the message is known")
    }
}
