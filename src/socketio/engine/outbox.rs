//! What waits to be written to a client.

use std::collections::VecDeque;

use bytes::{Bytes, BytesMut};

use super::{Message, frame};

/// Whole websocket frames in their order. Long polling takes them apart again.
#[derive(Debug, Default)]
pub struct Outbox {
    frames: VecDeque<Bytes>,
    bytes: usize,
}

impl Outbox {
    /// Queues an Engine.IO message.
    pub fn push(&mut self, message: &Message) {
        match message {
            Message::Text(text) => self.push_frames(frame::text(format!("4{text}").as_bytes())),
            Message::Binary(bytes) => self.push_frames(frame::binary(bytes)),
        }
    }

    /// Queues frames that were spelled already.
    pub fn push_frames(&mut self, frames: Bytes) {
        self.bytes += frames.len();
        self.frames.push_back(frames);
    }

    /// Moves everything behind what `other` holds.
    pub fn append_to(&mut self, other: &mut Self) {
        other.bytes += std::mem::take(&mut self.bytes);
        other.frames.append(&mut self.frames);
    }

    /// How many bytes wait.
    pub fn len(&self) -> usize {
        self.bytes
    }

    /// Whether nothing waits.
    pub fn is_empty(&self) -> bool {
        self.frames.is_empty()
    }

    /// Everything that waits, as one write; a single frame is not copied.
    pub fn take(&mut self) -> Option<Bytes> {
        let first = self.frames.pop_front()?;
        let bytes = std::mem::take(&mut self.bytes);
        if self.frames.is_empty() {
            return Some(first);
        }
        let mut all = BytesMut::with_capacity(bytes);
        all.extend_from_slice(&first);
        self.frames.drain(..).for_each(|frames| all.extend_from_slice(&frames));
        Some(all.freeze())
    }
}
