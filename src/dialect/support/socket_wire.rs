//! How seed 000 spells things over Socket.IO: rows in `snake_case`, `active` for an open room, lower-case names.

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::{
    dialect::slot,
    domain::{ChatKind, ChatPriority, ChatStatus, Event, Message, MessageType, Person, Role, Room, Side, Timestamp},
    hub::Speller,
    socketio::{Id, event_frame},
};

/// The room that an event is about; none means the one that was joined last.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct JoinPayload {
    pub(super) room_id: Option<Id>,
}

/// A message to be written.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SendPayload {
    pub(super) room_id: Option<Id>,
    pub(super) message: String,
    pub(super) message_type: Option<TypeName>,
    pub(super) reply_to_id: Option<Id>,
}

/// Whether somebody types.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct TypingPayload {
    pub(super) room_id: Option<Id>,
    pub(super) is_typing: bool,
}

/// How far somebody has read.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ReadPayload {
    pub(super) room_id: Option<Id>,
    pub(super) message_id: Option<Id>,
}

/// What a message is, in any case.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "String")]
pub(super) struct TypeName(pub(super) MessageType);

impl TryFrom<String> for TypeName {
    type Error = &'static str;

    fn try_from(name: String) -> Result<Self, Self::Error> {
        match name.to_ascii_lowercase().as_str() {
            "text" => Ok(Self(MessageType::Text)),
            "image" => Ok(Self(MessageType::Image)),
            "file" => Ok(Self(MessageType::File)),
            _ => Err("must be one of text, image, file"),
        }
    }
}

fn type_name(message_type: MessageType) -> &'static str {
    match message_type {
        MessageType::Text => "text",
        MessageType::Image => "image",
        MessageType::File => "file",
    }
}

fn role_name(role: Role) -> &'static str {
    match role {
        Role::User => "user",
        Role::Admin => "admin",
    }
}

fn status_name(status: ChatStatus) -> &'static str {
    match status {
        ChatStatus::Open => "active",
        ChatStatus::Resolved => "resolved",
        ChatStatus::Closed => "closed",
    }
}

fn priority_name(priority: ChatPriority) -> &'static str {
    match priority {
        ChatPriority::Low => "low",
        ChatPriority::Normal => "normal",
        ChatPriority::High => "high",
        ChatPriority::Urgent => "urgent",
    }
}

/// A row of rooms.
#[derive(Clone, Debug, Serialize)]
pub(super) struct RoomRow<'a> {
    id: i32,
    user_id: i32,
    user_name: String,
    user_email: Option<&'a str>,
    admin_id: Option<i32>,
    admin_name: Option<String>,
    status: &'static str,
    subject: Option<&'a str>,
    priority: &'static str,
    last_message: Option<&'a str>,
    last_activity: Timestamp,
    unread_count: i32,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl<'a> RoomRow<'a> {
    pub(super) fn of(room: &'a Room, side: Side) -> Self {
        Self {
            id: room.id,
            user_id: room.user.id,
            user_name: room.user.display_name(),
            user_email: room.user.email.as_deref(),
            admin_id: room.admin.as_ref().map(|admin| admin.id),
            admin_name: room.admin.as_ref().map(Person::display_name),
            status: status_name(room.status),
            subject: room.subject.as_deref(),
            priority: priority_name(room.priority),
            last_message: room.last_message.as_deref(),
            last_activity: room.last_activity,
            unread_count: room.unread(side),
            created_at: room.created_at,
            updated_at: room.updated_at,
        }
    }
}

#[derive(Clone, Debug, Serialize)]
struct ReactionRow<'a> {
    emoji: &'a str,
    count: usize,
    user_ids: &'a [i32],
}

/// A row of messages.
#[derive(Clone, Debug, Serialize)]
pub(super) struct MessageRow<'a> {
    id: i32,
    room_id: i32,
    sender_id: i32,
    sender_type: &'static str,
    sender_name: String,
    message: &'a str,
    message_type: &'static str,
    is_read: bool,
    reply_to_id: Option<i32>,
    reactions: Vec<ReactionRow<'a>>,
    deleted_at: Option<Timestamp>,
    created_at: Timestamp,
}

impl<'a> From<&'a Message> for MessageRow<'a> {
    fn from(message: &'a Message) -> Self {
        let reactions = message.reactions.iter();
        let reactions = reactions.map(|reaction| ReactionRow {
            emoji: &reaction.emoji,
            count: reaction.user_ids.len(),
            user_ids: &reaction.user_ids,
        });
        Self {
            id: message.id,
            room_id: message.room_id,
            sender_id: message.sender.id,
            sender_type: role_name(message.sender.role),
            sender_name: message.sender.display_name(),
            message: &message.text,
            message_type: type_name(message.message_type),
            is_read: message.is_read,
            reply_to_id: message.reply_to_id,
            reactions: reactions.collect(),
            deleted_at: message.deleted_at,
            created_at: message.created_at,
        }
    }
}

/// How what happens in a joined room is spelled.
pub(super) fn room_speller(is_root: bool) -> Speller {
    match is_root {
        true => Speller {
            slot: |event, _| room_slot(event, slot::ROOT),
            spell: |_, event, reader| spell_room("/", event, reader),
        },
        false => Speller {
            slot: |event, _| room_slot(event, slot::SUPPORT),
            spell: |_, event, reader| spell_room("/support", event, reader),
        },
    }
}

/// How what happens outside the joined rooms is spelled: broadcasts for everybody, notifications for admins.
pub(super) fn inbox_speller(is_root: bool, side: Side) -> Speller {
    match (is_root, side) {
        (true, Side::Desk) => {
            Speller { slot: |_, _| Some(slot::ROOT + 1), spell: |_, event, _| spell_notification("/", event) }
        }
        (false, Side::Desk) => {
            Speller { slot: |_, _| Some(slot::SUPPORT + 1), spell: |_, event, _| spell_notification("/support", event) }
        }
        (true, Side::Customer) => Speller { slot: |_, _| None, spell: |_, event, _| spell_broadcast("/", event) },
        (false, Side::Customer) => {
            Speller { slot: |_, _| None, spell: |_, event, _| spell_broadcast("/support", event) }
        }
    }
}

/// A room tells each reader what waits for their side.
fn room_slot(event: &Event, shared: usize) -> Option<usize> {
    (!matches!(event, Event::Room(_))).then_some(shared)
}

fn spell_room(namespace: &str, event: &Event, reader: i32) -> Option<Bytes> {
    match event {
        // Broadcasts come to everybody, whatever they have joined.
        Event::Message(posted) if posted.room.kind == ChatKind::Broadcast => None,
        Event::Message(posted) => Some(event_frame(namespace, "new_message", &MessageRow::from(&posted.message))),
        Event::MessageUpdated(posted) => {
            Some(event_frame(namespace, "message_updated", &MessageRow::from(&posted.message)))
        }
        Event::Read { room_id, user_id, last_read_message_id, .. } => {
            let read = json!({ "roomId": room_id, "userId": user_id, "lastReadMessageId": last_read_message_id });
            Some(event_frame(namespace, "messages_read", &read))
        }
        Event::Room(room) => Some(event_frame(namespace, "room_updated", &RoomRow::of(room, room.side_of(reader)))),
        Event::Typing(typing) => {
            let typing = json!({
                "roomId": typing.room_id?,
                "userId": typing.user_id,
                "userType": role_name(typing.role),
                "userName": typing.user_name,
                "isTyping": typing.is_typing,
            });
            Some(event_frame(namespace, "user_typing", &typing))
        }
        Event::Presence(presence) => {
            let name = if presence.online { "user_joined" } else { "user_left" };
            let who = json!({
                "userId": presence.user_id,
                "userType": role_name(presence.role),
                "lastSeen": presence.last_seen,
            });
            Some(event_frame(namespace, name, &who))
        }
        Event::Viewing(_) | Event::Connected(_) => None,
    }
}

fn spell_broadcast(namespace: &str, event: &Event) -> Option<Bytes> {
    match event {
        Event::Message(posted) if posted.room.kind == ChatKind::Broadcast => {
            Some(event_frame(namespace, "new_message", &MessageRow::from(&posted.message)))
        }
        _ => None,
    }
}

fn spell_notification(namespace: &str, event: &Event) -> Option<Bytes> {
    match event {
        Event::Message(posted) if posted.room.kind == ChatKind::Support => {
            let (message, customer) = (&posted.message, &posted.room.user);
            let notification = json!({
                "type": "new_message",
                "roomId": message.room_id,
                "userId": customer.id,
                "userName": customer.display_name(),
                "userEmail": customer.email,
                "messageId": message.id,
                "message": message.text,
                "messageType": type_name(message.message_type),
                "timestamp": message.created_at,
            });
            (message.sender.id == customer.id).then(|| event_frame(namespace, "admin_notification", &notification))
        }
        Event::Room(room) if room.kind == ChatKind::Support => {
            let room = RoomRow::of(room, Side::Desk);
            let notification = json!({ "type": "room_updated", "roomId": room.id, "room": room });
            Some(event_frame(namespace, "admin_notification", &notification))
        }
        other => spell_broadcast(namespace, other),
    }
}
