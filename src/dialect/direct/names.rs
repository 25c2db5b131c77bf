//! The names of seed 002, in lower case.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::{ChatKind, ChatStatus, MessageType, Role};

/// What a message is.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase", try_from = "String")]
#[schema(as = DirectMessageType)]
pub(super) enum MessageTypeName {
    /// Plain text.
    Text,
    /// The address of a picture.
    Image,
    /// The address of a file.
    File,
}

// What serde derives for an enum takes an object with the name as its key, too.
impl TryFrom<String> for MessageTypeName {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        match text.as_str() {
            "text" => Ok(Self::Text),
            "image" => Ok(Self::Image),
            "file" => Ok(Self::File),
            _ => Err("must be one of text, image, file"),
        }
    }
}

impl From<MessageTypeName> for MessageType {
    fn from(name: MessageTypeName) -> Self {
        match name {
            MessageTypeName::Text => Self::Text,
            MessageTypeName::Image => Self::Image,
            MessageTypeName::File => Self::File,
        }
    }
}

impl From<MessageType> for MessageTypeName {
    fn from(message_type: MessageType) -> Self {
        match message_type {
            MessageType::Text => Self::Text,
            MessageType::Image => Self::Image,
            MessageType::File => Self::File,
        }
    }
}

/// What a person may do.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = DirectRole)]
pub(super) enum RoleName {
    /// A customer.
    User,
    /// A member of the desk.
    Admin,
}

impl From<Role> for RoleName {
    fn from(role: Role) -> Self {
        match role {
            Role::User => Self::User,
            Role::Admin => Self::Admin,
        }
    }
}

/// Whom a conversation connects.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = DirectConversationType)]
pub(super) enum KindName {
    /// Two people.
    Direct,
    /// A customer and the desk.
    Support,
    /// An admin and everybody.
    Broadcast,
}

impl From<ChatKind> for KindName {
    fn from(kind: ChatKind) -> Self {
        match kind {
            ChatKind::Direct => Self::Direct,
            ChatKind::Support => Self::Support,
            ChatKind::Broadcast => Self::Broadcast,
        }
    }
}

/// Where a conversation stands.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = DirectStatus)]
pub(super) enum StatusName {
    /// Going on.
    Open,
    /// Answered; the customer's next message reopens it.
    Resolved,
    /// Takes no message until an admin reopens it.
    Closed,
}

impl From<ChatStatus> for StatusName {
    fn from(status: ChatStatus) -> Self {
        match status {
            ChatStatus::Open => Self::Open,
            ChatStatus::Resolved => Self::Resolved,
            ChatStatus::Closed => Self::Closed,
        }
    }
}

/// `online` or `offline`.
pub(super) fn presence_name(online: bool) -> &'static str {
    if online { "online" } else { "offline" }
}
