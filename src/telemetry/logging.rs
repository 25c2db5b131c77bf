//! Structured logs on standard error. Secrets never reach them: tokens and URLs with passwords are types that don't print.

use std::io::IsTerminal;

use tracing_subscriber::{EnvFilter, fmt, layer::SubscriberExt, util::SubscriberInitExt};

use crate::config::{Log, LogFormat};

/// Starts logging for the process.
///
/// # Errors
/// A text that says what is wrong with `log.filter`, or that logging runs already.
pub fn init_logging(settings: &Log) -> Result<(), String> {
    let filter = EnvFilter::try_new(&settings.filter).map_err(|error| format!("settings: log.filter: {error}"))?;
    let registry = tracing_subscriber::registry().with(filter);
    let lines = fmt::layer().with_writer(std::io::stderr).with_ansi(std::io::stderr().is_terminal());
    match settings.format {
        LogFormat::Text => registry.with(lines.with_target(false)).try_init(),
        LogFormat::Json => registry.with(lines.json().flatten_event(true).with_current_span(false)).try_init(),
    }
    .map_err(|error| error.to_string())
}
