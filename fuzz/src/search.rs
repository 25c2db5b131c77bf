//! The text of a search: on SQLite a real search, which finds what has the text and never fails; on the others the
//! statement, in which the text never stands.

use std::sync::{LazyLock, Mutex};

use entity::{chat_message, chat_room, user};
use migration::{Migrator, MigratorTrait};
use sapa::{
    domain::{ChatKind, ChatPriority, ChatStatus, MessageType, Role, Timestamp},
    service::search::fuzzing::matching,
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend,
    EntityTrait, IntoActiveModel, QueryFilter, QuerySelect, QueryTrait,
};
use tokio::runtime::{Builder, Runtime};

const MOST_CHARS: usize = 200;
const MOST_SHAPES: usize = 50;

static DESK: LazyLock<(Runtime, DatabaseConnection)> = LazyLock::new(|| {
    let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
    let database = runtime.block_on(async {
        let mut options = ConnectOptions::new("sqlite::memory:");
        options.max_connections(1).sqlx_logging(false);
        let database = Database::connect(options).await.expect("a database in memory");
        Migrator::up(&database, None).await.expect("the schema");
        fill(&database).await;
        database
    });
    (runtime, database)
});

/// Statements without the text, to which those with it are compared.
static SHAPES: Mutex<Vec<String>> = Mutex::new(Vec::new());

pub(crate) fn check(input: &[u8]) {
    let Ok(text) = std::str::from_utf8(input) else { return };
    let term = text.trim();
    if term.is_empty() || term.contains('\0') || term.chars().count() > MOST_CHARS {
        return;
    }
    let (runtime, database) = &*DESK;
    runtime.block_on(on_sqlite(database, term));
    for backend in [DbBackend::Postgres, DbBackend::MySql] {
        let statement = chat_room::Entity::find().filter(matching(backend, term)).build(backend);
        let mut shapes = SHAPES.lock().expect("nobody panicked");
        if !shapes.contains(&statement.sql) {
            shapes.push(statement.sql);
            // MySQL has one with words to look up and one without. Postgres has one for each number of words, of which the first
            // and the last may be parts of longer ones, and one without.
            assert!(shapes.len() <= MOST_SHAPES, "the text changed the statement: {shapes:#?}");
        }
    }
}

/// Room 1 has the text in its subject, room 2 in a message, room 3 in its customer's name, room 4 nowhere.
async fn on_sqlite(database: &DatabaseConnection, term: &str) {
    let mut room = chat_room::ActiveModel { id: Set(1), ..Default::default() };
    room.subject = Set(Some(format!("about {term} again")));
    room.update(database).await.expect("a subject");
    let mut message = chat_message::ActiveModel { id: Set(1), ..Default::default() };
    message.message = Set(format!("{term}?"));
    message.update(database).await.expect("a message");
    let mut person = user::ActiveModel { id: Set(3), ..Default::default() };
    person.name = Set(Some(term.to_owned()));
    person.update(database).await.expect("a name");

    let search = chat_room::Entity::find().filter(matching(DbBackend::Sqlite, term)).select_only();
    let found: Result<Vec<i32>, _> = search.column(chat_room::Column::Id).into_tuple().all(database).await;
    let found = found.unwrap_or_else(|error| panic!("a search for {term:?} fails: {error}"));
    assert!([1, 2, 3].iter().all(|id| found.contains(id)), "a search for {term:?} finds {found:?}");
    let nothing = term.chars().any(|sign| !sign.is_alphanumeric());
    assert!(!(nothing && found.contains(&4)), "a search for {term:?} finds a room without it");
}

async fn fill(database: &DatabaseConnection) {
    let now = Timestamp::from_millis(0).expect("a moment");
    for id in 1..=4 {
        let person = user::Model {
            id,
            name: Some("nobody".to_owned()),
            email: None,
            role: Role::User,
            last_seen: None,
            created_at: now,
            updated_at: now,
        };
        insert(person, database).await;
        let room = chat_room::Model {
            id,
            user_id: id,
            admin_id: None,
            status: ChatStatus::Open,
            subject: None,
            priority: ChatPriority::Normal,
            last_message: None,
            last_activity: now,
            is_read: false,
            created_at: now,
            updated_at: now,
            kind: ChatKind::Support,
            desk_unread: 0,
            customer_unread: 0,
            peer_id: None,
            unanswered: false,
        };
        insert(room, database).await;
    }
    let message = chat_message::Model {
        id: 1,
        chat_room_id: 2,
        sender_id: 2,
        message: String::new(),
        message_type: MessageType::Text,
        is_read: false,
        created_at: now,
        reply_to_id: None,
        deleted_at: None,
        receiver_id: None,
    };
    insert(message, database).await;
}

async fn insert<M, A>(row: M, database: &impl ConnectionTrait)
where
    M: IntoActiveModel<A>,
    A: ActiveModelTrait,
    A::Entity: EntityTrait<ActiveModel = A>,
{
    <A::Entity as EntityTrait>::insert(row.into_active_model().reset_all())
        .exec_without_returning(database)
        .await
        .expect("a row");
}
