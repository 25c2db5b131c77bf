//! The network between a node and its database fails, or is slow.

use std::slice::from_ref;
use std::time::{Duration, Instant};

use futures_util::future::join_all;

use super::{ANSWERED, everything_is_refused_for_now, in_time, is_not_ready, is_ready_again};
use crate::harness::{Load, Proxy, TestApp};

/// A node that reaches its database only through the proxy.
async fn behind_network() -> (TestApp, TestApp, Proxy) {
    let near = TestApp::start().await;
    let (network, url) = near.database().behind_proxy().await;
    let far = near.beside(&[("DATABASE_URL", &url)]).await;
    (near, far, network)
}

/// A network fails under load and heals.
async fn survives(fail: impl Fn(&Proxy), heal: impl Fn(&Proxy)) {
    let (near, far, network) = behind_network().await;
    let room = far.customer(9).new_room().await;
    let load = Load::start(from_ref(&far)).await;
    fail(&network);
    is_not_ready(&far, "does not answer").await;
    everything_is_refused_for_now(&far, room).await;
    // The fault is the network's alone.
    near.customer(9).says(room, "Hello from the other side").await;
    is_ready_again(&near).await;
    heal(&network);
    is_ready_again(&far).await;
    load.goes_on().await;
    let outcome = load.finish(from_ref(&far)).await;
    assert!(outcome.slowest < ANSWERED, "a writer waited {:?}", outcome.slowest);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a server behind a network: scripts/with-database"]
async fn a_network_that_refuses_connections_is_used_again_once_it_takes_them() {
    survives(Proxy::break_off, Proxy::heal).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a server behind a network: scripts/with-database"]
async fn a_network_that_swallows_everything_hangs_nobody() {
    survives(Proxy::cut, Proxy::heal).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a server behind a network: scripts/with-database"]
async fn connections_that_never_hear_anything_again_are_replaced_within_seconds() {
    survives(Proxy::cut, Proxy::heal_for_new_connections).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a server behind a network: scripts/with-database"]
async fn a_database_in_another_city_only_makes_everything_slower() {
    let (_near, far, network) = behind_network().await;
    let room = far.customer(7).new_room().await;
    network.slow_down(Duration::from_millis(5));
    let writers = (0..8).map(|writer| {
        let person = far.customer(7);
        async move {
            for n in 0..5 {
                let begun = Instant::now();
                person.says(room, &format!("{writer} {n}")).await;
                assert!(begun.elapsed() < ANSWERED, "a write took {:?}", begun.elapsed());
            }
        }
    });
    join_all(writers).await;
    assert_eq!(far.customer(7).history(room).await.len(), 41);
    is_ready_again(&far).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a server behind a network: scripts/with-database"]
async fn a_database_at_the_end_of_the_world_answers_or_refuses_in_time() {
    let (_near, far, network) = behind_network().await;
    let customer = far.customer(7);
    let room = customer.new_room().await;
    network.slow_down(Duration::from_millis(200));
    is_ready_again(&far).await;
    customer.says(room, "alone").await;
    let path = format!("/api/chat/rooms/{room}");
    let writes = (0..10).map(|_| in_time(&customer, reqwest::Method::POST, &path));
    let mut written = 0;
    for answer in join_all(writes).await {
        match answer.status.as_u16() {
            201 => written += 1,
            _ => drop(answer.refused(503, "unavailable")),
        }
    }
    assert!(written > 0, "nothing was written");
    network.slow_down(Duration::ZERO);
    assert_eq!(customer.history(room).await.len(), 2 + written);
}
