//! Which admin gets a room: the one online with the fewest open rooms.

use std::collections::HashMap;

use entity::chat_room;
use sea_orm::{ActiveModelTrait, ActiveValue::Set, ConnectionTrait, DbErr, IntoActiveModel};

use super::{
    manage::record_change,
    queries::{open_rooms_of, queued_rooms},
};
use crate::{
    domain::Room,
    hub::PresenceRegistry,
    journal::Tx,
    service::{Error, stream},
    state::State,
};

/// Rooms that one transaction hands out.
const ROOMS_PER_TURN: u64 = 100;

/// How busy each admin who is online is.
pub(super) struct Desk {
    open_rooms: HashMap<i32, i64>,
}

impl Desk {
    /// Counts the open rooms of those who are online.
    pub(super) async fn of(db: &impl ConnectionTrait, presence: &PresenceRegistry) -> Result<Self, DbErr> {
        let online = presence.online_admins();
        let mut open_rooms: HashMap<i32, i64> = online.iter().map(|admin| (*admin, 0)).collect();
        if !online.is_empty() {
            open_rooms.extend(open_rooms_of(db, &online).await?);
        }
        Ok(Self { open_rooms })
    }

    /// The admin who gets the next room, counted from now on; none if nobody is online. Equals are taken by id.
    pub(super) fn next(&mut self) -> Option<i32> {
        let admin = self.open_rooms.iter().min_by_key(|(admin, rooms)| (**rooms, **admin)).map(|(admin, _)| *admin)?;
        *self.open_rooms.entry(admin).or_default() += 1;
        Some(admin)
    }
}

/// Hands the rooms that wait for an admin to those online, in the order in which they came.
///
/// # Errors
/// [`Error::Unavailable`] or [`Error::Database`].
pub async fn drain_queue(state: &State) -> Result<(), Error> {
    if !state.settings.rooms.auto_assign {
        return Ok(());
    }
    loop {
        let presence = state.presence.clone();
        let assigned: Vec<Room> = state
            .writer
            .run(move |tx| {
                let presence = presence.clone();
                Box::pin(async move { hand_out(tx, &presence).await })
            })
            .await?;
        for room in &assigned {
            stream::introduce(state, room).await;
        }
        if (assigned.len() as u64) < ROOMS_PER_TURN {
            return Ok(());
        }
    }
}

async fn hand_out(tx: &mut Tx, presence: &PresenceRegistry) -> Result<Vec<Room>, Error> {
    let waiting = queued_rooms(tx.read(), ROOMS_PER_TURN).await?;
    if waiting.is_empty() {
        return Ok(Vec::new());
    }
    let mut desk = Desk::of(tx.read(), presence).await?;
    let mut assigned = Vec::new();
    for before in waiting {
        let Some(admin) = desk.next() else { break };
        let mut row: chat_room::ActiveModel = before.clone().into_active_model();
        row.admin_id = Set(Some(admin));
        row.updated_at = Set(tx.now());
        let after = row.update(tx.write()).await?;
        assigned.push(record_change(tx, None, &before, after).await?);
    }
    Ok(assigned)
}
