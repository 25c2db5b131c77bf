//! Signals that are not stored and end by themselves: typing, and which admin looks at a room.

use std::time::Duration;

use super::presence::announce_departed;
use crate::{
    domain::{Event, Principal, Typing, Viewing},
    hub::{Delivery, Topic, Topics},
    service::{Error, policy, room::find_room},
    state::State,
};

/// Tells a room that somebody types, or no longer. It ends by itself unless it is repeated.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Forbidden`], [`Error::TooMany`].
pub async fn set_typing(state: &State, who: &Principal, room_id: i32, is_typing: bool) -> Result<(), Error> {
    state.limits.signals.take(&who.id())?;
    let room = find_room(&state.db, room_id).await?;
    policy::require_access(who, &room)?;
    let typing = Typing {
        room_id: Some(room_id),
        user_id: who.id(),
        user_name: who.person.display_name(),
        role: who.person.role,
        is_typing,
    };
    let topics = Topic::of_room(room_id, room.user_id, room.peer_id, room.kind);
    if is_typing {
        state.typing.repeat((room_id, who.id()), (topics.clone(), Typing { is_typing: false, ..typing.clone() }));
    } else if state.typing.end(&(room_id, who.id())).is_none() {
        return Ok(());
    }
    publish_typing(state, topics, typing);
    Ok(())
}

/// Tells a person that somebody types to them, or no longer.
///
/// # Errors
/// Soon.
pub async fn set_typing_to(_: &State, _: &Principal, _: i32, _: bool) -> Result<(), Error> {
    Err(Error::Unavailable)
}

/// Ends somebody's typing, as they have sent their message.
pub(in crate::service) fn end_typing(state: &State, room_id: i32, user_id: i32) {
    if let Some((topics, typing)) = state.typing.end(&(room_id, user_id)) {
        publish_typing(state, topics, typing);
    }
}

/// Tells the other admins that one looks at a room, or no longer. It ends by itself unless it is repeated.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Forbidden`] for a customer, [`Error::TooMany`].
pub async fn set_viewing(state: &State, who: &Principal, room_id: i32, is_viewing: bool) -> Result<(), Error> {
    policy::require_admin(who)?;
    state.limits.signals.take(&who.id())?;
    let room = find_room(&state.db, room_id).await?;
    policy::require_access(who, &room)?;
    let viewing = Viewing { room_id, user_id: who.id(), user_name: who.person.display_name(), is_viewing };
    if is_viewing {
        state.viewing.repeat((room_id, who.id()), Viewing { is_viewing: false, ..viewing.clone() });
    } else if state.viewing.end(&(room_id, who.id())).is_none() {
        return Ok(());
    }
    publish_viewing(state, viewing);
    Ok(())
}

/// Ends what was not repeated in time, and announces who has gone. Called several times a second.
///
/// # Errors
/// [`Error::Unavailable`] or [`Error::Database`], when it cannot be stored who was last seen when.
pub async fn end_lapsed(state: &State) -> Result<(), Error> {
    for (topics, typing) in state.typing.take_lapsed() {
        publish_typing(state, topics, typing);
    }
    for viewing in state.viewing.take_lapsed() {
        publish_viewing(state, viewing);
    }
    let grace = Duration::from_secs(state.settings.presence.offline_grace_seconds);
    announce_departed(state, state.presence.take_departed(grace)).await
}

fn publish_typing(state: &State, topics: Topics, typing: Typing) {
    let who = typing.user_id;
    state.hub.publish(vec![Delivery::fleeting(topics, Some(who), Event::Typing(typing))]);
}

fn publish_viewing(state: &State, viewing: Viewing) {
    let who = viewing.user_id;
    state.hub.publish(vec![Delivery::fleeting(Topics::from_iter([Topic::Desk]), Some(who), Event::Viewing(viewing))]);
}
