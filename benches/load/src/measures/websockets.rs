//! Socket.IO clients.

use std::time::Duration;

use super::{Context, Figures, streams::AT_ONCE, told};
use crate::{
    Result,
    net::{Marker, Pace, Swarm, Work},
    servers::{Kind, Server},
};

const CLIENTS: u32 = 5_000;
const IN_ROOM: u32 = 1_000;

/// Memory of a client, and CPU of a delivery to those in a room.
pub(super) fn websocket(context: &Context, kind: Kind) -> Result<Figures> {
    let (clients, in_room, messages) = (context.count(CLIENTS), context.count(IN_ROOM), context.size(100));
    let mut server = Server::start(kind, &context.places)?;
    server.make_rooms(1)?;
    server.greet(clients)?;
    if kind.is_sapa() {
        // As with idle streams: what greeting everybody has left would hide what clients take.
        server = server.restart(&context.places)?;
    }
    let mut swarm = Swarm::new(server.address)?;
    let before = server.settle(&mut swarm)?;
    let openings = (0..clients).map(|client| server.socket(client, (client < in_room).then_some(1)));
    swarm.open(openings, AT_ONCE)?;
    swarm.idle(Duration::from_secs(1))?;
    let after = server.settle(&mut swarm)?;
    let each = |value: u64| value as f64 / f64::from(clients);
    let deliveries = messages * u64::from(in_room);
    let answer = swarm.run(Work {
        callers: 1,
        pace: Pace::Closed,
        total: messages,
        apart: 1,
        deliveries,
        request: &mut |index, sent_at| {
            server.message(Marker { room: 1, number: u32::try_from(index).unwrap_or(u32::MAX), sent_at })
        },
        answered: &mut |_, _, _| {},
    })?;
    let end = server.usage()?;
    let mut figures = told(&answer, messages);
    figures.insert("memory_bytes".to_owned(), each(after.memory.saturating_sub(before.memory)));
    figures.insert("connect_cpu_us".to_owned(), each(after.cpu - before.cpu));
    figures.insert("cpu_us_per_delivery".to_owned(), (end.cpu - after.cpu) as f64 / deliveries as f64);
    Ok(figures)
}
