//! Telling who came and who went.

use entity::{ChatKind, ChatStatus, chat_room, user};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ColumnTrait, DbErr, EntityTrait, QueryFilter, QuerySelect};

use crate::{
    domain::{Event, Presence, Principal, Room},
    hub::{Arrival, Delivery, Status, Topic, Topics},
    service::{Error, room},
    state::State,
};

/// People whose presence a new all-rooms stream of an admin is told at once.
const MOST_TOLD: usize = 500;
/// Rooms of a customer whose admins their all-rooms stream watches.
const MOST_WATCHED_ROOMS: u64 = 100;

/// An open stream or socket, which counts for its person's presence until it is dropped.
#[derive(Debug)]
pub struct Attendance {
    state: State,
    user_id: i32,
}

impl Attendance {
    /// The person said goodbye: if nothing else of theirs is open, they are offline at once.
    pub fn leave_now(self) {
        self.state.presence.leave_now(self.user_id);
    }
}

impl Drop for Attendance {
    fn drop(&mut self) {
        self.state.presence.leave(self.user_id);
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
                state.hub.publish(vec![announcement(who.id(), status, watchers(who.id()))]);
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
    Ok(Attendance { state: state.clone(), user_id: who.id() })
}

/// Announces those who have gone and keeps when they were last seen.
pub(super) async fn announce_departed(state: &State, departed: Vec<(i32, Status)>) -> Result<(), Error> {
    if departed.is_empty() {
        return Ok(());
    }
    let told = departed.iter().map(|(user_id, status)| announcement(*user_id, *status, watchers(*user_id))).collect();
    state.hub.publish(told);
    state
        .writer
        .run(move |tx| {
            let departed = departed.clone();
            Box::pin(async move {
                for (user_id, status) in departed {
                    let last_seen = Set(Some(status.last_seen));
                    let row = user::ActiveModel { id: Set(user_id), last_seen, ..Default::default() };
                    match row.update(tx.write()).await {
                        Ok(_) | Err(DbErr::RecordNotUpdated) => {}
                        Err(error) => return Err(Error::from(error)),
                    }
                }
                Ok(())
            })
        })
        .await
}

/// Tells the people of a room whether the admin who has just got it is there.
pub(in crate::service) fn tell_room_of_admin(state: &State, room: &Room) {
    let Some(status) = room.admin.as_ref().and_then(|admin| state.presence.status(admin.id).map(|s| (admin.id, s)))
    else {
        return;
    };
    tell_room(state, room.id, room.user.id, status.0, status.1);
}

/// Tells the people of a room that an admin has come to it.
pub(super) fn tell_room(state: &State, room_id: i32, owner_id: i32, user_id: i32, status: Status) {
    let topics = Topics::from_iter([Topic::Room(room_id), Topic::Person(owner_id)]);
    state.hub.publish(vec![announcement(user_id, status, topics)]);
}

/// The people whose presence a room's streams show.
pub(super) fn people_of(room: &Room) -> Vec<i32> {
    [Some(room.user.id), room.admin.as_ref().map(|admin| admin.id)].into_iter().flatten().collect()
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
    Event::Presence(Presence { user_id, role: status.role, online: status.online, last_seen: status.last_seen })
}
