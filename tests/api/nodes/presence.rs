//! Who is there is known at every node, whichever they are connected to.

use std::time::Duration;

use reqwest::Method;
use serde_json::json;

use super::{ONLY_REDIS_TELLS, SHORT_GRACE, SHORT_LEASE, open, presence_of};
use crate::harness::{Cluster, Listen, TestApp, eventually, number, send};

#[tokio::test]
#[ignore = "needs a server that nodes share: scripts/with-database"]
async fn who_comes_to_one_node_and_goes_is_told_once_at_another() {
    let Cluster { nodes: [one, two], .. } = &Cluster::start(&[SHORT_GRACE]).await;
    let room = one.customer(7).new_room().await;
    one.admin(2).says(room, "Hello").await;
    let mut desk = open(&two.admin(1), Listen::all()).await;
    let mut of_room = open(&two.customer(7), Listen::room(room)).await;
    let coming = [open(&one.customer(8), Listen::all()).await, open(&one.admin(2), Listen::room(room)).await];
    desk.until("the stranger comes", |frame| presence_of(frame, 8) == Some("online")).await;
    of_room.until("the admin comes", |frame| presence_of(frame, 2) == Some("online")).await;
    drop(coming);
    // Somebody who goes later is told after all that there is to tell of those two.
    let mut told = desk.until("the stranger goes", |frame| presence_of(frame, 8) == Some("offline")).await;
    drop(open(&one.customer(9), Listen::all()).await);
    told.extend(desk.until("the last one goes", |frame| presence_of(frame, 9) == Some("offline")).await);
    let of_stranger: Vec<_> = told.iter().filter_map(|frame| presence_of(frame, 8)).collect();
    assert_eq!(of_stranger, ["offline"], "{told:?}");
    let fence = one.customer(7).says(room, "the end").await;
    let frames = of_room.until_message(fence).await;
    let of_admin = frames.iter().filter(|frame| presence_of(frame, 2) == Some("offline"));
    assert_eq!(of_admin.count(), 1, "{frames:?}");
    assert!(frames.iter().all(|frame| presence_of(frame, 8).is_none()), "a customer is told of a stranger: {frames:?}");
}

#[tokio::test]
#[ignore = "needs a server that nodes share: scripts/with-database"]
async fn a_new_stream_is_told_who_of_the_room_is_at_any_node() {
    let Cluster { nodes: [one, two], .. } = &Cluster::start(&[ONLY_REDIS_TELLS]).await;
    let room = one.customer(7).new_room().await;
    one.admin(1).says(room, "Hello").await;
    let _there = [open(&one.customer(7), Listen::room(room)).await, open(&one.admin(1), Listen::all()).await];
    online_admins(two, 1).await;
    for (person, other) in [(two.admin(1), 7), (two.customer(7), 1)] {
        for listen in [Listen::room(room), Listen::all()] {
            let mut stream = open(&person, listen).await;
            stream.until("the other is there", |frame| presence_of(frame, other) == Some("online")).await;
        }
    }
}

#[tokio::test]
#[ignore = "needs a server that nodes share: scripts/with-database"]
async fn a_person_at_two_nodes_is_there_until_the_last_stream_has_ended() {
    let Cluster { nodes: [one, two], .. } = &Cluster::start(&[SHORT_GRACE]).await;
    let mut desks = [open(&one.admin(1), Listen::all()).await, open(&two.admin(1), Listen::all()).await];
    let first = open(&one.customer(7), Listen::all()).await;
    for desk in &mut desks {
        desk.until("the customer comes", |frame| presence_of(frame, 7) == Some("online")).await;
    }
    let second = open(&two.customer(7), Listen::all()).await;
    drop(first);
    drop(open(&one.customer(8), Listen::all()).await);
    for desk in &mut desks {
        let frames = desk.until("the other goes", |frame| presence_of(frame, 8) == Some("offline")).await;
        assert!(frames.iter().all(|frame| presence_of(frame, 7) != Some("offline")), "{frames:?}");
    }
    drop(second);
    for desk in &mut desks {
        desk.until("the customer goes", |frame| presence_of(frame, 7) == Some("offline")).await;
    }
}

#[tokio::test]
#[ignore = "needs a server that nodes share: scripts/with-database"]
async fn a_reconnection_to_another_node_within_the_grace_is_no_absence() {
    let settings = [("SAPA__PRESENCE__OFFLINE_GRACE_SECONDS", "2")];
    let Cluster { nodes, .. } = &Cluster::<2>::start(&settings).await;
    let mut desks = [open(&nodes[0].admin(1), Listen::all()).await, open(&nodes[1].admin(1), Listen::all()).await];
    let mut last = None;
    for n in 0..6 {
        drop(last.take());
        last = Some(open(&nodes[n % 2].customer(7), Listen::all()).await);
    }
    drop(open(&nodes[0].customer(8), Listen::all()).await);
    for desk in &mut desks {
        let frames = desk.until("the other goes", |frame| presence_of(frame, 8) == Some("offline")).await;
        assert!(frames.iter().all(|frame| presence_of(frame, 7) != Some("offline")), "{frames:?}");
    }
}

#[tokio::test]
#[ignore = "needs a server that nodes share: scripts/with-database"]
async fn the_people_of_a_node_that_was_killed_are_gone_after_its_lease() {
    let Cluster { nodes: [one, two], .. } = &mut Cluster::start(&[SHORT_GRACE, SHORT_LEASE]).await;
    let mut desk = open(&two.admin(1), Listen::all()).await;
    let _both = open(&two.customer(8), Listen::all()).await;
    let _lost = [
        open(&one.customer(7), Listen::all()).await,
        open(&one.customer(8), Listen::all()).await,
        open(&one.admin(2), Listen::all()).await,
    ];
    desk.until("the customer comes", |frame| presence_of(frame, 7) == Some("online")).await;
    online_admins(two, 2).await;
    one.kill();
    let mut told = desk.until("the customer goes", |frame| presence_of(frame, 7) == Some("offline")).await;
    online_admins(two, 1).await;
    drop(open(&two.customer(9), Listen::all()).await);
    told.extend(desk.until("the last one goes", |frame| presence_of(frame, 9) == Some("offline")).await);
    assert!(told.iter().all(|frame| presence_of(frame, 8) != Some("offline")), "this one is at both: {told:?}");
    assert_eq!(told.iter().filter(|frame| presence_of(frame, 7).is_some()).count(), 1, "{told:?}");
}

#[tokio::test]
#[ignore = "needs a server that nodes share: scripts/with-database"]
async fn the_people_of_a_node_that_stops_are_gone_after_the_grace_but_those_who_moved() {
    let Cluster { nodes: [one, two], .. } = &mut Cluster::start(&[SHORT_GRACE]).await;
    let mut desk = open(&two.admin(1), Listen::all()).await;
    let mut staying = open(&one.customer(7), Listen::all()).await;
    let _going = open(&one.customer(8), Listen::all()).await;
    desk.until("the other comes", |frame| presence_of(frame, 8) == Some("online")).await;
    let moved = async {
        while staying.next_or_end().await.is_some() {}
        open(&two.customer(7), Listen::all()).await
    };
    let (status, _moved) = tokio::join!(one.terminate(), moved);
    assert!(status.success(), "{status}");
    let frames = desk.until("the other goes", |frame| presence_of(frame, 8) == Some("offline")).await;
    drop(open(&two.customer(9), Listen::all()).await);
    let later = desk.until("the last one goes", |frame| presence_of(frame, 9) == Some("offline")).await;
    let mut told = frames.iter().chain(&later);
    assert!(told.all(|frame| presence_of(frame, 7) != Some("offline")), "{frames:?} {later:?}");
}

#[tokio::test]
#[ignore = "needs a server that nodes share: scripts/with-database"]
async fn a_persons_streams_are_ended_at_every_node_and_nobody_elses() {
    let Cluster { nodes: [one, two], .. } = &Cluster::start(&[]).await;
    let mut ended = Vec::new();
    for node in [one, two] {
        let customer = node.customer(7);
        let room = number(&customer.open("Hello").await.json()["id"]);
        ended.push(open(&customer, Listen::all()).await);
        ended.push(open(&customer, Listen::room(room)).await);
    }
    let mut others = [open(&one.customer(8), Listen::all()).await, open(&two.admin(1), Listen::all()).await];
    let request = one.admin(1).request(Method::DELETE, "/api/chat/people/7/streams");
    send(request).await.no_content();
    for mut stream in ended {
        stream.until_end(Duration::from_secs(5)).await;
    }
    let message = two.customer(8).open("Still here?").await.created();
    for stream in &mut others {
        stream.until_message(number(&message["messages"][0]["id"])).await;
    }
    open(&two.customer(7), Listen::all()).await;
}

#[tokio::test]
#[ignore = "needs a server that nodes share: scripts/with-database"]
async fn admins_online_are_counted_over_all_nodes_each_once() {
    let Cluster { nodes: [one, two], .. } = &Cluster::start(&[SHORT_GRACE]).await;
    let both = [open(&one.admin(1), Listen::all()).await, open(&two.admin(1), Listen::all()).await];
    let _other = open(&two.admin(2), Listen::all()).await;
    let _customer = open(&two.customer(7), Listen::all()).await;
    for node in [one, two] {
        online_admins(node, 2).await;
    }
    drop(both);
    for node in [one, two] {
        online_admins(node, 1).await;
    }
}

#[tokio::test]
#[ignore = "needs a server that nodes share: scripts/with-database"]
async fn a_room_goes_to_an_admin_who_is_online_at_another_node() {
    let Cluster { nodes: [one, two], .. } = &Cluster::start(&[]).await;
    let waiting = one.customer(7).new_room().await;
    let _busy = open(&two.admin(1), Listen::all()).await;
    eventually("the room that waited is given to who came", || async {
        (one.admin(3).room(waiting).await.ok()["adminId"] == 1).then_some(())
    })
    .await;
    let _idle = open(&two.admin(2), Listen::all()).await;
    online_admins(one, 2).await;
    let room = one.customer(8).open("Hello").await.created();
    assert_eq!(room["adminId"], json!(2), "the admin with the fewest open rooms is at the other node");
}

#[tokio::test]
#[ignore = "needs a server that nodes share: scripts/with-database"]
async fn who_is_there_is_known_again_after_redis_came_back_with_nothing_in_it() {
    let mut cluster = Cluster::<2>::start(&[SHORT_GRACE, SHORT_LEASE]).await;
    let _there = open(&cluster.nodes[0].admin(1), Listen::all()).await;
    online_admins(&cluster.nodes[1], 1).await;
    cluster.redis.kill();
    cluster.all_say("unreachable").await;
    // Longer than the lease: the other node may not believe for ever what it cannot hear.
    online_admins(&cluster.nodes[1], 0).await;
    online_admins(&cluster.nodes[0], 1).await;
    cluster.redis.restart().await;
    for node in &cluster.nodes {
        online_admins(node, 1).await;
    }
    let mut desk = open(&cluster.nodes[1].admin(3), Listen::all()).await;
    desk.until("the admin is there", |frame| presence_of(frame, 1) == Some("online")).await;
}

async fn online_admins(node: &TestApp, count: usize) {
    eventually(&format!("{count} admins online at {}", node.address), || async {
        (node.admin(50).stats().await.ok()["onlineAdmins"] == count).then_some(())
    })
    .await;
}
