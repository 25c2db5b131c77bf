//! A reader gets everything once and in order.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    task::{Context, Poll, Waker},
};

use bytes::Bytes;
use proptest::prelude::{Just, Strategy, any, prop, prop_oneof, proptest};

use super::{From, Outlet, Reader, Speller, Subscriber, Taken};
use crate::{
    domain::{ChatKind, Event},
    hub::{Delivery, Topic},
};

fn spell(id: Option<i64>, _: &Event, _: i32) -> Option<Bytes> {
    Some(Bytes::from(format!("{};", id.unwrap_or(0))))
}

fn delivery(id: i64) -> Delivery {
    let event = Event::Read { room_id: 1, kind: ChatKind::Support, user_id: 1, last_read_message_id: None };
    Delivery::stored(id, [Topic::Desk].into_iter().collect(), event)
}

/// What a reader has got by a socket that takes few bytes at a time.
#[derive(Debug)]
struct Socket {
    seen: RefCell<String>,
    rest: RefCell<Bytes>,
    takes: Cell<usize>,
}

impl Socket {
    fn send(&self, bytes: &[u8]) {
        self.seen.borrow_mut().push_str(&String::from_utf8_lossy(bytes));
    }

    fn send_rest(&self) {
        self.send(&self.rest.take());
    }
}

impl Outlet for Socket {
    fn is_free(&self) -> bool {
        self.rest.borrow().is_empty()
    }

    fn write(&self, bytes: &Bytes) -> bool {
        let (now, later) = bytes.split_at(bytes.len().min(self.takes.get()));
        self.send(now);
        self.rest.replace(Bytes::copy_from_slice(later));
        later.is_empty()
    }
}

#[derive(Clone, Debug)]
enum Step {
    Publish { at_once: bool },
    Flush,
    Take,
    Overflow,
    SocketTakes(usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        6 => any::<bool>().prop_map(|at_once| Step::Publish { at_once }),
        2 => Just(Step::Flush),
        3 => Just(Step::Take),
        1 => Just(Step::Overflow),
        1 => (0usize..12).prop_map(Step::SocketTakes),
    ];
    prop::collection::vec(step, 1..200)
}

proptest! {
    /// Whatever the order of publishes, reads and overflows, and whatever the socket takes: every id once, in order, none
    /// left out.
    #[test]
    fn a_reader_gets_every_event_once_and_in_order(
        steps in steps(),
        start in 0i64..5,
        journal_first in any::<bool>(),
        taken_over in any::<bool>(),
        most_bytes in 2usize..40,
        page in 1i64..10,
    ) {
        let from = if journal_first { From::Journal(0) } else { From::Live(start) };
        let speller = Speller { slot: |_, _| Some(0), spell };
        let reader = Reader { user_id: 1, expires_at_ms: i64::MAX, speller, heartbeat: false };
        let first = if journal_first { 1 } else { start + 1 };
        let subscriber = Subscriber::new(reader, most_bytes);
        subscriber.begin(from);
        let mut head = start;
        let socket =
            Rc::new(Socket { seen: RefCell::default(), rest: RefCell::default(), takes: Cell::new(usize::MAX) });
        if taken_over {
            subscriber.write_to(socket.clone());
        }
        let mut context = Context::from_waker(Waker::noop());
        let mut drain = |head: i64| {
            socket.send_rest();
            loop {
                match subscriber.poll_taken(&mut context) {
                    Poll::Ready(Taken::Frames(frames)) => socket.send(&frames),
                    Poll::Ready(Taken::Behind(cursor)) => {
                        let through = head.min(cursor + page);
                        (cursor + 1..=through).for_each(|id| socket.send(format!("{id};").as_bytes()));
                        subscriber.caught_up(through, head);
                    }
                    Poll::Ready(Taken::End) | Poll::Pending => break,
                }
            }
        };
        for (serial, step) in (1u64..).zip(steps) {
            match step {
                Step::Publish { at_once } => {
                    head += 1;
                    subscriber.offer(&delivery(head), serial, at_once);
                    subscriber.offer(&delivery(head), serial, at_once);
                }
                Step::Flush => subscriber.flush(),
                Step::Take => drain(head),
                Step::Overflow => subscriber.fall_behind(),
                Step::SocketTakes(bytes) => socket.takes.set(bytes),
            }
        }
        drain(head);
        let expected: String = (first..=head).map(|id| format!("{id};")).collect();
        assert_eq!(*socket.seen.borrow(), expected);
    }
}
