//! Does each operation to the server and to the model.

use proptest::sample::Index;
use serde_json::{Map, Value, json};

use super::check;
use super::desk::{Actor, Desk, Refusal, Told};
use super::operation::{Change, Operation};
use crate::harness::{Answer, Follower, Listen, Person, TestApp, number};

/// A server, the people who talk to it, the streams they follow, and what
/// should be true.
pub(super) struct Drive {
    pub(super) desk: Desk,
    pub(super) people: Vec<Person>,
    pub(super) followed: Vec<Followed>,
    sent: usize,
    // Last, so that the streams end before the server does.
    _app: TestApp,
}

/// A stream that is followed over many connections.
pub(super) struct Followed {
    follower: Follower,
    scope: Scope,
    /// Events of the journal before it was opened.
    skipped: usize,
}

#[derive(Debug, Clone, Copy)]
enum Scope {
    Room(usize),
    OwnedBy(i64),
    Desk,
}

impl Drive {
    /// The first customer has a room already, so that it can be followed.
    pub(super) async fn start() -> Self {
        let app = TestApp::with(&[("SAPA__ROOMS__AUTO_ASSIGN", "false"), ("SAPA__STREAM__REPLAY_PAGE", "3")]).await;
        let people = vec![app.customer(7), app.customer(8), app.admin(1), app.admin(2)];
        for admin in &people[2..] {
            // An admin can be assigned once they are known.
            admin.stats().await.ok();
        }
        let mut drive = Self { desk: Desk::default(), people, followed: Vec::new(), sent: 0, _app: app };
        drive.open(0, None).await;
        let room = drive.desk.rooms[0].id;
        for (person, listen, scope) in [
            (0, Listen::room(room), Scope::Room(0)),
            (2, Listen::room(room), Scope::Room(0)),
            (0, Listen::all(), Scope::OwnedBy(7)),
            (1, Listen::all(), Scope::OwnedBy(8)),
            (3, Listen::all(), Scope::Desk),
        ] {
            let follower = Follower::start(&drive.people[person], listen).await;
            let skipped = drive.desk.journal.len();
            drive.followed.push(Followed { follower, scope, skipped });
        }
        drive
    }

    pub(super) async fn apply(&mut self, operation: &Operation) {
        match operation {
            Operation::Open { customer, priority } => self.open(*customer, *priority).await,
            Operation::Send { person, room, reply_to } => self.send(*person, room, reply_to.as_ref()).await,
            Operation::Read { person, room, up_to } => self.read(*person, room, up_to.as_ref()).await,
            Operation::React { person, message, emoji, wanted } => {
                self.react(*person, message, emoji, *wanted).await;
            }
            Operation::Delete { person, message } => self.delete(*person, message).await,
            Operation::Manage { person, room, change } => self.manage(*person, room, change).await,
            Operation::Follow { stream, frames, hang_up } => self.follow(*stream, *frames, *hang_up).await,
        }
    }

    /// Streams, histories, rooms and totals.
    pub(super) async fn compare_everything(&mut self) {
        for stream in 0..self.followed.len() {
            self.follow(stream, usize::MAX, false).await;
        }
        for index in 0..self.desk.rooms.len() {
            self.compare_room(index).await;
        }
        for (person, owner) in [(0, Some(7)), (1, Some(8)), (2, None)] {
            check::room_list(&self.desk, &self.people[person].rooms(&[("limit", "100")]).await.ok(), owner);
        }
    }

    async fn open(&mut self, customer: usize, priority: Option<&'static str>) {
        let actor = self.actor(customer);
        let text = self.text();
        let known = self.desk.current_room(actor.id);
        let mut body = json!({"message": text});
        if let Some(priority) = priority {
            body["priority"] = json!(priority);
        }
        let answer = self.people[customer].open_with(&body).await;
        let room = if known.is_some() { answer.ok() } else { answer.created() };
        let index = match known {
            Some(index) => index,
            None => self.desk.made_room(number(&room["id"]), actor.id, priority),
        };
        let last = room["messages"].as_array().and_then(|messages| messages.last()).expect("the new message");
        self.desk.sent(actor, index, number(&last["id"]), &text, None);
        self.compare_room(index).await;
    }

    async fn send(&mut self, person: usize, room: &Index, reply_to: Option<&Index>) {
        let (actor, index) = (self.actor(person), room.index(self.desk.rooms.len()));
        let reply_to = reply_to.map(|message| self.any_message(message));
        let text = self.text();
        let mut body = json!({"message": text});
        if let Some(id) = reply_to {
            body["replyToId"] = json!(id);
        }
        let answer = self.people[person].send_with(self.desk.rooms[index].id, &body).await;
        if let Some(message) = agreed(answer, 201, self.desk.may_send(actor, index, reply_to)) {
            self.desk.sent(actor, index, number(&message["id"]), &text, reply_to);
        }
        self.compare_room(index).await;
    }

    async fn read(&mut self, person: usize, room: &Index, up_to: Option<&Index>) {
        let (actor, index) = (self.actor(person), room.index(self.desk.rooms.len()));
        let (room, up_to) = (self.desk.rooms[index].id, up_to.map(|message| self.any_message(message)));
        let answer = match up_to {
            Some(message) => self.people[person].read_up_to(room, message).await,
            None => self.people[person].read(room).await,
        };
        let expected = self.desk.read(actor, index, up_to);
        let mark = expected.unwrap_or_default();
        if let Some(answer) = agreed(answer, 200, expected.map(|_| ())) {
            let unread = self.desk.rooms[index].unread(actor.is_admin);
            assert_eq!(answer, json!({"roomId": room, "lastReadMessageId": mark, "unreadCount": unread}));
        }
        self.compare_room(index).await;
    }

    async fn react(&mut self, person: usize, message: &Index, emoji: &'static str, wanted: bool) {
        let (actor, message) = (self.actor(person), self.any_message(message));
        let person = &self.people[person];
        let answer = if wanted { person.react(message, emoji).await } else { person.unreact(message, emoji).await };
        agreed(answer, 200, self.desk.react(actor, message, emoji, wanted));
    }

    async fn delete(&mut self, person: usize, message: &Index) {
        let (actor, message) = (self.actor(person), self.any_message(message));
        let answer = self.people[person].delete(message).await;
        agreed(answer, 200, self.desk.delete(actor, message));
    }

    async fn manage(&mut self, person: usize, room: &Index, change: &Change) {
        let (actor, index) = (self.actor(person), room.index(self.desk.rooms.len()));
        let admin = change.admin.map(|admin| admin.map(|admin| self.actor(admin)));
        let mut body = Map::new();
        if let Some(status) = change.status {
            body.insert("status".to_owned(), json!(status));
        }
        if let Some(priority) = change.priority {
            body.insert("priority".to_owned(), json!(priority));
        }
        if let Some(admin) = admin {
            body.insert("adminId".to_owned(), json!(admin.map(|admin| admin.id)));
        }
        if body.is_empty() {
            return;
        }
        let answer = self.people[person].manage(self.desk.rooms[index].id, &Value::Object(body)).await;
        agreed(answer, 200, self.desk.manage(actor, index, change.status, change.priority, admin));
        self.compare_room(index).await;
    }

    /// Reads at most so many of the frames that must be waiting.
    async fn follow(&mut self, stream: usize, frames: usize, hang_up: bool) {
        let followed = &mut self.followed[stream];
        let desk = &self.desk;
        let in_scope = |room: usize| match followed.scope {
            Scope::Room(index) => room == index,
            Scope::OwnedBy(owner) => desk.rooms[room].owner == owner,
            Scope::Desk => true,
        };
        let journal = desk.journal.iter().skip(followed.skipped);
        let expected: Vec<&Told> = journal.filter(|(room, _)| in_scope(*room)).map(|(_, told)| told).collect();
        let seen = followed.follower.frames.len();
        for told in expected.into_iter().skip(seen).take(frames) {
            let frame = followed.follower.next().await;
            assert_eq!(check::told(frame), *told, "on the stream {:?}", followed.scope);
        }
        if hang_up {
            followed.follower.hang_up();
        }
    }

    /// The room as both sides see it, its history, and the totals.
    async fn compare_room(&self, index: usize) {
        let room = &self.desk.rooms[index];
        for person in [&self.people[usize::from(room.owner == 8)], &self.people[2]] {
            let shown = person.room(room.id).await.ok();
            check::room(room, &shown, person.id != room.owner);
            check::messages(room, &shown["messages"]);
        }
        check::stats(&self.desk, &self.people[3].stats().await.ok());
    }

    fn actor(&self, person: usize) -> Actor {
        Actor { id: self.people[person].id, is_admin: person >= 2 }
    }

    fn any_message(&self, index: &Index) -> i64 {
        let messages: Vec<i64> =
            self.desk.rooms.iter().flat_map(|room| &room.messages).map(|message| message.id).collect();
        *index.get(&messages)
    }

    fn text(&mut self) -> String {
        self.sent += 1;
        format!("message number {}", self.sent)
    }
}

/// The body, if the model allows the call; the answer has to agree with it.
fn agreed(answer: Answer, status: u16, expected: Result<(), Refusal>) -> Option<Value> {
    match expected {
        Ok(()) => Some(answer.expect(status).json()),
        Err(refusal) => {
            answer.problem(refusal);
            None
        }
    }
}
