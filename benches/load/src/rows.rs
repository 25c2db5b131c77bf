//! The ratios that are wanted, and how each is read from the figures.

use crate::report::Medians;

/// A ratio with its goals.
pub(crate) struct Row {
    pub(crate) label: &'static str,
    pub(crate) work: &'static str,
    pub(crate) must: f64,
    pub(crate) aim: f64,
    /// Whether more is better.
    pub(crate) more: bool,
    pub(crate) value: fn(&Medians) -> Option<f64>,
}

impl Row {
    /// Whether a value is at least as good as a goal.
    pub(crate) fn reaches(&self, value: f64, goal: f64) -> bool {
        if self.more { value >= goal } else { value <= goal }
    }
}

const LESS: bool = false;
const MORE: bool = true;

macro_rules! row {
    ($label:literal, $work:literal, $more:expr, $must:literal, $aim:literal, $value:expr) => {
        Row { label: $label, work: $work, must: $must, aim: $aim, more: $more, value: $value }
    };
}

/// The rows of the table.
pub(crate) const ROWS: [Row; 29] = [
    row!("memory per idle stream / Nchan", "idle", LESS, 1.0, 0.15, |m| m.ratio("idle", "memory_bytes", "nchan")),
    row!("CPU per delivery / raw sender", "broadcast", LESS, 1.4, 1.1, |m| {
        m.ratio("broadcast", "cpu_us_per_delivery", "raw")
    }),
    row!("CPU per delivery / Nchan", "broadcast", LESS, 0.85, 0.7, |m| {
        m.ratio("broadcast", "cpu_us_per_delivery", "nchan")
    }),
    row!("CPU per delivery / Socket.IO with better-sqlite3", "chat", LESS, 0.4, 0.15, |m| {
        m.ratio("chat", "cpu_us_per_delivery", "socket.io-sqlite")
    }),
    row!("CPU to connect / Nchan", "idle", LESS, 3.0, 1.5, |m| m.ratio("idle", "connect_cpu_us", "nchan")),
    row!("durable messages per second / Express with better-sqlite3", "post128", MORE, 3.0, 8.0, |m| {
        m.ratio("post128", "posts_per_s", "express-sqlite")
    }),
    row!("durable messages per second / fdatasync per second", "post128", MORE, 1.5, 3.0, |m| {
        Some(m.of("post128", "sapa", "posts_per_s")? / m.of("post128", "disk", "appends_per_s")?)
    }),
    row!("CPU per durable message / Express with better-sqlite3", "post128", LESS, 0.4, 0.15, |m| {
        m.ratio("post128", "cpu_us_per_post", "express-sqlite")
    }),
    row!("CPU per durable message / Express with better-sqlite3", "post1", LESS, 0.8, 0.4, |m| {
        m.ratio("post1", "cpu_us_per_post", "express-sqlite")
    }),
    row!("database CPU per message / Express with pg", "post32", LESS, 0.5, 0.25, |m| { m.database_ratio("post32") }),
    row!("CPU per durable message / Express with better-sqlite3, 200,000", "long128", LESS, 0.4, 0.15, |m| {
        m.ratio("long128", "cpu_us_per_post", "express-sqlite")
    }),
    row!("database CPU per message / Express with pg, 100,000", "long32", LESS, 0.5, 0.25, |m| {
        m.database_ratio("long32")
    }),
    row!("p50 from post to delivery, less Nchan's, in fdatasyncs", "pace", LESS, 3.0, 2.0, |m| {
        let added = m.of("pace", "sapa", "p50_us")? - m.of("pace", "nchan", "p50_us")?;
        Some(added / m.of("pace", "disk", "append_p50_us")?)
    }),
    row!("p99 from post to delivery / Express with better-sqlite3", "pace", LESS, 1.0, 0.5, |m| {
        m.ratio("pace", "p99_us", "express-sqlite")
    }),
    row!("p90 over 5,000 receivers / raw sender", "crowd", LESS, 1.3, 1.1, |m| m.ratio("crowd", "p90_us", "raw")),
    row!("memory per websocket client / Socket.IO", "websocket", LESS, 0.8, 0.4, |m| {
        m.ratio("websocket", "memory_bytes", "socket.io")
    }),
    row!("CPU per websocket delivery / Socket.IO", "websocket", LESS, 0.8, 0.4, |m| {
        m.ratio("websocket", "cpu_us_per_delivery", "socket.io")
    }),
    row!("rooms, large / small desk, SQLite", "reads", LESS, 2.0, 1.2, |m| m.of("reads", "sapa", "rooms_ratio")),
    row!("filtered rooms, SQLite", "reads", LESS, 2.0, 1.2, |m| m.of("reads", "sapa", "filtered_ratio")),
    row!("searched rooms, SQLite", "reads", LESS, 2.0, 1.2, |m| m.of("reads", "sapa", "searched_ratio")),
    row!("stats, SQLite", "reads", LESS, 2.0, 1.2, |m| m.of("reads", "sapa", "stats_ratio")),
    row!("messages, SQLite", "reads", LESS, 2.0, 1.2, |m| m.of("reads", "sapa", "messages_ratio")),
    row!("rooms, filtered, searched, stats, messages: the worst, Postgres", "reads", LESS, 2.0, 1.2, |m| {
        ["rooms_ratio", "filtered_ratio", "searched_ratio", "stats_ratio", "messages_ratio"]
            .iter()
            .map(|figure| m.of("reads", "sapa-pg", figure))
            .try_fold(0.0, |worst: f64, ratio| Some(worst.max(ratio?)))
    }),
    row!("streams resumed with 20 missed messages / plain connects", "resume", MORE, 0.3, 0.7, |m| {
        Some(m.of("resume", "sapa", "resumed_per_s")? / m.of("resume", "sapa", "plain_per_s")?)
    }),
    row!("ms from the process's start to its first answer, empty", "start", LESS, 200.0, 50.0, |m| {
        m.of("start", "sapa", "empty_ms")
    }),
    row!("ms from the process's start to its first answer, large desk", "start", LESS, 200.0, 50.0, |m| {
        m.of("start", "sapa", "large_ms")
    }),
    row!("idle memory in MB, empty", "start", LESS, 30.0, 15.0, |m| {
        Some(m.of("start", "sapa", "empty_memory_bytes")? / 1e6)
    }),
    row!("idle memory in MB, large desk", "start", LESS, 30.0, 15.0, |m| {
        Some(m.of("start", "sapa", "large_memory_bytes")? / 1e6)
    }),
    row!("ms until 90 % of 10,000 lost streams are back / Nchan", "idle", LESS, 3.0, 1.5, |m| {
        m.ratio("idle", "storm_90_percent_ms", "nchan")
    }),
];
