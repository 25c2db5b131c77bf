//! What several processes on one database rely on: the schema, the numbers of the journal, and that the database may undo
//! or end what it likes.
//!
//! A test about a server's sessions is ignored unless `--include-ignored` says that there is a server.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use entity::{chat_counter, chat_event, chat_room};
use futures_util::future::join_all;
use migration::{Migrator, MigratorTrait};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseConnection, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
};
use serde_json::json;
use tempfile::TempDir;

use crate::harness::{TestApp, TestDatabase, eventually, number, run};

const MESSAGES_OF_A_WRITER: usize = 60;
const LATE: &str = r#"INSERT INTO "ChatEvent" ("id", "roomId", "type", "createdAt") VALUES"#;

#[tokio::test]
async fn the_schema_goes_up_down_and_up_again() {
    let folder = TempDir::new().expect("a folder");
    let database = Arc::new(TestDatabase::empty(folder.path()).await);
    let connection = database.open().await;
    for _ in 0..2 {
        Migrator::up(&connection, None).await.expect("up");
        assert_eq!(chat_counter::Entity::find().count(&connection).await.expect("a count"), 1);
        Migrator::down(&connection, None).await.expect("down");
        assert!(chat_counter::Entity::find().count(&connection).await.is_err(), "a table is left");
    }
    connection.close().await.expect("the connection closes");
    let app = TestApp::on(folder, database, &[]).await;
    app.customer(7).new_room().await;
}

#[tokio::test]
async fn the_last_step_goes_down_and_up_with_rooms_in_it() {
    let mut app = TestApp::start().await;
    let (customer, admin) = (app.customer(7), app.admin(1));
    let room = customer.new_room().await;
    admin.says(room, "Hello").await;
    let (history, stats) = (customer.history(room).await, admin.stats().await.ok());
    app.kill();
    let connection = app.database().open().await;
    Migrator::down(&connection, Some(1)).await.expect("down");
    connection.close().await.expect("the connection closes");
    app.restart().await;
    let (customer, admin) = (app.customer(7), app.admin(1));
    assert_eq!((customer.history(room).await, admin.stats().await.ok()), (history, stats));
    customer.says(room, "Hello again").await;
}

#[tokio::test]
async fn processes_that_start_at_once_on_an_empty_database_all_come_up() {
    for _ in 0..3 {
        let folder = TempDir::new().expect("a folder");
        let database = Arc::new(TestDatabase::empty(folder.path()).await);
        let start = || TestApp::on(TempDir::new().expect("a folder"), database.clone(), &[]);
        let apps = join_all((0..4).map(|_| start())).await;
        for (id, app) in (100..).zip(&apps) {
            app.customer(id).open("Hello").await.created();
        }
        assert_eq!(apps[0].admin(1).stats().await.ok()["total"], apps.len());
    }
}

#[tokio::test]
async fn a_newer_schema_is_refused_with_a_word_and_left_alone() {
    let mut app = TestApp::start().await;
    let room = app.customer(7).new_room().await;
    app.kill();
    let newer = "m29990101_000001_of_tomorrow";
    let step = format!(r#"INSERT INTO "seaql_migrations" ("version", "applied_at") VALUES ('{newer}', 1)"#);
    app.database().execute(&step).await;
    for command in ["serve", "migrate"] {
        let message = run(app.folder(), &app.environment(), &[command]).await.refused();
        assert!(message.contains("newer than this release") && message.contains(newer), "{message}");
        assert_eq!(message.lines().filter(|line| line.contains("newer")).count(), 1, "{message}");
    }
    app.restart_after(&format!(r#"DELETE FROM "seaql_migrations" WHERE "version" = '{newer}'"#)).await;
    assert_eq!(app.customer(7).history(room).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_number_the_journal_without_a_gap_and_in_the_order_of_their_commits() {
    let one = TestApp::start().await;
    let two = one.beside(&[]).await;
    let mut watch = Watch::start(one.database()).await;
    let watching = tokio::spawn(async move {
        while let Some(head) = watch.poll().await.expect("the journal is in order") {
            if watch.ended(head).await {
                return watch;
            }
        }
        unreachable!("a poll ends with the head")
    });
    // A room that all write into, and one of each.
    let shared = one.customer(7).new_room().await;
    let mut writers = Vec::new();
    for id in 0..3 {
        for app in [&one, &two] {
            let customer = app.customer(10 + number(&json!(writers.len())));
            let own = customer.new_room().await;
            writers.push(customer.keeps_writing(own, MESSAGES_OF_A_WRITER));
            writers.push(app.admin(1 + id).keeps_writing(shared, MESSAGES_OF_A_WRITER));
        }
    }
    let written = writers.len() * MESSAGES_OF_A_WRITER;
    for writer in writers {
        writer.await.expect("the writer ends");
    }
    two.customer(7).says(shared, THE_END).await;
    let watch = watching.await.expect("the reader ends");
    let rooms = chat_room::Entity::find().count(&watch.connection).await.expect("a count");
    let messages = chat_event::Entity::find().filter(chat_event::Column::EventType.eq(chat_event::EventType::Message));
    let messages = messages.count(&watch.connection).await.expect("a count");
    assert_eq!(messages, rooms + written as u64 + 1, "each message has one event");
    assert!(watch.polls > 50, "the reader looked only {} times", watch.polls);
    let stats = one.admin(1).stats().await.ok();
    assert_eq!((&stats["total"], &stats), (&json!(rooms), &two.admin(1).stats().await.ok()));
}

#[tokio::test]
async fn a_message_is_found_however_many_came_after_it() {
    let app = TestApp::start().await;
    let (customer, admin) = (app.customer(7), app.admin(1));
    let room = customer.new_room().await;
    customer.says(room, "Where is the parcel to Zanzibar?").await;
    let noise = format!("({room}, 7, 'What came later', '2026-01-01T00:00:00.000+00:00')");
    let noise = vec![noise; 1000].join(", ");
    for _ in 0..6 {
        let insert = r#"INSERT INTO "ChatMessage" ("chatRoomId", "senderId", "message", "createdAt") VALUES"#;
        assert_eq!(app.database().execute(&format!("{insert} {noise}")).await, 1000);
    }
    for (words, found) in [
        ("Zanzibar", 1),
        ("ZANZI", 1),
        ("the parcel to Zanzibar?", 1),
        ("is the parcel to Z", 1),
        ("parcel Zanzibar", 0),
        ("Zanzibar parcel", 0),
    ] {
        let rooms = admin.rooms(&[("search", words)]).await.ok();
        assert_eq!(rooms.as_array().map(Vec::len), Some(found), "{words}");
    }
}

#[tokio::test]
#[ignore = "needs a server with two sessions that write: scripts/with-database"]
async fn a_commit_that_comes_late_would_be_seen() {
    let app = TestApp::start().await;
    let room = app.customer(7).new_room().await;
    let mut watch = Watch::start(app.database()).await;
    let head = watch.poll().await.expect("the journal is in order").expect("a head");
    let (late, early) = (app.database().open().await, app.database().open().await);
    let row =
        |id: i64| app.database().spelled(&format!("{LATE} ({id}, {room}, 'read', '2026-01-01T00:00:00.000+00:00')"));
    late.execute_unprepared("BEGIN").await.expect("a transaction");
    late.execute_unprepared(&row(head + 1)).await.expect("a row");
    early.execute_unprepared(&row(head + 2)).await.expect("a row");
    let seen = watch.poll().await.expect_err("the second row was seen before the first");
    assert!(seen.contains(&format!("{} came after {head}", head + 2)), "{seen}");
    late.execute_unprepared("COMMIT").await.expect("a commit");
    for connection in [late, early] {
        connection.close().await.expect("the connection closes");
    }
}

#[tokio::test]
#[ignore = "needs a server that ends sessions: scripts/with-database"]
async fn connections_that_the_server_ended_are_replaced_without_a_word() {
    let app = TestApp::start().await;
    let (customer, admin) = (app.customer(7), app.admin(1));
    let room = customer.new_room().await;
    for n in 0..5 {
        app.database().end_sessions().await;
        customer.says(room, &format!("message {n}")).await;
        app.database().end_sessions().await;
        assert_eq!(customer.history(room).await.len(), n + 2);
        admin.rooms(&[]).await.ok();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a server that ends sessions: scripts/with-database"]
async fn sessions_that_end_under_load_lose_and_double_nothing() {
    let app = TestApp::start().await;
    let customer = app.customer(7);
    let room = customer.new_room().await;
    let writers: Vec<_> = (0..4)
        .map(|writer| {
            let person = customer.clone();
            tokio::spawn(async move {
                let mut ids = HashMap::new();
                for n in 0..50 {
                    let text = format!("{writer} {n}");
                    let body = json!({"message": text});
                    let id = eventually("the message is stored", || async {
                        let request = person.request(reqwest::Method::POST, &format!("/api/chat/rooms/{room}"));
                        let answer = crate::harness::send(request.header("idempotency-key", &text).json(&body)).await;
                        assert!(matches!(answer.status.as_u16(), 201 | 503), "{answer:?}");
                        (answer.status == 201).then(|| number(&answer.json()["id"]))
                    });
                    ids.insert(id.await, text);
                }
                ids
            })
        })
        .collect();
    let ending = async {
        loop {
            app.database().end_sessions().await;
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    let written = tokio::select! {
        () = ending => unreachable!("it goes on"),
        written = join_all(writers) => written,
    };
    let mut expected: Vec<i64> = Vec::new();
    written.into_iter().for_each(|ids| expected.extend(ids.expect("the writer ends").into_keys()));
    expected.sort_unstable();
    assert_eq!(app.customer(7).history(room).await[1..], expected);
    let mut watch = Watch::start(app.database()).await;
    watch.poll().await.expect("the journal is in order");
}

#[tokio::test]
#[ignore = "needs a server that ends deadlocks: scripts/with-database"]
async fn a_write_that_falls_to_a_deadlock_is_done_all_the_same() {
    let app = TestApp::start().await;
    let customer = app.customer(7);
    let room = customer.new_room().await;
    let other = app.database().open().await;
    let say = |statement: &str| {
        let statement = app.database().spelled(statement);
        let other = other.clone();
        async move { other.execute_unprepared(&statement).await }
    };
    say("BEGIN").await.expect("a transaction");
    // MySQL ends the transaction that changed less.
    let rows: Vec<_> = (1000..1200).map(|id| format!("({room}, {id}, '2026-01-01T00:00:00.000+00:00')")).collect();
    say(&format!(r#"INSERT INTO "ChatParticipant" ("roomId", "userId", "updatedAt") VALUES {}"#, rows.join(", ")))
        .await
        .expect("rows");
    say(&format!(r#"SELECT * FROM "ChatRoom" WHERE "id" = {room} FOR UPDATE"#)).await.expect("a lock");
    let person = customer.clone();
    let sending = tokio::spawn(async move { person.send(room, "Hello").await });
    app.database().somebody_waits().await;
    // Now each waits for the other.
    say(r#"SELECT * FROM "ChatCounter" FOR UPDATE"#).await.expect("the other one is undone");
    say("ROLLBACK").await.expect("an end");
    sending.await.expect("an answer").created();
    assert_eq!(customer.history(room).await.len(), 2);
    assert!(app.log().contains("run again"), "the server was not the one that was undone:\n{}", app.log());
    other.close().await.expect("the connection closes");
}

#[tokio::test]
#[ignore = "needs a server behind a network: scripts/with-database"]
async fn a_network_that_swallows_everything_makes_503_and_writing_goes_on_when_it_is_back() {
    let one = TestApp::start().await;
    let (proxy, url) = one.database().behind_proxy().await;
    let two = one.beside(&[("DATABASE_URL", &url)]).await;
    let (near, far) = (one.customer(7), two.customer(7));
    let room = near.new_room().await;
    far.says(room, "before").await;
    proxy.cut();
    let answer = far.send(room, "meanwhile").await;
    assert!(answer.retry_after() >= 1);
    answer.refused(503, "unavailable");
    proxy.heal();
    let after = eventually("writing goes on", || async {
        let answer = far.send(room, "after").await;
        (answer.status == 201).then(|| number(&answer.json()["id"]))
    })
    .await;
    assert!(near.history(room).await.contains(&after));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs a server behind a network: scripts/with-database"]
async fn a_process_that_is_cut_off_in_a_transaction_stops_the_others_for_seconds_only() {
    let one = TestApp::start().await;
    let (proxy, url) = one.database().behind_proxy().await;
    let two = one.beside(&[("DATABASE_URL", &url)]).await;
    let room = one.customer(7).new_room().await;
    let far = two.customer(7);
    let writing = tokio::spawn(async move { while far.send(room, "again and again").await.status == 201 {} });
    eventually("much is written", || async { (one.customer(7).history(room).await.len() > 20).then_some(()) }).await;
    proxy.cut();
    eventually("the other process writes", || async {
        let answer = one.customer(7).send(room, "Hello").await;
        assert!(matches!(answer.status.as_u16(), 201 | 503), "{answer:?}");
        (answer.status == 201).then_some(())
    })
    .await;
    writing.await.expect("the other writer was refused");
    Watch::start(one.database()).await.poll().await.expect("the journal is in order");
}

const THE_END: &str = "the end";

/// Reads the journal as another process does.
struct Watch {
    connection: DatabaseConnection,
    seen: i64,
    polls: usize,
}

impl Watch {
    async fn start(database: &TestDatabase) -> Self {
        Self { connection: database.open().await, seen: 0, polls: 0 }
    }

    /// Reads on; gives the journal's head, or says which number came too early or too late.
    async fn poll(&mut self) -> Result<Option<i64>, String> {
        self.polls += 1;
        let counter = chat_counter::Entity::find().one(&self.connection).await.expect("the counter is read");
        let head = counter.map(|counter| counter.last_event_id);
        let ids: Vec<i64> = chat_event::Entity::find()
            .select_only()
            .column(chat_event::Column::Id)
            .filter(chat_event::Column::Id.gt(self.seen))
            .order_by_asc(chat_event::Column::Id)
            .into_tuple()
            .all(&self.connection)
            .await
            .expect("the journal is read");
        for id in ids {
            if id != self.seen + 1 {
                return Err(format!("{id} came after {}", self.seen));
            }
            self.seen = id;
        }
        match head {
            Some(head) if head > self.seen => Err(format!("the head is {head}, but {} is the last", self.seen)),
            head => Ok(head),
        }
    }

    /// Whether the last message is [`THE_END`].
    async fn ended(&self, head: i64) -> bool {
        let event = chat_event::Entity::find_by_id(head).one(&self.connection).await.expect("the journal is read");
        let Some(message) = event.and_then(|event| event.message_id) else { return false };
        let message = entity::chat_message::Entity::find_by_id(message).one(&self.connection).await;
        message.expect("the message is read").is_some_and(|message| message.message == THE_END)
    }
}
