//! What a node remembers of rooms that others change.

use serde_json::json;

use super::ONLY_REDIS_TELLS;
use crate::harness::{Cluster, Listen};

#[tokio::test]
#[ignore = "needs a server that nodes share: scripts/with-database"]
async fn a_stream_begins_with_what_was_answered_at_another_node() {
    let Cluster { nodes: [one, two], .. } = &Cluster::start(&[ONLY_REDIS_TELLS]).await;
    let (customer, admin) = (two.customer(7), one.admin(1));
    let room = one.customer(7).new_room().await;
    for n in 0..20 {
        let status = if n % 2 == 0 { "RESOLVED" } else { "OPEN" };
        admin.manage(room, &json!({"status": status})).await.ok();
        let connected = customer.listen(&Listen::room(room)).await.connected().await;
        assert_eq!(connected.data["room"]["status"], status, "change {n}");
    }
}
