//! Writers and readers at random nodes, and what has to hold for them whatever fails meanwhile.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use rand::seq::IndexedRandom;
use serde_json::json;
use tokio::task::JoinHandle;

use super::answer::number;
use super::app::TestApp;
use super::follower::Follower;
use super::listen::Listen;
use super::person::{Person, try_send};
use super::wait::eventually;

/// Between an answer and the next message of the same writer: the readers, too, have to keep up on two cores.
const PAUSE: Duration = Duration::from_millis(10);
/// How long a writer tries to get one message stored.
const PERSEVERANCE: Duration = Duration::from_secs(60);
/// After so many frames a reader moves on, in turn.
const TURNS: [usize; 5] = [17, 90, 3, 41, 200];
const END: &str = "the end";

/// Four writers in two rooms and six readers, each at another node whenever it connects.
pub(crate) struct Load {
    doors: Vec<String>,
    rooms: [Room; 2],
    stop: Arc<AtomicBool>,
    acknowledged: Arc<AtomicUsize>,
    writers: Vec<JoinHandle<Written>>,
    readers: Vec<JoinHandle<Reader>>,
}

/// What a whole load came to.
pub(crate) struct Outcome {
    /// Messages that were acknowledged.
    pub(crate) messages: usize,
    /// The longest that a writer waited for any answer.
    pub(crate) slowest: Duration,
}

struct Room {
    id: i64,
    customer: Person,
    first: i64,
}

struct Reader {
    follower: Follower,
    rooms: Vec<i64>,
}

#[derive(Default)]
struct Written {
    room: i64,
    /// The id of each text.
    ids: HashMap<String, i64>,
    slowest: Duration,
}

impl Reader {
    /// The ids of the messages of its rooms, in the order in which they came.
    fn told(&self) -> Vec<i64> {
        let frames = self.follower.frames.iter().filter(|frame| frame.is("message"));
        let own = frames.filter(|frame| self.rooms.iter().any(|room| frame.data["chatRoomId"] == *room));
        own.map(|frame| number(&frame.data["id"])).collect()
    }
}

impl Load {
    pub(crate) async fn start(nodes: &[TestApp]) -> Self {
        let (app, doors) = (&nodes[0], nodes.iter().map(|node| node.url("")).collect::<Vec<_>>());
        let (first, second) = (open(&app.customer(7)).await, open(&app.customer(8)).await);
        let rooms = [first, second];
        let ids = [rooms[0].id, rooms[1].id];
        let mut load =
            Self { doors, rooms, stop: Arc::default(), acknowledged: Arc::default(), writers: vec![], readers: vec![] };
        let (first, second, admin, other) = (app.customer(7), app.customer(8), app.admin(1), app.admin(2));
        for (person, listen, rooms) in [
            (&first, Listen::room(ids[0]), &ids[..1]),
            (&first, Listen::all(), &ids[..1]),
            (&second, Listen::all(), &ids[1..]),
            (&admin, Listen::room(ids[0]), &ids[..1]),
            (&admin, Listen::all(), &ids[..]),
            (&other, Listen::all(), &ids[..]),
        ] {
            load.read(person, listen, rooms).await;
        }
        for (person, room) in [(&first, ids[0]), (&admin, ids[0]), (&second, ids[1]), (&other, ids[1])] {
            load.write(person, room);
        }
        load.goes_on().await;
        load
    }

    /// Waits until a handful of messages more is acknowledged.
    pub(crate) async fn goes_on(&self) {
        let before = self.acknowledged.load(Ordering::SeqCst);
        eventually("more is written", || async {
            assert!(!self.writers.iter().any(JoinHandle::is_finished), "a writer has failed");
            (self.acknowledged.load(Ordering::SeqCst) > before + 40).then_some(())
        })
        .await;
    }

    /// Lets the writers end and the readers read all. Every acknowledged message must be stored once, with the id that
    /// was told; every reader must have each once, in order; all nodes must agree.
    pub(crate) async fn finish(self, nodes: &[TestApp]) -> Outcome {
        self.stop.store(true, Ordering::SeqCst);
        let mut outcome = Outcome { messages: 0, slowest: Duration::ZERO };
        let mut stored: HashMap<i64, Vec<i64>> = HashMap::new();
        let mut written: Vec<Written> = Vec::new();
        for writer in self.writers {
            written.push(writer.await.expect("the writer ends"));
        }
        for room in &self.rooms {
            let person = Person { base: nodes[0].url(""), ..room.customer.clone() };
            person.says(room.id, &format!("{END} of {}", room.id)).await;
        }
        for room in &self.rooms {
            let mut expected = HashMap::new();
            for writer in written.iter().filter(|writer| writer.room == room.id) {
                outcome.slowest = outcome.slowest.max(writer.slowest);
                expected.extend(writer.ids.iter().map(|(text, id)| (text.clone(), *id)));
            }
            outcome.messages += expected.len();
            stored.insert(room.id, agreed(nodes, room, &expected).await);
        }
        let stats = nodes[0].admin(1).stats().await.ok();
        for node in nodes {
            assert_eq!(node.admin(1).stats().await.ok(), stats, "{}", node.address);
        }
        for reader in self.readers {
            let reader = reader.await.expect("the reader ends");
            let mut expected: Vec<i64> = reader.rooms.iter().flat_map(|room| &stored[room]).copied().collect();
            expected.sort_unstable();
            let told = reader.told();
            let missing: Vec<_> = expected.iter().filter(|id| !told.contains(id)).collect();
            let surplus: Vec<_> = told.iter().filter(|id| !expected.contains(id)).collect();
            let connections = reader.follower.connections;
            if reader.rooms.len() == self.rooms.len() {
                let ids: Vec<_> = reader.follower.frames.iter().filter_map(|frame| frame.id).collect();
                let gap = ids.windows(2).find(|pair| pair[1] != pair[0] + 1);
                assert_eq!(gap, None, "an admin is told of everything, over {connections} connections");
            }
            assert!(told == expected, "{missing:?} missing, {surplus:?} too many over {connections} connections");
        }
        outcome
    }

    async fn read(&mut self, person: &Person, listen: Listen, rooms: &[i64]) {
        let rooms = rooms.to_vec();
        let mut follower = Follower::start(person, listen).await.roaming(&self.doors);
        self.readers.push(tokio::spawn(async move {
            // The last word of the last room is the last of all.
            let room = rooms.last().expect("a room");
            follower.follow_until(&format!("{END} of {room}"), &TURNS).await;
            Reader { follower, rooms }
        }));
    }

    fn write(&mut self, person: &Person, room: i64) {
        let mut person = person.clone();
        let (doors, stop, acknowledged) = (self.doors.clone(), self.stop.clone(), self.acknowledged.clone());
        self.writers.push(tokio::spawn(async move {
            let mut written = Written { room, ..Written::default() };
            for n in 0.. {
                let text = format!("{} writes {n}", person.name);
                let started = Instant::now();
                let id = loop {
                    assert!(started.elapsed() < PERSEVERANCE, "{text:?} was not stored in {PERSEVERANCE:?}");
                    person.base.clone_from(doors.choose(&mut rand::rng()).expect("a node"));
                    let asked = Instant::now();
                    let id = attempt(&person, room, &text).await;
                    written.slowest = written.slowest.max(asked.elapsed());
                    if let Some(id) = id {
                        break id;
                    }
                    tokio::time::sleep(PAUSE).await;
                };
                written.ids.insert(text, id);
                acknowledged.fetch_add(1, Ordering::SeqCst);
                if stop.load(Ordering::SeqCst) {
                    break;
                }
                tokio::time::sleep(PAUSE).await;
            }
            written
        }));
    }
}

async fn open(customer: &Person) -> Room {
    let id = customer.new_room().await;
    let first = customer.history(id).await[0];
    Room { id, customer: customer.clone(), first }
}

/// Gives the message's id once it is acknowledged; none if the node is not there or asks to come again.
async fn attempt(person: &Person, room: i64, text: &str) -> Option<i64> {
    let request = person.request(reqwest::Method::POST, &format!("/api/chat/rooms/{room}"));
    let answer = try_send(request.header("idempotency-key", text).json(&json!({"message": text}))).await.ok()?;
    match answer.status.as_u16() {
        201 => Some(number(&answer.json()["id"])),
        503 => {
            assert!(answer.retry_after() >= 1, "{answer:?}");
            None
        }
        _ => panic!("{answer:?}"),
    }
}

/// The ids of a room's messages but the first, as every node tells them: those that were acknowledged, and the last.
async fn agreed(nodes: &[TestApp], room: &Room, acknowledged: &HashMap<String, i64>) -> Vec<i64> {
    let mut ids = Vec::new();
    for node in nodes {
        let person = Person { base: node.url(""), ..room.customer.clone() };
        let stored = person.said(room.id).await;
        let mut expected: Vec<_> = acknowledged.iter().map(|(text, id)| (*id, text.clone())).collect();
        expected.push((room.first, format!("{} needs help", person.name)));
        let (last, text) = stored.last().expect("a message");
        expected.push((*last, text.clone()));
        assert!(text.starts_with(END), "{text:?} came after the end");
        expected.sort_unstable();
        assert!(stored == expected, "at {}: {}", node.address, difference(&stored, &expected));
        let by_customer = stored.iter().filter(|(_, text)| text.starts_with(&person.name) || text.starts_with(END));
        assert_eq!(node.admin(1).room(room.id).await.ok()["unreadCount"], by_customer.count(), "at {}", node.address);
        ids = stored[1..].iter().map(|(id, _)| *id).collect();
    }
    ids
}

fn difference(stored: &[(i64, String)], expected: &[(i64, String)]) -> String {
    let missing: Vec<_> = expected.iter().filter(|message| !stored.contains(message)).collect();
    let surplus: Vec<_> = stored.iter().filter(|message| !expected.contains(message)).collect();
    format!("{missing:?} missing, {surplus:?} too many")
}
