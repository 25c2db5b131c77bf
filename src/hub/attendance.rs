//! Who has streams open at the other processes, as these said last.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use super::backplane::{Attending, NodeId};
use crate::domain::Role;

/// Silence after which a process may have died; it beats every second.
const ALIVE: Duration = Duration::from_secs(2);

#[derive(Debug)]
struct Node {
    /// Without another word it counts as gone then.
    until: Instant,
    /// When it was last heard.
    heard: Instant,
    people: HashMap<i32, (Role, usize)>,
}

/// The people at the other processes.
#[derive(Debug, Default)]
pub(super) struct Attendances {
    nodes: HashMap<NodeId, Node>,
}

impl Attendances {
    /// Takes in what a process said; returns the people whom it concerns, as they were.
    pub(super) fn hear(
        &mut self,
        from: NodeId,
        people: &[Attending],
        complete: bool,
        lease: Duration,
    ) -> HashMap<i32, Option<Role>> {
        let known = self.nodes.get(&from).filter(|_| complete).into_iter().flat_map(|node| node.people.keys().copied());
        let concerned = known.chain(people.iter().map(|person| person.user_id));
        let concerned = concerned.map(|user_id| (user_id, self.role(user_id))).collect();
        let heard = Instant::now();
        let until = heard + lease;
        let node = self.nodes.entry(from).or_insert_with(|| Node { until, heard, people: HashMap::new() });
        (node.until, node.heard) = (until, heard);
        if complete {
            node.people.clear();
        }
        for person in people {
            match person.streams {
                Some(streams) => node.people.insert(person.user_id, (person.role, streams)),
                None => node.people.remove(&person.user_id),
            };
        }
        concerned
    }

    /// Notes that a process is alive.
    pub(super) fn hear_beat(&mut self, from: &NodeId) {
        if let Some(node) = self.nodes.get_mut(from) {
            node.heard = Instant::now();
        }
    }

    /// Lets a process count as gone after `grace` at the latest, unless it says something more.
    pub(super) fn shorten(&mut self, from: &NodeId, grace: Duration) {
        if let Some(node) = self.nodes.get_mut(from) {
            node.until = node.until.min(Instant::now() + grace);
        }
    }

    /// Removes the processes of which nothing was heard in time; returns their people, as they were.
    pub(super) fn take_lapsed(&mut self) -> HashMap<i32, Option<Role>> {
        let now = Instant::now();
        let lapsed = self.nodes.extract_if(|_, node| node.until <= now);
        lapsed.flat_map(|(_, node)| node.people).map(|(user_id, (role, _))| (user_id, Some(role))).collect()
    }

    /// Streams of a person, at the processes that were heard of just now: those of one that died are about to be opened
    /// elsewhere, and must not count twice.
    pub(super) fn streams(&self, user_id: i32) -> usize {
        let alive = self.nodes.values().filter(|node| node.heard.elapsed() < ALIVE);
        alive.filter_map(|node| node.people.get(&user_id)).map(|(_, streams)| streams).sum()
    }

    /// A person's role, if they are there.
    pub(super) fn role(&self, user_id: i32) -> Option<Role> {
        self.nodes.values().find_map(|node| node.people.get(&user_id)).map(|(role, _)| *role)
    }

    /// Everybody; who is at several processes comes several times.
    pub(super) fn everybody(&self) -> impl Iterator<Item = (i32, Role)> {
        self.nodes.values().flat_map(|node| node.people.iter().map(|(user_id, (role, _))| (*user_id, *role)))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Attendances, Attending, NodeId, Role};

    const LEASE: Duration = Duration::from_secs(60);

    fn at(user_id: i32, streams: Option<usize>) -> Attending {
        Attending { user_id, role: Role::User, streams }
    }

    #[test]
    fn what_is_complete_replaces_what_was_said_before() {
        let mut elsewhere = Attendances::default();
        let node = || NodeId("a".to_owned());
        elsewhere.hear(node(), &[at(1, Some(1)), at(2, Some(3))], false, LEASE);
        assert_eq!(elsewhere.streams(2), 3);
        let concerned = elsewhere.hear(node(), &[at(3, Some(1))], true, LEASE);
        assert_eq!(concerned.len(), 3);
        assert!(elsewhere.role(1).is_none() && elsewhere.role(2).is_none());
        assert_eq!(elsewhere.role(3), Some(Role::User));
        elsewhere.hear(node(), &[at(3, None)], false, LEASE);
        assert!(elsewhere.role(3).is_none());
    }

    #[test]
    fn a_process_that_is_silent_for_too_long_takes_its_people_with_it() {
        let mut elsewhere = Attendances::default();
        let (a, b) = (NodeId("a".to_owned()), NodeId("b".to_owned()));
        elsewhere.hear(a.clone(), &[at(1, Some(1)), at(2, Some(1))], true, LEASE);
        elsewhere.hear(b, &[at(2, Some(1))], true, LEASE);
        assert!(elsewhere.take_lapsed().is_empty());
        elsewhere.shorten(&a, Duration::ZERO);
        assert_eq!(elsewhere.take_lapsed().len(), 2);
        assert!(elsewhere.role(1).is_none());
        assert_eq!(elsewhere.streams(2), 1);
    }
}
