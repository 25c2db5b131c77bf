//! Two people in each of many rooms.

use std::time::Duration;

use super::{Context, Figures, posts, streams::AT_ONCE, told};
use crate::{
    Result,
    net::{Marker, Opening, Pace, Swarm, Work},
    servers::{Kind, Server},
};

const ROOMS: u32 = 2_000;
const READERS: u32 = 2;
const CALLERS: usize = 64;

/// CPU of a delivery, posts included, as fast as the callers go.
pub(super) fn chat(context: &Context, kind: Kind) -> Result<Figures> {
    run(context, kind, context.size(40_000), Pace::Closed)
}

/// Latency at a pace that every server holds.
pub(super) fn pace(context: &Context, kind: Kind) -> Result<Figures> {
    match kind {
        Kind::Disk => posts::disk(context),
        kind => run(context, kind, context.size(4_000), Pace::PerSecond(500.0)),
    }
}

fn run(context: &Context, kind: Kind, posts: u64, pace: Pace) -> Result<Figures> {
    let rooms = context.count(ROOMS);
    let mut server = Server::start(kind, &context.places)?;
    server.make_rooms(rooms)?;
    let mut swarm = Swarm::new(server.address)?;
    let readers = (1..=rooms).flat_map(|room| (0..READERS).map(move |reader| (room, reader)));
    let openings = readers.map(|(room, reader)| match kind {
        Kind::SocketIo | Kind::SocketIoSqlite => server.socket(reader, Some(room)),
        _ => Opening::Stream { request: server.stream(room, reader, None), wanted: 0, next: Some(0) },
    });
    swarm.open(openings, AT_ONCE)?;
    swarm.idle(Duration::from_secs(1))?;
    let before = server.settle(&mut swarm)?;
    let deliveries = posts * u64::from(READERS);
    let answer = swarm.run(Work {
        callers: CALLERS,
        pace,
        total: posts,
        apart: u64::from(rooms),
        deliveries,
        request: &mut |index, sent_at| server.message(marker(index, rooms, sent_at)),
        answered: &mut |_, _, _| {},
    })?;
    let after = server.usage()?;
    let mut figures = told(&answer, posts);
    figures.insert("cpu_us_per_delivery".to_owned(), (after.cpu - before.cpu) as f64 / deliveries as f64);
    Ok(figures)
}

/// The mark of the nth post, which goes to the rooms in turn.
pub(super) fn marker(index: u64, rooms: u32, sent_at: u64) -> Marker {
    let (room, number) = (index % u64::from(rooms), index / u64::from(rooms));
    Marker { room: u32::try_from(room).unwrap_or(0) + 1, number: u32::try_from(number).unwrap_or(u32::MAX), sent_at }
}
