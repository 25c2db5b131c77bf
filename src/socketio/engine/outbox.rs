//! What waits to be written to a client.

use bytes::{Bytes, BytesMut};
use smallvec::SmallVec;

use super::{Message, frame};

/// Whole websocket frames in their order. Long polling takes them apart again.
#[derive(Debug, Default)]
pub struct Outbox {
    /// Mostly one, so that an idle client keeps no room for more.
    frames: SmallVec<[Bytes; 1]>,
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
        self.frames.push(frames);
    }

    /// Moves everything behind what `other` holds.
    pub fn append_to(&mut self, other: &mut Self) {
        other.bytes += std::mem::take(&mut self.bytes);
        other.frames.append(&mut std::mem::take(&mut self.frames));
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
        let (mut frames, bytes) = (std::mem::take(&mut self.frames), std::mem::take(&mut self.bytes));
        if frames.len() < 2 {
            return frames.pop();
        }
        let mut all = BytesMut::with_capacity(bytes);
        frames.iter().for_each(|frames| all.extend_from_slice(frames));
        Some(all.freeze())
    }
}
