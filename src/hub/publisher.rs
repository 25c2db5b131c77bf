//! The end of the hub that writers hold.

use std::sync::{
    Arc, RwLock,
    atomic::{AtomicBool, AtomicI64, Ordering},
};

use tokio::sync::mpsc;

use super::Delivery;
use crate::telemetry::Metrics;

/// Batches that may wait for one serving thread; past that its subscribers are refilled from the journal.
const INBOX: usize = 4096;

/// What a serving thread is told.
#[derive(Clone, Debug)]
pub(super) enum Notice {
    /// These happened, in this order.
    Deliveries(Arc<[Delivery]>),
    /// All streams of a person end.
    Disconnect(i32),
    /// All streams end.
    Stop,
}

/// A serving thread's inbox.
#[derive(Debug)]
struct Inbox {
    notices: mpsc::Sender<Notice>,
    overflowed: Arc<AtomicBool>,
}

/// Publishes to every serving thread of this process.
#[derive(Debug)]
pub struct Hub {
    inboxes: RwLock<Vec<Inbox>>,
    head: AtomicI64,
    stopping: AtomicBool,
    pub(super) metrics: Metrics,
}

impl Hub {
    /// A hub without serving threads whose journal ends at `head`.
    pub fn new(head: i64, metrics: Metrics) -> Self {
        Self { inboxes: RwLock::default(), head: AtomicI64::new(head), stopping: AtomicBool::new(false), metrics }
    }

    /// The newest journal id that is known to be committed.
    pub fn head(&self) -> i64 {
        self.head.load(Ordering::Acquire)
    }

    /// Notes that the journal is committed up to `id`. Called before the events up to it are published, so that a stream
    /// that starts at [`Self::head`] gets exactly what comes after.
    pub fn advance(&self, id: i64) {
        self.head.fetch_max(id, Ordering::AcqRel);
    }

    /// Hands events to every serving thread, in their order.
    pub fn publish(&self, deliveries: Vec<Delivery>) {
        if !deliveries.is_empty() {
            self.send(&Notice::Deliveries(deliveries.into()));
        }
    }

    /// Ends all streams of a person.
    pub fn disconnect(&self, user_id: i32) {
        self.send(&Notice::Disconnect(user_id));
    }

    /// Ends all streams and lets no new one begin.
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::Release);
        self.send(&Notice::Stop);
    }

    /// Whether the process is about to stop.
    pub fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Acquire)
    }

    /// Gives a serving thread its inbox: what it is told, and whether something did not fit.
    pub(super) fn join(&self) -> (mpsc::Receiver<Notice>, Arc<AtomicBool>) {
        let (notices, inbox) = mpsc::channel(INBOX);
        let overflowed = Arc::new(AtomicBool::new(false));
        let mut inboxes = self.inboxes.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        inboxes.push(Inbox { notices, overflowed: overflowed.clone() });
        (inbox, overflowed)
    }

    fn send(&self, notice: &Notice) {
        let inboxes = self.inboxes.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        for inbox in inboxes.iter() {
            if inbox.notices.try_send(notice.clone()).is_err() {
                inbox.overflowed.store(true, Ordering::Release);
            }
        }
    }
}
