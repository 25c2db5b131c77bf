//! How seed 004 spells things: camelCase, upper-case names, a conversation inside each message that is sent.

use bytes::Bytes;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Value, json};

use crate::{
    dialect::slot,
    domain::{ChatKind, ChatStatus, Event, Message, Person, Posted, Presence, Role, Room, Side, Timestamp},
    hub::Speller,
    service::conversation::Conversation,
    socketio::{Id, bare_event_frame, event_frame},
};

/// Messages of a history at most, and unless the call says how many.
const MOST_MESSAGES: u64 = 200;

/// Who somebody says they are. Their name is not looked at.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct JoinPayload {
    pub(super) user_id: Id,
    pub(super) role: RoleName,
}

/// A message to be written; a customer need not say where.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct SendPayload {
    pub(super) conversation_id: Option<Id>,
    pub(super) message: String,
    pub(super) sender: RoleName,
}

/// Messages that are asked for.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct HistoryPayload {
    pub(super) conversation_id: Id,
    pub(super) before: Option<Id>,
    #[serde(default)]
    pub(super) limit: Limit,
}

/// How many messages.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limit(pub(super) u64);

impl Default for Limit {
    fn default() -> Self {
        Self(MOST_MESSAGES)
    }
}

impl<'de> Deserialize<'de> for Limit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        let limit = if value.is_null() { Some(MOST_MESSAGES) } else { value.as_u64() };
        let wrong = || serde::de::Error::custom(format!("must be a number from 1 to {MOST_MESSAGES}"));
        limit.filter(|limit| (1..=MOST_MESSAGES).contains(limit)).map(Self).ok_or_else(wrong)
    }
}

/// One of the two sides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "UPPERCASE", try_from = "String")]
pub(super) enum RoleName {
    /// Who asks.
    Customer,
    /// Who answers.
    Admin,
}

// What serde derives for an enum takes an object with the name as its key, too.
impl TryFrom<String> for RoleName {
    type Error = &'static str;

    fn try_from(name: String) -> Result<Self, Self::Error> {
        match name.as_str() {
            "CUSTOMER" => Ok(Self::Customer),
            "ADMIN" => Ok(Self::Admin),
            _ => Err("must be CUSTOMER or ADMIN"),
        }
    }
}

impl RoleName {
    pub(super) fn of(side: Side) -> Self {
        match side {
            Side::Customer => Self::Customer,
            Side::Desk => Self::Admin,
        }
    }
}

/// Where a conversation stands.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "UPPERCASE")]
enum StatusName {
    Open,
    Pending,
    Closed,
}

impl StatusName {
    fn of(room: &Room) -> Self {
        match room.status {
            ChatStatus::Open if room.unanswered => Self::Pending,
            ChatStatus::Open => Self::Open,
            ChatStatus::Resolved | ChatStatus::Closed => Self::Closed,
        }
    }
}

#[derive(Clone, Debug, Serialize)]
struct PersonRow<'a> {
    id: i32,
    name: Option<&'a str>,
    email: Option<&'a str>,
}

impl<'a> PersonRow<'a> {
    /// Whose conversation it is. The address of an admin who broadcasts is not for everybody.
    fn of_owner(room: &'a Room) -> Self {
        let Person { id, name, email, .. } = &room.user;
        let email = email.as_deref().filter(|_| room.kind != ChatKind::Broadcast);
        Self { id: *id, name: name.as_deref(), email }
    }
}

/// A conversation.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ConversationRow<'a> {
    id: i32,
    user_id: i32,
    user: PersonRow<'a>,
    admin_id: Option<i32>,
    status: StatusName,
    unread_count: i32,
    last_message: Option<&'a str>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

impl<'a> ConversationRow<'a> {
    /// The conversation as that side sees it.
    pub(super) fn of(room: &'a Room, side: Side) -> Self {
        Self {
            id: room.id,
            user_id: room.user.id,
            user: PersonRow::of_owner(room),
            admin_id: room.admin.as_ref().map(|admin| admin.id),
            status: StatusName::of(room),
            unread_count: room.unread(side),
            last_message: room.last_message.as_deref(),
            created_at: room.created_at,
            updated_at: room.updated_at,
        }
    }
}

/// A conversation of the list, with its newest message.
#[derive(Clone, Debug, Serialize)]
pub(super) struct ListedRow<'a> {
    #[serde(flatten)]
    conversation: ConversationRow<'a>,
    messages: Vec<MessageRow<'a>>,
}

impl<'a> ListedRow<'a> {
    pub(super) fn of(listed: &'a Conversation, side: Side) -> Self {
        let newest = listed.newest.iter().map(|message| MessageRow::of(message, &listed.room));
        Self { conversation: ConversationRow::of(&listed.room, side), messages: newest.collect() }
    }
}

/// A message.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct MessageRow<'a> {
    id: i32,
    conversation_id: i32,
    sender: RoleName,
    sender_id: i32,
    sender_name: String,
    content: &'a str,
    is_read: bool,
    created_at: Timestamp,
}

impl<'a> MessageRow<'a> {
    pub(super) fn of(message: &'a Message, room: &Room) -> Self {
        let sender = match room.kind {
            ChatKind::Broadcast => RoleName::Admin,
            ChatKind::Support | ChatKind::Direct => RoleName::of(room.side_of(message.sender.id)),
        };
        Self {
            id: message.id,
            conversation_id: message.room_id,
            sender,
            sender_id: message.sender.id,
            sender_name: message.sender.display_name(),
            content: &message.text,
            is_read: message.is_read,
            created_at: message.created_at,
        }
    }
}

/// A message with its conversation.
#[derive(Clone, Debug, Serialize)]
pub(super) struct SentRow<'a> {
    #[serde(flatten)]
    message: MessageRow<'a>,
    conversation: ConversationRow<'a>,
}

impl<'a> SentRow<'a> {
    /// The message with its conversation as that side sees it.
    pub(super) fn of(message: &'a Message, room: &'a Room, side: Side) -> Self {
        Self { message: MessageRow::of(message, room), conversation: ConversationRow::of(room, side) }
    }
}

/// Somebody who comes, goes or is there.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PresenceRow {
    user_id: i32,
    role: RoleName,
}

impl PresenceRow {
    pub(super) fn of(user_id: i32, role: Role) -> Self {
        let role = match role {
            Role::User => RoleName::Customer,
            Role::Admin => RoleName::Admin,
        };
        Self { user_id, role }
    }
}

/// How what happens is spelled for that side, in the root namespace or in the dialect's own.
pub(super) fn speller(is_root: bool, side: Side) -> Speller {
    match (is_root, side) {
        (true, Side::Customer) => {
            Speller { slot: |_, _| Some(slot::ROOT), spell: |_, event, _| spell("/", event, Side::Customer) }
        }
        (true, Side::Desk) => {
            Speller { slot: |_, _| Some(slot::ROOT + 1), spell: |_, event, _| spell("/", event, Side::Desk) }
        }
        (false, Side::Customer) => {
            Speller { slot: |_, _| Some(slot::DESK), spell: |_, event, _| spell("/desk", event, Side::Customer) }
        }
        (false, Side::Desk) => {
            Speller { slot: |_, _| Some(slot::DESK + 1), spell: |_, event, _| spell("/desk", event, Side::Desk) }
        }
    }
}

fn spell(namespace: &str, event: &Event, side: Side) -> Option<Bytes> {
    match event {
        Event::Message(posted) => spell_message(namespace, "message:received", posted, side),
        Event::MessageUpdated(posted) => spell_message(namespace, "message:updated", posted, side),
        Event::Room(room) if room.kind == ChatKind::Support => {
            Some(event_frame(namespace, "conversation:updated", &ConversationRow::of(room, side)))
        }
        Event::Read { room_id, kind: ChatKind::Support, user_id, last_read_message_id } => {
            let read = json!({
                "conversationId": room_id,
                "userId": user_id,
                "lastReadMessageId": last_read_message_id,
            });
            Some(event_frame(namespace, "messages:read", &read))
        }
        Event::Presence(presence) => spell_presence(namespace, presence, side),
        Event::Room(_) | Event::Read { .. } | Event::Typing(_) | Event::Viewing(_) | Event::Connected(_) => None,
    }
}

/// What two people say to each other in private is no business of the desk.
fn spell_message(namespace: &str, name: &str, posted: &Posted, side: Side) -> Option<Bytes> {
    match posted.room.kind {
        ChatKind::Support | ChatKind::Broadcast => {
            Some(event_frame(namespace, name, &SentRow::of(&posted.message, &posted.room, side)))
        }
        ChatKind::Direct => None,
    }
}

/// Admins hear of everybody, customers of admins.
fn spell_presence(namespace: &str, presence: &Presence, side: Side) -> Option<Bytes> {
    let name = if presence.online { "user:online" } else { "user:offline" };
    let told = event_frame(namespace, name, &PresenceRow::of(presence.user_id, presence.role));
    match (side, presence.role) {
        (Side::Customer, Role::User) => None,
        (Side::Desk, Role::Admin) if presence.online => {
            Some([told, bare_event_frame(namespace, "admin:online")].concat().into())
        }
        _ => Some(told),
    }
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use serde_json::{Value, json};

    use super::{Event, HistoryPayload, JoinPayload, Message, Person, Posted, Presence, Role, Room, Side, speller};
    use crate::domain::{ChatKind, ChatPriority, ChatStatus, MessageType, Timestamp};

    const CUSTOMER: i32 = 7;
    const ADMIN: i32 = 1;

    fn person(id: i32, role: Role) -> Person {
        Person { id, name: Some(format!("No. {id}")), email: Some(format!("{id}@example.test")), role }
    }

    fn posted(kind: ChatKind, sender: i32, status: ChatStatus, unanswered: bool) -> Box<Posted> {
        let at = Timestamp::from_millis(0).expect("a date");
        let message = Message {
            id: 9,
            room_id: 5,
            sender: person(sender, if sender == ADMIN { Role::Admin } else { Role::User }),
            text: "Hello".to_owned(),
            message_type: MessageType::Text,
            is_read: false,
            receiver_id: None,
            reply_to_id: None,
            reactions: Vec::new(),
            deleted_at: None,
            created_at: at,
        };
        let room = Room {
            id: 5,
            kind,
            user: person(if kind == ChatKind::Broadcast { ADMIN } else { CUSTOMER }, Role::User),
            admin: Some(person(ADMIN, Role::Admin)),
            peer: None,
            status,
            subject: None,
            priority: ChatPriority::Normal,
            last_message: Some("Hello".to_owned()),
            last_activity: at,
            is_read: false,
            desk_unread: 3,
            customer_unread: 2,
            unanswered,
            created_at: at,
            updated_at: at,
        };
        Box::new(Posted { message, room })
    }

    fn spelled(event: &Event, side: Side) -> Option<Bytes> {
        (speller(false, side).spell)(None, event, 0)
    }

    /// The event's name and payload.
    fn told(event: &Event, side: Side) -> Value {
        let frame = spelled(event, side).expect("a frame");
        let start = frame.iter().position(|byte| *byte == b'[').expect("an event");
        serde_json::from_slice(&frame[start..]).expect("JSON")
    }

    #[test]
    fn a_message_has_its_conversation_as_the_reader_sees_it() {
        let event = Event::Message(posted(ChatKind::Support, CUSTOMER, ChatStatus::Open, true));
        let time = "1970-01-01T00:00:00.000Z";
        let message = |unread: i32| {
            json!(["message:received", {
                "id": 9, "conversationId": 5, "sender": "CUSTOMER", "senderId": CUSTOMER, "senderName": "No. 7",
                "content": "Hello", "isRead": false, "createdAt": time,
                "conversation": {
                    "id": 5, "userId": CUSTOMER, "user": { "id": CUSTOMER, "name": "No. 7", "email": "7@example.test" },
                    "adminId": ADMIN, "status": "PENDING", "unreadCount": unread, "lastMessage": "Hello",
                    "createdAt": time, "updatedAt": time,
                },
            }])
        };
        assert_eq!(told(&event, Side::Customer), message(2));
        assert_eq!(told(&event, Side::Desk), message(3));
    }

    #[test]
    fn the_status_says_who_has_the_word() {
        let cases = [
            (ChatStatus::Open, true, "PENDING"),
            (ChatStatus::Open, false, "OPEN"),
            (ChatStatus::Resolved, true, "CLOSED"),
            (ChatStatus::Closed, false, "CLOSED"),
        ];
        for (status, unanswered, name) in cases {
            let event = Event::Room(Box::new(posted(ChatKind::Support, ADMIN, status, unanswered).room));
            let told = told(&event, Side::Desk);
            assert_eq!((&told[0], &told[1]["status"]), (&json!("conversation:updated"), &json!(name)));
        }
    }

    #[test]
    fn private_rooms_are_kept_out_and_broadcasts_are_the_desks() {
        let of = |kind| posted(kind, ADMIN, ChatStatus::Open, false);
        assert_eq!(spelled(&Event::Message(of(ChatKind::Direct)), Side::Desk), None);
        assert_eq!(spelled(&Event::MessageUpdated(of(ChatKind::Direct)), Side::Customer), None);
        assert_eq!(spelled(&Event::Room(Box::new(of(ChatKind::Direct).room)), Side::Customer), None);
        let broadcast = told(&Event::Message(of(ChatKind::Broadcast)), Side::Customer);
        assert_eq!(broadcast[1]["sender"], "ADMIN");
        assert_eq!(broadcast[1]["conversation"]["user"]["email"], Value::Null);
    }

    #[test]
    fn admins_hear_of_everybody_and_customers_of_admins() {
        let last_seen = Timestamp::from_millis(0).expect("a date");
        let presence = |role, online| Event::Presence(Presence { user_id: ADMIN, role, online, last_seen });
        let frames = |role, online, side| {
            let frames = spelled(&presence(role, online), side).unwrap_or_default();
            String::from_utf8_lossy(&frames).matches("42/desk,").count()
        };
        assert_eq!(frames(Role::Admin, true, Side::Desk), 2);
        assert_eq!(frames(Role::Admin, false, Side::Desk), 1);
        assert_eq!(frames(Role::Admin, true, Side::Customer), 1);
        assert_eq!(frames(Role::User, true, Side::Desk), 1);
        assert_eq!(frames(Role::User, true, Side::Customer), 0);
        let customer = told(&presence(Role::User, false), Side::Desk);
        assert_eq!(customer, json!(["user:offline", { "userId": ADMIN, "role": "CUSTOMER" }]));
    }

    #[test]
    fn a_read_mark_is_told_to_both_sides() {
        let event = Event::Read { room_id: 5, kind: ChatKind::Support, user_id: ADMIN, last_read_message_id: Some(9) };
        let read = json!(["messages:read", { "conversationId": 5, "userId": ADMIN, "lastReadMessageId": 9 }]);
        assert_eq!((told(&event, Side::Customer), told(&event, Side::Desk)), (read.clone(), read));
    }

    #[test]
    fn a_payload_is_read_with_what_may_be_left_out() {
        let history = |payload: Value| serde_json::from_value::<HistoryPayload>(payload);
        assert_eq!(history(json!({ "conversationId": "5" })).expect("valid").limit.0, 200);
        assert_eq!(history(json!({ "conversationId": 5, "limit": null })).expect("valid").limit.0, 200);
        assert_eq!(history(json!({ "conversationId": 5, "limit": 3 })).expect("valid").limit.0, 3);
        for limit in [json!(0), json!(201), json!("many"), json!(-1), json!([])] {
            assert!(history(json!({ "conversationId": 5, "limit": limit })).is_err());
        }
        let join = |role: Value| serde_json::from_value::<JoinPayload>(json!({ "userId": 7, "role": role }));
        assert!(join(json!("CUSTOMER")).is_ok());
        assert!(join(json!("ROOT")).is_err() && join(json!({ "ADMIN": null })).is_err());
    }
}
