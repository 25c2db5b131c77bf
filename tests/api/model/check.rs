//! Compares what the server shows with the model.

use serde_json::{Value, json};

use super::desk::{Desk, Message, Room, Told};
use super::operation::{PRIORITIES, STATUSES};
use crate::harness::{Frame, number, numbers};

pub(super) fn room(room: &Room, shown: &Value, for_desk: bool) {
    assert_eq!(
        json!({
            "id": shown["id"], "userId": shown["userId"], "adminId": shown["adminId"], "status": shown["status"],
            "priority": shown["priority"], "lastMessage": shown["lastMessage"], "isRead": shown["isRead"],
            "unreadCount": shown["unreadCount"],
        }),
        json!({
            "id": room.id, "userId": room.owner, "adminId": room.admin, "status": room.status,
            "priority": room.priority, "lastMessage": room.preview(), "isRead": room.unread(true) == 0,
            "unreadCount": room.unread(for_desk),
        })
    );
}

/// The newest fifty messages, oldest first.
pub(super) fn messages(room: &Room, shown: &Value) {
    let shown = shown.as_array().expect("messages");
    let newest = &room.messages[room.messages.len().saturating_sub(50)..];
    assert_eq!(shown.len(), newest.len(), "{shown:#?}");
    for (shown, message) in shown.iter().zip(newest) {
        assert_eq!(
            json!({
                "id": shown["id"], "chatRoomId": shown["chatRoomId"], "senderId": shown["senderId"],
                "message": shown["message"], "isRead": shown["isRead"], "replyToId": shown["replyToId"],
                "reactions": shown["reactions"], "isDeleted": shown["deletedAt"].is_string(),
            }),
            json!({
                "id": message.id, "chatRoomId": room.id, "senderId": message.sender,
                "message": message.text, "isRead": message.is_read, "replyToId": message.reply_to,
                "reactions": reactions(message), "isDeleted": message.is_deleted,
            })
        );
    }
}

pub(super) fn stats(desk: &Desk, shown: &Value) {
    let count = |fits: &dyn Fn(&Room) -> bool| desk.rooms.iter().filter(|room| fits(room)).count();
    for (status, key) in STATUSES.into_iter().zip(["open", "closed", "resolved"]) {
        assert_eq!(shown[key], count(&|room| room.status == status), "{key}: {shown}");
    }
    for priority in PRIORITIES {
        assert_eq!(shown["byPriority"][priority], count(&|room| room.priority == priority), "{priority}: {shown}");
    }
    assert_eq!(shown["total"], desk.rooms.len(), "{shown}");
    assert_eq!(shown["unassigned"], count(&|room| room.admin.is_none()), "{shown}");
    let unread: usize = desk.rooms.iter().map(|room| room.unread(true)).sum();
    assert_eq!(shown["unread"], unread, "{shown}");
}

pub(super) fn room_list(desk: &Desk, shown: &Value, owner: Option<i64>) {
    let mut shown = numbers(shown, "id");
    shown.sort_unstable();
    let of_owner = |room: &&Room| owner.is_none_or(|owner| room.owner == owner);
    let expected: Vec<i64> = desk.rooms.iter().filter(of_owner).map(|room| room.id).collect();
    assert_eq!(shown, expected);
}

/// What a frame tells, as the model writes it down.
pub(super) fn told(frame: &Frame) -> Told {
    let id = || number(&frame.data["id"]);
    match frame.kind.as_str() {
        "room" => Told::Room(id()),
        "message" => Told::Message(id()),
        "message_updated" => Told::Updated(id()),
        "read" => Told::Read { user: number(&frame.data["userId"]), up_to: number(&frame.data["lastReadMessageId"]) },
        other => panic!("a frame of type {other} has an id: {frame:?}"),
    }
}

fn reactions(message: &Message) -> Value {
    let reactions = message.reactions.iter();
    reactions.map(|(emoji, users)| json!({"emoji": emoji, "count": users.len(), "userIds": users})).collect()
}
