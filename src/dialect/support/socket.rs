//! The events of seed 000, in the namespace `/support`.

use std::{cell::RefCell, rc::Rc};

use serde_json::{Value, json};

use super::socket_wire::{
    JoinPayload, MessageRow, ReadPayload, RoomRow, SendPayload, TypingPayload, inbox_speller, room_speller,
};
use crate::{
    domain::{ChatStatus, MessageType, Principal, RoomSort},
    http::Problem,
    service::{
        message::{self, SendMessage},
        room::{self, ListRooms, MarkRead},
        stream::{self, Attendance},
    },
    socketio::{Arguments, Context, Id, Socket, Speaker},
};

/// The feed of what happens outside the joined rooms; a room's feed has the room's id.
const INBOX: i32 = 0;
/// Rooms that one socket may have joined; one more leaves the first.
const MOST_ROOMS: usize = 50;
/// Rooms that the list of active ones holds.
const MOST_LISTED: u64 = 500;

/// A client that speaks seed 000.
pub struct SupportSocket {
    context: Context,
    who: Principal,
    socket: Rc<Socket>,
    /// An admin is there as soon as they connect, a customer once they have joined a room.
    attendance: RefCell<Option<Attendance>>,
    /// In the order of joining.
    joined: RefCell<Vec<i32>>,
}

impl std::fmt::Debug for SupportSocket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SupportSocket").field("user_id", &self.who.id()).finish_non_exhaustive()
    }
}

impl Speaker for SupportSocket {
    const ERROR_EVENT: &'static str = "error";

    async fn enter(context: Context, who: Principal, socket: Rc<Socket>) -> Result<Self, Problem> {
        let entered = Self { context, who, socket, attendance: RefCell::default(), joined: RefCell::default() };
        if entered.who.is_admin() {
            entered.attend()?;
        }
        let speller = inbox_speller(entered.is_root(), entered.who.side());
        let Context { state, local, .. } = &entered.context;
        entered.socket.attach(INBOX, stream::open_inbox(state, local, &entered.who, speller, false).await?);
        Ok(entered)
    }

    async fn handle(self: Rc<Self>, event: String, arguments: Arguments) -> Result<Value, Problem> {
        match event.as_str() {
            "join_chat" => self.join(arguments.payload::<JoinPayload>()?.room_id.map(|Id(id)| id)).await,
            "send_message" => self.send(arguments.payload()?).await,
            "typing" => self.set_typing(arguments.payload()?).await,
            "mark_messages_read" => self.mark_read(arguments.payload()?).await,
            "get_active_rooms" => self.list_active().await,
            _ => Err(Problem::unknown_event(&event)),
        }
    }

    fn socket(&self) -> &Socket {
        &self.socket
    }

    fn leave(&self) {
        if let Some(attendance) = self.attendance.take() {
            attendance.leave_now();
        }
    }
}

impl SupportSocket {
    fn is_root(&self) -> bool {
        self.socket.namespace() == "/"
    }

    fn attend(&self) -> Result<(), Problem> {
        if self.attendance.borrow().is_none() {
            let attendance = stream::attend(&self.context.state, &self.who)?;
            self.attendance.replace(Some(attendance));
        }
        Ok(())
    }

    /// Tells the room as it is, then everything that happens after that.
    async fn join(&self, room_id: Option<i32>) -> Result<Value, Problem> {
        let Context { state, local, .. } = &self.context;
        let shown = room::join(state, &self.who, room_id).await?;
        self.attend()?;
        let room = &shown.room;
        let feed = stream::open_room(state, local, &self.who, room, shown.last_event_id, room_speller(self.is_root()))?;
        let messages: Vec<_> = shown.messages.iter().map(MessageRow::from).collect();
        let joined = json!({
            "roomId": room.id,
            "room": RoomRow::of(room, room.side_of(self.who.id())),
            "messages": messages,
        });
        self.socket.emit("joined_room", &joined);
        self.socket.attach(room.id, feed);
        let mut rooms = self.joined.borrow_mut();
        rooms.retain(|id| *id != room.id);
        rooms.push(room.id);
        if rooms.len() > MOST_ROOMS {
            self.socket.detach(rooms.remove(0));
        }
        Ok(joined)
    }

    /// The room that an event names, or the one that was joined last.
    fn room_of(&self, named: Option<Id>) -> Result<i32, Problem> {
        let last = || self.joined.borrow().last().copied();
        named.map(|Id(id)| id).or_else(last).ok_or_else(|| Problem::invalid_field("roomId", "join a room or name one"))
    }

    async fn send(&self, payload: SendPayload) -> Result<Value, Problem> {
        let nowhere = payload.room_id.is_none() && self.joined.borrow().is_empty();
        if nowhere && !self.who.is_admin() {
            self.join(None).await?;
        }
        let command = SendMessage {
            text: payload.message,
            message_type: payload.message_type.map_or(MessageType::Text, |name| name.0),
            reply_to_id: payload.reply_to_id.map(|Id(id)| id),
            idempotency_key: None,
        };
        let room_id = self.room_of(payload.room_id)?;
        let message = message::send(&self.context.state, &self.who, room_id, command).await?;
        Ok(json!(MessageRow::from(&message)))
    }

    async fn set_typing(&self, payload: TypingPayload) -> Result<Value, Problem> {
        let room_id = self.room_of(payload.room_id)?;
        stream::set_typing(&self.context.state, &self.who, room_id, payload.is_typing).await?;
        Ok(Value::Null)
    }

    async fn mark_read(&self, payload: ReadPayload) -> Result<Value, Problem> {
        let room_id = self.room_of(payload.room_id)?;
        let command = MarkRead { message_id: payload.message_id.map(|Id(id)| id) };
        let mark = room::mark_read(&self.context.state, &self.who, room_id, command).await?;
        Ok(json!({
            "roomId": mark.room_id,
            "lastReadMessageId": mark.last_read_message_id,
            "unreadCount": mark.unread_count,
        }))
    }

    async fn list_active(&self) -> Result<Value, Problem> {
        if !self.who.is_admin() {
            return Err(Problem::forbidden("only an admin may do this"));
        }
        let query = ListRooms {
            status: vec![ChatStatus::Open],
            priority: Vec::new(),
            assignee: Vec::new(),
            user_id: None,
            search: None,
            sort: RoomSort::Activity,
            limit: MOST_LISTED,
            after: None,
        };
        let page = room::list(&self.context.state, &self.who, query).await?;
        let rooms: Vec<_> = page.rooms.iter().map(|room| RoomRow::of(room, self.who.side())).collect();
        self.socket.emit("active_rooms", &rooms);
        Ok(json!(rooms))
    }
}
