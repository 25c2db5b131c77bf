//! Live fan-out: committed events and short-lived ones to the bounded queues of the open streams of this process, and what
//! the processes on one database tell each other.
//!
//! Every serving thread owns its subscribers ([`LocalHub`]), so the hot path takes no lock across threads; a publish
//! reaches each thread that has readers of it once, and each frame is spelled once for each spelling.

mod attendance;
mod backplane;
mod delivery;
mod interest;
mod local;
mod peers;
mod presence;
mod publisher;
mod recurring;
mod redis;
mod rooms;
mod seal;
mod subscriber;
mod topic;

pub use self::redis::{Joined, RedisBackplane, RedisSettings, RedisUrlError};
pub use backplane::{Attending, Backplane, Heard, NodeId, Signal};
pub use delivery::{Delivery, SPELLINGS, Speller};
pub use local::{LocalHub, Subscription};
pub use peers::Peers;
pub use presence::{Arrival, Departed, PresenceRegistry, Status};
pub use publisher::{Committed, Hub};
pub use recurring::Recurring;
pub use rooms::KnownRooms;
pub use subscriber::{Outlet, Reader, Taken};
pub use topic::{Topic, Topics};
