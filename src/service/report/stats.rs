//! The desk's totals. They are kept, not counted: this costs the same with a million rooms as with one.

use entity::chat_counter;
use sea_orm::EntityTrait;

use crate::{
    domain::Principal,
    service::{Error, policy},
    state::State,
};

/// Counts over all support rooms.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Rooms.
    pub total: i64,
    /// Of these, OPEN.
    pub open: i64,
    /// Of these, CLOSED.
    pub closed: i64,
    /// Of these, RESOLVED.
    pub resolved: i64,
    /// Messages of customers that the desk has not read.
    pub unread: i64,
    /// Rooms of priority LOW, NORMAL, HIGH and URGENT.
    pub by_priority: [i64; 4],
    /// Rooms without an admin, whatever their status.
    pub unassigned: i64,
    /// Admins with a stream open.
    pub online_admins: i64,
}

/// The desk's totals at this moment.
///
/// # Errors
/// [`Error::Forbidden`] for a customer.
pub async fn stats(state: &State, who: &Principal) -> Result<Stats, Error> {
    policy::require_admin(who)?;
    let totals = chat_counter::Entity::find_by_id(chat_counter::ONLY_ROW).one(&state.db).await?.unwrap_or_default();
    Ok(Stats {
        total: totals.total,
        open: totals.open,
        closed: totals.closed,
        resolved: totals.resolved,
        unread: totals.unread,
        by_priority: [totals.low, totals.normal, totals.high, totals.urgent],
        unassigned: totals.unassigned,
        online_admins: i64::try_from(state.presence.online_admins().len()).unwrap_or(i64::MAX),
    })
}
