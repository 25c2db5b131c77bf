//! Several nodes on one database behave as one, whatever happens to them and to Redis.
//!
//! They share a database server and have a Redis of their own, so these tests are ignored unless `--include-ignored` says
//! that there is such a server.

mod chaos;
mod events;
mod faults;
mod known;
mod limits;
mod presence;
mod redis;
mod slow_reader;

use std::time::{Duration, Instant};

use crate::harness::{Cluster, Frame, Listen, Person, Stream, TestApp, eventually, number};

/// With this the regular look at the journal comes too late: what arrives in time was told by Redis.
const ONLY_REDIS_TELLS: (&str, &str) = ("SAPA__CLUSTER__CHECK_SECONDS", "60");
const SHORT_GRACE: (&str, &str) = ("SAPA__PRESENCE__OFFLINE_GRACE_SECONDS", "1");
const SHORT_LEASE: (&str, &str) = ("SAPA__CLUSTER__LEASE_SECONDS", "3");
/// More than a hint takes on a busy machine, and less than what the regular look needs on average.
const AT_ONCE: Duration = Duration::from_millis(500);

/// A stream that has begun.
async fn open(person: &Person, listen: Listen) -> Stream {
    let mut stream = person.listen(&listen).await;
    stream.connected().await;
    stream
}

/// What the frame says of this person.
fn presence_of(frame: &Frame, user: i64) -> Option<&str> {
    (frame.is("presence") && frame.data["userId"] == user).then(|| frame.data["status"].as_str()).flatten()
}

/// From the answer to a message at one node until a stream of another has it.
async fn crossing(from: &TestApp, to: &TestApp) -> Duration {
    let (writer, reader) = (from.customer(90), to.customer(90));
    let room = number(&writer.open("Hello").await.json()["id"]);
    let mut stream = reader.listen(&Listen::room(room)).await;
    stream.connected().await;
    let message = writer.says(room, "How far is it?").await;
    let answered = Instant::now();
    stream.until_message(message).await;
    answered.elapsed()
}

/// Waits until Redis is back in use at every node, and messages cross at once in both directions.
async fn recovered<const N: usize>(cluster: &Cluster<N>) {
    cluster.all_say("connected").await;
    let (first, last) = (&cluster.nodes[0], &cluster.nodes[N - 1]);
    eventually("messages cross at once", || async {
        for _ in 0..3 {
            if crossing(first, last).await > AT_ONCE || crossing(last, first).await > AT_ONCE {
                return None;
            }
        }
        Some(())
    })
    .await;
}
