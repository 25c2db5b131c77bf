//! Telling who came and who went.

use std::collections::BTreeMap;

use entity::{ChatKind, ChatStatus, chat_room, user};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect, sea_query::Expr};

use crate::{
    domain::{Event, Presence, Principal, Room, Timestamp},
    hub::{Arrival, Delivery, Departed, Signal, Status, Topic, Topics},
    service::{Error, room},
    state::State,
};

/// People whose presence a new all-rooms stream of an admin is told at once.
const MOST_TOLD: usize = 500;
/// Rooms of a person whose people their all-rooms stream watches.
const MOST_WATCHED_ROOMS: u64 = 100;
/// People whose last moment is stored by one statement.
const PEOPLE_PER_UPDATE: usize = 1000;
/// People whose presence an all-rooms stream of a customer watches.
pub(super) const MOST_WATCHED: usize = 100;

/// An open stream or socket, which counts for its person's presence until it is dropped.
#[derive(Debug)]
pub struct Attendance {
    state: State,
    user_id: i32,
    room_id: Option<i32>,
    farewell: bool,
}

impl Attendance {
    /// Notes that an admin's stream is one of a room; true if it is their only one there, so that the others in the room
    /// have to be told.
    pub(super) fn is_first_in(&mut self, room_id: i32) -> bool {
        self.room_id = Some(room_id);
        self.state.presence.visit(room_id, self.user_id)
    }

    /// The person said goodbye: if nothing else of theirs is open, they are offline at once.
    pub fn leave_now(mut self) {
        self.farewell = true;
    }
}

impl Drop for Attendance {
    fn drop(&mut self) {
        if let Some(room_id) = self.room_id {
            self.state.presence.end_visit(room_id, self.user_id);
        }
        match self.farewell {
            true => self.state.presence.leave_now(self.user_id),
            false => self.state.presence.leave(self.user_id),
        }
    }
}

/// Counts a new stream or socket. Whoever came online with it is announced, and an admin gets the rooms that wait.
///
/// # Errors
/// [`Error::TooMany`] of one person.
pub fn attend(state: &State, who: &Principal) -> Result<Attendance, Error> {
    let most = state.settings.limits.streams_per_user;
    match state.presence.arrive(who.id(), who.person.role, most) {
        Arrival::TooMany => {
            return Err(Error::TooMany("too many streams are open for this person", std::time::Duration::from_secs(5)));
        }
        Arrival::WasOnline => {}
        Arrival::CameOnline => {
            if let Some(status) = state.presence.status(who.id()) {
                show_presence(state, &[(who.id(), status)]);
            }
            if who.is_admin() {
                let state = state.clone();
                actix_web::rt::spawn(async move {
                    if let Err(error) = room::drain_queue(&state).await {
                        tracing::warn!(%error, "the waiting rooms could not be assigned");
                    }
                });
            }
        }
    }
    Ok(Attendance { state: state.clone(), user_id: who.id(), room_id: None, farewell: false })
}

/// Announces those who have gone and keeps when they were last seen. Who has streams at another process is online still;
/// but that process may lose them at the same moment, so when they were seen is kept all the same.
pub(super) async fn announce_departed(state: &State, departed: Vec<Departed>) -> Result<(), Error> {
    if departed.is_empty() {
        return Ok(());
    }
    let gone: Vec<(i32, Status)> =
        departed.iter().filter(|person| !person.is_elsewhere).map(|person| (person.user_id, person.status)).collect();
    show_presence(state, &gone);
    state
        .writer
        .run(move |tx| {
            let departed = departed.clone();
            Box::pin(async move {
                // Of a network that breaks down many go in the same millisecond: they share a statement.
                let mut together: BTreeMap<Timestamp, Vec<i32>> = BTreeMap::new();
                for Departed { user_id, status, .. } in departed {
                    together.entry(status.last_seen).or_default().push(user_id);
                }
                for (last_seen, people) in together {
                    for people in people.chunks(PEOPLE_PER_UPDATE) {
                        user::Entity::update_many()
                            .col_expr(user::Column::LastSeen, Expr::value(last_seen))
                            .filter(user::Column::Id.is_in(people.iter().copied()))
                            .exec(tx.write_noted())
                            .await?;
                    }
                }
                Ok(())
            })
        })
        .await
}

/// Shows on the streams of this process who came and who went.
pub(super) fn show_presence(state: &State, people: &[(i32, Status)]) {
    state
        .hub
        .publish(people.iter().map(|(user_id, status)| announcement(*user_id, *status, watchers(*user_id))).collect());
}

/// Tells the people of a room that is new, or that an admin has just got, whether the other one is there. From then on
/// their streams tell when that changes.
pub(in crate::service) async fn introduce(state: &State, room: &Room) {
    let people = match room.kind {
        ChatKind::Support => [room.admin.as_ref(), None],
        ChatKind::Direct => [Some(&room.user), room.peer.as_ref()],
        ChatKind::Broadcast => return,
    };
    for person in people.into_iter().flatten() {
        match status_of(state, person.id).await {
            Ok(Some(status)) => tell_room(state, room, person.id, status),
            Ok(None) => {}
            // The room is made all the same.
            Err(error) => tracing::warn!(%error, "the people of a room were not told of each other"),
        }
    }
}

/// Whether a person is there; they were last when they were first seen, if they never had a stream. `None` if nobody has
/// that id.
async fn status_of(state: &State, user_id: i32) -> Result<Option<Status>, DbErr> {
    if let Some(status) = state.presence.status(user_id) {
        return Ok(Some(status));
    }
    let row = user::Entity::find_by_id(user_id).one(&state.db).await?;
    let gone =
        |row: user::Model| Status { role: row.role, online: false, last_seen: row.last_seen.unwrap_or(row.created_at) };
    Ok(row.map(gone))
}

/// Tells the others of a room that somebody has come to it: the two of a DIRECT one, of a customer's the customer, and
/// whoever looks at it. Who reads broadcasts is nobody's business.
pub(super) fn tell_room(state: &State, room: &Room, user_id: i32, status: Status) {
    let people = match room.kind {
        ChatKind::Support => vec![room.user.id],
        ChatKind::Direct => people_of(room),
        ChatKind::Broadcast => return,
    };
    let others = people.into_iter().filter(|id| *id != user_id).map(Topic::Person);
    tell_presence(state, [Topic::Room(room.id)].into_iter().chain(others).collect(), user_id, status);
}

/// Tells the others who look at a room that somebody does, and its customer that an admin does.
pub(super) fn tell_of_visitor(state: &State, room: &Room, who: &Principal) {
    let Some(status) = state.presence.status(who.id()) else { return };
    if who.is_admin() {
        return tell_room(state, room, who.id(), status);
    }
    if room.kind != ChatKind::Broadcast {
        tell_presence(state, Topics::from_iter([Topic::Room(room.id)]), who.id(), status);
    }
}

/// Tells some, at every process, of a person who is there.
fn tell_presence(state: &State, topics: Topics, user_id: i32, status: Status) {
    let told = Signal::Presence { topics: topics.clone(), presence: presence_of(user_id, status) };
    state.hub.publish(vec![announcement(user_id, status, topics)]);
    // Whoever is shown to be there can only be shown to go by processes that know where they are.
    if let Some(person) = state.presence.attending(user_id) {
        state.hub.tell(Signal::Attendance { people: vec![person], complete: false });
    }
    state.hub.tell(told);
}

/// Shows on the streams of this process what another one tells some of.
pub(super) fn show_presence_to(state: &State, topics: Topics, presence: Presence) {
    state.hub.publish(vec![Delivery::fleeting(topics, Some(presence.user_id), Event::Presence(presence))]);
}

/// The people whose presence a room's streams show.
pub(super) fn people_of(room: &Room) -> Vec<i32> {
    let others = [&room.admin, &room.peer].into_iter().flatten().map(|person| person.id);
    [room.user.id].into_iter().chain(others).collect()
}

/// The people with whom a person has a DIRECT room, those of the newest activity.
pub(super) async fn peers_of(state: &State, user_id: i32) -> Result<Vec<i32>, Error> {
    let mut peers = Vec::new();
    for (own, other) in
        [(chat_room::Column::UserId, chat_room::Column::PeerId), (chat_room::Column::PeerId, chat_room::Column::UserId)]
    {
        let found: Vec<Option<i32>> = chat_room::Entity::find()
            .select_only()
            .column(other)
            .filter(own.eq(user_id))
            .filter(chat_room::Column::Kind.eq(ChatKind::Direct))
            .order_by_desc(chat_room::Column::LastActivity)
            .order_by_desc(chat_room::Column::Id)
            .limit(MOST_WATCHED_ROOMS)
            .into_tuple()
            .all(&state.db)
            .await?;
        peers.extend(found.into_iter().flatten());
    }
    Ok(peers)
}

/// The admins of a customer's rooms.
pub(super) async fn admins_of_customer(state: &State, user_id: i32) -> Result<Vec<i32>, Error> {
    let admins: Vec<Option<i32>> = chat_room::Entity::find()
        .select_only()
        .column(chat_room::Column::AdminId)
        .filter(chat_room::Column::UserId.eq(user_id))
        .filter(chat_room::Column::Kind.eq(ChatKind::Support))
        .filter(chat_room::Column::Status.ne(ChatStatus::Closed))
        .filter(chat_room::Column::AdminId.is_not_null())
        .limit(MOST_WATCHED_ROOMS)
        .into_tuple()
        .all(&state.db)
        .await?;
    let mut admins: Vec<i32> = admins.into_iter().flatten().collect();
    admins.sort_unstable();
    admins.dedup();
    Ok(admins)
}

/// Those of `people` who are online, or everyone, except the reader.
pub(super) fn present(state: &State, who: &Principal, people: Option<&[i32]>) -> Vec<Event> {
    let online = match people {
        Some(people) => people.iter().filter_map(|id| state.presence.status(*id).map(|status| (*id, status))).collect(),
        None => state.presence.online(MOST_TOLD),
    };
    online.into_iter().filter(|(id, _)| *id != who.id()).map(|(id, status)| presence(id, status)).collect()
}

fn watchers(user_id: i32) -> Topics {
    Topics::from_iter([Topic::Desk, Topic::Watch(user_id)])
}

fn announcement(user_id: i32, status: Status, topics: Topics) -> Delivery {
    // Nobody is told of themselves.
    Delivery::fleeting(topics, Some(user_id), presence(user_id, status))
}

fn presence(user_id: i32, status: Status) -> Event {
    Event::Presence(presence_of(user_id, status))
}

fn presence_of(user_id: i32, status: Status) -> Presence {
    Presence { user_id, role: status.role, online: status.online, last_seen: status.last_seen }
}
