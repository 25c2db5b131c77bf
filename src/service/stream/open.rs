//! Opening a stream: may you? what was missed, then what happens.

use std::{rc::Rc, sync::Arc};

use super::{feed::Feed, presence};
use crate::{
    domain::{Connected, Event, Principal, Room},
    hub::{LocalHub, Reader, Speller, Subscription, Topic},
    journal::{self, Missed, Scope},
    service::{
        Error,
        room::{find, find_known},
    },
    state::State,
};

/// Where the reader left off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resume {
    /// Nowhere: the stream is new.
    New,
    /// After this id.
    After(i64),
    /// At something that is no id.
    Unknown,
}

/// Which stream.
#[derive(Clone, Copy, Debug)]
pub struct OpenStream {
    /// One room, or all that the person may see.
    pub room_id: Option<i32>,
    /// Where it goes on.
    pub resume: Resume,
    /// How its frames are spelled.
    pub speller: Speller,
}

/// Opens a stream on the serving thread that this is called on. Its first frame is `connected`; what was missed follows,
/// then what happens, with no hole between and nothing twice.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Forbidden`] for somebody else's room, [`Error::TooMany`] streams of one person,
/// [`Error::Unavailable`] when the process stops.
pub async fn open(state: &State, local: &Rc<LocalHub>, who: &Principal, command: OpenStream) -> Result<Feed, Error> {
    if state.hub.is_stopping() {
        return Err(Error::Unavailable);
    }
    let room = match command.room_id {
        Some(id) => Some(find_known(state, who, id).await?),
        None => None,
    };
    let mut attendance = presence::attend(state, who)?;
    let (scope, topic) = match (command.room_id, who.is_admin()) {
        (Some(id), _) => (Scope::Room(id), Topic::Room(id)),
        (None, true) => (Scope::Desk, Topic::Desk),
        (None, false) => (Scope::Person(who.id()), Topic::Person(who.id())),
    };
    let reader = Reader {
        user_id: who.id(),
        expires_at_ms: who.expires_at.timestamp_millis(),
        speller: command.speller,
        heartbeat: true,
    };
    let Begun { subscription, start, missed, reset } =
        begin(state, |from| subscribe(local, reader, topic, from), scope, command.resume).await?;
    let room = match room {
        Some(room) => Some(as_of(state, who, room, start).await?),
        None => None,
    };
    let watched = match &room {
        Some(room) => Some(presence::people_of(room)),
        None if who.is_admin() => None,
        None => Some(presence::admins_of_customer(state, who.id()).await?),
    };
    for user_id in watched.iter().flatten().filter(|id| **id != who.id()) {
        subscription.add_topic(Topic::Watch(*user_id));
    }
    if let (Some(room), true) = (&room, who.is_admin())
        && attendance.is_first_in(room.id)
        && let Some(status) = state.presence.status(who.id())
    {
        presence::tell_room(state, room, who.id(), status);
    }
    let replayed = match &missed {
        Some(missed) if missed.page.through < missed.head => {
            journal::count(&state.db, scope, start, missed.head).await?
        }
        Some(missed) => missed.page.told(),
        None => 0,
    };
    let connected = Connected { room, replayed, reset };
    let mut first = vec![(Some(start), Event::Connected(Box::new(connected)))];
    first.extend(presence::present(state, who, watched.as_deref()).into_iter().map(|event| (None, event)));
    let mut feed = Feed::new(state.clone(), subscription, Some(attendance), scope, command.speller, who.id(), &first);
    if let Some(missed) = missed {
        feed.go_on_with(&missed);
    }
    Ok(feed)
}

/// A stream's place in the hub, and in the journal.
struct Begun {
    subscription: Subscription,
    start: i64,
    missed: Option<Missed>,
    reset: bool,
}

#[derive(Clone, Copy)]
enum From {
    /// After this id in the journal.
    Journal(i64),
    /// At the journal's end, which was here or has moved on.
    End(i64),
}

fn subscribe(local: &Rc<LocalHub>, reader: Reader, topic: Topic, from: From) -> (Subscription, i64) {
    let topics = [topic, Topic::Everyone];
    let topics = if matches!(topic, Topic::Person(_)) { &topics[..] } else { &topics[..1] };
    match from {
        From::Journal(id) => (local.subscribe_from(reader, topics, id), id),
        From::End(end) => local.subscribe_live(reader, topics, end),
    }
}

/// Finds where a stream goes on. It is subscribed first, so that what happens while the journal is read is not missed.
async fn begin(
    state: &State,
    subscribe: impl Fn(From) -> (Subscription, i64),
    scope: Scope,
    resume: Resume,
) -> Result<Begun, Error> {
    let (end, reset) = match resume {
        Resume::New => (journal::end(&state.db, &state.hub).await?, false),
        Resume::Unknown => (journal::end(&state.db, &state.hub).await?, true),
        Resume::After(id) => {
            let (subscription, start) = subscribe(From::Journal(id));
            let missed = state.missed.read(scope, id).await?;
            let (pruned, end) = missed.bounds;
            if (pruned..=end).contains(&id) {
                return Ok(Begun { subscription, start, missed: Some(missed), reset: false });
            }
            (end, true)
        }
    };
    let (subscription, start) = subscribe(From::End(end));
    Ok(Begun { subscription, start, missed: None, reset })
}

/// The room as it was at `start` or later, so that no change is told neither by it nor by what follows.
async fn as_of(state: &State, who: &Principal, room: Arc<Room>, start: i64) -> Result<Arc<Room>, Error> {
    let mut room = if start > state.hub.head() {
        Arc::new(find(state, who, room.id).await?)
    } else if state.hub.rooms().is_current(&room) {
        room
    } else {
        find_known(state, who, room.id).await?
    };
    if room.user.id == who.id() && room.user != who.person {
        Arc::make_mut(&mut room).user = who.person.clone();
    }
    Ok(room)
}
