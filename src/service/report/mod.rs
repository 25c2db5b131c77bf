//! Counts and exports.

mod export;
mod readiness;
mod stats;

pub use export::{ExportFormat, export};
pub use readiness::{NotReady, readiness};
pub use stats::{Stats, stats};
