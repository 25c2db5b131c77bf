//! How seed 003 spells things: `snake_case`, and the fields of its document without any other.

use bytes::Bytes;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    dialect::slot,
    domain::{ChatKind, Event, Message, Person, Posted, Timestamp},
    hub::Speller,
    service::conversation::Conversation,
    socketio::{Id, event_frame},
};

/// What a chat with the desk is called before an admin has taken it.
const DESK: &str = "Support";

/// A message to somebody.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct SendPayload {
    pub(super) receiver_id: Id,
    pub(super) content: String,
}

/// A message that was read.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(super) struct ReadPayload {
    pub(super) message_id: Id,
}

/// An answer.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Messenger)]
pub(super) struct Answer<T> {
    /// Always true.
    success: bool,
    data: T,
}

impl<T> Answer<T> {
    pub(super) fn of(data: T) -> Self {
        Self { success: true, data }
    }
}

/// It is done.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[schema(as = MessengerDone)]
pub(super) struct Done {
    /// Always true.
    success: bool,
}

impl Done {
    pub(super) fn new() -> Self {
        Self { success: true }
    }
}

/// A chat in the list.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = MessengerChat)]
pub(super) struct ChatBody {
    /// The other person; null for a chat with the desk that no admin has taken.
    user_id: Option<i32>,
    username: String,
    /// Always null: no pictures are kept.
    avatar: Option<String>,
    last_message: String,
    #[schema(value_type = String, format = DateTime)]
    last_message_time: Timestamp,
    unread_count: i64,
}

/// A message of a history.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = MessengerMessage)]
pub(super) struct HistoryBody {
    id: i32,
    sender_id: i32,
    receiver_id: i32,
    /// Empty once it was deleted.
    content: String,
    is_read: bool,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
}

impl HistoryBody {
    /// The message in the chat of `reader` with a person.
    pub(super) fn of(posted: &Posted, reader: i32, person_id: i32) -> Self {
        let message = &posted.message;
        let otherwise = if message.sender.id == reader { person_id } else { reader };
        Self {
            id: message.id,
            sender_id: message.sender.id,
            receiver_id: receiver_of(posted).unwrap_or(otherwise),
            content: message.text.clone(),
            is_read: message.is_read,
            created_at: message.created_at,
        }
    }
}

/// A message as others than its sender get it.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = MessengerReceived)]
pub(super) struct ReceivedBody {
    id: i32,
    sender_id: i32,
    receiver_id: i32,
    content: String,
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
}

impl ReceivedBody {
    /// The message for one of those who get it.
    pub(super) fn of(posted: &Posted, reader: i32) -> Self {
        let message = &posted.message;
        Self {
            id: message.id,
            sender_id: message.sender.id,
            receiver_id: receiver_of(posted).unwrap_or(reader),
            content: message.text.clone(),
            created_at: message.created_at,
        }
    }
}

/// A message as its sender gets it.
#[derive(Clone, Debug, Serialize)]
pub(super) struct SentBody<'a> {
    id: i32,
    receiver_id: Option<i32>,
    content: &'a str,
    created_at: Timestamp,
}

impl<'a> SentBody<'a> {
    /// The message, written to that person; to nobody in particular if there is none.
    pub(super) fn of(message: &'a Message, receiver_id: Option<i32>) -> Self {
        Self { id: message.id, receiver_id, content: &message.text, created_at: message.created_at }
    }
}

/// Somebody has read a message, and what came before it.
#[derive(Clone, Copy, Debug, Serialize)]
pub(super) struct ReadBody {
    pub(super) message_id: i32,
    pub(super) user_id: i32,
}

/// To whom a message was written: whom its sender named, else the other one in the room; none if that is nobody in
/// particular, as in a broadcast, or at the desk before an admin has taken the room.
fn receiver_of(posted: &Posted) -> Option<i32> {
    let Posted { message, room } = posted;
    message.receiver_id.or_else(|| room.other(message.sender.id).map(|person| person.id))
}

/// Conversations as chats with people, in the order of their newest messages. All rooms of a customer are one chat, as
/// their history is, and those in which nobody wrote are none.
pub(super) fn chats_of(conversations: &[Conversation], reader: i32) -> Vec<ChatBody> {
    let mut chats: Vec<(Option<i32>, ChatBody)> = Vec::new();
    for Conversation { room, newest, unread } in conversations {
        let Some(newest) = newest else { continue };
        let other = room.other(reader);
        let with_desk = room.kind == ChatKind::Support && room.user.id == reader;
        let key = other.filter(|_| !with_desk).map(|person| person.id);
        if let Some((_, chat)) = chats.iter_mut().find(|(known, _)| *known == key) {
            chat.unread_count += unread;
            continue;
        }
        let chat = ChatBody {
            user_id: other.map(|person| person.id),
            username: other.map_or_else(|| DESK.to_owned(), Person::display_name),
            avatar: None,
            last_message: newest.text.clone(),
            last_message_time: newest.created_at,
            unread_count: *unread,
        };
        chats.push((key, chat));
    }
    chats.into_iter().map(|(_, chat)| chat).collect()
}

/// How what happens is spelled, in the root namespace or in the dialect's own.
pub(super) fn speller(is_root: bool) -> Speller {
    match is_root {
        true => Speller { slot: slot_of::<true>, spell: |_, event, reader| spell("/", event, reader) },
        false => Speller { slot: slot_of::<false>, spell: |_, event, reader| spell("/messenger", event, reader) },
    }
}

fn slot_of<const IS_ROOT: bool>(event: &Event, reader: i32) -> Option<usize> {
    let first = if IS_ROOT { slot::ROOT } else { slot::MESSENGER };
    match event {
        Event::Message(posted) if posted.message.sender.id == reader => Some(first + 1),
        // Each reader is told that it was written to them.
        Event::Message(posted) if receiver_of(posted).is_none() => None,
        _ => Some(first),
    }
}

fn spell(namespace: &str, event: &Event, reader: i32) -> Option<Bytes> {
    match event {
        Event::Message(posted) if posted.message.sender.id == reader => {
            let sent = SentBody::of(&posted.message, receiver_of(posted));
            Some(event_frame(namespace, "message_sent", &sent))
        }
        Event::Message(posted) => Some(event_frame(namespace, "receive_message", &ReceivedBody::of(posted, reader))),
        Event::Read { user_id, last_read_message_id, .. } => {
            let read = ReadBody { message_id: (*last_read_message_id)?, user_id: *user_id };
            Some(event_frame(namespace, "messege_read", &read))
        }
        Event::MessageUpdated(_)
        | Event::Room(_)
        | Event::Typing(_)
        | Event::Presence(_)
        | Event::Viewing(_)
        | Event::Connected(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::{ChatBody, Conversation, Event, Message, Person, Posted, chats_of, slot_of, speller};
    use crate::domain::{ChatKind, ChatPriority, ChatStatus, MessageType, Role, Room, Timestamp};

    const CUSTOMER: i32 = 7;
    const OTHER_CUSTOMER: i32 = 8;
    const ADMIN: i32 = 1;
    const OTHER_ADMIN: i32 = 2;

    fn person(id: i32) -> Person {
        let role = if id < CUSTOMER { Role::Admin } else { Role::User };
        Person { id, name: Some(format!("No. {id}")), email: None, role }
    }

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_millis(millis).expect("a date")
    }

    fn room(id: i32, kind: ChatKind, user: i32, admin: Option<i32>, peer: Option<i32>) -> Room {
        Room {
            id,
            kind,
            user: person(user),
            admin: admin.map(person),
            peer: peer.map(person),
            status: ChatStatus::Open,
            subject: None,
            priority: ChatPriority::Normal,
            last_message: None,
            last_activity: at(0),
            is_read: true,
            desk_unread: 0,
            customer_unread: 0,
            unanswered: false,
            created_at: at(0),
            updated_at: at(0),
        }
    }

    fn message(id: i32, room_id: i32, sender: i32, receiver_id: Option<i32>) -> Message {
        Message {
            id,
            room_id,
            sender: person(sender),
            text: format!("text {id}"),
            message_type: MessageType::Text,
            is_read: false,
            receiver_id,
            reply_to_id: None,
            reactions: Vec::new(),
            deleted_at: None,
            created_at: at(i64::from(id)),
        }
    }

    fn posted(room: Room, sender: i32, receiver_id: Option<i32>) -> Event {
        Event::Message(Box::new(Posted { message: message(9, room.id, sender, receiver_id), room }))
    }

    /// The event's name and payload as that reader gets them.
    fn told(event: &Event, reader: i32) -> Value {
        let frame = (speller(true).spell)(None, event, reader).expect("a frame");
        let start = frame.iter().position(|byte| *byte == b'[').expect("an event");
        serde_json::from_slice(&frame[start..]).expect("JSON")
    }

    #[test]
    fn a_receiver_is_who_was_named_or_the_other_one_or_the_reader() {
        let desk = |admin| room(5, ChatKind::Support, CUSTOMER, admin, None);
        let private = || room(5, ChatKind::Direct, CUSTOMER, None, Some(OTHER_CUSTOMER));
        let cases = [
            (posted(desk(Some(ADMIN)), CUSTOMER, Some(OTHER_ADMIN)), OTHER_ADMIN, OTHER_ADMIN),
            (posted(desk(Some(ADMIN)), CUSTOMER, None), OTHER_ADMIN, ADMIN),
            (posted(desk(None), CUSTOMER, None), OTHER_ADMIN, OTHER_ADMIN),
            (posted(desk(Some(ADMIN)), OTHER_ADMIN, None), ADMIN, CUSTOMER),
            (posted(private(), CUSTOMER, None), OTHER_CUSTOMER, OTHER_CUSTOMER),
            (posted(private(), OTHER_CUSTOMER, None), CUSTOMER, CUSTOMER),
            (posted(room(5, ChatKind::Broadcast, ADMIN, None, None), ADMIN, None), CUSTOMER, CUSTOMER),
        ];
        for (event, reader, receiver) in cases {
            let Event::Message(posted) = &event else { unreachable!("all are messages") };
            let sender = posted.message.sender.id;
            let created_at = "1970-01-01T00:00:00.009Z";
            let received = json!({
                "id": 9, "sender_id": sender, "receiver_id": receiver, "content": "text 9", "created_at": created_at,
            });
            assert_eq!(told(&event, reader), json!(["receive_message", received]));
            // What the sender gets names nobody where each reader is told their own number.
            let shared = slot_of::<false>(&event, reader).is_some();
            let named = if shared { json!(receiver) } else { Value::Null };
            let sent = json!({ "id": 9, "receiver_id": named, "content": "text 9", "created_at": created_at });
            assert_eq!(told(&event, sender), json!(["message_sent", sent]));
            assert_ne!(slot_of::<false>(&event, reader), slot_of::<false>(&event, sender));
        }
    }

    #[test]
    fn a_read_mark_is_told_with_the_spelling_of_the_seed() {
        let event =
            Event::Read { room_id: 5, kind: ChatKind::Support, user_id: CUSTOMER, last_read_message_id: Some(9) };
        assert_eq!(told(&event, ADMIN), json!(["messege_read", { "message_id": 9, "user_id": CUSTOMER }]));
    }

    #[test]
    fn all_rooms_with_the_desk_are_one_chat_and_empty_ones_none() {
        let conversation = |room: Room, newest: Option<i32>, unread| Conversation {
            newest: newest.map(|id| message(id, room.id, ADMIN, None)),
            room,
            unread,
        };
        let conversations = [
            conversation(room(6, ChatKind::Support, CUSTOMER, None, None), None, 0),
            conversation(room(5, ChatKind::Support, CUSTOMER, None, None), Some(30), 1),
            conversation(room(4, ChatKind::Direct, CUSTOMER, None, Some(OTHER_CUSTOMER)), Some(20), 2),
            conversation(room(3, ChatKind::Support, CUSTOMER, Some(ADMIN), None), Some(10), 4),
        ];
        let chat = |user_id, username: &str, newest: i32, unread_count| ChatBody {
            user_id,
            username: username.to_owned(),
            avatar: None,
            last_message: format!("text {newest}"),
            last_message_time: at(i64::from(newest)),
            unread_count,
        };
        assert_eq!(
            chats_of(&conversations, CUSTOMER),
            [chat(None, "Support", 30, 5), chat(Some(OTHER_CUSTOMER), "No. 8", 20, 2)]
        );
        assert_eq!(chats_of(&conversations[1..2], ADMIN), [chat(Some(CUSTOMER), "No. 7", 30, 1)]);
    }
}
