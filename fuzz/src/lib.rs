//! The fuzz targets: what each parser of strangers' input promises, for any bytes. `scripts/fuzz` runs them.
//!
//! A target panics when a promise is broken. Inputs are text where they can be, so that the corpora can be read.

#![cfg(fuzzing)]

mod claims;
mod credential;
mod cursor;
mod engine_payload;
mod forwarded;
mod last_event_id;
mod query;
mod search;
mod socketio_packet;
mod text;
mod token;

/// Tries one input.
pub type Target = fn(&[u8]);

/// All targets by name; each has a corpus of its own.
pub const TARGETS: [(&str, Target); 11] = [
    ("claims", claims::check),
    ("credential", credential::check),
    ("cursor", cursor::check),
    ("engine_payload", engine_payload::check),
    ("forwarded", forwarded::check),
    ("last_event_id", last_event_id::check),
    ("query", query::check),
    ("search", search::check),
    ("socketio_packet", socketio_packet::check),
    ("text", text::check),
    ("token", token::check),
];

/// The moment at which tokens are looked at.
fn now() -> chrono::DateTime<chrono::Utc> {
    chrono::DateTime::from_timestamp(1_795_176_000, 0).unwrap_or_default()
}
