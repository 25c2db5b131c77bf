//! Counts and exports.

mod export;
mod stats;

pub use export::{ExportFormat, export};
pub use stats::{Stats, stats};
