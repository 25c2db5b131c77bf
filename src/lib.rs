//! Sapa: a customer-support chat. Rooms, messages and live streams over Server-Sent Events.
//!
//! The modules in reading order, from what the outside meets to what everything stands on. A module imports only from
//! rows below its own; `tests/architecture.rs` holds it to that.

// 10: the program
pub mod cli;
pub mod startup;
// 9: the ways in, and what runs beside them
pub mod dialect;
pub mod jobs;
// 8: Socket.IO machinery
pub mod socketio;
// 7: HTTP machinery
pub mod http;
// 6: the product
pub mod service;
// 5: what an operation may use
pub mod state;
// 4: the journal, which publishes what it committed
pub mod journal;
// 3: live fan-out
pub mod hub;
// 2: capabilities
pub mod database;
pub mod identity;
pub mod limit;
pub mod records;
// 1: foundations
pub mod config;
pub mod domain;
pub mod telemetry;
