//! Live events as frames of the namespace, spelled once for the sender and once for everybody else.

use bytes::Bytes;
use serde::Serialize;

use super::{
    super::slot,
    names::{StatusName, presence_name},
    wire::{MessageBody, Told},
};
use crate::{
    domain::{ChatKind, Event, Posted, Presence, Room, Timestamp, Typing},
    hub::Speller,
    socketio::event_frame,
};

/// How events are spelled in `/direct`, or at the root namespace.
pub(super) fn speller(is_root: bool) -> Speller {
    if is_root {
        Speller { slot: shared::<true>, spell: spell::<true> }
    } else {
        Speller { slot: shared::<false>, spell: spell::<false> }
    }
}

fn shared<const ROOT: bool>(event: &Event, reader: i32) -> Option<usize> {
    let first = if ROOT { slot::ROOT } else { slot::DIRECT };
    let own = matches!(event, Event::Message(posted) if posted.message.sender.id == reader);
    Some(first + usize::from(own))
}

fn spell<const ROOT: bool>(_: Option<i64>, event: &Event, reader: i32) -> Option<Bytes> {
    let namespace = if ROOT { "/" } else { "/direct" };
    match event {
        Event::Message(posted) => Some(spell_message(namespace, posted, reader)),
        Event::MessageUpdated(posted) => Some(spell_update(namespace, posted)),
        Event::Read { room_id, user_id, last_read_message_id, .. } => {
            let read = Read { message_id: (*last_read_message_id)?, conversation_id: *room_id, read_by: *user_id };
            Some(event_frame(namespace, "message_read", &read))
        }
        Event::Room(room) => spell_room(namespace, room),
        Event::Typing(typing) => Some(event_frame(namespace, "user_typing", &TypingUpdate::from(typing))),
        Event::Presence(presence) => Some(event_frame(namespace, "user_status_update", &StatusUpdate::from(presence))),
        Event::Connected(_) | Event::Viewing(_) => None,
    }
}

fn spell_message(namespace: &str, Posted { message, room }: &Posted, reader: i32) -> Bytes {
    let told = Told::of(MessageBody::of(message, room));
    let names: &[&str] = match (room.kind, message.sender.id == reader) {
        (ChatKind::Broadcast, true) => &["admin_broadcast", "message_sent"],
        (ChatKind::Broadcast, false) => &["admin_broadcast"],
        (_, true) => &["message_sent"],
        (_, false) => &["new_message"],
    };
    let frames: Vec<Bytes> = names.iter().map(|name| event_frame(namespace, name, &told)).collect();
    frames.concat().into()
}

fn spell_update(namespace: &str, Posted { message, room }: &Posted) -> Bytes {
    match message.deleted_at {
        Some(_) => {
            let deleted = Deleted { message_id: message.id, conversation_id: message.room_id };
            event_frame(namespace, "message_deleted", &Told::of(deleted))
        }
        None => event_frame(namespace, "message_reaction", &Told::of(MessageBody::of(message, room))),
    }
}

/// Nothing ever changes of those that are not with the desk.
fn spell_room(namespace: &str, room: &Room) -> Option<Bytes> {
    let admin_id = room.admin.as_ref().map(|admin| admin.id);
    let updated = Updated { id: room.id, status: room.status.into(), admin_id };
    let told = (room.kind == ChatKind::Support).then(|| Told::of(updated));
    told.map(|told| event_frame(namespace, "conversation_updated", &told))
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Read {
    message_id: i32,
    conversation_id: i32,
    read_by: i32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Deleted {
    message_id: i32,
    conversation_id: i32,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Updated {
    id: i32,
    status: StatusName,
    admin_id: Option<i32>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TypingUpdate<'a> {
    sender_id: i32,
    sender_name: &'a str,
    conversation_id: Option<i32>,
    is_typing: bool,
}

impl<'a> From<&'a Typing> for TypingUpdate<'a> {
    fn from(typing: &'a Typing) -> Self {
        Self {
            sender_id: typing.user_id,
            sender_name: &typing.user_name,
            conversation_id: typing.room_id,
            is_typing: typing.is_typing,
        }
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct StatusUpdate {
    user_id: i32,
    status: &'static str,
    is_online: bool,
    last_seen: Timestamp,
}

impl From<&Presence> for StatusUpdate {
    fn from(presence: &Presence) -> Self {
        Self {
            user_id: presence.user_id,
            status: presence_name(presence.online),
            is_online: presence.online,
            last_seen: presence.last_seen,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{ChatKind, Event, Posted, Presence, Room, shared, spell, speller};
    use crate::domain::{ChatPriority, ChatStatus, Message, MessageType, Person, Role, Timestamp, Typing, Viewing};

    fn person(id: i32, role: Role) -> Person {
        Person { id, name: Some(format!("Person {id}")), email: Some(format!("{id}@example.test")), role }
    }

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(1_795_251_600_000 + millis).expect("a date")
    }

    fn room(kind: ChatKind, user: Person, admin: Option<Person>, peer: Option<Person>) -> Room {
        Room {
            id: 7,
            kind,
            user,
            admin,
            peer,
            status: ChatStatus::Resolved,
            subject: None,
            priority: ChatPriority::Normal,
            last_message: None,
            last_activity: at(0),
            is_read: false,
            desk_unread: 0,
            customer_unread: 0,
            unanswered: false,
            created_at: at(0),
            updated_at: at(0),
        }
    }

    fn direct_room() -> Room {
        room(ChatKind::Direct, person(1, Role::User), None, Some(person(2, Role::User)))
    }

    fn message(sender: Person, receiver_id: Option<i32>) -> Message {
        Message {
            id: 12,
            room_id: 7,
            sender,
            text: "Hello!".to_owned(),
            message_type: MessageType::Text,
            is_read: false,
            receiver_id,
            reply_to_id: None,
            reactions: Vec::new(),
            deleted_at: None,
            created_at: at(5),
        }
    }

    fn posted(room: Room, sender: Person, receiver_id: Option<i32>) -> Box<Posted> {
        Box::new(Posted { message: message(sender, receiver_id), room })
    }

    /// The events that a reader gets, in `/direct`; all frames are short enough for a one-byte or a two-byte length.
    fn told(event: &Event, reader: i32) -> Vec<(String, Value)> {
        let Some(frames) = spell::<false>(Some(1), event, reader) else { return Vec::new() };
        let (mut rest, mut events) = (frames.as_ref(), Vec::new());
        while let [_, length, tail @ ..] = rest {
            let (length, tail) = match (length, tail) {
                (126, [high, low, tail @ ..]) => (usize::from(u16::from_be_bytes([*high, *low])), tail),
                (length, tail) => (usize::from(*length), tail),
            };
            let (packet, after) = tail.split_at(length);
            let packet = std::str::from_utf8(packet).expect("text").strip_prefix("42/direct,").expect("an event");
            events.push(serde_json::from_str(packet).expect("a name and a payload"));
            rest = after;
        }
        events
    }

    fn names(event: &Event, reader: i32) -> Vec<String> {
        told(event, reader).into_iter().map(|(name, _)| name).collect()
    }

    fn receiver(room: Room, sender: Person, named: Option<i32>) -> Value {
        let event = Event::Message(posted(room, sender, named));
        told(&event, 99).remove(0).1["data"]["receiverId"].take()
    }

    #[test]
    fn a_message_has_the_fields_of_the_seed() {
        let event = Event::Message(posted(direct_room(), person(1, Role::User), Some(2)));
        let expected = json!({
            "success": true,
            "data": {
                "id": 12, "_id": 12, "conversationId": 7, "senderId": 1, "senderName": "Person 1", "senderRole": "user",
                "receiverId": 2, "message": "Hello!", "messageType": "text", "replyTo": null, "isRead": false,
                "isDeleted": false, "isBroadcast": false, "reactions": [], "createdAt": "2026-11-21T09:00:00.005Z",
            },
        });
        assert_eq!(told(&event, 2), [("new_message".to_owned(), expected.clone())]);
        assert_eq!(told(&event, 1), [("message_sent".to_owned(), expected)]);
    }

    #[test]
    fn an_announcement_is_told_to_its_sender_twice() {
        let admin = person(3, Role::Admin);
        let event = Event::Message(posted(room(ChatKind::Broadcast, admin.clone(), None, None), admin, None));
        assert_eq!(names(&event, 1), ["admin_broadcast"]);
        assert_eq!(names(&event, 3), ["admin_broadcast", "message_sent"]);
        let data = &told(&event, 1)[0].1["data"];
        assert_eq!((&data["isBroadcast"], &data["receiverId"]), (&json!(true), &Value::Null));
    }

    #[test]
    fn a_message_without_a_named_receiver_goes_to_the_other_side() {
        let (customer, admin, colleague) = (person(1, Role::User), person(3, Role::Admin), person(4, Role::Admin));
        let support = |admin: Option<&Person>| room(ChatKind::Support, customer.clone(), admin.cloned(), None);
        assert_eq!(receiver(support(Some(&admin)), customer.clone(), None), json!(3));
        assert_eq!(receiver(support(None), customer.clone(), None), Value::Null);
        assert_eq!(receiver(support(Some(&admin)), colleague.clone(), None), json!(1));
        assert_eq!(receiver(support(Some(&admin)), customer.clone(), Some(4)), json!(4));
        assert_eq!(receiver(direct_room(), person(2, Role::User), None), json!(1));
        assert_eq!(receiver(direct_room(), person(1, Role::User), None), json!(2));
    }

    #[test]
    fn frames_are_shared_by_all_but_the_sender() {
        let event = Event::Message(posted(direct_room(), person(1, Role::User), Some(2)));
        let slot = |is_root, reader| (speller(is_root).slot)(&event, reader).expect("a shared frame");
        assert_eq!(slot(false, 2), slot(false, 3));
        assert_ne!(slot(false, 1), slot(false, 2));
        assert_ne!(slot(true, 2), slot(false, 2));
        let read = Event::Read { room_id: 7, kind: ChatKind::Support, user_id: 1, last_read_message_id: Some(12) };
        assert_eq!(shared::<false>(&read, 1), shared::<false>(&read, 2));
    }

    #[test]
    fn whatever_else_happens_is_spelled_as_in_the_seed() {
        let mut gone = posted(direct_room(), person(1, Role::User), Some(2));
        gone.message.deleted_at = Some(at(9));
        let updated = posted(direct_room(), person(1, Role::User), Some(2));
        let support = room(ChatKind::Support, person(1, Role::User), Some(person(3, Role::Admin)), None);
        let typing =
            Typing { room_id: None, user_id: 1, user_name: "Person 1".to_owned(), role: Role::User, is_typing: true };
        let presence = Presence { user_id: 1, role: Role::User, online: false, last_seen: at(0) };
        let expected = [
            (
                Event::MessageUpdated(gone),
                "message_deleted",
                json!({"success": true, "data": {"messageId": 12, "conversationId": 7}}),
            ),
            (
                Event::Read { room_id: 7, kind: ChatKind::Support, user_id: 2, last_read_message_id: Some(12) },
                "message_read",
                json!({"messageId": 12, "conversationId": 7, "readBy": 2}),
            ),
            (
                Event::Room(Box::new(support)),
                "conversation_updated",
                json!({"success": true, "data": {"id": 7, "status": "resolved", "adminId": 3}}),
            ),
            (
                Event::Typing(typing),
                "user_typing",
                json!({"senderId": 1, "senderName": "Person 1", "conversationId": null, "isTyping": true}),
            ),
            (
                Event::Presence(presence),
                "user_status_update",
                json!({"userId": 1, "status": "offline", "isOnline": false, "lastSeen": "2026-11-21T09:00:00.000Z"}),
            ),
        ];
        for (event, name, payload) in expected {
            assert_eq!(told(&event, 2), [(name.to_owned(), payload)]);
        }
        assert_eq!(names(&Event::MessageUpdated(updated), 2), ["message_reaction"]);
    }

    #[test]
    fn what_the_dialect_has_no_word_for_is_not_told() {
        let viewing = Viewing { room_id: 7, user_id: 3, user_name: "Person 3".to_owned(), is_viewing: true };
        let nothing_read = Event::Read { room_id: 7, kind: ChatKind::Support, user_id: 1, last_read_message_id: None };
        for event in [Event::Viewing(viewing), nothing_read, Event::Room(Box::new(direct_room()))] {
            assert!(told(&event, 2).is_empty(), "{event:?}");
        }
    }
}
