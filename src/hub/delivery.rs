//! An event on its way to the streams.

use std::{borrow::Cow, sync::OnceLock};

use bytes::Bytes;

use super::Topics;
use crate::domain::Event;

/// How many shared spellings of an event there are; `dialect/mod.rs` hands them out.
pub const SPELLINGS: usize = 14;

/// How a dialect spells events for one kind of reader.
#[derive(Clone, Copy, Debug)]
pub struct Speller {
    /// The spelling's number below [`SPELLINGS`] for this reader (a person's id); frames of one number are shared. `None`
    /// where the frame is this reader's alone.
    pub slot: fn(&Event, i32) -> Option<usize>,
    /// Spells the event with its journal id, if it has one, for this reader; `None` when they do not get it.
    pub spell: fn(Option<i64>, &Event, i32) -> Option<Bytes>,
}

/// An event, whom it concerns, and its frames once they were spelled.
#[derive(Debug)]
pub struct Delivery {
    /// The journal id; none for what is not stored.
    pub id: Option<i64>,
    /// Whom it concerns.
    pub topics: Topics,
    /// The person who does not get it, as they caused it.
    pub except: Option<i32>,
    /// What happened.
    pub event: Event,
    frames: [OnceLock<Option<Bytes>>; SPELLINGS],
}

impl Delivery {
    /// A committed event.
    pub fn stored(id: i64, topics: Topics, event: Event) -> Self {
        Self { id: Some(id), topics, except: None, event, frames: Default::default() }
    }

    /// An event that is gone once it was sent.
    pub fn fleeting(topics: Topics, except: Option<i32>, event: Event) -> Self {
        Self { id: None, topics, except, event, frames: Default::default() }
    }

    /// The frame in that spelling; one that is shared is spelled at the first call. It is lent, since threads that count
    /// the same owners wait for each other.
    pub fn frame(&self, speller: Speller, reader: i32) -> Option<Cow<'_, Bytes>> {
        let spell = || (speller.spell)(self.id, &self.event, reader);
        match (speller.slot)(&self.event, reader).and_then(|slot| self.frames.get(slot)) {
            Some(frame) => frame.get_or_init(spell).as_ref().map(Cow::Borrowed),
            None => spell().map(Cow::Owned),
        }
    }
}
