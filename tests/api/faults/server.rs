//! The database server is killed.

use std::slice::from_ref;

use super::{everything_is_refused_for_now, is_not_ready, is_ready_again};
use crate::harness::{Load, TestApp, TestServer};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a server: scripts/with-database"]
async fn a_server_that_is_killed_under_load_costs_nothing_that_was_acknowledged() {
    let mut server = TestServer::start().await;
    let app = TestApp::with(&[("DATABASE_URL", &server.url())]).await;
    let room = app.customer(9).new_room().await;
    let load = Load::start(from_ref(&app)).await;
    for _ in 0..2 {
        server.kill();
        is_not_ready(&app, "does not answer").await;
        everything_is_refused_for_now(&app, room).await;
        server.revive().await;
        is_ready_again(&app).await;
        load.goes_on().await;
    }
    let outcome = load.finish(from_ref(&app)).await;
    assert!(outcome.slowest < super::ANSWERED, "a writer waited {:?}", outcome.slowest);
}
