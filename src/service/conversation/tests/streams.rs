//! What streams tell of conversations.

use std::{
    sync::Arc,
    task::{Context, Poll, Waker},
    time::Duration,
};

use super::{super::broadcast, Desk, text_of};
use crate::{
    domain::{Event, Role},
    hub::{Delivery, LocalHub, Speller},
    journal::Scope,
    service::{
        Error, message, person, room,
        stream::{self, Feed},
    },
};

/// Events as text: their id and what they are.
fn spell(id: Option<i64>, event: &Event, _: i32) -> Option<bytes::Bytes> {
    let what = match event {
        Event::Message(posted) => format!("message {}", posted.message.text),
        Event::MessageUpdated(posted) => format!("updated {}", posted.message.id),
        Event::Read { user_id, .. } => format!("read by {user_id}"),
        Event::Room(room) => format!("room {:?}", room.kind),
        Event::Typing(typing) => format!("typing {} {:?} {}", typing.user_id, typing.room_id, typing.is_typing),
        Event::Presence(presence) => format!("presence {} {}", presence.user_id, presence.online),
        Event::Viewing(_) | Event::Connected(_) => return None,
    };
    let stored = if id.is_some() { "" } else { "~" };
    Some(format!("{stored}{what}\n").into())
}

const SPELLER: Speller = Speller { slot: |_, _| None, spell };

/// What a feed has told since the last look.
async fn heard(feed: &mut Feed) -> Vec<String> {
    let mut text = String::new();
    let mut quiet = 0;
    while quiet < 10 {
        match feed.poll_next(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(Some(bytes)) => text.push_str(&String::from_utf8_lossy(&bytes)),
            Poll::Ready(None) => break,
            Poll::Pending => {
                quiet += 1;
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        }
    }
    text.lines().map(str::to_owned).filter(|line| line != ":" && !line.is_empty()).collect()
}

async fn locally<F: Future<Output = ()>>(test: F) {
    tokio::task::LocalSet::new().run_until(test).await;
}

#[tokio::test]
async fn an_inbox_tells_what_concerns_its_person_and_no_more() {
    locally(async {
        let desk = Desk::open().await;
        let local = LocalHub::start(desk.state.hub.clone(), &desk.state.settings.stream);
        let (budi, sari) = (desk.person(7, Role::User).await, desk.person(3, Role::User).await);
        let (admin, stranger) = (desk.person(1, Role::Admin).await, desk.person(9, Role::User).await);
        let mut inboxes = Vec::new();
        for who in [&budi, &sari, &admin, &stranger] {
            inboxes.push(stream::open_inbox(&desk.state, &local, who, SPELLER, true).await.expect("a feed"));
        }
        let _here = stream::attend(&desk.state, &budi).expect("an attendance");
        let there = stream::attend(&desk.state, &sari).expect("an attendance");
        stream::set_typing_to(&desk.state, &budi, 3, true).await.expect("typing");
        desk.says(&budi, 3, "Hello").await;
        assert_eq!(heard(&mut inboxes[0]).await, ["room Direct", "message Hello", "~presence 3 true"]);
        let typed = ["~typing 7 None true", "room Direct", "message Hello", "~typing 7 None false", "~presence 7 true"];
        assert_eq!(heard(&mut inboxes[1]).await, typed);
        assert_eq!(heard(&mut inboxes[2]).await, ["~presence 7 true", "~presence 3 true"]);
        assert!(heard(&mut inboxes[3]).await.is_empty());
        // A peer who was not there when the room was made is watched as well.
        desk.says(&budi, 9, "Are you there?").await;
        let met = ["room Direct", "message Are you there?", "~presence 9 false"];
        assert_eq!(heard(&mut inboxes[0]).await, met);
        let came = stream::attend(&desk.state, &stranger).expect("an attendance");
        assert_eq!(heard(&mut inboxes[0]).await, ["~presence 9 true"]);
        came.leave_now();
        stream::end_lapsed(&desk.state).await.expect("an end");
        assert_eq!(heard(&mut inboxes[0]).await, ["~presence 9 false"]);
        for others in &mut inboxes[1..] {
            heard(others).await;
        }
        there.leave_now();
        stream::end_lapsed(&desk.state).await.expect("an end");
        assert_eq!(heard(&mut inboxes[0]).await, ["~presence 3 false"], "they are watched since they met");
        let gone = person::status(&desk.state, &budi, 3).await.expect("a status");
        assert!(!gone.online && gone.last_seen.is_some() && gone.person.name.is_some());
        let seen_by_stranger = person::status(&desk.state, &stranger, 3).await.expect("a status");
        assert_eq!(seen_by_stranger.person.name, None);
        let online = person::online(&desk.state, &stranger).await.expect("people");
        assert_eq!(
            online.iter().map(|each| (each.person.id, each.person.name.is_some())).collect::<Vec<_>>(),
            [(7, true)]
        );
        let news = broadcast(&desk.state, &admin, text_of("News")).await.expect("a message");
        room::mark_message_read(&desk.state, &budi, news.id).await.expect("a mark");
        assert_eq!(heard(&mut inboxes[0]).await, ["message News", "read by 7"]);
        for others in &mut inboxes[1..] {
            assert_eq!(heard(others).await.last().map(String::as_str), Some("message News"));
        }
    })
    .await;
}

#[tokio::test]
async fn a_joined_room_goes_on_exactly_where_it_was_shown() {
    locally(async {
        let desk = Desk::with(&[("SAPA__LIMITS__WRITES_BURST", "1000")]).await;
        let local = LocalHub::start(desk.state.hub.clone(), &desk.state.settings.stream);
        let (budi, admin) = (desk.person(7, Role::User).await, desk.person(1, Role::Admin).await);
        assert!(matches!(room::join(&desk.state, &admin, None).await, Err(Error::Invalid(_))));
        let id = room::join(&desk.state, &budi, None).await.expect("a room").room.id;
        let writing = async {
            for number in 0..40 {
                message::send(&desk.state, &budi, id, text_of(&number.to_string())).await.expect("a message");
            }
        };
        let reading = async {
            for _ in 0..10 {
                let joined = room::join(&desk.state, &admin, Some(id)).await.expect("a room");
                let after = joined.last_event_id;
                let mut feed =
                    stream::open_room(&desk.state, &local, &admin, &joined.room, after, SPELLER).expect("a feed");
                let mut seen: Vec<String> =
                    joined.messages.iter().map(|message| format!("message {}", message.text)).collect();
                seen.extend(heard(&mut feed).await.into_iter().filter(|line| line.starts_with("message")));
                let expected: Vec<String> = (0..seen.len()).map(|number| format!("message {number}")).collect();
                assert_eq!(seen, expected);
            }
        };
        tokio::join!(writing, reading);
        let foreign = desk.person(8, Role::User).await;
        assert!(matches!(room::join(&desk.state, &foreign, Some(id)).await, Err(Error::Forbidden(_))));
    })
    .await;
}

#[tokio::test]
async fn what_a_reader_missed_is_read_from_the_journal_as_it_would_have_come() {
    let desk = Desk::open().await;
    let (budi, sari) = (desk.person(7, Role::User).await, desk.person(3, Role::User).await);
    let admin = desk.person(1, Role::Admin).await;
    let direct = desk.says(&budi, 3, "Hello").await;
    let news = broadcast(&desk.state, &admin, text_of("News")).await.expect("a message");
    room::mark_message_read(&desk.state, &budi, news.id).await.expect("a mark");
    room::mark_message_read(&desk.state, &sari, direct.id).await.expect("a mark");
    desk.says(&budi, 1, "Please help").await;
    let read = async |scope| {
        let head = desk.state.hub.head();
        let page = desk.state.missed.read(scope, 0).await.expect("a page").page;
        let count = crate::journal::count(&desk.state.db, scope, 0, head).await.expect("a count");
        assert_eq!(count, page.told());
        let line = |event: &Arc<Delivery>| spell(event.id, &event.event, 0).map(|bytes| bytes.to_vec());
        let text: Vec<u8> = page.events.iter().filter_map(line).flatten().collect();
        String::from_utf8(text).expect("text").lines().map(str::to_owned).collect::<Vec<_>>()
    };
    let of_budi = [
        "room Direct",
        "message Hello",
        "message News",
        "read by 7",
        "read by 3",
        "room Support",
        "message Please help",
    ];
    assert_eq!(read(Scope::Person(7)).await, of_budi);
    assert_eq!(read(Scope::Person(3)).await, ["room Direct", "message Hello", "message News", "read by 3"]);
    assert_eq!(read(Scope::Inbox(1)).await, ["message News", "room Support", "message Please help"]);
    assert_eq!(read(Scope::Desk).await, ["room Support", "message Please help"]);
    assert_eq!(read(Scope::Room(news.room_id)).await, ["message News"]);
    assert_eq!(read(Scope::Room(direct.room_id)).await, ["room Direct", "message Hello", "read by 3"]);
}
