//! The bytes of one stream.

use std::{
    future::Future,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, ready},
};

use bytes::{Bytes, BytesMut};

use super::presence::Attendance;
use crate::{
    domain::Event,
    hub::{Outlet, Speller, Subscription, Taken},
    journal::{Missed, Scope},
    service::Error,
    state::State,
};

type Reading = Pin<Box<dyn Future<Output = Result<Missed, Error>>>>;

/// An open stream, polled for its next bytes. It has no task and no timer of its own; dropping it leaves the hub and
/// ends its person's presence.
pub struct Feed {
    state: State,
    subscription: Subscription,
    scope: Scope,
    speller: Speller,
    reader: i32,
    first: Option<Bytes>,
    reading: Option<Reading>,
    _attendance: Option<Attendance>,
}

impl std::fmt::Debug for Feed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Feed").field("scope", &self.scope).finish_non_exhaustive()
    }
}

impl Feed {
    pub(super) fn new(
        state: State,
        subscription: Subscription,
        attendance: Option<Attendance>,
        scope: Scope,
        speller: Speller,
        reader: i32,
        first: &[(Option<i64>, Event)],
    ) -> Self {
        let first = spell_all(speller, reader, first.iter().map(|(id, event)| (*id, event)));
        Self { state, subscription, scope, speller, reader, first, reading: None, _attendance: attendance }
    }

    /// Lets the hub write to this outlet while the stream waits for it.
    pub fn write_to(&self, outlet: Rc<dyn Outlet>) {
        self.subscription.write_to(outlet);
    }

    /// Has a page of what was missed follow the first frames.
    pub(super) fn go_on_with(&mut self, missed: &Missed) {
        if let Some(frames) = self.take_in(missed) {
            self.first = Some(match self.first.take() {
                Some(first) => [first, frames].concat().into(),
                None => frames,
            });
        }
    }

    /// Notes what was missed; `None` if the reader gets nothing of it.
    fn take_in(&self, missed: &Missed) -> Option<Bytes> {
        self.subscription.caught_up(missed.page.through, missed.head);
        let mut bytes = BytesMut::new();
        for event in &missed.page.events {
            if let Some(frame) = event.frame(self.speller, self.reader) {
                bytes.extend_from_slice(&frame);
            }
        }
        (!bytes.is_empty()).then(|| bytes.freeze())
    }

    /// The next bytes; `None` at the stream's end. A reader that fell behind is caught up from the journal.
    pub fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Bytes>> {
        if let Some(first) = self.first.take() {
            return Poll::Ready(Some(first));
        }
        loop {
            if let Some(reading) = &mut self.reading {
                let missed = ready!(reading.as_mut().poll(context));
                self.reading = None;
                let Ok(missed) = missed else {
                    // The reader comes back by itself and goes on where it was.
                    return Poll::Ready(None);
                };
                if let Some(frames) = self.take_in(&missed) {
                    return Poll::Ready(Some(frames));
                }
            }
            match ready!(self.subscription.poll_taken(context)) {
                Taken::Frames(frames) => return Poll::Ready(Some(frames)),
                Taken::Behind(cursor) => self.reading = Some(self.read_after(cursor)),
                Taken::End => return Poll::Ready(None),
            }
        }
    }

    fn read_after(&self, cursor: i64) -> Reading {
        let (missed, scope) = (self.state.missed.clone(), self.scope);
        Box::pin(async move { Ok(missed.read(scope, cursor).await?) })
    }
}

/// `None` if the reader gets nothing of it.
fn spell_all<'a>(
    speller: Speller,
    reader: i32,
    events: impl Iterator<Item = (Option<i64>, &'a Event)>,
) -> Option<Bytes> {
    let mut bytes = BytesMut::new();
    for (id, event) in events {
        if let Some(frame) = (speller.spell)(id, event, reader) {
            bytes.extend_from_slice(&frame);
        }
    }
    (!bytes.is_empty()).then(|| bytes.freeze())
}
