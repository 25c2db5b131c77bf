//! One open stream: a bounded queue of frames.

use std::{
    cell::RefCell,
    rc::Rc,
    task::{Context, Poll, Waker},
    time::{Duration, Instant},
};

use bytes::{Bytes, BytesMut};
use smallvec::SmallVec;

use super::{Delivery, Speller, Topic};

/// What a stream does next.
#[derive(Debug, PartialEq, Eq)]
pub enum Taken {
    /// Writes these frames.
    Frames(Bytes),
    /// Reads the journal from after this id, since it has fallen behind.
    Behind(i64),
    /// Ends.
    End,
}

/// Topics of one subscriber: its own, and the people whose presence it is told. What a reader costs stays bounded.
pub(super) const MOST_TOPICS: usize = 128;

/// Who reads a stream, and how.
#[derive(Clone, Copy, Debug)]
pub struct Reader {
    /// The person.
    pub user_id: i32,
    /// When their token ends, in milliseconds since the epoch, and the stream with it.
    pub expires_at_ms: i64,
    /// How their frames are spelled.
    pub speller: Speller,
    /// Whether an idle stream gets comment lines; a Socket.IO session has heartbeats of its own.
    pub heartbeat: bool,
}

/// Where a stream's frames go. The hub writes to it without waking anybody while the stream waits for frames.
pub trait Outlet: std::fmt::Debug {
    /// Whether everything before was sent.
    fn is_free(&self) -> bool;
    /// Sends the bytes as far as that goes at once and keeps the rest, which the stream has to send; false if there is one.
    fn write(&self, bytes: &Bytes) -> bool;
}

/// A subscriber's side that its serving thread fills.
#[derive(Debug)]
pub(super) struct Subscriber {
    pub(super) reader: Reader,
    most_bytes: usize,
    queue: RefCell<Queue>,
}

#[derive(Debug)]
struct Queue {
    /// Mostly one, so that an idle reader keeps no room for more.
    frames: SmallVec<[(Option<i64>, Bytes); 1]>,
    bytes: usize,
    /// The newest id that was put into the queue, or whose events were all read from the journal.
    queued: i64,
    /// The newest id that the stream has taken.
    taken: i64,
    /// The newest id that was offered, queued or not.
    offered: i64,
    /// The publish that was offered last; a subscriber with several of its topics is asked once for each.
    serial: u64,
    behind: bool,
    ended: bool,
    waiting_since: Option<Instant>,
    /// Whom to wake; there only while the stream waits.
    waker: Option<Waker>,
    outlet: Option<Rc<dyn Outlet>>,
    topics: SmallVec<[Topic; 3]>,
}

impl Subscriber {
    /// One that has not begun: it is offered nothing yet.
    pub(super) fn new(reader: Reader, most_bytes: usize) -> Self {
        let queue = Queue {
            frames: SmallVec::new(),
            bytes: 0,
            queued: 0,
            taken: 0,
            offered: 0,
            serial: 0,
            behind: false,
            ended: false,
            waiting_since: None,
            waker: None,
            outlet: None,
            topics: SmallVec::new(),
        };
        Self { reader, most_bytes, queue: RefCell::new(queue) }
    }

    /// Says where it begins.
    pub(super) fn begin(&self, from: From) {
        let (cursor, behind) = match from {
            From::Live(cursor) => (cursor, false),
            From::Journal(cursor) => (cursor, true),
        };
        let mut queue = self.queue.borrow_mut();
        (queue.queued, queue.taken, queue.offered, queue.behind) = (cursor, cursor, cursor, behind);
        queue.waiting_since = behind.then(Instant::now);
    }

    /// Offers a delivery; says what became of its frame. It is sent `at_once`, if the stream waits and nothing else is going
    /// to be offered: who comes back to 5,000 readers finds none of them in the cache.
    pub(super) fn offer(&self, delivery: &Delivery, serial: u64, at_once: bool) -> Offer {
        let mut queue = self.queue.borrow_mut();
        if queue.ended || queue.serial == serial || delivery.except == Some(self.reader.user_id) {
            return Offer::Skipped;
        }
        queue.serial = serial;
        if let Some(id) = delivery.id {
            queue.offered = queue.offered.max(id);
            if id <= queue.queued {
                return Offer::Skipped;
            }
        }
        if queue.behind {
            return Offer::Skipped;
        }
        let Some(frame) = delivery.frame(self.reader.speller, self.reader.user_id) else { return Offer::Skipped };
        if at_once && queue.frames.is_empty() && queue.is_writable() {
            queue.send(&frame);
            queue.queued = delivery.id.unwrap_or(queue.queued);
            queue.taken = delivery.id.unwrap_or(queue.taken);
            return Offer::Sent;
        }
        if queue.bytes + frame.len() > self.most_bytes && !queue.frames.is_empty() {
            // A reader who keeps up is only written to at the end of a round.
            queue.flush();
            if !queue.frames.is_empty() {
                queue.fall_behind();
                return Offer::FellBehind;
            }
        }
        queue.queued = delivery.id.unwrap_or(queue.queued);
        queue.push(delivery.id, frame.into_owned());
        if queue.frames.len() == 1 { Offer::First } else { Offer::Queued }
    }

    /// Queues bytes that belong to no event, such as a heartbeat, unless something waits already.
    pub(super) fn nudge(&self, frame: &Bytes) {
        let mut queue = self.queue.borrow_mut();
        if !queue.ended && !queue.behind && queue.frames.is_empty() {
            queue.push(None, frame.clone());
            queue.flush();
        }
    }

    /// Sends what was queued, or wakes the stream to do so.
    pub(super) fn flush(&self) {
        self.queue.borrow_mut().flush();
    }

    /// Takes what is sent while the stream waits.
    pub(super) fn write_to(&self, outlet: Rc<dyn Outlet>) {
        self.queue.borrow_mut().outlet = Some(outlet);
    }

    /// Drops what waits; the stream reads it from the journal instead.
    pub(super) fn fall_behind(&self) {
        self.queue.borrow_mut().fall_behind();
    }

    /// Ends the stream; what waits is dropped.
    pub(super) fn end(&self) {
        let mut queue = self.queue.borrow_mut();
        queue.ended = true;
        queue.frames = SmallVec::new();
        queue.bytes = 0;
        queue.wake();
    }

    pub(super) fn has_stalled(&self, limit: Duration) -> bool {
        let queue = self.queue.borrow();
        !queue.ended && queue.waiting_since.is_some_and(|since| since.elapsed() > limit)
    }

    /// What the stream does next; registers the waker when that is to wait.
    pub(super) fn poll_taken(&self, context: &mut Context<'_>) -> Poll<Taken> {
        let mut queue = self.queue.borrow_mut();
        queue.waiting_since = None;
        if queue.ended {
            return Poll::Ready(Taken::End);
        }
        if let Some(frames) = queue.take() {
            return Poll::Ready(Taken::Frames(frames));
        }
        if queue.behind {
            queue.waiting_since = Some(Instant::now());
            return Poll::Ready(Taken::Behind(queue.taken));
        }
        match &mut queue.waker {
            Some(waker) => waker.clone_from(context.waker()),
            None => queue.waker = Some(context.waker().clone()),
        }
        Poll::Pending
    }

    /// Notes that everything up to `through` was read from a journal that ended at `head`. Live deliveries go on if that
    /// is all of it and none came since.
    pub(super) fn caught_up(&self, through: i64, head: i64) {
        let mut queue = self.queue.borrow_mut();
        queue.taken = queue.taken.max(through);
        queue.queued = queue.queued.max(through);
        queue.offered = queue.offered.max(head);
        queue.behind = queue.offered > queue.taken;
    }

    /// Adds a topic; false if the subscriber has it already, or as many as `most`.
    pub(super) fn add_topic(&self, topic: Topic, most: usize) -> bool {
        let mut queue = self.queue.borrow_mut();
        let new = queue.topics.len() < most && !queue.topics.contains(&topic);
        if new {
            queue.topics.push(topic);
        }
        new
    }

    pub(super) fn topics(&self) -> SmallVec<[Topic; 3]> {
        self.queue.borrow().topics.clone()
    }
}

impl Queue {
    fn push(&mut self, id: Option<i64>, frame: Bytes) {
        self.bytes += frame.len();
        self.frames.push((id, frame));
        self.waiting_since.get_or_insert_with(Instant::now);
    }

    fn flush(&mut self) {
        if self.is_writable() {
            if let Some(frames) = self.take() {
                self.waiting_since = None;
                self.send(&frames);
            }
        } else {
            self.wake();
        }
    }

    /// Whether the stream waits, and all that it has taken was sent.
    fn is_writable(&self) -> bool {
        self.waker.is_some() && self.outlet.as_ref().is_some_and(|outlet| outlet.is_free())
    }

    /// Sends the frames; what the socket does not take the stream has to send.
    fn send(&mut self, frames: &Bytes) {
        if self.outlet.as_ref().is_some_and(|outlet| !outlet.write(frames)) {
            self.wake();
        }
    }

    fn fall_behind(&mut self) {
        if self.ended {
            return;
        }
        self.frames = SmallVec::new();
        self.bytes = 0;
        self.queued = self.taken;
        self.behind = true;
        self.waiting_since.get_or_insert_with(Instant::now);
        self.wake();
    }

    fn wake(&mut self) {
        if let Some(waker) = self.waker.take() {
            waker.wake();
        }
    }

    /// Everything that waits, as one write; a single frame is not copied.
    fn take(&mut self) -> Option<Bytes> {
        let (mut frames, bytes) = (std::mem::take(&mut self.frames), std::mem::take(&mut self.bytes));
        self.taken = frames.iter().rev().find_map(|(id, _)| *id).unwrap_or(self.taken);
        if frames.len() < 2 {
            return frames.pop().map(|(_, frame)| frame);
        }
        let mut all = BytesMut::with_capacity(bytes);
        frames.iter().for_each(|(_, frame)| all.extend_from_slice(frame));
        Some(all.freeze())
    }
}

/// Where a stream begins.
#[derive(Clone, Copy, Debug)]
pub(super) enum From {
    /// With the first event after this id that happens.
    Live(i64),
    /// With the first event after this id in the journal.
    Journal(i64),
}

/// What became of an offered delivery.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Offer {
    /// The frame was sent.
    Sent,
    /// The frame waits, and it alone: somebody has to flush it.
    First,
    /// The frame waits with others.
    Queued,
    Skipped,
    FellBehind,
}

#[cfg(test)]
mod tests;
