//! Sapa through its front door: the built program, a fresh database for each
//! test, and people who talk to it by HTTP.

// Futures of tests that start several nodes and servers lie deep in each other.
#![recursion_limit = "256"]
#![allow(clippy::expect_used, reason = "a test may stop at what it did not expect")]

mod authorization;
mod backup;
mod broadcasts;
mod cli;
mod config;
mod crash;
mod databases;
mod delete;
mod direct_rooms;
mod documents;
mod faults;
mod harness;
mod healthcheck;
mod idempotency;
mod identity;
mod known;
mod limits;
mod manage;
mod messages;
mod messenger_chats;
mod model;
mod nodes;
mod other_programs;
mod outage;
mod people;
mod presence;
mod problems;
mod reactions;
mod read;
mod reconnect;
mod resume;
mod room_show;
mod rooms_list;
mod rooms_open;
mod rooms_paging;
mod rooms_search;
mod security_limits;
mod security_logs;
mod security_origins;
mod security_pages;
mod security_requests;
mod send;
mod sessions;
mod slow_reader;
mod stats;
mod stream;
mod stream_all;
mod stream_end;
mod takeover;
mod tls;
mod together;
mod typing;
mod upgrade;
