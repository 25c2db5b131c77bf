//! Conversations over a database of their own: what no front door shows by itself.

mod streams;

use std::{collections::HashMap, sync::Arc, time::Duration};

use chrono::{TimeDelta, Utc};
use entity::{ChatKind, ChatStatus};
use migration::MigratorTrait;
use sea_orm::{ConnectOptions, Database};
use tempfile::TempDir;

use super::{
    Conversation, ListConversations, broadcast, history_with, list, send_to, unread_count, unread_messages, with,
};
use crate::{
    config,
    database::Reading,
    domain::{MessageType, Principal, Role},
    hub::{Hub, NodeId, Peers},
    journal::Writer,
    service::{
        Error,
        message::{self, SendMessage},
        person::{self, Caller},
        room::{self, ManageRoom},
        stream,
    },
    state::State,
    telemetry::Metrics,
};

struct Desk {
    state: State,
    _folder: TempDir,
}

impl Desk {
    async fn open() -> Self {
        Self::with(&[]).await
    }

    async fn with(settings: &[(&str, &str)]) -> Self {
        let folder = TempDir::new().expect("a folder");
        let environment: HashMap<String, String> =
            settings.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
        let settings = config::load(environment).expect("settings");
        entity::timestamp::write_as_text(true);
        let url = format!("sqlite:{}?mode=rwc", folder.path().join("sapa.db").display());
        let options = |connections: u32| {
            let mut options = ConnectOptions::new(&url);
            options
                .max_connections(connections)
                .sqlx_logging(false)
                .map_sqlx_sqlite_opts(|sqlite| sqlite.journal_mode(sea_orm::sqlx::sqlite::SqliteJournalMode::Wal));
            options
        };
        let writing = Database::connect(options(1)).await.expect("a database");
        migration::Migrator::up(&writing, None).await.expect("a schema");
        let reading = Database::connect(options(4)).await.expect("a database");
        let metrics = Metrics::new().expect("metrics");
        let hub = Arc::new(Hub::new(0, metrics.clone(), None));
        let (writer, _) = Writer::start(writing, hub.clone(), metrics.clone(), 1000, 100, Duration::from_secs(5));
        let reading = Reading::new(reading.clone(), reading, &settings.database);
        let peers = Peers::new(NodeId::random(), None);
        Self { state: State::new(reading, writer, hub, peers, settings, metrics, None), _folder: folder }
    }

    async fn person(&self, user_id: i32, role: Role) -> Principal {
        let name = Some(format!("Person {user_id}"));
        let expires_at = Utc::now() + TimeDelta::hours(1);
        let caller = Caller { user_id, role, name, email: Some(format!("p{user_id}@x.id")), expires_at };
        person::recognise(&self.state, caller).await.expect("a person")
    }

    async fn says(&self, who: &Principal, to: i32, text: &str) -> crate::domain::Message {
        send_to(&self.state, who, to, text_of(text)).await.expect("a message")
    }

    async fn conversations(&self, who: &Principal) -> Vec<Conversation> {
        self.listed(who, ListConversations { kinds: Vec::new(), status: Vec::new(), limit: 50, skip: 0 }).await
    }

    async fn listed(&self, who: &Principal, query: ListConversations) -> Vec<Conversation> {
        list(&self.state, who, query).await.expect("a page").conversations
    }

    async fn unread(&self, who: &Principal) -> i64 {
        unread_count(&self.state, who).await.expect("a count")
    }
}

fn text_of(text: &str) -> SendMessage {
    SendMessage { text: text.to_owned(), message_type: MessageType::Text, reply_to_id: None, idempotency_key: None }
}

fn newest(conversation: &Conversation) -> &str {
    conversation.newest.as_ref().map_or("", |message| &message.text)
}

#[tokio::test]
async fn two_people_have_one_room_whoever_begins_and_how_many_at_once() {
    let desk = Desk::open().await;
    let (budi, sari) = (desk.person(7, Role::User).await, desk.person(3, Role::User).await);
    let sends = (0..10).map(|number| {
        let (desk, who, to) = if number % 2 == 0 { (&desk, &budi, 3) } else { (&desk, &sari, 7) };
        async move { desk.says(who, to, "Hello").await.room_id }
    });
    let rooms = futures_util::future::join_all(sends).await;
    assert!(rooms.iter().all(|room| *room == rooms[0]), "{rooms:?}");
    let shown = with(&desk.state, &budi, 3).await.expect("a conversation");
    assert_eq!((shown.room.id, shown.room.kind, shown.unread), (rooms[0], ChatKind::Direct, 5));
    assert_eq!((shown.room.user.id, shown.room.peer.as_ref().map(|peer| peer.id)), (3, Some(7)));
    assert_eq!(desk.unread(&sari).await, 5);
    let stranger = desk.person(9, Role::Admin).await;
    assert!(matches!(room::show(&desk.state, &stranger, rooms[0]).await, Err(Error::Forbidden(_))));
    assert!(desk.conversations(&stranger).await.is_empty());
}

#[tokio::test]
async fn a_room_that_was_only_looked_at_is_listed_for_nobody() {
    let desk = Desk::open().await;
    let (budi, _sari) = (desk.person(7, Role::User).await, desk.person(3, Role::User).await);
    let made = with(&desk.state, &budi, 3).await.expect("a conversation");
    assert!(desk.conversations(&budi).await.is_empty());
    assert_eq!(desk.says(&budi, 3, "Hello").await.room_id, made.room.id);
    assert_eq!(desk.conversations(&budi).await.len(), 1);
}

#[tokio::test]
async fn nobody_writes_to_themselves_to_strangers_or_where_it_is_switched_off() {
    let desk = Desk::with(&[("SAPA__ROOMS__DIRECT_MESSAGES", "false")]).await;
    let (budi, _sari) = (desk.person(7, Role::User).await, desk.person(3, Role::User).await);
    desk.person(1, Role::Admin).await;
    let refused = |to: i32| send_to(&desk.state, &budi, to, text_of("Hello"));
    assert!(matches!(refused(7).await, Err(Error::Invalid(_))));
    assert!(matches!(refused(99).await, Err(Error::NotFound("there is no such person"))));
    assert!(matches!(refused(3).await, Err(Error::Forbidden(_))));
    assert!(matches!(with(&desk.state, &budi, 3).await, Err(Error::Forbidden(_))));
    assert!(matches!(stream::set_typing_to(&desk.state, &budi, 3, true).await, Err(Error::Forbidden(_))));
    refused(1).await.expect("a message to the desk");
}

#[tokio::test]
async fn a_customer_who_addresses_an_admin_writes_to_the_desk() {
    let desk = Desk::open().await;
    let (budi, sari) = (desk.person(7, Role::User).await, desk.person(1, Role::Admin).await);
    let tono = desk.person(2, Role::Admin).await;
    let first = desk.says(&budi, 1, "Please help").await;
    let shown = with(&desk.state, &tono, 7).await.expect("a conversation");
    assert_eq!((shown.room.id, shown.room.kind), (first.room_id, ChatKind::Support));
    assert_eq!(shown.room.admin.as_ref().map(|admin| admin.id), Some(1), "the one who was named");
    assert!(shown.room.unanswered);
    assert_eq!((first.receiver_id, shown.unread), (Some(1), 1));
    // The second admin answers in the same room, and it stays the first one's.
    assert_eq!(desk.says(&tono, 7, "Hello").await.room_id, first.room_id);
    let shown = with(&desk.state, &budi, 2).await.expect("a conversation");
    assert_eq!(shown.room.admin.as_ref().map(|admin| admin.id), Some(1));
    assert!(!shown.room.unanswered);
    // RESOLVED reopens, CLOSED makes another.
    let status = |status| ManageRoom { status: Some(status), ..ManageRoom::default() };
    room::manage(&desk.state, &sari, first.room_id, status(ChatStatus::Resolved)).await.expect("a room");
    assert_eq!(desk.says(&budi, 2, "Once more").await.room_id, first.room_id);
    let reopened = room::show(&desk.state, &budi, first.room_id).await.expect("a room").room;
    assert_eq!(reopened.status, ChatStatus::Open);
    room::close(&desk.state, &sari, first.room_id).await.expect("a room");
    let second = desk.says(&budi, 2, "And again").await;
    assert_ne!(second.room_id, first.room_id);
    let history = history_with(&desk.state, &budi, 1, None, 50).await.expect("a history");
    let texts: Vec<&str> = history.iter().map(|posted| posted.message.text.as_str()).collect();
    assert_eq!(texts, ["Please help", "Hello", "Once more", "And again"]);
    let page = history_with(&desk.state, &sari, 7, Some(second.id), 2).await.expect("a history");
    let texts: Vec<&str> = page.iter().map(|posted| posted.message.text.as_str()).collect();
    assert_eq!(texts, ["Hello", "Once more"]);
}

#[tokio::test]
async fn a_broadcast_is_everybodys_and_is_read_by_each_for_themselves() {
    let desk = Desk::open().await;
    let (budi, sari) = (desk.person(7, Role::User).await, desk.person(1, Role::Admin).await);
    let tono = desk.person(2, Role::Admin).await;
    assert!(matches!(broadcast(&desk.state, &budi, text_of("Hello")).await, Err(Error::Forbidden(_))));
    let mut sent = Vec::new();
    for number in 0..3 {
        sent.push(broadcast(&desk.state, &sari, text_of(&format!("News {number}"))).await.expect("a message"));
    }
    let other = broadcast(&desk.state, &tono, text_of("Other news")).await.expect("a message");
    assert_ne!(other.room_id, sent[0].room_id, "each admin has one room");
    assert!(sent.iter().all(|message| message.room_id == sent[0].room_id));
    assert_eq!((desk.unread(&budi).await, desk.unread(&sari).await, desk.unread(&tono).await), (4, 1, 3));
    let listed = desk.conversations(&budi).await;
    assert_eq!(
        listed.iter().map(|each| (newest(each), each.unread)).collect::<Vec<_>>(),
        [("Other news", 1), ("News 2", 3)]
    );
    message::send(&desk.state, &budi, sent[0].room_id, text_of("Me too")).await.expect_err("not a customer's");
    message::send(&desk.state, &tono, sent[0].room_id, text_of("Me too")).await.expect_err("not another admin's");
    let mark = room::mark_message_read(&desk.state, &budi, sent[1].id).await.expect("a mark");
    assert_eq!((mark.last_read_message_id, mark.unread_count), (Some(sent[1].id), 1));
    assert_eq!((desk.unread(&budi).await, desk.unread(&tono).await), (2, 3));
    message::delete(&desk.state, &sari, sent[2].id).await.expect("a message");
    assert_eq!(desk.unread(&budi).await, 1);
    // Who comes later has missed nothing that they would have to read.
    tokio::time::sleep(Duration::from_millis(5)).await;
    let late = desk.person(8, Role::User).await;
    assert_eq!(desk.unread(&late).await, 0);
    assert_eq!(desk.conversations(&late).await.len(), 2);
}

#[tokio::test]
async fn counters_and_unread_messages_follow_reads_and_deletions() {
    let desk = Desk::open().await;
    let (budi, sari) = (desk.person(7, Role::User).await, desk.person(3, Role::User).await);
    let admin = desk.person(1, Role::Admin).await;
    let first = desk.says(&budi, 3, "One").await;
    let second = desk.says(&budi, 3, "Two").await;
    desk.says(&budi, 1, "To the desk").await;
    let waiting = unread_messages(&desk.state, &sari, 10).await.expect("messages");
    assert_eq!(waiting.iter().map(|posted| posted.message.id).collect::<Vec<_>>(), [first.id, second.id]);
    let waiting = unread_messages(&desk.state, &admin, 10).await.expect("messages");
    assert_eq!(waiting.len(), 1, "an admin reads the desk's, not other people's");
    assert_eq!((desk.unread(&sari).await, desk.unread(&admin).await, desk.unread(&budi).await), (2, 1, 0));
    message::delete(&desk.state, &budi, second.id).await.expect("a message");
    assert_eq!(desk.unread(&sari).await, 1);
    assert_eq!(newest(&desk.conversations(&sari).await[0]), "One");
    let mark = room::mark_message_read(&desk.state, &sari, first.id).await.expect("a mark");
    assert_eq!((mark.room_id, mark.unread_count), (first.room_id, 0));
    assert_eq!(desk.unread(&sari).await, 0);
    assert!(unread_messages(&desk.state, &sari, 10).await.expect("messages").is_empty());
    assert!(matches!(room::mark_message_read(&desk.state, &admin, first.id).await, Err(Error::Forbidden(_))));
    let forbidden = room::manage(&desk.state, &admin, first.room_id, ManageRoom::default()).await;
    assert!(matches!(forbidden, Err(Error::Forbidden(_))));
}

#[tokio::test]
async fn the_list_pages_over_all_kinds_by_activity() {
    let desk = Desk::with(&[("SAPA__LIMITS__WRITES_BURST", "1000")]).await;
    let budi = desk.person(7, Role::User).await;
    desk.person(1, Role::Admin).await;
    for other in [3, 9, 11] {
        desk.person(other, Role::User).await;
        desk.says(&budi, other, &format!("To {other}")).await;
        tokio::time::sleep(Duration::from_millis(3)).await;
    }
    desk.says(&budi, 1, "To the desk").await;
    let mut texts = Vec::new();
    for skip in [0, 2] {
        let query = ListConversations { kinds: Vec::new(), status: Vec::new(), limit: 2, skip };
        let page = list(&desk.state, &budi, query).await.expect("a page");
        assert_eq!(page.more, skip == 0);
        texts.extend(page.conversations.iter().map(|each| newest(each).to_owned()));
    }
    assert_eq!(texts, ["To the desk", "To 11", "To 9", "To 3"]);
    let direct = ListConversations { kinds: vec![ChatKind::Direct], status: Vec::new(), limit: 9, skip: 0 };
    assert_eq!(desk.listed(&budi, direct.clone()).await.len(), 3);
    let far = list(&desk.state, &budi, ListConversations { skip: 10_001, ..direct }).await;
    assert!(matches!(far, Err(Error::Invalid(_))));
}
