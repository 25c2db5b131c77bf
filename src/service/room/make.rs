//! Rooms as they are made.

use entity::{ChatKind, ChatPriority, ChatStatus, chat_event::EventType, chat_room};
use sea_orm::{ActiveModelTrait, ActiveValue::Set, DbErr};

use super::queries::topics_of;
use crate::{
    domain::{Event, Principal, Room},
    journal::{Entry, Tx},
};

/// A room to be made.
#[derive(Clone, Debug)]
pub(in crate::service) struct NewRoom {
    kind: ChatKind,
    user_id: i32,
    peer_id: Option<i32>,
    admin_id: Option<i32>,
    subject: Option<String>,
    priority: ChatPriority,
}

impl NewRoom {
    /// A customer's with the desk.
    pub(in crate::service) fn support(user_id: i32, admin_id: Option<i32>) -> Self {
        Self { admin_id, ..Self::of(ChatKind::Support, user_id) }
    }

    /// That of two people.
    pub(in crate::service) fn direct(one: i32, other: i32) -> Self {
        Self { peer_id: Some(one.max(other)), ..Self::of(ChatKind::Direct, one.min(other)) }
    }

    /// That in which an admin writes to everybody.
    pub(in crate::service) fn broadcast(admin_id: i32) -> Self {
        Self { peer_id: Some(chat_room::EVERYBODY), ..Self::of(ChatKind::Broadcast, admin_id) }
    }

    /// The same about something.
    pub(super) fn about(self, subject: Option<String>, priority: Option<ChatPriority>) -> Self {
        Self { subject, priority: priority.unwrap_or(self.priority), ..self }
    }

    fn of(kind: ChatKind, user_id: i32) -> Self {
        Self { kind, user_id, peer_id: None, admin_id: None, subject: None, priority: ChatPriority::Normal }
    }
}

/// Inserts a room and counts it. Appends nothing.
pub(in crate::service) async fn insert_room(tx: &mut Tx, new: NewRoom) -> Result<chat_room::Model, DbErr> {
    let row = chat_room::ActiveModel {
        user_id: Set(new.user_id),
        peer_id: Set(new.peer_id),
        admin_id: Set(new.admin_id),
        status: Set(ChatStatus::Open),
        subject: Set(new.subject),
        priority: Set(new.priority),
        last_message: Set(None),
        last_activity: Set(tx.now()),
        is_read: Set(false),
        created_at: Set(tx.now()),
        updated_at: Set(tx.now()),
        kind: Set(new.kind),
        desk_unread: Set(0),
        customer_unread: Set(0),
        unanswered: Set(false),
        ..Default::default()
    };
    let row = row.insert(tx.write()).await?;
    if row.kind == ChatKind::Support {
        tx.totals().count_room(row.status, row.priority, row.admin_id.is_some(), 1);
    }
    Ok(row)
}

/// Appends a room that was inserted to the journal.
pub(in crate::service) fn append_new_room(tx: &mut Tx, who: &Principal, room: Room) {
    tx.append(Entry {
        room_id: room.id,
        event_type: EventType::Room,
        actor_id: Some(who.id()),
        message_id: None,
        payload: Some(r#"{"made":true}"#.to_owned()),
        topics: topics_of(&room),
        event: Event::Room(Box::new(room)),
    });
}
