//! Live fan-out inside this process: committed events and short-lived ones to the bounded queues of open streams.
//!
//! Every serving thread owns its subscribers ([`LocalHub`]), so the hot path takes no lock across threads; a publish
//! reaches each thread once, and each frame is spelled once for each spelling.

mod delivery;
mod local;
mod presence;
mod publisher;
mod recurring;
mod subscriber;
mod topic;

pub use delivery::{Delivery, SPELLINGS, Speller};
pub use local::{LocalHub, Subscription};
pub use presence::{Arrival, PresenceRegistry, Status};
pub use publisher::Hub;
pub use recurring::Recurring;
pub use subscriber::{Reader, Taken};
pub use topic::{Topic, Topics};
