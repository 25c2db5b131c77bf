//! Sapa: a customer-support chat. Rooms, messages and live streams over Server-Sent Events.
//!
//! The modules in reading order, from what the outside meets to what everything stands on. A module imports only from
//! rows below its own; `tests/architecture.rs` holds it to that.

// 8: the program
pub mod cli;
pub mod startup;
// 7: the ways in
pub mod dialect;
pub mod jobs;
// 6: HTTP machinery
pub mod http;
// 5: the product
pub mod service;
// 4: what an operation may use
pub mod state;
// 3: the journal, which publishes what it committed
pub mod journal;
// 2: capabilities
pub mod hub;
pub mod identity;
pub mod limit;
pub mod records;
// 1: foundations
pub mod config;
pub mod domain;
pub mod telemetry;
