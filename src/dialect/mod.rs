//! The ways in, one folder for each seed's vocabulary. A dialect translates and decides nothing.

use std::{collections::HashMap, rc::Rc};

use crate::{
    config::DialectName,
    socketio::{Context, Namespace, Namespaces, Spoken},
};

pub mod desk;
pub mod direct;
mod envelope;
pub mod messenger;
pub mod support;

/// The shared spellings of the hub, by the number at which each dialect's begin. Server-Sent Events have 0 to 3.
mod slot {
    pub(super) const SUPPORT: usize = 4;
    pub(super) const DIRECT: usize = 6;
    pub(super) const MESSENGER: usize = 8;
    pub(super) const DESK: usize = 10;
    /// Whatever the root namespace speaks; one dialect does.
    pub(super) const ROOT: usize = 12;
}

/// The Socket.IO namespaces of one serving thread.
pub fn namespaces(context: &Context) -> Namespaces {
    let speaks = |dialect: DialectName| -> Rc<dyn Namespace> {
        match dialect {
            DialectName::Support => Rc::new(Spoken::<support::SupportSocket>::new(context.clone())),
            DialectName::Direct => Rc::new(Spoken::<direct::DirectSocket>::new(context.clone())),
            DialectName::Messenger => Rc::new(Spoken::<messenger::MessengerSocket>::new(context.clone())),
            DialectName::Desk => Rc::new(Spoken::<desk::DeskSocket>::new(context.clone())),
        }
    };
    HashMap::from([
        ("/".to_owned(), speaks(context.state.settings.socketio.root_dialect)),
        ("/support".to_owned(), speaks(DialectName::Support)),
        ("/direct".to_owned(), speaks(DialectName::Direct)),
        ("/messenger".to_owned(), speaks(DialectName::Messenger)),
        ("/desk".to_owned(), speaks(DialectName::Desk)),
    ])
}
