//! `ChatEvent`: the journal. One small row for every durable change, in commit order and without a gap.

use sea_orm::entity::prelude::*;

use crate::Timestamp;

/// What a journal row reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum)]
#[sea_orm(rs_type = "String", db_type = "String(StringLen::N(32))")]
pub enum EventType {
    /// A new message.
    #[sea_orm(string_value = "message")]
    Message,
    /// A message was deleted or its reactions changed.
    #[sea_orm(string_value = "message_updated")]
    MessageUpdated,
    /// The actor has read up to the message.
    #[sea_orm(string_value = "read")]
    Read,
    /// The room is new, or its status, priority or assignment changed.
    #[sea_orm(string_value = "room")]
    Room,
}

/// A row of `ChatEvent`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "ChatEvent", rename_all = "camelCase")]
pub struct Model {
    /// The event's place: the next number at its commit, never skipped. It is the `id:` of every stream.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: i64,
    /// The room that changed.
    pub room_id: i32,
    /// What happened.
    #[sea_orm(column_name = "type")]
    pub event_type: EventType,
    /// Who did it; none for the service itself.
    pub actor_id: Option<i32>,
    /// The message it is about.
    pub message_id: Option<i32>,
    /// What changed, as JSON, for the audit trail. Never the text of a message.
    pub payload: Option<String>,
    /// When it was committed.
    pub created_at: Timestamp,
}

/// Relations are followed by explicit queries.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
