//! What a desk reads, on a small one and a large one.

use super::{Context, Figures, seed};
use crate::{
    Result,
    net::{Pace, Swarm, Work},
    servers::{Kind, Places, Postgres, Server, get},
    stats,
};

const SMALL_ROOMS: u64 = 1_000;
const SMALL_MESSAGES: u64 = 10_000;
const TIMES: u64 = 200;
/// What is read: a name and a path. ROOM is a room in the middle, NEEDLE a word of one message in a thousand.
const READS: [(&str, &str); 5] = [
    ("rooms", "/api/chat/rooms"),
    ("filtered", "/api/chat/rooms?status=OPEN&priority=HIGH&assignee=none"),
    ("searched", "/api/chat/rooms?search=needle%20ROOM"),
    ("stats", "/api/chat/stats"),
    ("messages", "/api/chat/rooms/ROOM/messages"),
];

/// The median time of each read, one at a time, at both sizes.
pub(super) fn reads(context: &Context, kind: Kind) -> Result<Figures> {
    let mut figures = Figures::new();
    for (size, rooms, messages) in [("small", SMALL_ROOMS, SMALL_MESSAGES), ("large", context.rooms, context.messages)]
    {
        let server = serve(context, kind, rooms, messages)?;
        let mut swarm = Swarm::new(server.address)?;
        for (name, path) in READS {
            let path = path.replace("ROOM", &(rooms / 2).to_string());
            let before = server.usage()?;
            let answer = swarm.run(Work {
                callers: 1,
                pace: Pace::Closed,
                total: TIMES,
                apart: 1,
                deliveries: 0,
                request: &mut |_, _| get(&server.host(), &path, &server.desk(), "application/json"),
                answered: &mut |_, _, _| {},
            })?;
            if answer.failed > 0 {
                return Err(format!("{path} failed").into());
            }
            let cpu = (server.usage()?.cpu - before.cpu) as f64 / TIMES as f64;
            figures.insert(format!("{name}_{size}_us"), stats::percentile(&answer.waits, 0.5));
            figures.insert(format!("{name}_{size}_cpu_us"), cpu);
        }
    }
    for (name, _) in READS {
        let of = |size: &str| figures.get(&format!("{name}_{size}_us")).copied().unwrap_or(0.0);
        figures.insert(format!("{name}_ratio"), of("large") / of("small").max(1.0));
    }
    Ok(figures)
}

fn serve(context: &Context, kind: Kind, rooms: u64, messages: u64) -> Result<Server> {
    let places: &Places = &context.places;
    if kind != Kind::SapaPostgres {
        return Server::start_on(kind, places, seed::sqlite(context, rooms, messages)?, None);
    }
    let folder = places.folder.join("seed-postgres");
    if folder.exists() {
        std::fs::remove_dir_all(&folder)?;
    }
    std::fs::create_dir_all(&folder)?;
    let postgres = Postgres::start(&folder)?;
    let database = seed::postgres(context, &postgres, rooms, messages)?;
    Server::start_on(kind, places, database, Some(postgres))
}
