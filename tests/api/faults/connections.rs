//! Others use all connections that the server has.

use super::{everything_is_refused_for_now, is_not_ready, is_ready_again};
use crate::harness::{Proxy, TestApp, TestServer};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a server: scripts/with-database"]
async fn a_server_without_a_free_connection_makes_503_until_there_is_one() {
    let server = TestServer::with(TestServer::FEW_CONNECTIONS).await;
    let network = Proxy::before(server.port).await;
    let app = TestApp::with(&[("DATABASE_URL", &server.url_at(network.port))]).await;
    let room = app.customer(7).new_room().await;
    network.break_off();
    let mut others = Vec::new();
    while let Some(other) = server.try_open().await {
        others.push(other);
    }
    network.heal();
    is_not_ready(&app, "does not answer").await;
    everything_is_refused_for_now(&app, room).await;
    for other in others {
        other.close().await.expect("the connection closes");
    }
    is_ready_again(&app).await;
    app.customer(7).says(room, "Back again").await;
    assert_eq!(app.customer(7).history(room).await.len(), 2);
}
