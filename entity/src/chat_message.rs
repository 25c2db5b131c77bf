//! `ChatMessage`: what somebody wrote in a room.

use sea_orm::entity::prelude::*;

use crate::{MessageType, Timestamp};

/// A row of `ChatMessage`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "ChatMessage", rename_all = "camelCase")]
pub struct Model {
    /// The message's number; grows in commit order.
    #[sea_orm(primary_key)]
    pub id: i32,
    /// Its room.
    pub chat_room_id: i32,
    /// Who wrote it.
    pub sender_id: i32,
    /// The text; empty once it was deleted.
    pub message: String,
    /// What it is.
    pub message_type: MessageType,
    /// Whether the other side has read it.
    pub is_read: bool,
    /// When it was written.
    pub created_at: Timestamp,
    /// The message of the same room that it answers.
    pub reply_to_id: Option<i32>,
    /// When it was deleted.
    pub deleted_at: Option<Timestamp>,
    /// The person whom the sender named, where a dialect writes to people rather than to rooms.
    pub receiver_id: Option<i32>,
}

/// Relations are followed by explicit queries.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// Its room.
    #[sea_orm(
        belongs_to = "super::chat_room::Entity",
        from = "Column::ChatRoomId",
        to = "super::chat_room::Column::Id"
    )]
    Room,
    /// Who wrote it.
    #[sea_orm(belongs_to = "super::user::Entity", from = "Column::SenderId", to = "super::user::Column::Id")]
    Sender,
}

impl Related<super::chat_room::Entity> for Entity {
    fn to() -> RelationDef {
        Relation::Room.def()
    }
}

impl ActiveModelBehavior for ActiveModel {}
