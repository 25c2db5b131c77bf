//! Which topics a serving thread has readers of, as far as a writer has to know: whether to wake it at all.

use std::{
    hash::{BuildHasher, BuildHasherDefault, DefaultHasher},
    sync::atomic::{AtomicU32, Ordering, fence},
};

use super::{Delivery, Topic};

/// Counts for each thread; topics that share one are told apart by the thread itself.
const COUNTS: usize = 1 << 14;

/// How many readers a thread has of each topic, but for people, told by counts that several topics share: never too few, so
/// that what concerns nobody here can be told from what may concern somebody. Without it each post wakes every thread: 30 us
/// of CPU for each that has nothing to do.
#[derive(Debug)]
pub(super) struct Interest {
    counts: Box<[AtomicU32]>,
}

impl Interest {
    pub(super) fn new() -> Self {
        Self { counts: std::iter::repeat_with(AtomicU32::default).take(COUNTS).collect() }
    }

    /// Notes a reader of a topic.
    pub(super) fn add(&self, topic: Topic) {
        if let Some(count) = self.count_of(topic) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Forgets a reader of a topic, who was noted.
    pub(super) fn remove(&self, topic: Topic) {
        if let Some(count) = self.count_of(topic) {
            count.fetch_sub(1, Ordering::Relaxed);
        }
    }

    /// Whether somebody may read one of these deliveries.
    pub(super) fn has_readers_of(&self, deliveries: &[Delivery]) -> bool {
        let mut topics = deliveries.iter().flat_map(|delivery| &delivery.topics);
        topics.any(|topic| self.count_of(*topic).is_none_or(|count| count.load(Ordering::Relaxed) > 0))
    }

    /// None for people, whom every thread is told of: it begins to watch somebody when it reads that they came, and must not
    /// be left out of what was written meanwhile.
    fn count_of(&self, topic: Topic) -> Option<&AtomicU32> {
        if matches!(topic, Topic::Watch(_)) {
            return None;
        }
        let hash = BuildHasherDefault::<DefaultHasher>::default().hash_one(topic);
        Some(&self.counts[hash as usize % COUNTS])
    }
}

/// Stands between what a reader notes and its look at the journal's end, and between a writer's move of that end and its
/// look at who reads: at least one of them then sees the other, so that no reader waits for what nobody gives it.
pub(super) fn agree() {
    fence(Ordering::SeqCst);
}

#[cfg(test)]
mod tests {
    use std::{
        collections::HashMap,
        future::poll_fn,
        sync::{Arc, atomic::AtomicBool},
        thread,
    };

    use bytes::Bytes;

    use super::*;
    use crate::{
        config,
        domain::{ChatKind, Event},
        hub::{Committed, Hub, LocalHub, Reader, Speller, Taken, Topics},
        telemetry::Metrics,
    };

    const ROOM: Topic = Topic::Room(7);
    const READERS: usize = 20_000;

    fn delivery<const N: usize>(id: i64, topics: [Topic; N]) -> Delivery {
        let event = Event::Read { room_id: 7, kind: ChatKind::Support, user_id: 1, last_read_message_id: None };
        Delivery::stored(id, Topics::from_iter(topics), event)
    }

    #[test]
    fn a_thread_is_told_of_people_and_of_what_it_has_readers_of() {
        let interest = Interest::new();
        let deliveries = [delivery(1, [Topic::Desk, ROOM])];
        assert!(!interest.has_readers_of(&deliveries));
        interest.add(ROOM);
        interest.add(ROOM);
        interest.remove(ROOM);
        assert!(interest.has_readers_of(&deliveries));
        interest.remove(ROOM);
        assert!(!interest.has_readers_of(&deliveries));
        assert!(interest.has_readers_of(&[delivery(1, [Topic::Watch(7)])]));
    }

    #[actix_web::test]
    async fn who_comes_while_others_write_gets_what_follows_its_beginning() {
        let hub = Arc::new(Hub::new(0, Metrics::new().expect("metrics"), None));
        let local = LocalHub::start(hub.clone(), &config::load(HashMap::new()).expect("the defaults").stream);
        let done = Arc::new(AtomicBool::new(false));
        let writer = thread::spawn({
            let done = done.clone();
            move || {
                for id in 1.. {
                    hub.commit(Committed { after: id - 1, through: id, deliveries: vec![delivery(id, [ROOM])] });
                    if done.load(Ordering::Relaxed) {
                        break;
                    }
                    // Long enough for the reader to have come and gone, or not.
                    (0..id % 64 * 16).for_each(|_| std::hint::spin_loop());
                    thread::yield_now();
                }
            }
        });
        let speller = Speller { slot: |_, _| None, spell: |id, _, _| id.map(|id| Bytes::from(format!("{id} "))) };
        let reader = Reader { user_id: 1, expires_at_ms: i64::MAX, speller, heartbeat: false };
        let mut seen = 0;
        for _ in 0..READERS {
            let (subscription, start) = local.subscribe_live(reader, &[ROOM], 0);
            if let Taken::Frames(frames) = poll_fn(|context| subscription.poll_taken(context)).await {
                let first = frames.split(|byte| *byte == b' ').next().map(<[u8]>::to_vec);
                assert_eq!(first, Some((start + 1).to_string().into_bytes()));
                seen += 1;
            }
        }
        done.store(true, Ordering::Relaxed);
        writer.join().expect("the writer");
        assert!(seen > READERS / 2, "most readers kept up: {seen}");
    }
}
