//! `IdempotencyKey`: what a repeatable request did the first time.

use sea_orm::entity::prelude::*;

use crate::Timestamp;

/// A row of `IdempotencyKey`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "IdempotencyKey", rename_all = "camelCase")]
pub struct Model {
    /// Who sent it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: i32,
    /// The key as they spelled it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub key: String,
    /// A digest of the request, to tell a repeat from a mistake.
    pub fingerprint: String,
    /// Whether it made a room (or else added to one).
    pub made_room: bool,
    /// The room it wrote in.
    pub room_id: i32,
    /// The message it wrote.
    pub message_id: i32,
    /// When it was first sent.
    pub created_at: Timestamp,
}

/// The row stands alone.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
