//! One client in one namespace, as a dialect sees it.

use std::{
    cell::RefCell,
    rc::Rc,
    task::{Context, Poll},
};

use bytes::Bytes;
use serde::Serialize;

use super::{
    engine::{Message, Outbox},
    packet::packet_frame,
};
use crate::service::stream::Feed;

/// A client in a namespace. What is emitted goes out in its order, before what feeds attached later bring.
pub struct Socket {
    id: String,
    namespace: String,
    outbox: RefCell<Outbox>,
    /// Boxed, since a vector grows by room for four.
    feeds: RefCell<Vec<(i32, Box<Feed>)>>,
}

impl std::fmt::Debug for Socket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Socket").field("id", &self.id).field("namespace", &self.namespace).finish_non_exhaustive()
    }
}

impl Socket {
    pub(super) fn new(id: String, namespace: String) -> Rc<Self> {
        Rc::new(Self { id, namespace, outbox: RefCell::default(), feeds: RefCell::default() })
    }

    /// The socket's id, which the client knows too.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The name of the namespace, `/` for the root.
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// Sends an event with one argument.
    pub fn emit(&self, event: &str, payload: &impl Serialize) {
        self.write(packet_frame("2", &self.namespace, None, Some(&(event, payload))));
    }

    /// Sends an event without an argument.
    pub fn emit_bare(&self, event: &str) {
        self.write(packet_frame("2", &self.namespace, None, Some(&[event])));
    }

    /// Sends an event with several arguments and the binary parts that they refer to.
    pub fn emit_all(&self, event: &str, args: &[serde_json::Value], attachments: &[Bytes]) {
        let values: Vec<_> = std::iter::once(&serde_json::Value::from(event)).chain(args).cloned().collect();
        match attachments {
            [] => self.write(packet_frame("2", &self.namespace, None, Some(&values))),
            attachments => self.write_binary("5", None, &values, attachments),
        }
    }

    /// Brings the socket a feed's frames from now on; one with the same key is replaced.
    pub fn attach(&self, key: i32, feed: Feed) {
        let mut feeds = self.feeds.borrow_mut();
        feeds.retain(|(known, _)| *known != key);
        feeds.push((key, Box::new(feed)));
    }

    /// Ends a feed.
    pub fn detach(&self, key: i32) {
        self.feeds.borrow_mut().retain(|(known, _)| *known != key);
    }

    /// How many feeds the socket has.
    pub fn feeds(&self) -> usize {
        self.feeds.borrow().len()
    }

    pub(super) fn acknowledge(&self, number: u64, values: &[impl Serialize], attachments: &[Bytes]) {
        match attachments {
            [] => self.write(packet_frame("3", &self.namespace, Some(number), Some(&values))),
            attachments => self.write_binary("6", Some(number), &values, attachments),
        }
    }

    pub(super) fn write(&self, frame: Bytes) {
        self.outbox.borrow_mut().push_frames(frame);
    }

    fn write_binary(&self, kind: &str, number: Option<u64>, values: &impl Serialize, attachments: &[Bytes]) {
        let kind = format!("{kind}{}-", attachments.len());
        let mut outbox = self.outbox.borrow_mut();
        outbox.push_frames(packet_frame(&kind, &self.namespace, number, Some(values)));
        for attachment in attachments {
            outbox.push(&Message::Binary(attachment.clone()));
        }
    }

    /// Moves what is to be written into the session's outbox; ready when a feed has ended, and the session with it.
    pub(super) fn poll(&self, context: &mut Context<'_>, outbox: &mut Outbox, most_bytes: usize) -> Poll<()> {
        self.outbox.borrow_mut().append_to(outbox);
        for (_, feed) in self.feeds.borrow_mut().iter_mut() {
            while outbox.len() < most_bytes {
                match feed.poll_next(context) {
                    Poll::Ready(Some(frames)) if frames.is_empty() => {}
                    // Whoever gets something asks again.
                    Poll::Ready(Some(frames)) => {
                        outbox.push_frames(frames);
                        break;
                    }
                    // The token has expired, the service stops or the journal cannot be read: the client comes back.
                    Poll::Ready(None) => return Poll::Ready(()),
                    Poll::Pending => break,
                }
            }
        }
        Poll::Pending
    }
}
