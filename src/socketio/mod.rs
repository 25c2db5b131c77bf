//! Socket.IO, revision 5, over Engine.IO: namespaces, events, acknowledgements. What the events mean is the dialects'.
//!
//! It stands on the same hub as the streams: a dialect attaches feeds to a socket, whose frames are spelled once for all
//! readers and written as they are.

mod client;
pub mod engine;
#[cfg(fuzzing)]
pub mod fuzzing;
mod namespace;
mod packet;
mod socket;
mod speaker;

use std::{collections::HashMap, rc::Rc, sync::Arc};

pub use namespace::{Connecting, Conversation, Handling, Namespace, Refused};
pub use packet::{Ack, Call, bare_event_frame, event_frame};
pub use socket::Socket;
pub use speaker::{Arguments, Context, Id, Speaker, Spoken};

use client::Client;
use engine::{Admission, Engine, Sessions};

use crate::config;

/// The namespaces that one serving thread speaks, by name (`/`, `/support`).
pub type Namespaces = HashMap<String, Rc<dyn Namespace>>;

/// An engine for one serving thread whose sessions speak these namespaces; `sessions` is shared by all threads.
pub fn engine(
    settings: &config::Socketio,
    sessions: Arc<Sessions>,
    namespaces: Namespaces,
    admit: Admission,
) -> Rc<Engine> {
    let (namespaces, for_clients) = (Rc::new(namespaces), Rc::new(settings.clone()));
    let open = move || -> Box<dyn engine::Application> { Box::new(Client::new(&for_clients, namespaces.clone())) };
    Engine::new(settings.clone(), sessions, Box::new(open), admit)
}
