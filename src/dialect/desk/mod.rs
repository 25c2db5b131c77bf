//! The desk of seed 004: the namespace `/desk`. It has no REST calls.

mod socket;
mod wire;

pub use socket::DeskSocket;
