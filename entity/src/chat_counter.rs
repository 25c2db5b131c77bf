//! `ChatCounter`: the one row that hands out journal ids and keeps the desk's totals.

use sea_orm::entity::prelude::*;

/// The id of the only row.
pub const ONLY_ROW: i32 = 1;

/// The row of `ChatCounter`. Every write locks it until its commit, so ids grow in commit order on every database.
#[derive(Clone, Debug, Default, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "ChatCounter", rename_all = "camelCase")]
pub struct Model {
    /// Always [`ONLY_ROW`].
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i32,
    /// The newest journal id.
    pub last_event_id: i64,
    /// The journal was pruned up to and including this id.
    pub pruned_event_id: i64,
    /// Support rooms.
    pub total: i64,
    /// Of these, OPEN.
    pub open: i64,
    /// Of these, CLOSED.
    pub closed: i64,
    /// Of these, RESOLVED.
    pub resolved: i64,
    /// Messages of customers that the desk has not read.
    pub unread: i64,
    /// Support rooms without an admin.
    pub unassigned: i64,
    /// Support rooms of priority LOW.
    pub low: i64,
    /// Support rooms of priority NORMAL.
    pub normal: i64,
    /// Support rooms of priority HIGH.
    pub high: i64,
    /// Support rooms of priority URGENT.
    pub urgent: i64,
}

/// The row stands alone.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
