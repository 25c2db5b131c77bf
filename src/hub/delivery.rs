//! An event on its way to the streams.

use std::sync::OnceLock;

use bytes::Bytes;

use super::Topics;
use crate::domain::Event;

/// How many spellings of an event there are: SSE for each side, with and without an `event:` line.
pub const SPELLINGS: usize = 4;

/// How a dialect spells events for one kind of reader.
#[derive(Clone, Copy, Debug)]
pub struct Speller {
    /// The spelling's number below [`SPELLINGS`]; frames of one number are shared.
    pub slot: usize,
    /// Spells the event with its journal id, if it has one; `None` when such a reader does not get it.
    pub spell: fn(Option<i64>, &Event) -> Option<Bytes>,
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

    /// The frame in that spelling, spelled at the first call and shared from then on.
    pub fn frame(&self, speller: Speller) -> Option<Bytes> {
        match self.frames.get(speller.slot) {
            Some(frame) => frame.get_or_init(|| (speller.spell)(self.id, &self.event)).clone(),
            None => (speller.spell)(self.id, &self.event),
        }
    }
}
