//! No file takes another byte: the disk of an SQLite database is full.

use std::slice::from_ref;

use reqwest::Method;

use super::{in_time, is_not_ready, is_ready_again};
use crate::harness::{Listen, Load, TestApp};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_refuses_writes_and_reading_goes_on() {
    let mut app = TestApp::with(&[("DATABASE_URL", "sqlite:full.db")]).await;
    let customer = app.customer(9);
    let room = customer.new_room().await;
    let path = format!("/api/chat/rooms/{room}");
    let load = Load::start(from_ref(&app)).await;
    for _ in 0..3 {
        app.allow_file_sizes("1");
        is_not_ready(&app, "takes no writes").await;
        for _ in 0..3 {
            let answer = in_time(&customer, Method::POST, &path).await;
            assert!(answer.retry_after() >= 1);
            answer.refused(503, "unavailable");
            in_time(&customer, Method::GET, &path).await.ok();
        }
        // A stream begins, and tells what there is to tell.
        let mut stream = customer.listen(&Listen::room(room).after(1)).await;
        stream.connected().await;
        app.allow_file_sizes("unlimited");
        is_ready_again(&app).await;
        let id = customer.says(room, "There is space").await;
        stream.until_message(id).await;
        load.goes_on().await;
    }
    // What was acknowledged is on the disk, not only in the memory of the process.
    app.kill();
    app.restart().await;
    assert_eq!(app.customer(9).history(room).await.len(), 4);
    load.finish(from_ref(&app)).await;
}
