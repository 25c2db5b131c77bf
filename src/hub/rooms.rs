//! Rooms that were asked for lately, so that opening a stream needs no database.

use std::{
    future::Future,
    sync::Arc,
    time::{Duration, Instant},
};

use quick_cache::sync::Cache;

use crate::domain::Room;

/// Rooms that are remembered; some 600 bytes each.
const MOST: usize = 50_000;
/// What another program writes beside the journal is noticed after so long.
const AGE: Duration = Duration::from_secs(60);

/// Rooms as they are at the hub's head, or later: each is forgotten before an event of it is published.
#[derive(Debug)]
pub struct KnownRooms(Cache<i32, Known>);

#[derive(Clone, Debug)]
struct Known {
    room: Arc<Room>,
    read_at: Instant,
}

impl Known {
    fn is_fresh(&self) -> bool {
        self.read_at.elapsed() < AGE
    }
}

impl KnownRooms {
    pub(super) fn new() -> Self {
        Self(Cache::new(MOST))
    }

    /// The room, if it is known.
    pub fn get(&self, id: i32) -> Option<Arc<Room>> {
        self.0.get(&id).filter(Known::is_fresh).map(|known| known.room)
    }

    /// The room, which is read if it is not known; by one for all who ask meanwhile.
    ///
    /// # Errors
    /// That of `read`. It is not remembered.
    pub async fn get_or_read<E>(&self, id: i32, read: impl Future<Output = Result<Room, E>>) -> Result<Arc<Room>, E> {
        if self.0.get(&id).is_some_and(|known| !known.is_fresh()) {
            self.0.remove_if(&id, |known| !known.is_fresh());
        }
        match self.0.get_value_or_guard_async(&id).await {
            Ok(known) => Ok(known.room),
            Err(place) => {
                let read_at = Instant::now();
                let room = Arc::new(read.await?);
                // The place is gone if the room was forgotten meanwhile: what was read may be older than the event.
                let _ = place.insert(Known { room: room.clone(), read_at });
                Ok(room)
            }
        }
    }

    /// Whether nothing of the room was published since it was read.
    pub fn is_current(&self, room: &Arc<Room>) -> bool {
        self.0.peek(&room.id).is_some_and(|known| Arc::ptr_eq(&known.room, room))
    }

    /// Forgets the rooms of a person, who is called otherwise from now on.
    pub fn forget_of(&self, person_id: i32) {
        let is_there = |room: &Room| {
            let others = [&room.admin, &room.peer].into_iter().flatten();
            room.user.id == person_id || others.into_iter().any(|person| person.id == person_id)
        };
        self.0.retain(|_, known| !is_there(&known.room));
    }

    pub(super) fn forget(&self, id: i32) {
        self.0.remove(&id);
    }

    pub(super) fn forget_all(&self) {
        self.0.clear();
    }
}
