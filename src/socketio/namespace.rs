//! What a dialect supplies: who may enter a namespace, and what its events do.

use std::{future::Future, pin::Pin, rc::Rc, time::Duration};

use serde_json::Value;

use super::{Call, Socket};

/// A namespace that clients may enter.
pub trait Namespace {
    /// Lets a client in who sent this along, or not. What the client is told first is emitted here.
    fn connect(&self, socket: Rc<Socket>, auth: Value) -> Connecting;
}

/// One client within a namespace.
pub trait Conversation {
    /// Does what an event asks. The next event of the same client waits for it.
    fn call(&self, call: Call) -> Handling;

    /// Refuses an event, as there were too many.
    fn refuse(&self, call: Call, retry_after: Duration);

    /// The client left on purpose. One whose connection broke is dropped without it.
    fn leave(&self);
}

/// The future of [`Namespace::connect`].
pub type Connecting = Pin<Box<dyn Future<Output = Result<Rc<dyn Conversation>, Refused>>>>;

/// The future of [`Conversation::call`].
pub type Handling = Pin<Box<dyn Future<Output = ()>>>;

/// Why a client may not enter: it becomes the `connect_error` event.
#[derive(Clone, Debug, PartialEq)]
pub struct Refused {
    /// For people.
    pub message: String,
    /// For programs.
    pub data: Value,
}
