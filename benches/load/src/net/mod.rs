//! Many connections on one thread: streams, websockets and callers.

mod body;
mod connection;
mod marker;
mod swarm;
mod websocket;

pub(crate) use marker::Marker;
pub(crate) use swarm::{Answer, Opening, Pace, Swarm, Work};
