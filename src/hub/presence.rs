//! Who has a stream open.

use std::{
    collections::HashMap,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use crate::domain::{Role, Timestamp, now};

/// What is known of a person's presence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Status {
    /// Their role.
    pub role: Role,
    /// Whether they are online; they stay so for a grace after their last stream ended.
    pub online: bool,
    /// When they were last there.
    pub last_seen: Timestamp,
}

/// What a new stream means for its person's presence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// They have just come online.
    CameOnline,
    /// They were online.
    WasOnline,
    /// They have too many streams already; this one was not counted.
    TooMany,
}

#[derive(Debug)]
struct Entry {
    role: Role,
    streams: usize,
    left_at: Option<(Instant, Timestamp)>,
    /// They said goodbye with their last stream, so no grace keeps them online.
    gone: bool,
}

impl Entry {
    fn leave(&mut self) {
        self.streams = self.streams.saturating_sub(1);
        if self.streams == 0 {
            self.left_at = Some((Instant::now(), now()));
        }
    }
}

/// The people online at this process.
// A std mutex: it is held for a look-up, never across an await.
#[derive(Debug, Default)]
pub struct PresenceRegistry {
    people: Mutex<HashMap<i32, Entry>>,
}

impl PresenceRegistry {
    /// Counts a stream of a person, unless they have `most` already.
    pub fn arrive(&self, user_id: i32, role: Role, most: usize) -> Arrival {
        let mut people = self.lock();
        let known = people.contains_key(&user_id);
        let entry = people.entry(user_id).or_insert(Entry { role, streams: 0, left_at: None, gone: false });
        if entry.streams >= most {
            return Arrival::TooMany;
        }
        entry.streams += 1;
        entry.left_at = None;
        entry.gone = false;
        let changed_role = std::mem::replace(&mut entry.role, role) != role;
        if known && !changed_role { Arrival::WasOnline } else { Arrival::CameOnline }
    }

    /// Takes a stream off the count.
    pub fn leave(&self, user_id: i32) {
        if let Some(entry) = self.lock().get_mut(&user_id) {
            entry.leave();
        }
    }

    /// Takes a stream off the count as its person said goodbye: after their last one they are offline without a grace.
    pub fn leave_now(&self, user_id: i32) {
        let mut people = self.lock();
        if let Some(entry) = people.get_mut(&user_id) {
            entry.leave();
            entry.gone = entry.streams == 0;
        }
    }

    /// Removes and returns those whose last stream ended more than `grace` ago, or with a goodbye.
    pub fn take_departed(&self, grace: Duration) -> Vec<(i32, Status)> {
        let mut departed = Vec::new();
        self.lock().retain(|user_id, entry| match entry.left_at {
            Some((left_at, last_seen)) if entry.gone || left_at.elapsed() >= grace => {
                departed.push((*user_id, Status { role: entry.role, online: false, last_seen }));
                false
            }
            _ => true,
        });
        departed
    }

    /// The status of a person who is online.
    pub fn status(&self, user_id: i32) -> Option<Status> {
        let there = |entry: &&Entry| !entry.gone;
        let status = |entry: &Entry| Status { role: entry.role, online: true, last_seen: now() };
        self.lock().get(&user_id).filter(there).map(status)
    }

    /// Those who are online, at most `most` of them.
    pub fn online(&self, most: usize) -> Vec<(i32, Status)> {
        let last_seen = now();
        let status = |entry: &Entry| Status { role: entry.role, online: true, last_seen };
        self.lock()
            .iter()
            .filter(|(_, entry)| !entry.gone)
            .take(most)
            .map(|(user_id, entry)| (*user_id, status(entry)))
            .collect()
    }

    /// The admins who are online.
    pub fn online_admins(&self) -> Vec<i32> {
        let there = |entry: &Entry| entry.role == Role::Admin && !entry.gone;
        self.lock().iter().filter(|(_, entry)| there(entry)).map(|(user_id, _)| *user_id).collect()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<i32, Entry>> {
        self.people.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Arrival, PresenceRegistry, Role};

    const GRACE: Duration = Duration::from_secs(3600);

    #[test]
    fn whoever_says_goodbye_with_their_last_stream_is_gone_without_a_grace() {
        let presence = PresenceRegistry::default();
        assert_eq!(presence.arrive(7, Role::User, 2), Arrival::CameOnline);
        assert_eq!(presence.arrive(7, Role::User, 2), Arrival::WasOnline);
        presence.leave_now(7);
        assert!(presence.status(7).is_some(), "another stream is open");
        assert!(presence.take_departed(GRACE).is_empty());
        presence.leave_now(7);
        assert!(presence.status(7).is_none());
        assert!(presence.online(10).is_empty());
        assert_eq!(presence.take_departed(GRACE).len(), 1);
    }

    #[test]
    fn whoever_just_goes_stays_online_for_the_grace() {
        let presence = PresenceRegistry::default();
        presence.arrive(7, Role::Admin, 2);
        presence.leave(7);
        assert!(presence.take_departed(GRACE).is_empty());
        assert_eq!(presence.online_admins(), [7]);
        assert_eq!(presence.take_departed(Duration::ZERO).len(), 1);
    }

    #[test]
    fn a_goodbye_is_forgotten_when_its_person_comes_back_before_it_was_announced() {
        let presence = PresenceRegistry::default();
        presence.arrive(7, Role::User, 2);
        presence.leave_now(7);
        assert_eq!(presence.arrive(7, Role::User, 2), Arrival::WasOnline);
        assert!(presence.status(7).is_some());
        assert!(presence.take_departed(Duration::ZERO).is_empty());
    }
}
