//! The subscribers of one serving thread.

use std::{
    cell::RefCell,
    collections::{BTreeSet, HashMap},
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use bytes::Bytes;
use slab::Slab;
use tokio::sync::mpsc;

use super::{
    Delivery, Hub, Taken, Topic,
    interest::{self, Interest},
    publisher::{Notice, ThreadInbox},
    subscriber::{From, MOST_TOPICS, Offer, Outlet, Reader, Subscriber},
};
use crate::{
    config,
    domain::{Event, now},
};

/// How often the wheel turns: token expiry and stalled readers are noticed within this time.
const TICK: Duration = Duration::from_millis(500);
/// Topics up to which a reader watches whoever comes to its room: in a crowd not everybody's leaving is told.
const MOST_MET: usize = 32;
/// Commits that are looked at before anything is written, so that a reader who is concerned by several gets one write.
const MOST_NOTICES: usize = 32;
const HEARTBEAT: Bytes = Bytes::from_static(b":\n\n");

/// The subscribers of one serving thread, with the two tasks that feed them: the inbox and the wheel of heartbeats.
#[derive(Debug)]
pub struct LocalHub {
    hub: Arc<Hub>,
    interest: Arc<Interest>,
    settings: config::Stream,
    subscribers: RefCell<Slab<Rc<Subscriber>>>,
    /// In the order in which the subscribers lie in memory.
    topics: RefCell<HashMap<Topic, BTreeSet<usize>>>,
    serial: RefCell<u64>,
}

impl LocalHub {
    /// Joins the hub from the thread that this is called on, which must run a local task set (an actix worker does).
    pub fn start(hub: Arc<Hub>, settings: &config::Stream) -> Rc<Self> {
        let ThreadInbox { notices, overflowed, interest } = hub.join();
        let local = Rc::new(Self {
            hub,
            interest,
            settings: settings.clone(),
            subscribers: RefCell::default(),
            topics: RefCell::default(),
            serial: RefCell::default(),
        });
        actix_web::rt::spawn(Self::read_inbox(local.clone(), notices, overflowed));
        actix_web::rt::spawn(Self::turn_wheel(local.clone()));
        local
    }

    /// Subscribes a stream that begins at the journal's end, which was `end` or has moved on; returns it with that id.
    pub fn subscribe_live(self: &Rc<Self>, reader: Reader, topics: &[Topic], end: i64) -> (Subscription, i64) {
        let (subscription, head) = self.subscribe(reader, topics);
        let end = end.max(head);
        subscription.subscriber.begin(From::Live(end));
        (subscription, end)
    }

    /// Subscribes a stream that goes on after `cursor`, from the journal only if something was published since: a stream
    /// that reads misses what is not stored, such as typing.
    pub fn subscribe_after(self: &Rc<Self>, reader: Reader, topics: &[Topic], cursor: i64) -> Subscription {
        let (subscription, head) = self.subscribe(reader, topics);
        subscription.subscriber.begin(if head <= cursor { From::Live(cursor) } else { From::Journal(cursor) });
        subscription
    }

    /// Subscribes a stream that first reads the journal from after `cursor`.
    pub fn subscribe_from(self: &Rc<Self>, reader: Reader, topics: &[Topic], cursor: i64) -> Subscription {
        let (subscription, _) = self.subscribe(reader, topics);
        subscription.subscriber.begin(From::Journal(cursor));
        subscription
    }

    /// Returns the journal's end: what comes after it is offered, if it has one of the topics.
    fn subscribe(self: &Rc<Self>, reader: Reader, topics: &[Topic]) -> (Subscription, i64) {
        let subscriber = Rc::new(Subscriber::new(reader, self.settings.queue_bytes));
        let key = self.subscribers.borrow_mut().insert(subscriber.clone());
        self.hub.metrics.open_streams.inc();
        topics.iter().for_each(|topic| self.add_topic(key, *topic, MOST_TOPICS));
        interest::agree();
        if self.hub.is_stopping() {
            subscriber.end();
        }
        (Subscription { local: self.clone(), subscriber, key }, self.hub.head())
    }

    async fn read_inbox(self: Rc<Self>, mut inbox: mpsc::Receiver<Notice>, overflowed: Arc<AtomicBool>) {
        let (mut notices, mut waiting) = (Vec::new(), Vec::new());
        while inbox.recv_many(&mut notices, MOST_NOTICES).await > 0 {
            if overflowed.swap(false, Ordering::AcqRel) {
                self.each(Subscriber::fall_behind);
                if self.hub.is_stopping() {
                    self.each(Subscriber::end);
                }
            }
            let one = notices.len() == 1;
            for notice in notices.drain(..) {
                match notice {
                    Notice::Deliveries(deliveries) => {
                        let at_once = one && deliveries.len() == 1;
                        deliveries.iter().for_each(|delivery| self.deliver(delivery, at_once, &mut waiting));
                    }
                    Notice::Disconnect(user_id) => self.each(|subscriber| {
                        if subscriber.reader.user_id == user_id {
                            subscriber.end();
                        }
                    }),
                    Notice::Stop => self.each(Subscriber::end),
                }
            }
            let subscribers = self.subscribers.borrow();
            waiting.drain(..).filter_map(|key| subscribers.get(key)).for_each(|subscriber| subscriber.flush());
        }
    }

    /// Queues a delivery, or sends it `at_once`; adds to `waiting` whose queue was empty before.
    fn deliver(&self, delivery: &Delivery, at_once: bool, waiting: &mut Vec<usize>) {
        let serial = {
            let mut serial = self.serial.borrow_mut();
            *serial += 1;
            *serial
        };
        let mut met = Vec::new();
        {
            let (topics, subscribers) = (self.topics.borrow(), self.subscribers.borrow());
            let mut queued = 0;
            for topic in &delivery.topics {
                for key in topics.get(topic).into_iter().flatten() {
                    let Some(subscriber) = subscribers.get(*key) else { continue };
                    match subscriber.offer(delivery, serial, at_once) {
                        Offer::First => {
                            waiting.push(*key);
                            queued += 1;
                        }
                        Offer::Sent | Offer::Queued => queued += 1,
                        Offer::FellBehind => self.hub.metrics.readers_behind.inc(),
                        Offer::Skipped => {}
                    }
                    if let (Event::Presence(presence), Topic::Room(_) | Topic::Person(_)) = (&delivery.event, topic) {
                        met.push((*key, presence.user_id));
                    }
                }
            }
            self.hub.metrics.deliveries.inc_by(queued);
        }
        // Whoever was told that somebody came to the room is told when they leave.
        for (key, user_id) in met {
            self.add_topic(key, Topic::Watch(user_id), MOST_MET);
        }
    }

    fn add_topic(&self, key: usize, topic: Topic, most: usize) {
        if self.subscribers.borrow().get(key).is_some_and(|subscriber| subscriber.add_topic(topic, most)) {
            self.topics.borrow_mut().entry(topic).or_default().insert(key);
            self.interest.add(topic);
        }
    }

    async fn turn_wheel(self: Rc<Self>) {
        let ticks = (self.settings.heartbeat_seconds * 1000 / TICK.as_millis() as u64).max(1) as usize;
        let stalled = Duration::from_secs(self.settings.stalled_seconds);
        let mut wheel = tokio::time::interval(TICK);
        wheel.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut turn = 0;
        loop {
            wheel.tick().await;
            turn = (turn + 1) % ticks;
            let now_ms = now().millis();
            for (key, subscriber) in self.subscribers.borrow().iter() {
                if subscriber.reader.expires_at_ms <= now_ms {
                    subscriber.end();
                } else if subscriber.has_stalled(stalled) {
                    self.hub.metrics.readers_stalled.inc();
                    subscriber.end();
                } else if subscriber.reader.heartbeat && key % ticks == turn {
                    subscriber.nudge(&HEARTBEAT);
                }
            }
        }
    }

    fn each(&self, act: impl Fn(&Subscriber)) {
        self.subscribers.borrow().iter().for_each(|(_, subscriber)| act(subscriber));
    }
}

/// An open stream's place in its hub. Dropping it leaves the hub.
#[derive(Debug)]
pub struct Subscription {
    local: Rc<LocalHub>,
    subscriber: Rc<Subscriber>,
    key: usize,
}

impl Subscription {
    /// Adds a topic whose events the stream gets from now on, if not all that is under way.
    pub fn add_topic(&self, topic: Topic) {
        self.local.add_topic(self.key, topic, MOST_TOPICS);
    }

    /// Lets the hub write to this outlet while the stream waits.
    pub fn write_to(&self, outlet: Rc<dyn Outlet>) {
        self.subscriber.write_to(outlet);
    }

    /// What the stream does next.
    pub fn poll_taken(&self, context: &mut Context<'_>) -> Poll<Taken> {
        self.subscriber.poll_taken(context)
    }

    /// Notes that everything up to `through` was read from a journal that ended at `head`.
    pub fn caught_up(&self, through: i64, head: i64) {
        self.subscriber.caught_up(through, head);
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        let mut topics = self.local.topics.borrow_mut();
        for topic in self.subscriber.topics() {
            self.local.interest.remove(topic);
            if let Some(keys) = topics.get_mut(&topic) {
                keys.remove(&self.key);
                if keys.is_empty() {
                    topics.remove(&topic);
                }
            }
        }
        self.local.subscribers.borrow_mut().try_remove(self.key);
        self.local.hub.metrics.open_streams.dec();
    }
}
