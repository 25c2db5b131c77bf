//! How seed 002 spells things: camelCase, times in RFC 3339 with milliseconds, `{success, data}`.

use std::collections::HashMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::names::{KindName, MessageTypeName, RoleName, StatusName, presence_name};
use crate::{
    domain::{ChatKind, Message, Person, Principal, Reaction, Role, Room, Timestamp},
    service::{
        conversation::Conversation,
        person::{PersonStatus, Seen},
        room::ReadMark,
    },
};

/// An answer, or an event that brings something whole.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Direct)]
pub(super) struct Told<T> {
    /// Always true.
    success: bool,
    data: T,
}

impl<T> Told<T> {
    pub(super) fn of(data: T) -> Self {
        Self { success: true, data }
    }
}

/// A page of a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = DirectPage)]
pub(super) struct Page<T> {
    /// Always true.
    success: bool,
    data: Vec<T>,
    pagination: Pagination,
}

impl<T> Page<T> {
    pub(super) fn of(data: Vec<T>, pagination: Pagination) -> Self {
        Self { success: true, data, pagination }
    }
}

/// Where a page stands in its list.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = DirectPagination)]
pub(super) struct Pagination {
    /// How many there are on a page.
    pub(super) limit: u64,
    /// From 1.
    pub(super) page: u64,
    pub(super) has_more: bool,
}

/// One emoji on a message.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = DirectReaction)]
struct ReactionBody {
    emoji: String,
    count: usize,
    user_ids: Vec<i32>,
}

impl From<&Reaction> for ReactionBody {
    fn from(reaction: &Reaction) -> Self {
        let Reaction { emoji, user_ids } = reaction.clone();
        Self { emoji, count: user_ids.len(), user_ids }
    }
}

/// A message.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = DirectMessage)]
pub(super) struct MessageBody {
    id: i32,
    /// The same as `id`.
    #[serde(rename = "_id")]
    same_id: i32,
    conversation_id: i32,
    sender_id: i32,
    sender_name: String,
    sender_role: RoleName,
    /// Whom the sender named; else the other person, or the customer or their admin; null in an announcement.
    receiver_id: Option<i32>,
    /// Empty once it was deleted.
    message: String,
    message_type: MessageTypeName,
    /// A message of the same conversation.
    reply_to: Option<i32>,
    /// Whether the other side has read it.
    is_read: bool,
    is_deleted: bool,
    is_broadcast: bool,
    /// In the order of first use.
    reactions: Vec<ReactionBody>,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
}

impl MessageBody {
    /// A message of that room.
    pub(super) fn of(message: &Message, room: &Room) -> Self {
        let receiver_id = message.receiver_id.or_else(|| room.other(message.sender.id).map(|person| person.id));
        Self { receiver_id, is_broadcast: room.kind == ChatKind::Broadcast, ..Self::sent(message) }
    }

    /// A message to everybody.
    pub(super) fn announced(message: &Message) -> Self {
        Self { is_broadcast: true, ..Self::sent(message) }
    }

    /// A message to the person whom its sender named.
    pub(super) fn sent(message: &Message) -> Self {
        Self {
            id: message.id,
            same_id: message.id,
            conversation_id: message.room_id,
            sender_id: message.sender.id,
            sender_name: message.sender.display_name(),
            sender_role: message.sender.role.into(),
            receiver_id: message.receiver_id,
            message: message.text.clone(),
            message_type: message.message_type.into(),
            reply_to: message.reply_to_id,
            is_read: message.is_read,
            is_deleted: message.deleted_at.is_some(),
            is_broadcast: false,
            reactions: message.reactions.iter().map(Into::into).collect(),
            created_at: message.created_at,
        }
    }
}

/// Somebody of a conversation.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = DirectPerson)]
struct PersonBody {
    id: i32,
    name: String,
    /// Null for another customer, unless the caller is an admin.
    email: Option<String>,
    role: RoleName,
    is_online: bool,
    #[schema(value_type = Option<String>, format = DateTime)]
    last_seen: Option<Timestamp>,
}

impl PersonBody {
    fn of(person: &Person, who: &Principal, seen: &HashMap<i32, Seen>) -> Self {
        let shows_email = who.is_admin() || person.role == Role::Admin || person.id == who.id();
        let seen = seen.get(&person.id);
        Self {
            id: person.id,
            name: person.display_name(),
            email: person.email.clone().filter(|_| shows_email),
            role: person.role.into(),
            is_online: seen.is_some_and(|seen| seen.online),
            last_seen: seen.and_then(|seen| seen.last_seen),
        }
    }
}

/// A conversation.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = DirectConversation)]
pub(super) struct ConversationBody {
    id: i32,
    /// The same as `id`.
    #[serde(rename = "_id")]
    same_id: i32,
    #[serde(rename = "type")]
    kind: KindName,
    participants: Vec<PersonBody>,
    /// The other one: of a customer's the admin who has it, if any; of announcements whoever makes them.
    participant: Option<PersonBody>,
    /// The newest that was not deleted.
    last_message: Option<MessageBody>,
    #[schema(value_type = String, format = DateTime)]
    last_message_at: Timestamp,
    /// Messages that wait for the caller.
    unread_count: i64,
    status: StatusName,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    updated_at: Timestamp,
}

/// The people of a room.
pub(super) fn people_of(room: &Room) -> impl Iterator<Item = &Person> {
    [Some(&room.user), room.peer.as_ref(), room.admin.as_ref()].into_iter().flatten()
}

impl ConversationBody {
    /// The conversation as the caller sees it.
    pub(super) fn of(conversation: &Conversation, who: &Principal, seen: &HashMap<i32, Seen>) -> Self {
        let Conversation { room, newest, unread } = conversation;
        let person = |person: &Person| PersonBody::of(person, who, seen);
        Self {
            id: room.id,
            same_id: room.id,
            kind: room.kind.into(),
            participants: people_of(room).map(person).collect(),
            participant: room.other(who.id()).map(person),
            last_message: newest.as_ref().map(|message| MessageBody::of(message, room)),
            last_message_at: room.last_activity,
            unread_count: *unread,
            status: room.status.into(),
            created_at: room.created_at,
            updated_at: room.updated_at,
        }
    }
}

/// Whether a person is there.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = DirectUserStatus)]
pub(super) struct StatusBody {
    user_id: i32,
    /// Null where the caller shares no conversation with them and is no admin.
    name: Option<String>,
    role: RoleName,
    #[schema(example = "online")]
    status: &'static str,
    is_online: bool,
    #[schema(value_type = Option<String>, format = DateTime)]
    last_seen: Option<Timestamp>,
}

impl From<PersonStatus> for StatusBody {
    fn from(status: PersonStatus) -> Self {
        Self {
            user_id: status.person.id,
            name: status.person.name,
            role: status.person.role.into(),
            status: presence_name(status.online),
            is_online: status.online,
            last_seen: status.last_seen,
        }
    }
}

/// What follows from reading.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = DirectReadMark)]
pub(super) struct ReadBody {
    /// The newest message that was read; null in an empty conversation.
    message_id: Option<i32>,
    conversation_id: i32,
    /// What still waits in the conversation.
    unread_count: i32,
}

impl ReadBody {
    /// The mark, and the message that was named.
    pub(super) fn of(mark: ReadMark, named: Option<i32>) -> Self {
        Self {
            message_id: named.or(mark.last_read_message_id),
            conversation_id: mark.room_id,
            unread_count: mark.unread_count,
        }
    }
}

/// What waits for the caller.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = DirectUnreadCount)]
pub(super) struct UnreadBody {
    pub(super) unread_count: i64,
}
