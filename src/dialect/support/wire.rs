//! How seed 001 spells things: camelCase, times in RFC 3339 with milliseconds.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    domain::{ChatPriority, ChatStatus, Message, MessageType, Person, Role, Room, Side, Timestamp},
    service::room::RoomWithMessages,
};

/// Where a room stands.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "UPPERCASE", try_from = "String")]
#[schema(as = ChatStatus)]
pub(super) enum StatusName {
    /// Going on.
    Open,
    /// Takes no message until an admin reopens it.
    Closed,
    /// Answered; the customer's next message reopens it.
    Resolved,
}

/// How urgent a room is.
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "UPPERCASE", try_from = "String")]
#[schema(as = ChatPriority)]
pub(super) enum PriorityName {
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
#[derive(Clone, Copy, Debug, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "UPPERCASE", try_from = "String")]
#[schema(as = MessageType)]
pub(super) enum MessageTypeName {
    /// Plain text.
    Text,
    /// The address of a picture.
    Image,
    /// The address of a file.
    File,
}

/// What a person may do.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
#[schema(as = Role)]
pub(super) enum RoleName {
    /// A customer.
    User,
    /// A member of the desk.
    Admin,
}

macro_rules! same_names {
    ($wire:ident = $domain:ident { $($name:ident),+ }) => {
        impl From<$domain> for $wire {
            fn from(value: $domain) -> Self {
                match value { $($domain::$name => Self::$name),+ }
            }
        }
    };
    ($wire:ident <=> $domain:ident { $($name:ident),+ }) => {
        same_names!($wire = $domain { $($name),+ });
        impl From<$wire> for $domain {
            fn from(value: $wire) -> Self {
                match value { $($wire::$name => Self::$name),+ }
            }
        }

        // What serde derives for an enum takes an object with the name as its key, too.
        impl TryFrom<String> for $wire {
            type Error = String;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                let all = [$((stringify!($name).to_uppercase(), Self::$name)),+];
                let found = all.iter().find(|(name, _)| *name == text).map(|(_, value)| *value);
                found.ok_or_else(|| format!("must be one of {}", all.map(|(name, _)| name).join(", ")))
            }
        }
    };
}

same_names!(StatusName <=> ChatStatus { Open, Closed, Resolved });
same_names!(PriorityName <=> ChatPriority { Low, Normal, High, Urgent });
same_names!(MessageTypeName <=> MessageType { Text, Image, File });
same_names!(RoleName = Role { User, Admin });

/// The customer or the admin of a room.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = RoomPerson)]
pub(super) struct RoomPersonBody {
    id: i32,
    name: Option<String>,
    email: Option<String>,
}

impl From<&Person> for RoomPersonBody {
    fn from(person: &Person) -> Self {
        Self { id: person.id, name: person.name.clone(), email: person.email.clone() }
    }
}

/// A room.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Room)]
pub(super) struct RoomBody {
    id: i32,
    user_id: i32,
    user: RoomPersonBody,
    admin_id: Option<i32>,
    admin: Option<RoomPersonBody>,
    status: StatusName,
    subject: Option<String>,
    priority: PriorityName,
    /// A preview of the newest message.
    last_message: Option<String>,
    #[schema(value_type = String, format = DateTime)]
    last_activity: Timestamp,
    /// Whether the desk has read everything.
    is_read: bool,
    /// Messages that wait for the caller's side.
    unread_count: i32,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
}

impl RoomBody {
    /// The room as that side sees it.
    pub(super) fn of(room: &Room, side: Side) -> Self {
        Self {
            id: room.id,
            user_id: room.user.id,
            user: (&room.user).into(),
            admin_id: room.admin.as_ref().map(|admin| admin.id),
            admin: room.admin.as_ref().map(Into::into),
            status: room.status.into(),
            subject: room.subject.clone(),
            priority: room.priority.into(),
            last_message: room.last_message.clone(),
            last_activity: room.last_activity,
            is_read: room.is_read,
            unread_count: room.unread(side),
            created_at: room.created_at,
            updated_at: room.updated_at,
        }
    }
}

/// A room with its newest 50 messages, the oldest first.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = RoomWithMessages)]
pub(super) struct RoomWithMessagesBody {
    #[serde(flatten)]
    room: RoomBody,
    messages: Vec<MessageBody>,
    /// A stream that resumes from this id misses nothing that came after these rows were read.
    last_event_id: i64,
}

impl RoomWithMessagesBody {
    /// The room as that side sees it.
    pub(super) fn of(shown: &RoomWithMessages, side: Side) -> Self {
        Self {
            room: RoomBody::of(&shown.room, side),
            messages: shown.messages.iter().map(Into::into).collect(),
            last_event_id: shown.last_event_id,
        }
    }
}

/// Who wrote a message.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Sender)]
pub(super) struct SenderBody {
    id: i32,
    name: Option<String>,
    role: RoleName,
}

/// One emoji on a message.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Reaction)]
pub(super) struct ReactionBody {
    emoji: String,
    count: usize,
    user_ids: Vec<i32>,
}

/// A message.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Message)]
pub(super) struct MessageBody {
    id: i32,
    chat_room_id: i32,
    sender_id: i32,
    sender: SenderBody,
    /// Empty once it was deleted.
    message: String,
    message_type: MessageTypeName,
    /// Whether the other side has read it.
    is_read: bool,
    reply_to_id: Option<i32>,
    /// In the order of first use.
    reactions: Vec<ReactionBody>,
    #[schema(value_type = Option<String>, format = DateTime)]
    deleted_at: Option<Timestamp>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
}

impl From<&Message> for MessageBody {
    fn from(message: &Message) -> Self {
        let sender = &message.sender;
        let reaction = |reaction: &crate::domain::Reaction| ReactionBody {
            emoji: reaction.emoji.clone(),
            count: reaction.user_ids.len(),
            user_ids: reaction.user_ids.clone(),
        };
        Self {
            id: message.id,
            chat_room_id: message.room_id,
            sender_id: sender.id,
            sender: SenderBody { id: sender.id, name: sender.name.clone(), role: sender.role.into() },
            message: message.text.clone(),
            message_type: message.message_type.into(),
            is_read: message.is_read,
            reply_to_id: message.reply_to_id,
            reactions: message.reactions.iter().map(reaction).collect(),
            deleted_at: message.deleted_at,
            created_at: message.created_at,
        }
    }
}

/// A person with their role.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Person)]
pub(super) struct PersonBody {
    id: i32,
    name: Option<String>,
    email: Option<String>,
    role: RoleName,
}

impl From<&Person> for PersonBody {
    fn from(person: &Person) -> Self {
        Self { id: person.id, name: person.name.clone(), email: person.email.clone(), role: person.role.into() }
    }
}
