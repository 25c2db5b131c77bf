//! Engine.IO, revision 4: sessions over websocket, over long polling, and over polling that becomes a websocket.
//!
//! A session belongs to the serving thread on which it was opened. A websocket's session is part of the response's body
//! and needs no task. A polled session has one, and its requests, which reach any thread, meet it at a [`Bridge`].

mod bridge;
mod forward;
pub mod frame;
#[cfg(fuzzing)]
pub mod fuzzing;
mod handler;
mod outbox;
mod packet;
mod polling;
mod refusal;
mod registry;
mod relay;
mod session;
mod websocket;

use std::{
    rc::Rc,
    sync::Arc,
    task::{Context, Poll},
};

use actix_web::{HttpRequest, HttpResponse};
use futures_util::future::LocalBoxFuture;

pub use handler::mount;
pub use outbox::Outbox;
pub use packet::{Message, Violation};
pub use registry::Sessions;

pub(in crate::socketio) use session::new_id;

use crate::config;
use bridge::Bridge;

/// What speaks over a session.
pub trait Application {
    /// Takes a message of the client.
    ///
    /// # Errors
    /// A [`Violation`] ends the session.
    fn receive(&mut self, message: Message) -> Result<(), Violation>;

    /// Whether it takes a message now; if not, the client's wait.
    fn is_ready(&self) -> bool;

    /// Goes on with its work and puts what is to be written into `outbox`. Ready when the session ends.
    fn poll(&mut self, context: &mut Context<'_>, outbox: &mut Outbox) -> Poll<()>;
}

/// Makes the application of a new session.
pub type Opener = Box<dyn Fn() -> Box<dyn Application>>;

/// Asked about every request that belongs to no session yet; what it answers if it refuses.
pub type Admission = Box<dyn Fn(HttpRequest) -> LocalBoxFuture<'static, Result<(), HttpResponse>>>;

/// The sessions that one serving thread opens, and those of all threads by their id.
pub struct Engine {
    settings: config::Socketio,
    sessions: Arc<Sessions>,
    open: Opener,
    admit: Admission,
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").finish_non_exhaustive()
    }
}

impl Engine {
    /// An engine for one serving thread; `sessions` is shared by all threads.
    pub fn new(settings: config::Socketio, sessions: Arc<Sessions>, open: Opener, admit: Admission) -> Rc<Self> {
        Rc::new(Self { settings, sessions, open, admit })
    }
}
