//! Messages that are stored and that nobody reads, and the disk that they are stored on.

use super::{Context, Figures, chat::marker, told};
use crate::{
    Result, disk,
    net::{Marker, Pace, Swarm, Work},
    servers::{Kind, Server, get},
};

const ROOMS: u32 = 2_000;
/// Rooms whose history is read after the posts, to see that all is there in order.
const CHECKED: u64 = 50;

/// What the disk can do.
pub(super) fn disk(context: &Context) -> Result<Figures> {
    let (rate, median) = disk::appends(&context.places.folder)?;
    Ok(Figures::from([("appends_per_s".to_owned(), rate), ("append_p50_us".to_owned(), median)]))
}

/// CPU and rate of durable posts with so many in flight.
pub(super) fn posts(context: &Context, kind: Kind, in_flight: usize, posts: u64) -> Result<Figures> {
    if kind == Kind::Disk {
        return disk(context);
    }
    let (rooms, posts) = (context.count(ROOMS), context.size(posts));
    let mut server = Server::start(kind, &context.places)?;
    server.make_rooms(rooms)?;
    let mut swarm = Swarm::new(server.address)?;
    let database = || server.postgres.as_ref().map(|postgres| postgres.usage()).transpose();
    let (before, database_before) = (server.settle(&mut swarm)?, database()?);
    let answer = swarm.run(Work {
        callers: in_flight,
        pace: Pace::Closed,
        total: posts,
        apart: u64::from(rooms),
        deliveries: 0,
        request: &mut |index, sent_at| server.message(marker(index, rooms, sent_at)),
        answered: &mut |_, _, _| {},
    })?;
    let (after, database_after) = (server.usage()?, database()?);
    let mut figures = told(&answer, posts);
    figures.insert("cpu_us_per_post".to_owned(), (after.cpu - before.cpu) as f64 / posts as f64);
    if let (Some(before), Some(after)) = (database_before, database_after) {
        figures.insert("database_cpu_us_per_post".to_owned(), (after.cpu - before.cpu) as f64 / posts as f64);
    }
    figures.insert("lost".to_owned(), missing(&server, &mut swarm, rooms, posts)?);
    Ok(figures)
}

/// Messages that are not where they belong: of the peers by their count, of Sapa by the histories of some rooms.
fn missing(server: &Server, swarm: &mut Swarm, rooms: u32, posts: u64) -> Result<f64> {
    let mut missing = 0;
    let checked = if server.kind.is_sapa() { CHECKED.min(u64::from(rooms)) } else { 1 };
    let answer = swarm.run(Work {
        callers: 1,
        pace: Pace::Closed,
        total: checked,
        apart: 1,
        deliveries: 0,
        request: &mut |index, _| match server.rooms.get(usize::try_from(index).unwrap_or(0)) {
            Some(room) => {
                let path = format!("/api/chat/rooms/{room}/messages?limit=200");
                get(&server.host(), &path, &server.desk(), "application/json")
            }
            None => get(&server.host(), "/count", "", "application/json"),
        },
        answered: &mut |index, _, body| {
            let told: serde_json::Value = serde_json::from_slice(body).unwrap_or_default();
            missing += match told["messages"].as_u64() {
                Some(stored) => posts.saturating_sub(stored),
                None => missing_of_room(&told, index, rooms, posts),
            };
        },
    })?;
    Ok((missing + answer.failed) as f64)
}

fn missing_of_room(told: &serde_json::Value, index: u64, rooms: u32, posts: u64) -> u64 {
    let written = posts / u64::from(rooms) + u64::from(index < posts % u64::from(rooms));
    let found = told.as_array().into_iter().flatten();
    let found = found.filter_map(|message| Marker::find(message["message"].as_str()?.as_bytes()));
    let in_order = found.zip(0..).filter(|(marker, expected)| marker.number == *expected).count() as u64;
    written.saturating_sub(in_order)
}
