//! What streams have missed: read at once for all that wait, as after a restart everybody does.

use std::{collections::BTreeMap, sync::Arc};

use futures_util::future::join_all;
use sea_orm::DbErr;
use tokio::sync::{Mutex, mpsc, oneshot};

use super::replay::{OfRooms, Replay, Scope, bounds, replay, replay_rooms};
use crate::{
    database::{Reading, silence},
    hub::Hub,
};

/// Readers that may wait; more read for themselves.
const MOST_WAITING: usize = 4096;
/// Readers that are served at once.
const MOST_TOGETHER: usize = 256;
/// Readings at a time.
const READINGS: usize = 2;
/// Events that are read at once; if there are more, each reader reads for itself, page by page.
const MOST_EVENTS: usize = 5_000;

/// What a reader has missed, as far as it was read.
#[derive(Clone, Debug)]
pub struct Missed {
    /// A page of the journal.
    pub page: Replay,
    /// Where the journal ended for this process as it was read; what came later is offered live.
    pub head: i64,
    /// The newest id that was pruned, and the newest of all, after the page was read.
    pub bounds: (i64, i64),
}

#[derive(Debug)]
struct Want {
    room_id: i32,
    after: i64,
    reply: oneshot::Sender<Result<Missed, DbErr>>,
}

/// Reads what was missed. Of streams of rooms those that wait are served by one set of statements, and spell each frame
/// once: 5,000 that come back after a restart with 20 missed messages each cost 1.5 times what new ones do. Cheap to clone.
#[derive(Clone, Debug)]
pub struct MissedReader {
    db: Reading,
    hub: Arc<Hub>,
    page: u64,
    queue: mpsc::Sender<Want>,
}

impl MissedReader {
    /// Starts its tasks on the runtime that this is called in; they end with the last clone. `page` is how many events a
    /// reader gets at a time.
    pub fn start(db: Reading, hub: Arc<Hub>, page: u64) -> Self {
        let (queue, waiting) = mpsc::channel(MOST_WAITING);
        let waiting = Arc::new(Mutex::new(waiting));
        for _ in 0..READINGS {
            tokio::spawn(serve(db.clone(), hub.clone(), page, waiting.clone()));
        }
        Self { db, hub, page, queue }
    }

    /// Reads a page of what is in the scope after `after`.
    ///
    /// # Errors
    /// The database's.
    pub async fn read(&self, scope: Scope, after: i64) -> Result<Missed, DbErr> {
        if let Scope::Room(room_id) = scope {
            let (reply, answer) = oneshot::channel();
            if self.queue.try_send(Want { room_id, after, reply }).is_ok() {
                return answer.await.unwrap_or_else(|_| Err(silence()));
            }
        }
        read_alone(&self.db, &self.hub, scope, after, self.page).await
    }
}

async fn serve(db: Reading, hub: Arc<Hub>, page: u64, waiting: Arc<Mutex<mpsc::Receiver<Want>>>) {
    let mut wants = Vec::new();
    while waiting.lock().await.recv_many(&mut wants, MOST_TOGETHER).await > 0 {
        let all = std::mem::take(&mut wants);
        match db.in_time(read_together(&db, &hub, &all, page)).await {
            Ok(Some(missed)) => all.into_iter().zip(missed).for_each(|(want, missed)| answer(want, Ok(missed))),
            Ok(None) => {
                let (db, hub) = (&db, &hub);
                let each = all.into_iter().map(|want| async move {
                    let missed = read_alone(db, hub, Scope::Room(want.room_id), want.after, page).await;
                    answer(want, missed);
                });
                join_all(each).await;
            }
            Err(error) => all.into_iter().for_each(|want| answer(want, Err(error.clone()))),
        }
    }
}

fn answer(want: Want, missed: Result<Missed, DbErr>) {
    // Nobody listens any more if the client went away.
    let _ = want.reply.send(missed);
}

async fn read_alone(db: &Reading, hub: &Hub, scope: Scope, after: i64, page: u64) -> Result<Missed, DbErr> {
    let head = hub.head();
    let page = replay(db, scope, after, head, page).await?;
    // Asked last: what was pruned before is then known to be missing.
    Ok(Missed { page, head, bounds: bounds(db).await? })
}

/// `None` if it is too much at once, or only one waits.
async fn read_together(db: &Reading, hub: &Hub, wants: &[Want], page: u64) -> Result<Option<Vec<Missed>>, DbErr> {
    if wants.len() < 2 {
        return Ok(None);
    }
    let head = hub.head();
    let most = usize::try_from(page).map_or(MOST_EVENTS, |page| MOST_EVENTS.min(wants.len() * page));
    let mut rooms: BTreeMap<i32, i64> = BTreeMap::new();
    for want in wants {
        let after = rooms.entry(want.room_id).or_insert(want.after);
        *after = want.after.min(*after);
    }
    let Some(events) = replay_rooms(db, &rooms, head, most).await? else { return Ok(None) };
    let bounds = bounds(db).await?;
    let missed = |want: &Want| Missed { page: page_of(&events, want, head, page), head, bounds };
    Ok(Some(wants.iter().map(missed).collect()))
}

fn page_of(events: &OfRooms, want: &Want, head: i64, page: u64) -> Replay {
    let room = events.get(&want.room_id).map_or(&[][..], Vec::as_slice);
    let missed = &room[room.partition_point(|event| event.id.is_some_and(|id| id <= want.after))..];
    let (mut events, mut through) = (missed, head.max(want.after));
    if let Ok(most) = usize::try_from(page)
        && missed.len() > most
    {
        events = &missed[..most];
        through = events.last().and_then(|event| event.id).unwrap_or(want.after);
    }
    Replay { events: events.to_vec(), through }
}
