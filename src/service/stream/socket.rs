//! The feeds of a socket, which has several and counts once for its person's presence.

use std::rc::Rc;

use super::{feed::Feed, presence};
use crate::{
    domain::{Event, Principal, Room},
    hub::{LocalHub, Reader, Speller, Topic},
    journal::{self, Scope},
    service::{Error, policy},
    state::State,
};

/// Opens everything that concerns a person, from now on: their rooms, broadcasts, for an admin the whole desk, and, where
/// `contacts` says so, who of their contacts comes and goes. Those who are there come first.
///
/// # Errors
/// [`Error::Unavailable`] when the process stops.
pub async fn open_inbox(
    state: &State,
    local: &Rc<LocalHub>,
    who: &Principal,
    speller: Speller,
    contacts: bool,
) -> Result<Feed, Error> {
    require_running(state)?;
    let contacts = match (contacts, who.is_admin()) {
        (false, _) => Some(Vec::new()),
        (true, true) => None,
        (true, false) => Some(contacts_of(state, who).await?),
    };
    let end = journal::end(&state.db, &state.hub).await?;
    let topics = [Topic::Person(who.id()), Topic::Everyone, Topic::Desk];
    let (scope, topics) = match who.is_admin() {
        true => (Scope::Inbox(who.id()), &topics[..]),
        false => (Scope::Person(who.id()), &topics[..2]),
    };
    let (subscription, _) = local.subscribe_live(reader(who, speller), topics, end);
    for user_id in contacts.iter().flatten() {
        subscription.add_topic(Topic::Watch(*user_id));
    }
    let present = presence::present(state, who, contacts.as_deref());
    let first: Vec<(Option<i64>, Event)> = present.into_iter().map(|event| (None, event)).collect();
    Ok(Feed::new(state.clone(), subscription, None, scope, speller, who.id(), &first))
}

/// Opens a room from exactly after a journal id, and tells the others in it that this person is here.
///
/// # Errors
/// [`Error::Forbidden`] for somebody else's room; [`Error::Unavailable`] when the process stops.
pub fn open_room(
    state: &State,
    local: &Rc<LocalHub>,
    who: &Principal,
    room: &Room,
    after: i64,
    speller: Speller,
) -> Result<Feed, Error> {
    require_running(state)?;
    policy::require_seeing(who, room)?;
    let subscription = local.subscribe_after(reader(who, speller), &[Topic::Room(room.id)], after);
    for user_id in presence::people_of(room).into_iter().filter(|id| *id != who.id()) {
        subscription.add_topic(Topic::Watch(user_id));
    }
    presence::tell_of_visitor(state, room, who);
    Ok(Feed::new(state.clone(), subscription, None, Scope::Room(room.id), speller, who.id(), &[]))
}

/// The people whose presence concerns a customer.
async fn contacts_of(state: &State, who: &Principal) -> Result<Vec<i32>, Error> {
    let mut contacts = presence::admins_of_customer(state, who.id()).await?;
    contacts.extend(presence::peers_of(state, who.id()).await?);
    contacts.retain(|id| *id != who.id());
    contacts.truncate(presence::MOST_WATCHED);
    Ok(contacts)
}

fn reader(who: &Principal, speller: Speller) -> Reader {
    let expires_at_ms = who.expires_at.timestamp_millis();
    Reader { user_id: who.id(), expires_at_ms, speller, heartbeat: false }
}

fn require_running(state: &State) -> Result<(), Error> {
    if state.hub.is_stopping() { Err(Error::Unavailable) } else { Ok(()) }
}
