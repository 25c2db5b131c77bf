//! Another program holds locks for long.

use reqwest::Method;
use sea_orm::{ConnectionTrait, DbBackend};

use super::{everything_is_refused_for_now, in_time, is_not_ready, is_ready_again};
use crate::harness::{TestApp, TestServer, eventually};

#[tokio::test]
async fn a_transaction_that_nobody_ends_makes_503_for_writes_and_reading_goes_on() {
    let app = TestApp::start().await;
    let customer = app.customer(7);
    let room = customer.new_room().await;
    let path = format!("/api/chat/rooms/{room}");
    let lock = app.lock_database().await;
    for _ in 0..2 {
        let answer = in_time(&customer, Method::POST, &path).await;
        assert!(answer.retry_after() >= 1);
        answer.refused(503, "unavailable");
        in_time(&customer, Method::GET, &path).await.ok();
    }
    is_not_ready(&app, "takes no writes").await;
    lock.release().await;
    is_ready_again(&app).await;
    customer.says(room, "Back again").await;
    assert_eq!(customer.history(room).await.len(), 2);
}

#[tokio::test]
#[ignore = "needs a server with locks on tables: scripts/with-database"]
async fn a_table_that_is_locked_for_long_hangs_nobody() {
    let app = TestApp::start().await;
    let room = app.customer(7).new_room().await;
    app.customer(7).says(room, "Hello").await;
    app.admin(1).rooms(&[]).await.ok();
    let other = app.database().open().await;
    let say = async |postgres: &str, mysql: &str| {
        let postgres_or_mysql = if other.get_database_backend() == DbBackend::Postgres { postgres } else { mysql };
        other.execute_unprepared(postgres_or_mysql).await.expect("the statement runs");
    };
    let tables = r#"BEGIN; LOCK TABLE "ChatRoom", "ChatCounter" IN ACCESS EXCLUSIVE MODE"#;
    say(tables, "LOCK TABLES ChatRoom WRITE, ChatCounter WRITE").await;
    is_not_ready(&app, "does not answer").await;
    everything_is_refused_for_now(&app, room).await;
    say("ROLLBACK", "UNLOCK TABLES").await;
    is_ready_again(&app).await;
    app.customer(7).says(room, "Back again").await;
    assert_eq!(app.customer(7).history(room).await.len(), 3);
    other.close().await.expect("the connection closes");
}

#[tokio::test]
#[ignore = "needs a server that can be told to write nothing: scripts/with-database"]
async fn a_server_that_only_reads_is_said_to_take_no_writes() {
    let server = TestServer::start().await;
    let app = TestApp::with(&[("DATABASE_URL", &server.url())]).await;
    let customer = app.customer(7);
    let room = customer.new_room().await;
    let path = format!("/api/chat/rooms/{room}");
    let switch = async |postgres: &str, mysql: &str| {
        let admin = server.administer().await;
        if admin.get_database_backend() == DbBackend::Postgres {
            let statement = format!("ALTER SYSTEM SET default_transaction_read_only = {postgres}");
            admin.execute_unprepared(&statement).await.expect("the statement runs");
            admin.execute_unprepared("SELECT pg_reload_conf()").await.expect("the statement runs");
        } else {
            admin.execute_unprepared(&format!("SET GLOBAL read_only = {mysql}")).await.expect("the statement runs");
        }
        admin.close().await.expect("the connection closes");
    };
    switch("on", "1").await;
    // Postgres tells its sessions in its own time.
    eventually("writes are refused", || async {
        let answer = in_time(&customer, Method::POST, &path).await;
        (answer.status != 201).then(|| answer.refused(503, "unavailable"))
    })
    .await;
    in_time(&customer, Method::GET, &path).await.ok();
    is_not_ready(&app, "takes no writes").await;
    switch("off", "0").await;
    is_ready_again(&app).await;
    customer.says(room, "Back again").await;
}
