//! Databases of earlier releases, kept in `tests/fixtures/releases` with what their programs answered: this release
//! takes them over, and nothing is lost or told differently.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use chrono::Utc;
use migration::{Migrator, MigratorTrait};
use reqwest::Method;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, Statement};
use serde::Deserialize;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::harness::{Listen, Person, TestApp, TestDatabase, number, numbers, send, tokens};

/// The journal of a release is older than any retention, one day.
const SETTINGS: [(&str, &str); 2] = [("SAPA__JOURNAL__RETENTION_DAYS", "36500"), ("SAPA__ROOMS__AUTO_ASSIGN", "false")];

#[tokio::test]
async fn all_that_an_earlier_release_answered_is_answered_alike() {
    for release in releases() {
        let (app, kept) = release.taken_over().await;
        for then in &kept.answers {
            let now = kept.person(&app, then.person).get(&then.path).await.ok();
            alike(&format!("{} {}", release.name, then.path), &then.body, &now);
        }
        assert!(kept.answers.len() > 50, "{} keeps too little to compare", release.name);
    }
}

#[tokio::test]
async fn a_stream_resumes_from_an_id_of_an_earlier_release() {
    for release in releases() {
        let (app, kept) = release.taken_over().await;
        for then in &kept.streams {
            let mut stream = kept.person(&app, then.person).listen(&Listen::all().after(then.after)).await;
            let connected = stream.connected().await;
            assert_eq!((connected.id, &connected.data["reset"]), (Some(then.after), &Value::Null), "{connected:?}");
            for frame in &then.frames {
                let told = stream.until("the next frame", |told| told.id.is_some()).await.pop().expect("it ends so");
                assert_eq!((told.id, &told.kind), (Some(frame.id), &frame.kind), "{}", release.name);
                alike(&format!("{}, frame {}", release.name, frame.id), &frame.data, &told.data);
            }
        }
    }
}

#[tokio::test]
async fn what_is_written_next_goes_on_where_the_earlier_release_stopped() {
    for release in releases() {
        let (app, kept) = release.taken_over().await;
        let (customer, admin) = (kept.owner(&app), kept.person(&app, 1));
        let before = admin.stats().await.ok();
        let head = admin.listen(&Listen::all()).await.connected().await.id.expect("the journal's end");
        let newest = kept.newest_message();

        let mut stream = admin.listen(&Listen::all().after(head)).await;
        let sent = customer.says(kept.room, "Is the walrus here since the upgrade?").await;
        let frame = stream.next_of("message").await;
        assert_eq!((frame.id, sent), (Some(head + 1), newest + 1), "{}", release.name);
        let answer = admin.says(kept.room, "It is.").await;
        assert_eq!((stream.next_of("message").await.id, answer), (Some(head + 2), sent + 1), "{}", release.name);

        let after = admin.stats().await.ok();
        assert_eq!(number(&after["unread"]), number(&before["unread"]) + 1, "{}", release.name);
        assert_eq!(after["total"], before["total"], "{}", release.name);
        for words in ["walrus", "zebrafish"] {
            let found = admin.rooms(&[("search", words)]).await.ok();
            assert_eq!(numbers(&found, "id"), [kept.room], "{}: {words}", release.name);
        }
        let marked = admin.read(kept.room).await.ok();
        assert_eq!((&marked["unreadCount"], &marked["lastReadMessageId"]), (&json!(0), &json!(answer)));
        let newcomer = app.customer(77);
        let opened = newcomer.new_room().await;
        assert!(!kept.rooms().contains(&opened), "{opened} was there before");
        assert_eq!(number(&admin.stats().await.ok()["total"]), number(&before["total"]) + 1);
    }
}

#[tokio::test]
async fn a_call_that_an_earlier_release_has_done_is_not_done_again() {
    for release in releases() {
        let (app, kept) = release.taken_over().await;
        assert!(!kept.repeats.is_empty());
        for then in &kept.repeats {
            let person = kept.person(&app, then.person);
            let request = person.request(Method::POST, &then.path).header("idempotency-key", &then.key);
            let now = send(request.json(&then.body)).await.expect(then.status).json();
            assert_eq!(now["id"], then.answer["id"], "{}: {}", release.name, then.path);
        }
        let history = kept.owner(&app).history(kept.room).await;
        assert_eq!(history.last(), kept.messages_of(kept.room).last(), "a message was written twice");
    }
}

#[tokio::test]
async fn a_database_that_was_taken_over_has_the_schema_of_a_new_one() {
    let new = TestApp::start().await;
    let expected = schema(&new.database().open().await).await;
    assert!(expected.len() > 50, "too little is compared: {expected:#?}");
    for release in releases() {
        let (app, _) = release.taken_over().await;
        let upgraded = schema(&app.database().open().await).await;
        let missing: Vec<_> = expected.iter().filter(|line| !upgraded.contains(line)).collect();
        let left: Vec<_> = upgraded.iter().filter(|line| !expected.contains(line)).collect();
        assert!(missing.is_empty() && left.is_empty(), "{}: missing {missing:#?}, left {left:#?}", release.name);
    }
}

/// Before the first release there were three steps, without people's own conversations.
#[tokio::test]
async fn rooms_from_before_people_had_conversations_of_their_own_are_taken_over() {
    let folder = TempDir::new().expect("a folder");
    let database = Arc::new(TestDatabase::empty(folder.path()).await);
    let connection = database.open().await;
    Migrator::up(&connection, Some(3)).await.expect("three steps");
    for statement in OF_THREE_STEPS {
        connection.execute_unprepared(&database.spelled(statement)).await.expect(statement);
    }
    connection.close().await.expect("the connection closes");
    let app = TestApp::on(folder, database, &SETTINGS).await;
    let (budi, admin) = (app.customer(7), app.admin(1));
    assert_eq!(numbers(&admin.rooms(&[]).await.ok(), "id"), [2, 1]);
    assert_eq!(budi.history(1).await, [1, 2]);
    assert_eq!((admin.room(1).await.ok()["unreadCount"].clone(), admin.waiting().await), (json!(1), 1));
    assert_eq!(numbers(&admin.rooms(&[("search", "ancient")]).await.ok(), "id"), [1]);
    assert_eq!(budi.says(1, "Still there?").await, 4);
    assert_eq!(budi.listen(&Listen::all().after(2)).await.next_of("message").await.id, Some(3));
    assert_eq!(number(&admin.stats().await.ok()["unread"]), 2);
    budi.tells(8, "Between us").await;
    assert_eq!(app.customer(8).waiting().await, 2, "the desk's message and this one");
}

const OF_THREE_STEPS: [&str; 6] = [
    r#"INSERT INTO "User" ("id", "role", "createdAt", "updatedAt") VALUES
       (1, 'ADMIN', '2026-11-01T00:00:00.000+00:00', '2026-11-01T00:00:00.000+00:00'),
       (7, 'USER', '2026-11-01T00:00:00.000+00:00', '2026-11-01T00:00:00.000+00:00'),
       (8, 'USER', '2026-11-01T00:00:00.000+00:00', '2026-11-01T00:00:00.000+00:00')"#,
    r#"INSERT INTO "ChatRoom" ("userId", "lastActivity", "createdAt", "updatedAt", "deskUnread") VALUES
       (7, '2026-11-01T00:00:02.000+00:00', '2026-11-01T00:00:00.000+00:00', '2026-11-01T00:00:02.000+00:00', 1)"#,
    r#"INSERT INTO "ChatRoom" ("userId", "adminId", "lastActivity", "createdAt", "updatedAt", "customerUnread") VALUES
       (8, 1, '2026-11-01T00:00:03.000+00:00', '2026-11-01T00:00:00.000+00:00', '2026-11-01T00:00:03.000+00:00', 1)"#,
    r#"INSERT INTO "ChatMessage" ("chatRoomId", "senderId", "message", "isRead", "createdAt") VALUES
       (1, 7, 'An ancient question', true, '2026-11-01T00:00:01.000+00:00'),
       (1, 7, 'and another', false, '2026-11-01T00:00:02.000+00:00'),
       (2, 1, 'Hello', false, '2026-11-01T00:00:03.000+00:00')"#,
    r#"INSERT INTO "ChatEvent" ("id", "roomId", "type", "actorId", "messageId", "createdAt") VALUES
       (1, 1, 'message', 7, 1, '2026-11-01T00:00:01.000+00:00'),
       (2, 1, 'message', 7, 2, '2026-11-01T00:00:02.000+00:00')"#,
    r#"UPDATE "ChatCounter" SET
       "lastEventId" = 2, "total" = 2, "open" = 2, "unread" = 1, "unassigned" = 1, "normal" = 2"#,
];

/// A release whose database is kept.
struct Release {
    name: String,
    folder: PathBuf,
}

/// Every release of which something is kept, the oldest first.
fn releases() -> Vec<Release> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/releases");
    let entries = std::fs::read_dir(folder).expect("the fixtures are there").map(|entry| entry.expect("an entry"));
    let folders = entries.filter(|entry| entry.path().is_dir());
    let name = |entry: std::fs::DirEntry| entry.file_name().into_string().expect("a name is text");
    let mut releases: Vec<_> =
        folders.map(|entry| (entry.path(), name(entry))).map(|(folder, name)| Release { name, folder }).collect();
    releases.sort_by_key(|release| release.name.split('.').map(|part| part.parse().ok()).collect::<Vec<Option<u32>>>());
    assert!(!releases.is_empty(), "no release is kept");
    releases
}

impl Release {
    /// This release on the database of that one, and what that one had answered.
    async fn taken_over(&self) -> (TestApp, Kept) {
        let folder = TempDir::new().expect("a folder");
        let database = Arc::new(TestDatabase::empty(folder.path()).await);
        let connection = database.open().await;
        let kind = match connection.get_database_backend() {
            DbBackend::Postgres => "postgres",
            DbBackend::MySql => "mariadb",
            _ => "sqlite",
        };
        let file = |extension| {
            let path = self.folder.join(format!("{kind}.{extension}"));
            std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
        };
        connection.execute_unprepared(&file("sql")).await.expect("the dump can be loaded");
        connection.close().await.expect("the connection closes");
        // A key is kept for a day, the fixture for years.
        let now = Utc::now().format("%Y-%m-%dT%H:%M:%S%.3f+00:00");
        database.execute(&format!(r#"UPDATE "IdempotencyKey" SET "createdAt" = '{now}'"#)).await;
        let kept = serde_json::from_str(&file("json")).expect("what was answered can be read");
        (TestApp::on(folder, database, &SETTINGS).await, kept)
    }
}

/// What a release had answered.
#[derive(Deserialize)]
struct Kept {
    /// Everybody's role by their id.
    roles: BTreeMap<i64, String>,
    /// A room with much in it; the newest message of all is not there.
    room: i64,
    answers: Vec<Answered>,
    streams: Vec<Resumed>,
    repeats: Vec<Repeatable>,
}

#[derive(Deserialize)]
struct Answered {
    person: i64,
    path: String,
    body: Value,
}

#[derive(Deserialize)]
struct Resumed {
    person: i64,
    after: i64,
    frames: Vec<Told>,
}

#[derive(Deserialize)]
struct Told {
    id: i64,
    #[serde(rename = "type")]
    kind: String,
    data: Value,
}

#[derive(Deserialize)]
struct Repeatable {
    person: i64,
    path: String,
    key: String,
    body: Value,
    status: u16,
    answer: Value,
}

impl Kept {
    /// Somebody whose token says no name, so that nothing of their row is changed.
    fn person(&self, app: &TestApp, id: i64) -> Person {
        let claims = json!({"sub": id.to_string(), "role": self.roles[&id], "exp": tokens::in_seconds(3600)});
        app.bearer(&tokens::sign(&claims))
    }

    fn owner(&self, app: &TestApp) -> Person {
        self.person(app, self.repeats[0].person)
    }

    fn rooms(&self) -> Vec<i64> {
        let lists = self.elements(|path| path.ends_with("/conversations") || path.contains("/rooms?"));
        lists.map(|room| number(&room["id"])).collect()
    }

    fn messages_of(&self, room: i64) -> Vec<i64> {
        let history = format!("/api/chat/rooms/{room}/messages");
        self.elements(|path| path.starts_with(&history)).map(|message| number(&message["id"])).collect()
    }

    /// The largest id of a message, in whatever room.
    fn newest_message(&self) -> i64 {
        let frames = self.streams.iter().flat_map(|stream| &stream.frames).filter(|frame| frame.kind == "message");
        frames.map(|frame| number(&frame.data["id"])).max().expect("a message was told")
    }

    /// The elements of all arrays that were answered to such paths.
    fn elements<'a>(&'a self, path: impl Fn(&str) -> bool + 'a) -> impl Iterator<Item = &'a Value> {
        let answers = self.answers.iter().filter(move |then| path(&then.path));
        answers.filter_map(|then| then.body.as_array().or_else(|| then.body["data"].as_array())).flatten()
    }
}

/// Fails unless everything that was there then is there now, with the same value. New fields of an object may be added.
#[track_caller]
fn alike(what: &str, then: &Value, now: &Value) {
    match (then, now) {
        (Value::Object(then), Value::Object(now)) => {
            for (key, value) in then {
                alike(&format!("{what} > {key}"), value, now.get(key).unwrap_or(&Value::Null));
            }
        }
        (Value::Array(then), Value::Array(now)) => {
            assert_eq!(then.len(), now.len(), "{what}: it was {then:?}, and is {now:?}");
            for (at, (then, now)) in then.iter().zip(now).enumerate() {
                alike(&format!("{what} > {at}"), then, now);
            }
        }
        _ => assert_eq!(then, now, "{what}"),
    }
}

/// A line for each column, index, constraint and trigger.
async fn schema(connection: &DatabaseConnection) -> Vec<String> {
    let backend = connection.get_database_backend();
    let queries: &[&str] = match backend {
        DbBackend::Postgres => &[
            "SELECT concat_ws(' ', table_name, column_name, udt_name, is_nullable, column_default, datetime_precision, \
             character_maximum_length) FROM information_schema.columns WHERE table_schema = 'public'",
            "SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'",
            "SELECT concat_ws(' ', conrelid::regclass, conname, pg_get_constraintdef(oid)) FROM pg_constraint WHERE \
             connamespace = 'public'::regnamespace",
            "SELECT concat_ws(' ', enumtypid::regtype, enumlabel) FROM pg_enum",
        ],
        DbBackend::MySql => &[
            "SELECT CONCAT_WS(' ', table_name, column_name, column_type, is_nullable, column_default, collation_name) \
             FROM information_schema.columns WHERE table_schema = DATABASE()",
            "SELECT CONCAT_WS(' ', table_name, index_name, seq_in_index, column_name, collation, non_unique, \
             index_type) FROM information_schema.statistics WHERE table_schema = DATABASE()",
            "SELECT CONCAT_WS(' ', table_name, constraint_name, referenced_table_name, delete_rule, update_rule) FROM \
             information_schema.referential_constraints WHERE constraint_schema = DATABASE()",
        ],
        _ => &[
            r#"SELECT concat_ws(' ', m.name, c.name, lower(c.type), c."notnull", c.dflt_value, c.pk)
               FROM sqlite_master m JOIN pragma_table_info(m.name) c WHERE m.type = 'table'"#,
            r#"SELECT concat_ws(' ', m.name, f."from", f."table", f."to", f.on_delete, f.on_update) FROM sqlite_master m
               JOIN pragma_foreign_key_list(m.name) f WHERE m.type = 'table'"#,
            "SELECT concat_ws(' ', type, name, sql) FROM sqlite_master WHERE type IN ('index', 'trigger')",
        ],
    };
    let mut lines = Vec::new();
    for query in queries {
        let rows = connection.query_all_raw(Statement::from_string(backend, *query)).await.expect("the schema is told");
        lines.extend(rows.iter().map(|row| row.try_get_by_index::<String>(0).expect("a line")));
    }
    lines.sort();
    lines
}
