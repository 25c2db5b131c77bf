//! The end of the hub that writers hold.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, PoisonError, RwLock,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
};

use tokio::sync::{Notify, mpsc};

use super::{
    Delivery,
    backplane::{Backplane, Signal},
    interest::{self, Interest},
    rooms::KnownRooms,
};
use crate::telemetry::Metrics;

/// Batches that may wait for one serving thread; past that its subscribers are refilled from the journal.
const INBOX: usize = 4096;
/// Own commits that may wait until what others committed before them was read; past that they are read too.
const MOST_WAITING: usize = 1024;

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
    interest: Arc<Interest>,
}

/// A serving thread's end of its inbox.
#[derive(Debug)]
pub(super) struct ThreadInbox {
    /// What it is told.
    pub(super) notices: mpsc::Receiver<Notice>,
    /// Whether something did not fit.
    pub(super) overflowed: Arc<AtomicBool>,
    /// What it is told of.
    pub(super) interest: Arc<Interest>,
}

/// The events of one transaction of this process, or of one page of the journal.
#[derive(Debug)]
pub struct Committed {
    /// The journal's end before them.
    pub after: i64,
    /// The journal's end with them.
    pub through: i64,
    /// Those between, in order.
    pub deliveries: Vec<Delivery>,
}

/// Publishes to every serving thread of this process.
#[derive(Debug)]
pub struct Hub {
    inboxes: RwLock<Vec<Inbox>>,
    /// The newest id that was published.
    head: AtomicI64,
    /// The newest id that somebody is known to have committed.
    known: AtomicI64,
    /// Own commits that wait for what was committed before them elsewhere. Whoever publishes what is stored holds the
    /// lock, so that every thread gets the ids in order.
    // A std mutex: it is held to fill inboxes, never across an await.
    waiting: Mutex<VecDeque<Committed>>,
    behind: Notify,
    backplane: Option<Arc<dyn Backplane>>,
    /// Whether other processes write to the journal.
    shared: AtomicBool,
    rooms: KnownRooms,
    stopping: AtomicBool,
    pub(super) metrics: Metrics,
}

impl Hub {
    /// A hub without serving threads whose journal ends at `head`.
    pub fn new(head: i64, metrics: Metrics, backplane: Option<Arc<dyn Backplane>>) -> Self {
        Self {
            inboxes: RwLock::default(),
            head: AtomicI64::new(head),
            known: AtomicI64::new(head),
            waiting: Mutex::default(),
            behind: Notify::new(),
            shared: AtomicBool::new(backplane.is_some()),
            backplane,
            rooms: KnownRooms::new(),
            stopping: AtomicBool::new(false),
            metrics,
        }
    }

    /// The newest journal id that was published here. A stream that starts at it gets exactly what comes after.
    pub fn head(&self) -> i64 {
        self.head.load(Ordering::Acquire)
    }

    /// Publishes what a transaction of this process committed, and tells the other processes. If others committed before
    /// it what was not published here yet, it waits until that was read ([`Self::behind`]).
    pub fn commit(&self, committed: Committed) {
        if committed.deliveries.is_empty() {
            return;
        }
        let through = committed.through;
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.push_back(committed);
        self.publish_waiting(&mut waiting);
        if waiting.len() > MOST_WAITING {
            waiting.clear();
        }
        drop(waiting);
        self.hear_of(through);
        self.tell(Signal::Committed(through));
    }

    /// Whether the journal's end may be beyond [`Self::head`], as other processes write too.
    pub fn is_shared(&self) -> bool {
        self.shared.load(Ordering::Relaxed)
    }

    /// Publishes a page of the journal that follows [`Self::head`].
    pub fn catch_up(&self, page: Committed) {
        self.shared.store(true, Ordering::Relaxed);
        self.metrics.followed.inc_by(page.deliveries.len() as u64);
        let mut waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.push_front(page);
        self.publish_waiting(&mut waiting);
    }

    fn publish_waiting(&self, waiting: &mut VecDeque<Committed>) {
        while let Some(committed) = waiting.pop_front_if(|committed| committed.after <= self.head()) {
            let head = self.head();
            let new = committed.deliveries.into_iter().filter(|delivery| delivery.id.is_none_or(|id| id > head));
            let new: Vec<Delivery> = new.collect();
            // Before the head moves, so that who sees the new head does not take a room of before it.
            new.iter().filter_map(|delivery| delivery.event.room_id()).for_each(|id| self.rooms.forget(id));
            // First the head, so that a stream that starts at it gets what comes after and nothing else.
            self.head.fetch_max(committed.through, Ordering::AcqRel);
            self.publish(new);
        }
    }

    /// How far the journal must be read so that what waits can be published; none if nothing waits for that.
    pub fn gap_end(&self) -> Option<i64> {
        let waiting = self.waiting.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.front().map(|committed| committed.after)
    }

    /// Notes that somebody has committed up to `id`.
    pub fn hear_of(&self, id: i64) {
        self.known.fetch_max(id, Ordering::AcqRel);
        if self.head() < id {
            self.behind.notify_one();
        }
    }

    /// Notes that the journal ends at `head`, whatever was said of it.
    pub fn correct(&self, head: i64) {
        self.known.store(head, Ordering::Release);
    }

    /// Resolves when something was committed that was not published here.
    pub async fn behind(&self) {
        self.behind.notified().await;
    }

    /// The newest id that somebody is known to have committed.
    pub fn known(&self) -> i64 {
        self.known.load(Ordering::Acquire)
    }

    /// The journal ends at `head`, before what was published: the database was set back. Ends all streams; they come back
    /// with ids that the journal does not have and begin anew.
    pub fn restart_at(&self, head: i64) {
        tracing::error!(head, published = self.head(), "the database was set back; all streams begin anew");
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.known.store(head, Ordering::Release);
        self.rooms.forget_all();
        self.head.store(head, Ordering::Release);
        self.send(&Notice::Stop);
    }

    /// Rooms that need not be read.
    pub fn rooms(&self) -> &KnownRooms {
        &self.rooms
    }

    /// Hands events, in their order, to the serving threads of this process that have readers of them.
    pub fn publish(&self, deliveries: Vec<Delivery>) {
        interest::agree();
        let deliveries: Arc<[Delivery]> = deliveries.into();
        self.send_to(&Notice::Deliveries(deliveries.clone()), |inbox| inbox.interest.has_readers_of(&deliveries));
    }

    /// Tells the other processes.
    pub fn tell(&self, signal: Signal) {
        if let Some(backplane) = &self.backplane {
            backplane.tell(signal);
        }
    }

    /// The way to the other processes, if there is one.
    pub fn backplane(&self) -> Option<&dyn Backplane> {
        self.backplane.as_deref()
    }

    /// Ends all streams of a person at this process.
    pub fn disconnect(&self, user_id: i32) {
        self.send(&Notice::Disconnect(user_id));
    }

    /// Ends all streams and lets no new one begin.
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::Release);
        self.send(&Notice::Stop);
        self.tell(Signal::Farewell);
    }

    /// Whether the process is about to stop.
    pub fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Acquire)
    }

    /// Gives a serving thread its inbox.
    pub(super) fn join(&self) -> ThreadInbox {
        let (sender, notices) = mpsc::channel(INBOX);
        let (overflowed, interest) = (Arc::new(AtomicBool::new(false)), Arc::new(Interest::new()));
        let mut inboxes = self.inboxes.write().unwrap_or_else(PoisonError::into_inner);
        inboxes.push(Inbox { notices: sender, overflowed: overflowed.clone(), interest: interest.clone() });
        ThreadInbox { notices, overflowed, interest }
    }

    fn send(&self, notice: &Notice) {
        self.send_to(notice, |_| true);
    }

    fn send_to(&self, notice: &Notice, is_concerned: impl Fn(&Inbox) -> bool) {
        let inboxes = self.inboxes.read().unwrap_or_else(PoisonError::into_inner);
        for inbox in inboxes.iter().filter(|inbox| is_concerned(inbox)) {
            if inbox.notices.try_send(notice.clone()).is_err() {
                inbox.overflowed.store(true, Ordering::Release);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::VecDeque;

    use proptest::prelude::*;

    use super::{Committed, Delivery, Hub, Notice};
    use crate::{
        domain::{ChatKind, Event},
        hub::{Topic, Topics},
        telemetry::Metrics,
    };

    /// What happens to a journal that two processes write, as one of them sees it.
    #[derive(Clone, Copy, Debug)]
    enum Step {
        /// A transaction of that many events is committed, by this process or by the other.
        Commit { own: bool, events: i64 },
        /// This process publishes the oldest of its transactions that it has not published.
        Publish,
        /// This process reads a page of so many events of the journal.
        Read { events: i64 },
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let step = prop_oneof![
            (any::<bool>(), 1..4_i64).prop_map(|(own, events)| Step::Commit { own, events }),
            Just(Step::Publish),
            (1..6_i64).prop_map(|events| Step::Read { events }),
        ];
        prop::collection::vec(step, 0..60)
    }

    fn events(after: i64, through: i64) -> Committed {
        let event = || Event::Read { room_id: 1, kind: ChatKind::Support, user_id: 1, last_read_message_id: None };
        let deliveries =
            (after + 1..=through).map(|id| Delivery::stored(id, Topics::from_iter([Topic::Desk]), event())).collect();
        Committed { after, through, deliveries }
    }

    /// As the follower does it.
    fn read(hub: &Hub, end: i64, most: i64) {
        let after = hub.head();
        let until = hub.gap_end().unwrap_or(end);
        if until > after {
            hub.catch_up(events(after, until.min(after + most)));
        }
    }

    proptest! {
        #[test]
        fn every_event_is_published_once_and_in_order_whoever_committed_it(steps in steps()) {
            let hub = Hub::new(0, Metrics::new().expect("metrics"), None);
            let mut joined = hub.join();
            joined.interest.add(Topic::Desk);
            let (mut end, mut unpublished) = (0, VecDeque::new());
            for step in steps {
                match step {
                    Step::Commit { own, events: count } => {
                        if own {
                            unpublished.push_back((end, end + count));
                        }
                        end += count;
                    }
                    Step::Publish => {
                        if let Some((after, through)) = unpublished.pop_front() {
                            hub.commit(events(after, through));
                        }
                    }
                    Step::Read { events } => read(&hub, end, events),
                }
            }
            unpublished.into_iter().for_each(|(after, through)| hub.commit(events(after, through)));
            while hub.head() < end {
                read(&hub, end, 5);
            }
            let mut published = Vec::new();
            while let Ok(notice) = joined.notices.try_recv() {
                if let Notice::Deliveries(deliveries) = notice {
                    published.extend(deliveries.iter().filter_map(|delivery| delivery.id));
                }
            }
            prop_assert_eq!(published, (1..=end).collect::<Vec<_>>());
        }
    }
}
