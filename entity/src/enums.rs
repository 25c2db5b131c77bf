//! The enums of seed 001, by Prisma's names, and Sapa's own kind of room.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

/// What a person may do: customers write in their own rooms, admins in all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Enum", enum_name = "Role", rename_all = "UPPERCASE")]
#[serde(rename_all = "UPPERCASE")]
pub enum Role {
    /// A customer.
    User,
    /// A member of the support desk.
    Admin,
}

/// Where a room stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Enum", enum_name = "ChatStatus", rename_all = "UPPERCASE")]
#[serde(rename_all = "UPPERCASE")]
pub enum ChatStatus {
    /// Going on.
    Open,
    /// Ended by the desk; takes no message until an admin reopens it.
    Closed,
    /// Answered; the customer's next message reopens it.
    Resolved,
}

/// How urgent a room is, from the least to the most.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize,
)]
#[sea_orm(rs_type = "String", db_type = "Enum", enum_name = "ChatPriority", rename_all = "UPPERCASE")]
#[serde(rename_all = "UPPERCASE")]
pub enum ChatPriority {
    /// Can wait.
    Low,
    /// The default.
    Normal,
    /// Before the others.
    High,
    /// At once.
    Urgent,
}

/// What a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Enum", enum_name = "MessageType", rename_all = "UPPERCASE")]
#[serde(rename_all = "UPPERCASE")]
pub enum MessageType {
    /// Plain text.
    Text,
    /// The address of a picture.
    Image,
    /// The address of a file.
    File,
}

/// Whom a room connects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, EnumIter, DeriveActiveEnum, Serialize, Deserialize)]
#[sea_orm(rs_type = "String", db_type = "Enum", enum_name = "ChatKind", rename_all = "UPPERCASE")]
#[serde(rename_all = "UPPERCASE")]
pub enum ChatKind {
    /// A customer and the desk.
    Support,
    /// Two people.
    Direct,
    /// One to all.
    Broadcast,
}
