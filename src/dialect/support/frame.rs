//! The frames of a stream, as seed 001 spells them: `{type, data}`.

use bytes::Bytes;
use serde::Serialize;

use super::wire::{MessageBody, RoleName, RoomBody};
use crate::{
    domain::{ChatKind, Connected, Event, Side, Timestamp},
    hub::Speller,
};

#[derive(Serialize)]
#[serde(tag = "type", content = "data", rename_all = "snake_case", rename_all_fields = "camelCase")]
enum Frame {
    Connected {
        room_id: Option<i32>,
        room: Option<RoomBody>,
        replayed: u64,
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        reset: bool,
    },
    Message(MessageBody),
    MessageUpdated(MessageBody),
    Read {
        room_id: i32,
        user_id: i32,
        last_read_message_id: Option<i32>,
    },
    Room(RoomBody),
    Typing {
        room_id: i32,
        user_id: i32,
        user_name: String,
        role: RoleName,
        is_typing: bool,
    },
    Presence {
        user_id: i32,
        role: RoleName,
        status: &'static str,
        last_seen: Timestamp,
    },
    Viewing {
        room_id: i32,
        user_id: i32,
        user_name: String,
        is_viewing: bool,
    },
}

impl Frame {
    /// `None` for what is not told here.
    fn of(event: &Event, side: Side) -> Option<Self> {
        Some(match event {
            Event::Connected(connected) => Self::connected(connected, side),
            Event::Message(posted) => Self::Message((&posted.message).into()),
            Event::MessageUpdated(posted) => Self::MessageUpdated((&posted.message).into()),
            Event::Read { room_id, user_id, last_read_message_id, .. } => {
                Self::Read { room_id: *room_id, user_id: *user_id, last_read_message_id: *last_read_message_id }
            }
            // The lists of this dialect hold the desk's rooms.
            Event::Room(room) if room.kind != ChatKind::Support => return None,
            Event::Room(room) => Self::Room(RoomBody::of(room, side)),
            Event::Typing(typing) => Self::Typing {
                room_id: typing.room_id?,
                user_id: typing.user_id,
                user_name: typing.user_name.clone(),
                role: typing.role.into(),
                is_typing: typing.is_typing,
            },
            Event::Presence(presence) => Self::Presence {
                user_id: presence.user_id,
                role: presence.role.into(),
                status: if presence.online { "online" } else { "offline" },
                last_seen: presence.last_seen,
            },
            Event::Viewing(viewing) => Self::Viewing {
                room_id: viewing.room_id,
                user_id: viewing.user_id,
                user_name: viewing.user_name.clone(),
                is_viewing: viewing.is_viewing,
            },
        })
    }

    fn connected(connected: &Connected, side: Side) -> Self {
        Self::Connected {
            room_id: connected.room.as_ref().map(|room| room.id),
            room: connected.room.as_ref().map(|room| RoomBody::of(room, side)),
            replayed: connected.replayed,
            reset: connected.reset,
        }
    }

    fn name(&self) -> &'static str {
        match self {
            Self::Connected { .. } => "connected",
            Self::Message(_) => "message",
            Self::MessageUpdated(_) => "message_updated",
            Self::Read { .. } => "read",
            Self::Room(_) => "room",
            Self::Typing { .. } => "typing",
            Self::Presence { .. } => "presence",
            Self::Viewing { .. } => "viewing",
        }
    }
}

/// How frames of a stream are spelled for that side, with or without an `event:` line (contract, section 4).
pub fn speller(side: Side, named: bool) -> Speller {
    match (side, named) {
        (Side::Customer, false) => {
            Speller { slot: |_, _| Some(0), spell: |id, event, _| spell(id, event, Side::Customer, false) }
        }
        (Side::Customer, true) => {
            Speller { slot: |_, _| Some(1), spell: |id, event, _| spell(id, event, Side::Customer, true) }
        }
        (Side::Desk, false) => {
            Speller { slot: |_, _| Some(2), spell: |id, event, _| spell(id, event, Side::Desk, false) }
        }
        (Side::Desk, true) => {
            Speller { slot: |_, _| Some(3), spell: |id, event, _| spell(id, event, Side::Desk, true) }
        }
    }
}

/// JSON has no raw line break, so no text can begin a field or a frame of its own.
fn spell(id: Option<i64>, event: &Event, side: Side, named: bool) -> Option<Bytes> {
    let frame = Frame::of(event, side)?;
    let mut text = String::new();
    if let Some(id) = id {
        text.push_str(&format!("id: {id}\n"));
    }
    if named {
        text.push_str(&format!("event: {}\n", frame.name()));
    }
    match serde_json::to_string(&frame) {
        Ok(json) => text.push_str(&format!("data: {json}\n\n")),
        Err(error) => {
            tracing::error!(%error, "an event could not be spelled");
            return None;
        }
    }
    Some(text.into())
}
