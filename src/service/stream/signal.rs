//! Signals that are not stored and end by themselves: typing, and which admin looks at a room.

use std::time::Duration;

use entity::chat_room;

use super::presence::{announce_departed, show_presence};
use crate::{
    domain::{Event, Principal, Typing, TypingPlace, Viewing},
    hub::{Delivery, Signal, Topic, Topics},
    service::{
        Error,
        conversation::{Between, addressee_of_signal},
        policy,
        room::find_room,
    },
    state::State,
};

/// Tells a room that somebody types, or no longer. It ends by itself unless it is repeated.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Forbidden`], [`Error::TooMany`].
pub async fn set_typing(state: &State, who: &Principal, room_id: i32, is_typing: bool) -> Result<(), Error> {
    state.limits.signals.take(&who.id()).await?;
    let room = find_room(&state.db, room_id).await?;
    policy::require_writing(who, &room)?;
    policy::require_chatting(state.settings.rooms.direct_messages, who, &room)?;
    set_typing_in(state, who, &room, is_typing);
    Ok(())
}

/// Tells a person that somebody types to them, or no longer. In the room of the two, if they have one, it is as
/// [`set_typing`] tells it; else it is told to that person alone.
///
/// # Errors
/// [`Error::NotFound`] for somebody who was never seen; [`Error::Invalid`] for oneself; [`Error::Forbidden`] where
/// customers do not write to each other; [`Error::TooMany`].
pub async fn set_typing_to(state: &State, who: &Principal, receiver_id: i32, is_typing: bool) -> Result<(), Error> {
    state.limits.signals.take(&who.id()).await?;
    let receiver = addressee_of_signal(state, who, receiver_id).await?;
    policy::require_addressing(state.settings.rooms.direct_messages, who, &receiver)?;
    match Between::of(who, &receiver).find(&state.db).await? {
        Some(room) => {
            // It may have begun before there was a room.
            end_typing_to(state, receiver_id, who.id());
            set_typing_in(state, who, &room, is_typing);
        }
        None => {
            let topics = Topics::from_iter([Topic::Person(receiver_id)]);
            change_typing(state, TypingPlace::Person(receiver_id), topics, typing_of(who, None, is_typing));
        }
    }
    Ok(())
}

fn set_typing_in(state: &State, who: &Principal, room: &chat_room::Model, is_typing: bool) {
    let topics = Topic::of_room(room.id, room.user_id, room.peer_id, room.kind);
    change_typing(state, TypingPlace::Room(room.id), topics, typing_of(who, Some(room.id), is_typing));
}

fn typing_of(who: &Principal, room_id: Option<i32>, is_typing: bool) -> Typing {
    let (user_id, user_name, role) = (who.id(), who.person.display_name(), who.person.role);
    Typing { room_id, user_id, user_name, role, is_typing }
}

fn change_typing(state: &State, place: TypingPlace, topics: Topics, typing: Typing) {
    if !show_typing(state, place, &topics, &typing) {
        return;
    }
    state.hub.tell(Signal::Typing { place, topics, typing });
}

/// Shows on the streams of this process that somebody types, or no longer; whether that was news. Every process ends by
/// itself what is not repeated.
pub(super) fn show_typing(state: &State, place: TypingPlace, topics: &Topics, typing: &Typing) -> bool {
    let key = (place, typing.user_id);
    if typing.is_typing {
        state.typing.repeat(key, (topics.clone(), Typing { is_typing: false, ..typing.clone() }));
    } else if state.typing.end(&key).is_none() {
        return false;
    }
    publish_typing(state, topics.clone(), typing.clone());
    true
}

/// Ends somebody's typing, as they have sent their message.
pub(in crate::service) fn end_typing(state: &State, room_id: i32, user_id: i32) {
    end_typing_at(state, TypingPlace::Room(room_id), user_id);
}

/// Ends what was told to a person alone.
pub(in crate::service) fn end_typing_to(state: &State, receiver_id: i32, user_id: i32) {
    end_typing_at(state, TypingPlace::Person(receiver_id), user_id);
}

fn end_typing_at(state: &State, place: TypingPlace, user_id: i32) {
    if let Some((topics, typing)) = state.typing.end(&(place, user_id)) {
        publish_typing(state, topics.clone(), typing.clone());
        state.hub.tell(Signal::Typing { place, topics, typing });
    }
}

/// Tells the other admins that one looks at a room, or no longer. It ends by itself unless it is repeated.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Forbidden`] for a customer, [`Error::TooMany`].
pub async fn set_viewing(state: &State, who: &Principal, room_id: i32, is_viewing: bool) -> Result<(), Error> {
    policy::require_admin(who)?;
    state.limits.signals.take(&who.id()).await?;
    let room = find_room(&state.db, room_id).await?;
    policy::require_access(who, &room)?;
    policy::require_support(&room)?;
    let viewing = Viewing { room_id, user_id: who.id(), user_name: who.person.display_name(), is_viewing };
    if show_viewing(state, &viewing) {
        state.hub.tell(Signal::Viewing(viewing));
    }
    Ok(())
}

/// Shows on the streams of this process that an admin looks at a room, or no longer; whether that was news.
pub(super) fn show_viewing(state: &State, viewing: &Viewing) -> bool {
    let key = (viewing.room_id, viewing.user_id);
    if viewing.is_viewing {
        state.viewing.repeat(key, Viewing { is_viewing: false, ..viewing.clone() });
    } else if state.viewing.end(&key).is_none() {
        return false;
    }
    publish_viewing(state, viewing.clone());
    true
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
    announce_departed(state, state.presence.take_departed(grace)).await?;
    show_presence(state, &state.presence.take_lapsed());
    Ok(())
}

fn publish_typing(state: &State, topics: Topics, typing: Typing) {
    let who = typing.user_id;
    state.hub.publish(vec![Delivery::fleeting(topics, Some(who), Event::Typing(typing))]);
}

fn publish_viewing(state: &State, viewing: Viewing) {
    let who = viewing.user_id;
    state.hub.publish(vec![Delivery::fleeting(Topics::from_iter([Topic::Desk]), Some(who), Event::Viewing(viewing))]);
}
