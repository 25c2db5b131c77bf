//! The ways in. A dialect translates a wire into an operation and an event into a frame; it decides nothing.

pub mod support;
