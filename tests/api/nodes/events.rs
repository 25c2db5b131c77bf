//! What happens at one node is told by all of them: once, in order, at once.

use std::time::{Duration, Instant};

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::json;

use super::{ONLY_REDIS_TELLS, crossing, open};
use crate::harness::{Cluster, Frame, Listen, Person, Stream, TestApp, number, send};

#[tokio::test]
#[ignore = "needs a server that nodes share: scripts/with-database"]
async fn messages_of_every_node_reach_every_stream_of_every_other_once_and_in_order() {
    let Cluster { nodes, .. } = &Cluster::<3>::start(&[ONLY_REDIS_TELLS]).await;
    let room = nodes[0].customer(7).new_room().await;
    let mut streams = Vec::new();
    for node in nodes {
        for person in [node.customer(7), node.admin(1)] {
            streams.push(open(&person, Listen::room(room)).await);
            streams.push(open(&person, Listen::all()).await);
        }
    }
    let mut sent = Vec::new();
    for n in 0..60 {
        let node = &nodes[n % nodes.len()];
        let writer = if n % 2 == 0 { node.customer(7) } else { node.admin(1) };
        sent.push(writer.says(room, &format!("message {n}")).await);
    }
    for stream in &mut streams {
        let frames = stream.until_message(sent[59]).await;
        assert_eq!(messages(&frames), sent);
    }
    // Nothing comes again afterwards.
    let fence = nodes[1].customer(7).says(room, "the end").await;
    for stream in &mut streams {
        let frames = stream.until_message(fence).await;
        assert_eq!(frames.iter().filter(|frame| frame.id.is_some()).count(), 1, "{frames:?}");
    }
}

#[tokio::test]
#[ignore = "needs a server that nodes share: scripts/with-database"]
async fn every_kind_of_change_has_the_same_frame_at_every_node() {
    let settings = [ONLY_REDIS_TELLS, ("SAPA__ROOMS__AUTO_ASSIGN", "false")];
    let Cluster { nodes: [one, two], .. } = &Cluster::start(&settings).await;
    let (customer, admin) = (one.customer(7), one.admin(1));
    let room = customer.new_room().await;
    let mut here = open(&admin, Listen::all()).await;
    let mut there = open(&two.admin(1), Listen::all()).await;
    let mut kinds = Vec::new();
    let message = customer.says(room, "first").await;
    told(&mut here, &mut there, &mut kinds).await;
    admin.assign(room, &json!({})).await.ok();
    told(&mut here, &mut there, &mut kinds).await;
    admin.manage(room, &json!({"priority": "HIGH"})).await.ok();
    told(&mut here, &mut there, &mut kinds).await;
    admin.read(room).await.ok();
    told(&mut here, &mut there, &mut kinds).await;
    admin.react(message, "👍").await.ok();
    told(&mut here, &mut there, &mut kinds).await;
    customer.delete(message).await.ok();
    told(&mut here, &mut there, &mut kinds).await;
    admin.close(room).await.ok();
    told(&mut here, &mut there, &mut kinds).await;
    two.customer(8).new_room().await;
    told(&mut here, &mut there, &mut kinds).await;
    told(&mut here, &mut there, &mut kinds).await;
    let expected = ["message", "room", "room", "read", "message_updated", "message_updated", "room", "room", "message"];
    assert_eq!(kinds, expected);
}

#[tokio::test]
#[ignore = "needs a server that nodes share: scripts/with-database"]
async fn a_message_crosses_in_milliseconds() {
    let Cluster { nodes: [one, two], .. } = &Cluster::start(&[ONLY_REDIS_TELLS]).await;
    let mut times = Vec::new();
    for _ in 0..20 {
        times.push(crossing(one, two).await);
        times.push(crossing(two, one).await);
    }
    times.sort_unstable();
    // A few are expected. So many are not enough for anything but a message that was told.
    assert!(times[20] < Duration::from_millis(150), "{times:?}");
}

#[tokio::test]
#[ignore = "needs a server that nodes share: scripts/with-database"]
async fn a_stream_that_comes_to_another_node_resumes_whatever_that_node_knows_yet() {
    let Cluster { nodes: [one, two], .. } = &Cluster::start(&[ONLY_REDIS_TELLS]).await;
    let room = one.customer(7).new_room().await;
    let mut here = open(&one.customer(7), Listen::room(room)).await;
    for n in 0..50 {
        let (from, to) = if n % 2 == 0 { (one, two) } else { (two, one) };
        let sent = from.customer(7).says(room, "Hello").await;
        let last = newest(&here.until_message(sent).await);
        here = to.customer(7).listen(&Listen::room(room).after(last)).await;
        let connected = here.connected().await;
        assert_eq!((connected.data.get("reset"), connected.id), (None, Some(last)), "{connected:?}");
        assert_eq!(connected.data["replayed"], 0, "{connected:?}");
    }
}

#[tokio::test]
#[ignore = "needs a server that nodes share: scripts/with-database"]
async fn a_page_of_one_node_and_the_stream_of_another_leave_no_hole() {
    let Cluster { nodes: [one, two], .. } = &Cluster::start(&[ONLY_REDIS_TELLS]).await;
    let room = one.customer(7).new_room().await;
    for n in 0..30 {
        let (from, to) = if n % 2 == 0 { (one, two) } else { (two, one) };
        let sent = from.customer(7).says(room, "Hello").await;
        let page = to.customer(7).room(room).await.ok();
        let newest = page["messages"].as_array().and_then(|messages| messages.last()).expect("a message");
        assert_eq!(newest["id"], sent, "what was acknowledged is in every node's next page");
        let mut stream = from.customer(7).listen(&Listen::room(room).after(&page["lastEventId"])).await;
        let connected = stream.connected().await;
        assert_eq!(connected.data.get("reset"), None, "{connected:?}");
        let next = to.customer(7).says(room, "Hello again").await;
        let told = messages(&stream.until_message(next).await);
        // What the page has may come once more, but nothing older, and nothing twice.
        assert!(told == [next] || told == [sent, next], "{told:?} after {sent}");
    }
}

#[tokio::test]
#[ignore = "needs a server that nodes share: scripts/with-database"]
async fn typing_is_seen_at_another_node_by_the_others_in_the_room_alone() {
    let Cluster { nodes: [one, two], .. } = &Cluster::start(&[ONLY_REDIS_TELLS]).await;
    let (room, other_room) = (one.customer(7).new_room().await, one.customer(8).new_room().await);
    let mut desk = open(&two.admin(1), Listen::all()).await;
    let mut of_room = open(&two.admin(1), Listen::room(room)).await;
    let mut own = open(&two.customer(7), Listen::room(room)).await;
    let mut foreign = open(&two.customer(8), Listen::all()).await;
    one.customer(7).typing(room, true).await.no_content();
    for stream in [&mut desk, &mut of_room] {
        let frame = stream.next_of("typing").await;
        assert_eq!(
            frame.data,
            json!({"roomId": room, "userId": 7, "userName": "Customer 7", "role": "USER", "isTyping": true})
        );
        assert_eq!(frame.id, None);
    }
    let ended = desk.next_of("typing").await;
    assert_eq!(ended.data["isTyping"], false, "it ends by itself");
    let fences = [one.customer(7).says(room, "Hello").await, one.customer(8).says(other_room, "Hello").await];
    for (stream, fence) in [&mut own, &mut foreign].into_iter().zip(fences) {
        let frames = stream.until_message(fence).await;
        assert!(frames.iter().all(|frame| !frame.is("typing")), "{frames:?}");
    }
    let frames = of_room.until_message(fences[0]).await;
    assert_eq!(frames.iter().filter(|frame| frame.is("typing")).count(), 1, "the end is told once: {frames:?}");
}

#[tokio::test]
#[ignore = "needs a server that nodes share: scripts/with-database"]
async fn typing_and_looking_end_when_their_node_was_killed() {
    let settings = [("SAPA__TYPING__TIMEOUT_SECONDS", "2"), ("SAPA__VIEWING__TIMEOUT_SECONDS", "2")];
    let Cluster { nodes: [one, two], .. } = &mut Cluster::start(&settings).await;
    let room = one.customer(7).new_room().await;
    let mut desk = open(&two.admin(1), Listen::all()).await;
    one.customer(7).typing(room, true).await.no_content();
    one.admin(2).viewing(room, true).await.no_content();
    let begun = desk.until("both", |frame| frame.is("viewing")).await;
    assert!(begun.iter().any(|frame| frame.is("typing")), "{begun:?}");
    one.kill();
    let mut ended = Vec::new();
    while ended.len() < 2 {
        let frame = desk.next().await;
        if frame.is("typing") || frame.is("viewing") {
            assert!(frame.data["isTyping"] == false || frame.data["isViewing"] == false, "{frame:?}");
            ended.push(frame.kind);
        }
    }
    ended.sort();
    assert_eq!(ended, ["typing", "viewing"]);
}

#[tokio::test]
#[ignore = "needs a server that nodes share: scripts/with-database"]
async fn a_message_ends_typing_that_another_node_was_told_of() {
    let settings = [ONLY_REDIS_TELLS, ("SAPA__TYPING__TIMEOUT_SECONDS", "600")];
    let Cluster { nodes: [one, two], .. } = &Cluster::start(&settings).await;
    let room = one.customer(7).new_room().await;
    let mut desk = open(&two.admin(1), Listen::all()).await;
    one.customer(7).typing(room, true).await.no_content();
    assert_eq!(desk.next_of("typing").await.data["isTyping"], true);
    two.customer(7).says(room, "Hello").await;
    assert_eq!(desk.next_of("typing").await.data["isTyping"], false);
}

#[tokio::test]
#[ignore = "needs a server that nodes share: scripts/with-database"]
async fn admins_see_at_every_node_who_looks_at_a_room() {
    let settings = [ONLY_REDIS_TELLS, ("SAPA__VIEWING__TIMEOUT_SECONDS", "1")];
    let Cluster { nodes: [one, two], .. } = &Cluster::start(&settings).await;
    let room = one.customer(7).new_room().await;
    let mut desk = open(&two.admin(2), Listen::all()).await;
    let mut of_customer = open(&two.customer(7), Listen::room(room)).await;
    one.admin(1).viewing(room, true).await.no_content();
    for is_viewing in [true, false] {
        let frame = desk.next_of("viewing").await;
        assert_eq!(frame.data, json!({"roomId": room, "userId": 1, "userName": "Admin 1", "isViewing": is_viewing}));
    }
    let fence = one.customer(7).says(room, "Hello").await;
    let frames = of_customer.until_message(fence).await;
    assert!(frames.iter().all(|frame| !frame.is("viewing")), "{frames:?}");
}

#[tokio::test]
#[ignore = "needs a server that nodes share: scripts/with-database"]
async fn a_key_makes_one_message_whichever_nodes_it_is_used_at() {
    let Cluster { nodes: [one, two], .. } = &Cluster::start(&[]).await;
    let room = one.customer(7).new_room().await;
    let mut expected = one.customer(7).history(room).await;
    for n in 0..20 {
        // At once, and once more each.
        let keyed = |node: &TestApp| create(node.customer(7), room, n);
        let answers = join_all([keyed(one), keyed(two), keyed(one), keyed(two)]).await;
        assert!(answers.iter().all(|id| *id == answers[0]), "{answers:?}");
        assert_eq!(keyed(one).await, answers[0]);
        expected.push(answers[0]);
    }
    for node in [one, two] {
        assert_eq!(node.customer(7).history(room).await, expected);
    }
}

#[tokio::test]
#[ignore = "needs a server that nodes share: scripts/with-database"]
async fn without_redis_nodes_tell_each_other_by_looking_at_the_journal() {
    let one = TestApp::with(&[("SAPA__CLUSTER__CHECK_SECONDS", "1")]).await;
    let two = one.beside(&[("SAPA__CLUSTER__CHECK_SECONDS", "1")]).await;
    assert_eq!(one.readiness().await.get("redis"), None);
    let room = one.customer(7).new_room().await;
    // From here on the node knows that it is not alone.
    two.customer(7).listen(&Listen::room(room).after(0)).await.next_of("message").await;
    let mut streams = [open(&two.customer(7), Listen::room(room)).await, open(&two.admin(1), Listen::all()).await];
    let mut sent = Vec::new();
    for n in 0..40 {
        sent.push(one.customer(7).says(room, &format!("message {n}")).await);
    }
    let last_sent = Instant::now();
    for stream in &mut streams {
        let frames = stream.until_message(sent[39]).await;
        assert!(last_sent.elapsed() < Duration::from_secs(5), "it took {:?}", last_sent.elapsed());
        assert_eq!(messages(&frames), sent);
    }
}

/// The next change has the same frame in both streams.
async fn told(here: &mut Stream, there: &mut Stream, kinds: &mut Vec<String>) {
    let mut frames = Vec::new();
    for stream in [here, there] {
        frames.extend(stream.until("a change", |frame| frame.id.is_some()).await.pop());
    }
    assert_eq!(frames[0], frames[1]);
    kinds.push(frames.remove(0).kind);
}

fn messages(frames: &[Frame]) -> Vec<i64> {
    frames.iter().filter(|frame| frame.is("message")).map(|frame| number(&frame.data["id"])).collect()
}

fn newest(frames: &[Frame]) -> i64 {
    frames.iter().filter_map(|frame| frame.id).max().expect("a frame with an id")
}

async fn create(customer: Person, room: i64, key: usize) -> i64 {
    let request = customer.request(Method::POST, &format!("/api/chat/rooms/{room}"));
    let request = request.header("idempotency-key", format!("key {key}"));
    number(&send(request.json(&json!({"message": "Once"}))).await.created()["id"])
}
