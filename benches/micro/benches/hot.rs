//! What every request or delivery does, one step at a time.

#![allow(missing_docs, reason = "criterion's macros make a function without a comment")]
#![allow(clippy::expect_used, reason = "a benchmark may stop at what it did not expect")]

use std::{
    collections::HashMap,
    hint::black_box,
    sync::Arc,
    task::{Context, Poll, Waker},
};

use bytes::Bytes;
use chrono::{TimeDelta, Utc};
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use sapa::{
    config,
    dialect::support::speller,
    domain::{
        ChatKind, ChatPriority, ChatStatus, Event, Message, MessageType, Person, Posted, Role, Room, RoomCursor,
        RoomSort, Side, Timestamp,
    },
    hub::{Delivery, Hub, LocalHub, Reader, Speller, Subscription, Taken, Topic},
    identity::{KeySettings, NewToken, Verifier, find, mint},
    telemetry::Metrics,
};
use secrecy::SecretString;

const READERS: usize = 1_000;

fn token(criterion: &mut Criterion) {
    let secret: SecretString = "a-secret-of-the-benchmark-and-of-nothing-else".into();
    let keys = KeySettings { jwt_secret: Some(secret.clone()), jwt_public_key: None, nextauth_secret: None };
    let verifier = Verifier::new(&keys).expect("a key");
    let (name, email) = (Some("Budi".to_owned()), Some("budi@example.com".to_owned()));
    let (issued_at, expires_at) = (Utc::now(), Utc::now() + TimeDelta::hours(1));
    let person = NewToken { user_id: 7, role: Role::User, name, email, issued_at, expires_at };
    let header = format!("Bearer {}", mint(&secret, &person).expect("a token"));
    criterion.bench_function("a bearer token is found and checked", |bencher| {
        bencher.iter(|| {
            let credential = find(Some(black_box(&header)), std::iter::empty(), None, false).expect("a credential");
            verifier.verify(&credential).expect("a genuine token")
        });
    });
}

fn cursor(criterion: &mut Criterion) {
    let last_activity = Timestamp::new(Utc::now());
    let cursor = RoomCursor { priority: Some(ChatPriority::High), last_activity, id: 123_456 };
    criterion.bench_function("a page's cursor is written and read", |bencher| {
        bencher.iter(|| RoomCursor::decode(&black_box(cursor).encode(), RoomSort::Priority));
    });
}

fn spell(id: Option<i64>, _: &Event, _: i32) -> Option<Bytes> {
    Some(Bytes::from(format!("id: {}\ndata: {{}}\n\n", id.unwrap_or(0))))
}

fn delivery(id: i64) -> Delivery {
    let event = Event::Read { room_id: 1, kind: ChatKind::Support, user_id: 1, last_read_message_id: None };
    Delivery::stored(id, [Topic::Room(1)].into_iter().collect(), event)
}

fn frame(criterion: &mut Criterion) {
    let now = Timestamp::new(Utc::now());
    let person =
        |id, role| Person { id, name: Some("Budi".to_owned()), email: Some("budi@example.com".to_owned()), role };
    let text = "The parcel has not come yet, and the page says that it was delivered on Monday. ".repeat(3);
    let room = Room {
        id: 1,
        kind: ChatKind::Support,
        user: person(7, Role::User),
        admin: Some(person(8, Role::Admin)),
        peer: None,
        status: ChatStatus::Open,
        subject: Some("Order 1234".to_owned()),
        priority: ChatPriority::Normal,
        last_message: Some(text.clone()),
        last_activity: now,
        is_read: false,
        desk_unread: 1,
        customer_unread: 0,
        unanswered: true,
        created_at: now,
        updated_at: now,
    };
    let message = Message {
        id: 1,
        room_id: 1,
        sender: person(7, Role::User),
        text,
        message_type: MessageType::Text,
        is_read: false,
        receiver_id: None,
        reply_to_id: None,
        reactions: Vec::new(),
        deleted_at: None,
        created_at: now,
    };
    let event = Event::Message(Box::new(Posted { message, room }));
    let speller = speller(Side::Desk, false);
    criterion.bench_function("a message of 240 characters becomes a frame", |bencher| {
        bencher.iter(|| (speller.spell)(Some(1), black_box(&event), 8));
    });
}

fn queue(criterion: &mut Criterion) {
    let system = actix_web::rt::System::new();
    let (hub, readers) = system.block_on(async {
        let hub = Arc::new(Hub::new(0, Metrics::new().expect("metrics"), None));
        let settings = config::load(HashMap::new()).expect("the defaults").stream;
        let local = LocalHub::start(hub.clone(), &settings);
        let speller = Speller { slot: |_, _| Some(0), spell };
        let reader = Reader { user_id: 1, expires_at_ms: i64::MAX, speller, heartbeat: false };
        let subscribe = |_| local.subscribe_live(reader, &[Topic::Room(1)], 0).0;
        (hub, (0..READERS).map(subscribe).collect::<Vec<Subscription>>())
    });
    let mut id = 0;
    let mut group = criterion.benchmark_group("queues");
    group.throughput(Throughput::Elements(READERS as u64));
    group.bench_function("an event goes through the queues of 1,000 readers", |bencher| {
        bencher.iter_batched(
            || {
                id += 1;
                vec![delivery(id)]
            },
            |deliveries| {
                hub.publish(deliveries);
                system.block_on(async {
                    let mut context = Context::from_waker(Waker::noop());
                    for reader in &readers {
                        loop {
                            match reader.poll_taken(&mut context) {
                                Poll::Ready(Taken::Frames(frames)) => break drop(black_box(frames)),
                                // The thread's inbox is read by a task of its own.
                                Poll::Pending => actix_web::rt::task::yield_now().await,
                                Poll::Ready(_) => unreachable!("a reader has fallen behind"),
                            }
                        }
                    }
                });
            },
            BatchSize::SmallInput,
        );
    });
    group.finish();
}

criterion_group!(benches, token, cursor, frame, queue);
criterion_main!(benches);
