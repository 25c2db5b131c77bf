//! What can fail around one node: its database, the network to it, its disk, its clock. Meanwhile it
//! works or answers 503 with `Retry-After`, in time; what was acknowledged is stored once; it recovers by itself.

mod clock;
mod connections;
mod disk;
mod input;
mod locks;
mod network;
mod restored;
mod server;

use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::json;

use crate::harness::{Answer, Listen, Person, TestApp, eventually, send};

/// What a test on two cores may take beyond the time that the service allows itself.
const SLACK: Duration = Duration::from_secs(3);
/// How long any answer may take: a write that waited for its turn as long as it may and then fails.
const ANSWERED: Duration = Duration::from_secs(10).saturating_add(SLACK);
/// How long `/readyz` may take.
const ASKED: Duration = Duration::from_secs(2).saturating_add(SLACK);
/// How long it takes to recover.
const RECOVERED: Duration = Duration::from_secs(5).saturating_add(SLACK);

/// An answer that came in time.
async fn in_time(person: &Person, method: Method, path: &str) -> Answer {
    let begun = Instant::now();
    let request = person.request(method.clone(), path);
    let request = if method == Method::POST { request.json(&json!({"message": "Hello"})) } else { request };
    let answer = send(request).await;
    assert!(begun.elapsed() < ANSWERED, "{method} {path} took {:?}", begun.elapsed());
    answer
}

/// Every read and write is refused for now; a stream begins and ends, as an `EventSource` comes back only after that.
async fn everything_is_refused_for_now(app: &TestApp, room: i64) {
    let (customer, admin) = (app.customer(7), app.admin(1));
    let path = format!("/api/chat/rooms/{room}");
    let asked = [
        (&customer, Method::GET, path.as_str()),
        (&customer, Method::POST, path.as_str()),
        (&admin, Method::GET, "/api/chat/rooms"),
        (&admin, Method::GET, "/api/chat/stats"),
        // More than there are connections.
        (&customer, Method::GET, path.as_str()),
        (&customer, Method::GET, "/api/chat/rooms"),
        (&customer, Method::POST, path.as_str()),
        (&admin, Method::GET, path.as_str()),
    ];
    let asked = asked.map(|(person, method, path)| async move {
        let answer = in_time(person, method, path).await;
        assert!(answer.retry_after() >= 1, "{answer:?}");
        answer.refused(503, "unavailable");
    });
    let stream = async {
        let listen = Listen::room(room).after(1);
        let mut stream = customer.listen(&listen).await;
        assert!(stream.until_end(ANSWERED).await.is_empty(), "a stream told something");
    };
    tokio::join!(futures_util::future::join_all(asked), stream);
}

/// `/readyz` says 503, and why; it never takes long to say anything.
async fn is_not_ready(app: &TestApp, why: &str) {
    eventually(&format!("not ready: {why}"), || async {
        let answer = readiness(app).await;
        let is_unready = answer.status == 503;
        is_unready.then(|| {
            assert!(answer.retry_after() >= 1, "{answer:?}");
            let problem = answer.refused(503, "unavailable");
            assert!(problem["detail"].as_str().is_some_and(|detail| detail.contains(why)), "{problem}");
        })
    })
    .await;
}

/// `/readyz` says 200 again soon after the end of a fault.
async fn is_ready_again(app: &TestApp) {
    let begun = Instant::now();
    eventually("ready again", || async { (readiness(app).await.status == 200).then_some(()) }).await;
    assert!(begun.elapsed() < RECOVERED, "ready only after {:?}", begun.elapsed());
}

async fn readiness(app: &TestApp) -> Answer {
    let begun = Instant::now();
    let answer = app.anonymous().get("/readyz").await;
    assert!(begun.elapsed() < ASKED, "/readyz took {:?}", begun.elapsed());
    answer
}
