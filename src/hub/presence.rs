//! Who has a stream open, here and at the other processes.

use std::{
    collections::{HashMap, HashSet, hash_map::Entry},
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use super::{
    attendance::Attendances,
    backplane::{Attending, NodeId},
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

/// A person whose last stream here ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Departed {
    /// Who.
    pub user_id: i32,
    /// As they were when they left.
    pub status: Status,
    /// Whether they have streams at another process, and so are online still.
    pub is_elsewhere: bool,
}

#[derive(Debug)]
struct Here {
    role: Role,
    streams: usize,
    left_at: Option<(Instant, Timestamp)>,
    /// They said goodbye with their last stream, so no grace keeps them online.
    gone: bool,
}

impl Here {
    fn leave(&mut self) {
        self.streams = self.streams.saturating_sub(1);
        if self.streams == 0 {
            self.left_at = Some((Instant::now(), now()));
        }
    }

    fn attending(&self, user_id: i32) -> Attending {
        Attending { user_id, role: self.role, streams: (!self.gone).then_some(self.streams) }
    }
}

#[derive(Debug, Default)]
struct People {
    here: HashMap<i32, Here>,
    elsewhere: Attendances,
    /// Streams of rooms that admins have open, by room and person.
    visits: HashMap<(i32, i32), usize>,
    /// Those of whom the other processes have not been told yet.
    changed: HashSet<i32>,
}

impl People {
    fn role(&self, user_id: i32) -> Option<Role> {
        let here = self.here.get(&user_id).filter(|entry| !entry.gone).map(|entry| entry.role);
        here.or_else(|| self.elsewhere.role(user_id))
    }

    fn everybody(&self) -> impl Iterator<Item = (i32, Role)> {
        let here = self.here.iter().filter(|(_, entry)| !entry.gone).map(|(user_id, entry)| (*user_id, entry.role));
        let elsewhere =
            self.elsewhere.everybody().filter(|(user_id, _)| self.here.get(user_id).is_none_or(|at| at.gone));
        here.chain(elsewhere)
    }
}

/// The people online.
// A std mutex: it is held for a look-up, never across an await.
#[derive(Debug, Default)]
pub struct PresenceRegistry {
    people: Mutex<People>,
    /// Whether there are other processes to tell.
    shared: bool,
}

impl PresenceRegistry {
    /// A registry without people; `shared` if other processes are told of changes.
    pub fn new(shared: bool) -> Self {
        Self { people: Mutex::default(), shared }
    }

    /// Counts a stream of a person, unless they have `most` already, here and elsewhere.
    pub fn arrive(&self, user_id: i32, role: Role, most: usize) -> Arrival {
        let mut people = self.lock();
        let streams = people.here.get(&user_id).map_or(0, |entry| entry.streams);
        if streams + people.elsewhere.streams(user_id) >= most {
            return Arrival::TooMany;
        }
        let was_elsewhere = people.elsewhere.role(user_id).is_some();
        let was_here = people.here.contains_key(&user_id);
        let entry = people.here.entry(user_id).or_insert(Here { role, streams: 0, left_at: None, gone: false });
        entry.streams += 1;
        entry.left_at = None;
        entry.gone = false;
        let changed_role = std::mem::replace(&mut entry.role, role) != role;
        self.note(&mut people, user_id);
        if (was_here || was_elsewhere) && !changed_role { Arrival::WasOnline } else { Arrival::CameOnline }
    }

    /// Takes a stream off the count.
    pub fn leave(&self, user_id: i32) {
        let mut people = self.lock();
        if let Some(entry) = people.here.get_mut(&user_id) {
            entry.leave();
            self.note(&mut people, user_id);
        }
    }

    /// Takes a stream off the count as its person said goodbye: after their last one they are offline without a grace.
    pub fn leave_now(&self, user_id: i32) {
        let mut people = self.lock();
        if let Some(entry) = people.here.get_mut(&user_id) {
            entry.leave();
            entry.gone = entry.streams == 0;
            self.note(&mut people, user_id);
        }
    }

    /// Removes and returns those whose last stream here ended more than `grace` ago, or with a goodbye.
    pub fn take_departed(&self, grace: Duration) -> Vec<Departed> {
        let mut people = self.lock();
        let People { here, elsewhere, changed, .. } = &mut *people;
        let mut departed = Vec::new();
        here.retain(|user_id, entry| match entry.left_at {
            Some((left_at, last_seen)) if entry.gone || left_at.elapsed() >= grace => {
                let status = Status { role: entry.role, online: false, last_seen };
                let is_elsewhere = elsewhere.role(*user_id).is_some();
                departed.push(Departed { user_id: *user_id, status, is_elsewhere });
                if self.shared {
                    changed.insert(*user_id);
                }
                false
            }
            _ => true,
        });
        departed
    }

    /// Counts a stream of a room that an admin opens; true if it is their only one.
    pub fn visit(&self, room_id: i32, user_id: i32) -> bool {
        let mut people = self.lock();
        let streams = people.visits.entry((room_id, user_id)).or_default();
        *streams += 1;
        *streams == 1
    }

    /// Takes a stream of a room off the count.
    pub fn end_visit(&self, room_id: i32, user_id: i32) {
        if let Entry::Occupied(mut streams) = self.lock().visits.entry((room_id, user_id)) {
            *streams.get_mut() -= 1;
            if *streams.get() == 0 {
                streams.remove();
            }
        }
    }

    /// The status of a person who is online.
    pub fn status(&self, user_id: i32) -> Option<Status> {
        self.lock().role(user_id).map(|role| Status { role, online: true, last_seen: now() })
    }

    /// Those who are online, at most `most` of them.
    pub fn online(&self, most: usize) -> Vec<(i32, Status)> {
        let last_seen = now();
        let status = |role| Status { role, online: true, last_seen };
        let mut told = HashSet::new();
        let people = self.lock();
        let once = people.everybody().filter(|(user_id, _)| told.insert(*user_id));
        once.take(most).map(|(user_id, role)| (user_id, status(role))).collect()
    }

    /// The admins who are online.
    pub fn online_admins(&self) -> Vec<i32> {
        let people = self.lock();
        let admins = people.everybody().filter(|(_, role)| *role == Role::Admin).map(|(user_id, _)| user_id);
        let once: HashSet<i32> = admins.collect();
        once.into_iter().collect()
    }

    /// Everybody here, for other processes.
    pub fn everybody_here(&self) -> Vec<Attending> {
        let mut people = self.lock();
        people.changed.clear();
        people.here.iter().map(|(user_id, entry)| entry.attending(*user_id)).collect()
    }

    /// A person's streams here, for other processes; `None` if they are not here.
    pub fn attending(&self, user_id: i32) -> Option<Attending> {
        self.lock().here.get(&user_id).map(|entry| entry.attending(user_id))
    }

    /// Those here of whom the other processes were not told yet as they are now.
    pub fn take_changed(&self) -> Vec<Attending> {
        let mut people = self.lock();
        let People { here, changed, .. } = &mut *people;
        let attending = |user_id| match here.get(&user_id) {
            Some(entry) => entry.attending(user_id),
            None => Attending { user_id, role: Role::User, streams: None },
        };
        changed.drain().map(attending).collect()
    }

    /// Takes in who has streams at another process; returns those who came online or went offline with it. Unless the
    /// process says more, its people are gone after `lease`.
    pub fn hear(&self, from: NodeId, attending: &[Attending], complete: bool, lease: Duration) -> Vec<(i32, Status)> {
        self.change(|elsewhere| elsewhere.hear(from, attending, complete, lease))
    }

    /// Notes that a process is alive.
    pub fn hear_beat(&self, from: &NodeId) {
        self.lock().elsewhere.hear_beat(from);
    }

    /// Lets a process that stops count as gone after `grace`.
    pub fn hear_farewell(&self, from: &NodeId, grace: Duration) {
        self.lock().elsewhere.shorten(from, grace);
    }

    /// Forgets the processes of which nothing was heard in time; returns those who went offline with them.
    pub fn take_lapsed(&self) -> Vec<(i32, Status)> {
        self.change(Attendances::take_lapsed)
    }

    /// Changes who is elsewhere; returns those for whom it makes a difference.
    fn change(&self, change: impl FnOnce(&mut Attendances) -> HashMap<i32, Option<Role>>) -> Vec<(i32, Status)> {
        let mut people = self.lock();
        let concerned = change(&mut people.elsewhere);
        let last_seen = now();
        let came_or_went = |(user_id, was): (i32, Option<Role>)| match (was, people.elsewhere.role(user_id)) {
            _ if people.here.contains_key(&user_id) => None,
            (None, Some(role)) => Some((user_id, Status { role, online: true, last_seen })),
            (Some(role), None) => Some((user_id, Status { role, online: false, last_seen })),
            _ => None,
        };
        concerned.into_iter().filter_map(came_or_went).collect()
    }

    fn note(&self, people: &mut People, user_id: i32) {
        if self.shared {
            people.changed.insert(user_id);
        }
    }

    fn lock(&self) -> MutexGuard<'_, People> {
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
