//! What the operator sees: log lines and metrics.

mod logging;
mod metrics;

pub use logging::init_logging;
pub use metrics::Metrics;
