//! Opening a stream: may you? what was missed, then what happens.

use std::rc::Rc;

use super::{feed::Feed, presence};
use crate::{
    domain::{Connected, Event, Principal},
    hub::{LocalHub, Reader, Speller, Topic},
    journal::{self, Scope},
    service::{Error, room::find},
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
        Some(id) => Some(find(state, who, id).await?),
        None => None,
    };
    let watched = match &room {
        Some(room) => Some(presence::people_of(room)),
        None if who.is_admin() => None,
        None => Some(presence::admins_of_customer(state, who.id()).await?),
    };
    let mut attendance = presence::attend(state, who)?;
    let (scope, topic) = match (command.room_id, who.is_admin()) {
        (Some(id), _) => (Scope::Room(id), Topic::Room(id)),
        (None, true) => (Scope::Desk, Topic::Desk),
        (None, false) => (Scope::Person(who.id()), Topic::Person(who.id())),
    };
    let cursor = cursor(state, command.resume).await?;
    let reader = Reader {
        user_id: who.id(),
        expires_at_ms: who.expires_at.timestamp_millis(),
        speller: command.speller,
        heartbeat: true,
    };
    // Subscribed first, so that what happens while the journal is read is not missed.
    let (subscription, start) = match cursor {
        Cursor::After(id) => (local.subscribe_from(reader, id), id),
        Cursor::End(end) | Cursor::Reset(end) => local.subscribe_live(reader, end),
    };
    subscription.add_topic(topic);
    if command.room_id.is_none() && !who.is_admin() {
        subscription.add_topic(Topic::Everyone);
    }
    for user_id in watched.iter().flatten().filter(|id| **id != who.id()) {
        subscription.add_topic(Topic::Watch(*user_id));
    }
    if let (Some(room), true) = (&room, who.is_admin())
        && attendance.is_first_in(room.id)
        && let Some(status) = state.presence.status(who.id())
    {
        presence::tell_room(state, room, who.id(), status);
    }
    let replayed = match cursor {
        Cursor::After(id) => journal::count(&state.db, scope, id, state.hub.head()).await?,
        Cursor::End(_) | Cursor::Reset(_) => 0,
    };
    let connected = Connected { room, replayed, reset: matches!(cursor, Cursor::Reset(_)) };
    let mut first = vec![(Some(start), Event::Connected(Box::new(connected)))];
    first.extend(presence::present(state, who, watched.as_deref()).into_iter().map(|event| (None, event)));
    Ok(Feed::new(state.clone(), subscription, Some(attendance), scope, command.speller, who.id(), &first))
}

/// From where a stream goes on.
#[derive(Clone, Copy)]
enum Cursor {
    After(i64),
    End(i64),
    Reset(i64),
}

async fn cursor(state: &State, resume: Resume) -> Result<Cursor, Error> {
    match resume {
        Resume::New => Ok(Cursor::End(journal::end(&state.db, &state.hub).await?)),
        Resume::Unknown => Ok(Cursor::Reset(journal::end(&state.db, &state.hub).await?)),
        Resume::After(id) => {
            let (pruned, head) = journal::bounds(&state.db).await?;
            Ok(if (pruned..=head).contains(&id) { Cursor::After(id) } else { Cursor::Reset(head) })
        }
    }
}
