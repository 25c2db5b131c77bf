//! `ChatParticipant`: how far a person has read a room.

use sea_orm::entity::prelude::*;

use crate::Timestamp;

/// A row of `ChatParticipant`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "ChatParticipant", rename_all = "camelCase")]
pub struct Model {
    /// The room.
    #[sea_orm(primary_key, auto_increment = false)]
    pub room_id: i32,
    /// The person.
    #[sea_orm(primary_key, auto_increment = false)]
    pub user_id: i32,
    /// The newest message that they have marked as read.
    pub last_read_message_id: Option<i32>,
    /// When they marked it.
    pub updated_at: Timestamp,
}

/// Relations are followed by explicit queries.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
