//! Streams that only wait, and a room with thousands of them.

use std::time::Duration;

use super::{Context, Figures, told};
use crate::{
    Result,
    net::{Marker, Opening, Pace, Swarm, Work},
    servers::{Kind, Server},
};

/// Connections that are opened at a time.
pub(super) const AT_ONCE: usize = 128;
const IDLE: u32 = 10_000;
const CROWD: u32 = 5_000;

/// Memory of streams that wait, CPU of connecting when everybody is known, and how soon all are back that lost their
/// connection at once.
pub(super) fn idle(context: &Context, kind: Kind) -> Result<Figures> {
    let streams = context.count(IDLE);
    let mut server = Server::start(kind, &context.places)?;
    server.make_rooms(streams)?;
    if kind.is_sapa() {
        // What making the rooms has left in the heap would hide what streams take.
        server = server.restart(&context.places)?;
    }
    let mut figures = Figures::new();
    let mut swarm = Swarm::new(server.address)?;
    let opening = |server: &Server, room: u32| {
        let request = server.stream(room, 0, None);
        Opening::Stream { request, wanted: 0, next: None }
    };
    let before = server.settle(&mut swarm)?;
    swarm.open((1..=streams).map(|room| opening(&server, room)), AT_ONCE)?;
    swarm.idle(Duration::from_secs(1))?;
    let after = server.settle(&mut swarm)?;
    let each = |value: u64| value as f64 / f64::from(streams);
    figures.insert("base_memory_bytes".to_owned(), before.memory as f64);
    figures.insert("memory_bytes".to_owned(), each(after.memory.saturating_sub(before.memory)));
    figures.insert("first_connect_cpu_us".to_owned(), each(after.cpu - before.cpu));
    swarm.clear();
    let before = server.settle(&mut swarm)?;
    swarm.open((1..=streams).map(|room| opening(&server, room)), AT_ONCE)?;
    let after = server.settle(&mut swarm)?;
    figures.insert("connect_cpu_us".to_owned(), each(after.cpu - before.cpu));
    swarm.clear();
    server.settle(&mut swarm)?;
    let times = swarm.open((1..=streams).map(|room| opening(&server, room)), streams as usize)?;
    let ninety = times.get(times.len() * 9 / 10).copied().unwrap_or_default();
    figures.insert("storm_90_percent_ms".to_owned(), ninety.as_secs_f64() * 1000.0);
    swarm.idle(Duration::from_secs(1))?;
    figures.insert("lost".to_owned(), f64::from(streams) - swarm.len() as f64);
    Ok(figures)
}

/// CPU of a delivery in a large room.
pub(super) fn broadcast(context: &Context, kind: Kind) -> Result<Figures> {
    room(context, kind, context.size(200), Pace::Closed)
}

/// Latency over the readers of a large room.
pub(super) fn crowd(context: &Context, kind: Kind) -> Result<Figures> {
    room(context, kind, context.size(40), Pace::PerSecond(5.0))
}

fn room(context: &Context, kind: Kind, messages: u64, pace: Pace) -> Result<Figures> {
    let readers = context.count(CROWD);
    let mut server = Server::start(kind, &context.places)?;
    server.make_rooms(1)?;
    let mut swarm = Swarm::new(server.address)?;
    let start = server.settle(&mut swarm)?;
    let openings = (0..readers).map(|reader| {
        let request = server.stream(1, reader, None);
        Opening::Stream { request, wanted: 0, next: Some(0) }
    });
    swarm.open(openings, AT_ONCE)?;
    swarm.idle(Duration::from_secs(1))?;
    let before = server.settle(&mut swarm)?;
    let deliveries = messages * u64::from(readers);
    let answer = swarm.run(Work {
        callers: 1,
        pace,
        total: messages,
        apart: 1,
        deliveries,
        request: &mut |index, sent_at| {
            server.message(Marker { room: 1, number: u32::try_from(index).unwrap_or(u32::MAX), sent_at })
        },
        answered: &mut |_, _, _| {},
    })?;
    let after = server.usage()?;
    let mut figures = told(&answer, messages);
    figures.insert("cpu_us_per_delivery".to_owned(), (after.cpu - before.cpu) as f64 / deliveries as f64);
    figures.insert("connect_cpu_us".to_owned(), (before.cpu - start.cpu) as f64 / f64::from(readers));
    Ok(figures)
}
