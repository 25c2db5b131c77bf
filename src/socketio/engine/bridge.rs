//! Where the requests of a polled session, on any thread, meet the task that drives it.

use std::{
    sync::{Mutex, MutexGuard, PoisonError},
    task::{Context, Poll},
};

use bytes::Bytes;
use futures_util::task::AtomicWaker;
use tokio::sync::{Notify, mpsc};

use super::{Outbox, packet::Packet};

/// Bytes that may wait for a client before the session produces no more.
const HIGH_WATER: usize = 64 * 1024;
/// Posts of the client, or packets of its websocket, that may wait for the session.
const MOST_POSTS: usize = 64;

/// Both directions of a polled session.
#[derive(Debug)]
pub(super) struct Bridge {
    packets: mpsc::Sender<Vec<Packet>>,
    shared: Mutex<Shared>,
    /// Wakes the waiting poll.
    readable: Notify,
    /// Wakes the session's task.
    driver: AtomicWaker,
    /// Wakes the websocket that took over.
    relay: AtomicWaker,
}

#[derive(Debug, Default)]
struct Shared {
    outbox: Outbox,
    transport: Transport,
    polling: bool,
    posting: bool,
    /// The waiting poll is to answer with whatever there is.
    release: bool,
    closed: bool,
    /// The client closed it itself.
    left: bool,
    /// A poll was told that the session is closed.
    told: bool,
}

/// Which transport carries the session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Transport {
    #[default]
    Polling,
    /// Polling, while a websocket is tried.
    Probing,
    Websocket,
}

/// What a poll is answered.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Polled {
    Frames(Bytes),
    Nothing,
    Closed,
}

/// A second request of a kind of which there may be one at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Conflict;

impl Bridge {
    /// A bridge and the session's end of what the client sends.
    pub(super) fn new() -> (Self, mpsc::Receiver<Vec<Packet>>) {
        let (packets, receiver) = mpsc::channel(MOST_POSTS);
        let bridge = Self {
            packets,
            shared: Mutex::default(),
            readable: Notify::new(),
            driver: AtomicWaker::new(),
            relay: AtomicWaker::new(),
        };
        (bridge, receiver)
    }

    /// Ends the session, from either side.
    pub(super) fn close(&self) {
        self.lock().closed = true;
        self.readable.notify_one();
        self.driver.wake();
        self.relay.wake();
    }

    /// Notes that the client closes the session, which ends when it has taken what was sent before.
    pub(super) fn leave(&self) {
        self.lock().left = true;
    }

    pub(super) fn is_closed(&self) -> bool {
        self.lock().closed
    }

    /// Hands a post of the client to the session, whole, so that what it brings about is fetched by one poll. Waits while
    /// too many wait.
    pub(super) async fn send(&self, packets: Vec<Packet>) {
        // The receiver lives as long as the session; what comes after it is nobody's.
        let _ = self.packets.send(packets).await;
    }

    /// Hands a packet over at once, or gives it back.
    pub(super) fn try_send(&self, packet: Packet) -> Result<(), Packet> {
        match self.packets.try_reserve() {
            Ok(place) => {
                place.send(vec![packet]);
                Ok(())
            }
            Err(mpsc::error::TrySendError::Closed(())) => Ok(()),
            Err(mpsc::error::TrySendError::Full(())) => Err(packet),
        }
    }

    /// Begins a post; there may be one at a time.
    pub(super) fn begin_post(&self) -> Result<(), Conflict> {
        let mut shared = self.lock();
        if shared.posting || shared.closed || shared.transport == Transport::Websocket {
            return Err(Conflict);
        }
        shared.posting = true;
        Ok(())
    }

    pub(super) fn end_post(&self) {
        self.lock().posting = false;
    }

    /// Begins a poll; there may be one at a time.
    pub(super) fn begin_poll(&self) -> Result<(), Conflict> {
        let mut shared = self.lock();
        let over = shared.told || (shared.closed && !shared.left);
        if shared.polling || over || shared.transport == Transport::Websocket {
            return Err(Conflict);
        }
        shared.polling = true;
        Ok(())
    }

    /// The answer of a poll, as soon as there is one; it ends the poll.
    pub(super) async fn polled(&self) -> Polled {
        loop {
            if let Some(answer) = self.try_polled() {
                return answer;
            }
            self.readable.notified().await;
        }
    }

    fn try_polled(&self) -> Option<Polled> {
        let mut shared = self.lock();
        let answer = match shared.outbox.take() {
            Some(frames) => Polled::Frames(frames),
            None if shared.closed => {
                shared.told = true;
                if shared.left { Polled::Nothing } else { Polled::Closed }
            }
            None if shared.release || shared.transport == Transport::Probing => Polled::Nothing,
            None => return None,
        };
        shared.release = false;
        shared.polling = false;
        drop(shared);
        self.driver.wake();
        Some(answer)
    }

    /// Ends a poll that nothing was found for.
    pub(super) fn abandon_poll(&self) {
        self.lock().polling = false;
    }

    /// Lets the waiting poll answer at once.
    pub(super) fn release_poll(&self) {
        let mut shared = self.lock();
        if shared.polling {
            shared.release = true;
            drop(shared);
            self.readable.notify_one();
        }
    }

    pub(super) fn transport(&self) -> Transport {
        self.lock().transport
    }

    /// Begins to try a websocket; there may be one at a time.
    pub(super) fn begin_probe(&self) -> Result<(), Conflict> {
        let mut shared = self.lock();
        if shared.transport != Transport::Polling {
            return Err(Conflict);
        }
        shared.transport = Transport::Probing;
        drop(shared);
        self.release_poll();
        Ok(())
    }

    /// Goes back to polling, or over to the websocket.
    pub(super) fn end_probe(&self, transport: Transport) {
        self.lock().transport = transport;
        self.release_poll();
        self.driver.wake();
    }

    /// Frames for the websocket that took over; `None` when the session has ended.
    pub(super) fn poll_frames(&self, context: &Context<'_>) -> Poll<Option<Bytes>> {
        self.relay.register(context.waker());
        let mut shared = self.lock();
        match shared.outbox.take() {
            Some(frames) => {
                drop(shared);
                self.driver.wake();
                Poll::Ready(Some(frames))
            }
            None if shared.closed => Poll::Ready(None),
            None => Poll::Pending,
        }
    }

    /// Takes what the session wrote.
    pub(super) fn write(&self, frames: Bytes) {
        let mut shared = self.lock();
        shared.outbox.push_frames(frames);
        let upgraded = shared.transport == Transport::Websocket;
        drop(shared);
        if upgraded {
            self.relay.wake();
        } else {
            self.readable.notify_one();
        }
    }

    /// Whether so much waits that the session should write no more; registers its task either way.
    pub(super) fn is_full(&self, context: &Context<'_>) -> bool {
        self.driver.register(context.waker());
        self.lock().outbox.len() >= HIGH_WATER
    }

    /// Tells the websocket that a packet was taken, so that it may hand over the next.
    pub(super) fn taken(&self) {
        self.relay.wake();
    }

    fn lock(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
