//! SIGKILL under writes: what was acknowledged is there once, and readers
//! see each message once and in order over all the restarts.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::json;

use crate::harness::{Follower, Listen, Person, TestApp, eventually, number, try_send};

const KILLS: usize = 5;
const TURNS: [usize; 4] = [3, 11, 1, 40];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_acknowledged_is_lost_or_doubled_by_sigkill() {
    let mut app = TestApp::start().await;
    let (customer, admin) = (app.customer(7), app.admin(1));
    let room = customer.new_room().await;
    let before = customer.history(room).await;
    let stop = Arc::new(AtomicBool::new(false));
    let mut followers = Vec::new();
    for (person, listen) in [
        (&customer, Listen::room(room)),
        (&customer, Listen::all()),
        (&admin, Listen::room(room)),
        (&admin, Listen::all()),
    ] {
        let mut follower = Follower::start(person, listen).await;
        followers.push(tokio::spawn(async move {
            follower.follow_until("the end", &TURNS).await;
            follower
        }));
    }
    let writers = [
        Writer::new(&customer, room, "customer", false, &stop),
        Writer::new(&customer, room, "careful customer", true, &stop),
        Writer::new(&admin, room, "careful admin", true, &stop),
    ]
    .map(|writer| tokio::spawn(writer.write()));
    for _ in 0..KILLS {
        // Writes are under way, and a fresh handful of them has been stored since the last kill.
        let stored = app.customer(7).history(room).await.len();
        eventually("more is written", async || (app.customer(7).history(room).await.len() > stored + 60).then_some(()))
            .await;
        app.kill();
        app.restart().await;
    }
    stop.store(true, Ordering::SeqCst);
    let mut acknowledged = HashMap::new();
    for writer in writers {
        acknowledged.extend(writer.await.expect("the writer ends"));
    }
    app.customer(7).says(room, "the end").await;
    let stored = app.customer(7).said(room).await;
    for (text, id) in &acknowledged {
        let found: Vec<_> = stored.iter().filter(|(_, stored)| stored == text).map(|(id, _)| *id).collect();
        assert_eq!(found, [*id], "{text:?} was acknowledged once");
    }
    assert!(acknowledged.len() > KILLS * 40, "only {} were acknowledged", acknowledged.len());
    let expected: Vec<_> = stored.into_iter().map(|(id, _)| id).filter(|id| !before.contains(id)).collect();
    for follower in followers {
        let follower = follower.await.expect("the follower ends");
        assert_eq!(follower.messages(), expected, "over {} connections", follower.connections);
        assert!(follower.connections > KILLS, "a follower had {} connections", follower.connections);
    }
}

#[tokio::test]
async fn counters_agree_with_the_rows_after_sigkill() {
    let mut app = TestApp::start().await;
    let (customer, admin) = (app.customer(7), app.admin(1));
    let room = customer.new_room().await;
    let stop = Arc::new(AtomicBool::new(false));
    let writers =
        [Writer::new(&customer, room, "customer", true, &stop), Writer::new(&customer, room, "again", true, &stop)]
            .map(|writer| tokio::spawn(writer.write()));
    for _ in 0..2 {
        let stored = app.customer(7).history(room).await.len();
        eventually("more is written", async || (app.customer(7).history(room).await.len() > stored + 5).then_some(()))
            .await;
        app.kill();
        app.restart().await;
    }
    stop.store(true, Ordering::SeqCst);
    for writer in writers {
        writer.await.expect("the writer ends");
    }
    let count = app.customer(7).history(room).await.len();
    let admin = Person { http: app.admin(1).http, ..admin };
    assert_eq!(admin.room(room).await.ok()["unreadCount"], count);
    assert_eq!(admin.stats().await.ok()["unread"], count);
}

/// Writes numbered messages until it is told to stop.
struct Writer {
    person: Person,
    room: i64,
    name: &'static str,
    /// Repeats under the same key until it has an answer; else goes on with
    /// the next message.
    careful: bool,
    stop: Arc<AtomicBool>,
}

impl Writer {
    fn new(person: &Person, room: i64, name: &'static str, careful: bool, stop: &Arc<AtomicBool>) -> Self {
        Self { person: person.clone(), room, name, careful, stop: stop.clone() }
    }

    /// Gives the texts that were acknowledged, with their ids.
    async fn write(self) -> HashMap<String, i64> {
        let mut acknowledged = HashMap::new();
        for n in 0.. {
            let text = format!("{} {n}", self.name);
            let mut id = self.attempt(&text).await;
            while id.is_none() && self.careful {
                id = self.attempt(&text).await;
            }
            if let Some(id) = id {
                acknowledged.insert(text, id);
            }
            if self.stop.load(Ordering::SeqCst) {
                break;
            }
        }
        acknowledged
    }

    async fn attempt(&self, text: &str) -> Option<i64> {
        let path = format!("/api/chat/rooms/{}", self.room);
        let mut request = self.person.request(reqwest::Method::POST, &path).json(&json!({"message": text}));
        if self.careful {
            request = request.header("idempotency-key", text);
        }
        match try_send(request).await {
            Ok(answer) if answer.status == 201 => Some(number(&answer.json()["id"])),
            Ok(answer) => panic!("{answer:?}"),
            Err(_) => {
                // The server is down; it comes back on the same port.
                tokio::time::sleep(std::time::Duration::from_millis(10)).await;
                None
            }
        }
    }
}
