//! Where the other processes are reached.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use super::NodeId;

/// The other processes' addresses, as these said last.
// A std mutex: it is held for a look-up, never across an await.
#[derive(Debug)]
pub struct Peers {
    own: NodeId,
    own_address: Option<SocketAddr>,
    others: Mutex<HashMap<NodeId, (SocketAddr, Instant)>>,
}

impl Peers {
    /// Nobody yet. `own_address` is where the others reach this process; none if they do not.
    pub fn new(own: NodeId, own_address: Option<SocketAddr>) -> Self {
        Self { own, own_address, others: Mutex::default() }
    }

    /// This process's name.
    pub fn own(&self) -> &NodeId {
        &self.own
    }

    /// Where the others reach this process, if they do.
    pub fn own_address(&self) -> Option<SocketAddr> {
        self.own_address
    }

    /// Notes where a process is reached, for as long as `lease`.
    pub fn hear(&self, node: NodeId, address: SocketAddr, lease: Duration) {
        let now = Instant::now();
        let mut others = self.lock();
        others.retain(|_, (_, until)| *until > now);
        others.insert(node, (address, now + lease));
    }

    /// Forgets a process.
    pub fn forget(&self, node: &NodeId) {
        self.lock().remove(node);
    }

    /// Where a process is reached.
    pub fn address(&self, node: &NodeId) -> Option<SocketAddr> {
        self.lock().get(node).filter(|(_, until)| *until > Instant::now()).map(|(address, _)| *address)
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<NodeId, (SocketAddr, Instant)>> {
        self.others.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
