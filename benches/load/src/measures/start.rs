//! From the start of the process to its first answer.

use std::time::Instant;

use super::{Context, Figures, seed};
use crate::{
    Result,
    net::Swarm,
    servers::{Kind, Server},
    stats,
};

const STARTS: usize = 5;

/// How long a start takes and what it leaves in memory: with nothing stored, and with a large desk.
pub(super) fn start(context: &Context, kind: Kind) -> Result<Figures> {
    let mut figures = Figures::new();
    drop(Server::start(kind, &context.places)?);
    let empty = format!("sqlite:{}", context.places.folder.join(kind.name()).join("store.db").display());
    let large = seed::sqlite(context, context.rooms, context.messages)?;
    for (name, database) in [("empty", empty), ("large", large)] {
        let (mut times, mut memory) = (Vec::new(), Vec::new());
        for _ in 0..STARTS {
            let begun = Instant::now();
            let server = Server::start_on(kind, &context.places, database.clone(), None)?;
            server.first_answer()?;
            times.push(begun.elapsed().as_secs_f64() * 1000.0);
            memory.push(server.settle(&mut Swarm::new(server.address)?)?.memory as f64);
        }
        figures.insert(format!("{name}_ms"), stats::median(&times));
        figures.insert(format!("{name}_memory_bytes"), stats::median(&memory));
    }
    Ok(figures)
}
