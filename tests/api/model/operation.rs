//! What people do, drawn at random.

use proptest::prelude::{Just, any, prop, prop_oneof};
use proptest::sample::Index;
use proptest::strategy::Strategy;

pub(super) const STATUSES: [&str; 3] = ["OPEN", "CLOSED", "RESOLVED"];
pub(super) const PRIORITIES: [&str; 4] = ["LOW", "NORMAL", "HIGH", "URGENT"];
pub(super) const EMOJI: [&str; 3] = ["👍", "🎉", "❤️"];

/// The people: two customers, then two admins.
pub(super) const PEOPLE: usize = 4;
/// The streams that are followed all along.
pub(super) const STREAMS: usize = 5;

/// One step. Rooms and messages are chosen among those that there are.
#[derive(Debug, Clone)]
pub(super) enum Operation {
    Open {
        customer: usize,
        priority: Option<&'static str>,
    },
    Send {
        person: usize,
        room: Index,
        reply_to: Option<Index>,
    },
    Read {
        person: usize,
        room: Index,
        up_to: Option<Index>,
    },
    React {
        person: usize,
        message: Index,
        emoji: &'static str,
        wanted: bool,
    },
    Delete {
        person: usize,
        message: Index,
    },
    Manage {
        person: usize,
        room: Index,
        change: Change,
    },
    /// Reads some of what waits on a stream, and hangs up or does not.
    Follow {
        stream: usize,
        frames: usize,
        hang_up: bool,
    },
}

/// What is asked of `…/manage`.
#[derive(Debug, Clone)]
pub(super) struct Change {
    pub(super) status: Option<&'static str>,
    pub(super) priority: Option<&'static str>,
    /// One of the people, or nobody.
    pub(super) admin: Option<Option<usize>>,
}

pub(super) fn operation() -> impl Strategy<Value = Operation> {
    let person = 0..PEOPLE;
    let maybe_index = prop::option::weighted(0.3, any::<Index>());
    prop_oneof![
        2 => (0..2_usize, prop::option::of(prop::sample::select(&PRIORITIES[..])))
            .prop_map(|(customer, priority)| Operation::Open { customer, priority }),
        6 => (person.clone(), any::<Index>(), maybe_index.clone())
            .prop_map(|(person, room, reply_to)| Operation::Send { person, room, reply_to }),
        4 => (person.clone(), any::<Index>(), maybe_index)
            .prop_map(|(person, room, up_to)| Operation::Read { person, room, up_to }),
        3 => (person.clone(), any::<Index>(), prop::sample::select(&EMOJI[..]), any::<bool>())
            .prop_map(|(person, message, emoji, wanted)| Operation::React { person, message, emoji, wanted }),
        2 => (person.clone(), any::<Index>())
            .prop_map(|(person, message)| Operation::Delete { person, message }),
        3 => (person, any::<Index>(), change())
            .prop_map(|(person, room, change)| Operation::Manage { person, room, change }),
        4 => (0..STREAMS, 0..8_usize, any::<bool>())
            .prop_map(|(stream, frames, hang_up)| Operation::Follow { stream, frames, hang_up }),
    ]
}

fn change() -> impl Strategy<Value = Change> {
    let admin = prop_oneof![
        3 => Just(None),
        1 => Just(Some(None)),
        2 => (2..PEOPLE).prop_map(|admin| Some(Some(admin))),
        1 => (0..2_usize).prop_map(|customer| Some(Some(customer))),
    ];
    let status = prop::option::of(prop::sample::select(&STATUSES[..]));
    let priority = prop::option::of(prop::sample::select(&PRIORITIES[..]));
    (status, priority, admin).prop_map(|(status, priority, admin)| Change { status, priority, admin })
}
