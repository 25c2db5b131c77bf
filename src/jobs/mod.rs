//! What runs beside the requests, at intervals.

mod runner;

pub use runner::start;
