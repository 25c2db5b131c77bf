//! Everybody comes back after a restart.

use std::time::Duration;

use super::{Context, Figures, chat::marker};
use crate::{
    Result,
    net::{Opening, Pace, Swarm, Work},
    servers::{Kind, Server, get},
};

const ROOMS: u32 = 1_000;
const READERS: u32 = 5;
const MISSED: u32 = 20;
const CALLERS: usize = 64;

/// Streams a second that are ready: with nothing to catch up with, and with missed messages.
pub(super) fn resume(context: &Context, kind: Kind) -> Result<Figures> {
    let rooms = context.count(ROOMS);
    let mut server = Server::start(kind, &context.places)?;
    server.make_rooms(rooms)?;
    let last = last_event(&server)?;
    let missed = u64::from(rooms * MISSED);
    let answer = Swarm::new(server.address)?.run(Work {
        callers: CALLERS,
        pace: Pace::Closed,
        total: missed,
        apart: u64::from(rooms),
        deliveries: 0,
        request: &mut |index, sent_at| server.message(marker(index, rooms, sent_at)),
        answered: &mut |_, _, _| {},
    })?;
    let mut figures = Figures::from([("failed".to_owned(), answer.failed as f64)]);
    for (name, wanted, from) in [("plain", 0, None), ("resumed", MISSED, Some(last))] {
        server = server.restart(&context.places)?;
        let mut swarm = Swarm::new(server.address)?;
        let before = server.settle(&mut swarm)?;
        let readers = (1..=rooms).flat_map(|room| (0..READERS).map(move |reader| (room, reader)));
        let openings = readers.map(|(room, reader)| Opening::Stream {
            request: server.stream(room, reader, from),
            wanted,
            next: from.map(|_| 0),
        });
        let streams = rooms * READERS;
        let times = swarm.open(openings, streams as usize)?;
        let took = times.last().copied().unwrap_or_default().max(Duration::from_micros(1));
        let cpu = server.usage()?.cpu - before.cpu;
        figures.insert(format!("{name}_per_s"), f64::from(streams) / took.as_secs_f64());
        figures.insert(format!("{name}_cpu_us"), cpu as f64 / f64::from(streams));
        swarm.idle(Duration::from_millis(300))?;
        figures.insert("lost".to_owned(), f64::from(streams) - swarm.len() as f64);
    }
    Ok(figures)
}

/// The journal's end.
fn last_event(server: &Server) -> Result<u64> {
    let mut last = None;
    Swarm::new(server.address)?.run(Work {
        callers: 1,
        pace: Pace::Closed,
        total: 1,
        apart: 1,
        deliveries: 0,
        request: &mut |_, _| {
            let path = format!("/api/chat/rooms/{}", server.rooms.first().copied().unwrap_or(1));
            get(&server.host(), &path, &server.desk(), "application/json")
        },
        answered: &mut |_, _, body| {
            let room: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
            last = room["lastEventId"].as_u64();
        },
    })?;
    last.ok_or_else(|| "a room does not say where the journal ends".into())
}
