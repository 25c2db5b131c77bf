//! `ChatReaction`: an emoji that a person put on a message.

use sea_orm::entity::prelude::*;

use crate::Timestamp;

/// A row of `ChatReaction`; one person puts one emoji on a message once.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "ChatReaction", rename_all = "camelCase")]
pub struct Model {
    /// Grows in the order of use.
    #[sea_orm(primary_key)]
    pub id: i32,
    /// The message.
    pub message_id: i32,
    /// The person.
    pub user_id: i32,
    /// The emoji, one grapheme.
    pub emoji: String,
    /// When they put it.
    pub created_at: Timestamp,
}

/// Relations are followed by explicit queries.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
