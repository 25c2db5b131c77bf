//! What is measured, and beside whom.

mod chat;
mod posts;
mod reads;
mod resume;
mod seed;
mod start;
mod streams;
mod websockets;

use std::collections::BTreeMap;

use crate::{
    Result,
    net::Answer,
    servers::{Kind, Places},
    stats,
};

/// Names with values; units are in the names.
pub(crate) type Figures = BTreeMap<String, f64>;

/// Where things are, and how large they shall be.
pub(crate) struct Context {
    pub(crate) places: Places,
    /// Sizes are divided by this, to try the benchmark itself out.
    pub(crate) divisor: u64,
    /// Rooms of the large desk that is read.
    pub(crate) rooms: u64,
    /// Messages of the large desk that is read.
    pub(crate) messages: u64,
}

impl Context {
    fn size(&self, full: u64) -> u64 {
        (full / self.divisor).max(1)
    }

    fn count(&self, full: u32) -> u32 {
        u32::try_from(self.size(u64::from(full))).unwrap_or(full)
    }
}

/// One measure.
pub(crate) struct Measure {
    pub(crate) name: &'static str,
    pub(crate) work: &'static str,
    pub(crate) servers: &'static [Kind],
    /// Whether it is run once, as it repeats its work itself.
    pub(crate) once: bool,
    pub(crate) run: fn(&Context, Kind) -> Result<Figures>,
}

/// All of them, in the order in which they are run.
pub(crate) const MEASURES: [Measure; 14] = [
    Measure {
        name: "idle",
        work: "10,000 streams, each of its own room",
        servers: &[Kind::Sapa, Kind::Nchan, Kind::Raw],
        once: false,
        run: streams::idle,
    },
    Measure {
        name: "broadcast",
        work: "1 room, 5,000 streams, 200 messages, the next one when the last was answered",
        servers: &[Kind::Sapa, Kind::Raw, Kind::Nchan],
        once: false,
        run: streams::broadcast,
    },
    Measure {
        name: "crowd",
        work: "1 room, 5,000 streams, 5 messages a second for 8 s",
        servers: &[Kind::Sapa, Kind::Raw, Kind::Nchan],
        once: false,
        run: streams::crowd,
    },
    Measure {
        name: "chat",
        work: "2,000 rooms of 2, 40,000 posts by 64 callers",
        servers: &[Kind::Sapa, Kind::SocketIoSqlite, Kind::Nchan, Kind::Raw],
        once: false,
        run: chat::chat,
    },
    Measure {
        name: "pace",
        work: "2,000 rooms of 2, 500 messages a second for 8 s",
        servers: &[Kind::Sapa, Kind::Nchan, Kind::ExpressSqlite, Kind::Raw, Kind::Disk],
        once: false,
        run: chat::pace,
    },
    Measure {
        name: "post128",
        work: "2,000 rooms, nobody reads, 128 posts in flight; the disk: appends of 4 KiB, each with fdatasync",
        servers: &[Kind::Sapa, Kind::ExpressSqlite, Kind::Disk],
        once: false,
        run: |context, kind| posts::posts(context, kind, 128, 20_000),
    },
    Measure {
        name: "post1",
        work: "2,000 rooms, nobody reads, 1 post in flight",
        servers: &[Kind::Sapa, Kind::ExpressSqlite],
        once: false,
        run: |context, kind| posts::posts(context, kind, 1, 3_000),
    },
    Measure {
        name: "post32",
        work: "2,000 rooms on Postgres, nobody reads, 32 posts in flight",
        servers: &[Kind::SapaPostgres, Kind::ExpressPostgres],
        once: false,
        run: |context, kind| posts::posts(context, kind, 32, 10_000),
    },
    Measure {
        name: "long128",
        work: "as post128, so many that most are indexed for the search meanwhile: 200,000",
        servers: &[Kind::Sapa, Kind::ExpressSqlite],
        once: true,
        run: |context, kind| posts::posts(context, kind, 128, 200_000),
    },
    Measure {
        name: "long32",
        work: "as post32, so many that most are indexed for the search meanwhile: 100,000",
        servers: &[Kind::SapaPostgres, Kind::ExpressPostgres],
        once: true,
        run: |context, kind| posts::posts(context, kind, 32, 100_000),
    },
    Measure {
        name: "websocket",
        work: "5,000 Socket.IO clients, 1,000 of them in one room, 100 messages",
        servers: &[Kind::Sapa, Kind::SocketIo],
        once: false,
        run: websockets::websocket,
    },
    Measure {
        name: "resume",
        work: "5,000 streams at once after a restart, with 20 missed messages each and with none",
        servers: &[Kind::Sapa],
        once: false,
        run: resume::resume,
    },
    Measure {
        name: "reads",
        work: "lists, searches, totals and histories of a large desk and of one with 1,000 rooms",
        servers: &[Kind::Sapa, Kind::SapaPostgres],
        once: true,
        run: reads::reads,
    },
    Measure {
        name: "start",
        work: "the process until its first answer, and its memory then",
        servers: &[Kind::Sapa],
        once: true,
        run: start::start,
    },
];

/// What every work tells of itself: how fast it was, and whether all came as it should.
fn told(answer: &Answer, posts: u64) -> Figures {
    let seconds = answer.took.as_secs_f64().max(1e-9);
    let mut figures = Figures::new();
    let mut set = |name: &str, value: f64| figures.insert(name.to_owned(), value);
    set("posts_per_s", posts as f64 / seconds);
    set("answer_p50_us", stats::percentile(&answer.waits, 0.5));
    set("answer_p99_us", stats::percentile(&answer.waits, 0.99));
    if answer.deliveries > 0 {
        set("deliveries_per_s", answer.deliveries as f64 / seconds);
        for (name, share) in [("p50_us", 0.5), ("p90_us", 0.9), ("p99_us", 0.99)] {
            set(name, stats::percentile(&answer.latencies, share));
        }
    }
    set("lost", answer.lost as f64);
    set("wrong", answer.wrong as f64);
    set("ended", answer.ended as f64);
    set("failed", answer.failed as f64);
    figures
}
