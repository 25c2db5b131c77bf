//! `ChatRoom`: a conversation.

use sea_orm::entity::prelude::*;

use crate::{ChatKind, ChatPriority, ChatStatus, Timestamp};

/// The peer of whoever broadcasts. Nobody has this id.
pub const EVERYBODY: i32 = 0;

/// A row of `ChatRoom`.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "ChatRoom", rename_all = "camelCase")]
pub struct Model {
    /// The room's number.
    #[sea_orm(primary_key)]
    pub id: i32,
    /// The customer; the first person of a DIRECT room; the admin who broadcasts.
    pub user_id: i32,
    /// The admin who has taken it.
    pub admin_id: Option<i32>,
    /// Where it stands.
    pub status: ChatStatus,
    /// What it is about.
    pub subject: Option<String>,
    /// How urgent it is.
    pub priority: ChatPriority,
    /// A preview of the newest message.
    pub last_message: Option<String>,
    /// When somebody last wrote.
    pub last_activity: Timestamp,
    /// Whether the desk has read everything.
    pub is_read: bool,
    /// When it was opened.
    pub created_at: Timestamp,
    /// When something of the row last changed.
    pub updated_at: Timestamp,
    /// Whom it connects.
    pub kind: ChatKind,
    /// The customer's messages that the desk has not read.
    pub desk_unread: i32,
    /// The desk's messages that the customer has not read.
    pub customer_unread: i32,
    /// The second person of a DIRECT room, whose first one stands in `user_id` and has the smaller id; [`EVERYBODY`] in a
    /// BROADCAST room.
    pub peer_id: Option<i32>,
    /// Whether the last word is the customer's.
    pub unanswered: bool,
}

/// Relations are followed by explicit queries.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {
    /// The customer.
    #[sea_orm(belongs_to = "super::user::Entity", from = "Column::UserId", to = "super::user::Column::Id")]
    Customer,
    /// The admin who has taken it.
    #[sea_orm(belongs_to = "super::user::Entity", from = "Column::AdminId", to = "super::user::Column::Id")]
    Admin,
    /// What was written in it.
    #[sea_orm(has_many = "super::chat_message::Entity")]
    Messages,
}

impl ActiveModelBehavior for ActiveModel {}
