//! The events of seed 004, in the namespace `/desk`.

use std::{cell::RefCell, rc::Rc};

use serde_json::{Value, json};

use super::wire::{
    HistoryPayload, JoinPayload, ListedRow, MessageRow, PresenceRow, RoleName, SendPayload, SentRow, speller,
};
use crate::{
    domain::{ChatKind, Message, MessageType, Principal, Room},
    http::Problem,
    service::{
        conversation::{self, ListConversations},
        message::{self, History, SendMessage},
        person::{self, PersonStatus},
        room::{self, MarkRead, OpenRoom},
        stream::{self, Attendance},
    },
    socketio::{Arguments, Context, Id, Socket, Speaker},
};

/// The one feed of a socket.
const INBOX: i32 = 0;
/// Conversations that the list holds.
const MOST_LISTED: u64 = 500;

/// A client that speaks seed 004.
pub struct DeskSocket {
    context: Context,
    who: Principal,
    socket: Rc<Socket>,
    attendance: RefCell<Option<Attendance>>,
}

impl std::fmt::Debug for DeskSocket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DeskSocket").field("user_id", &self.who.id()).finish_non_exhaustive()
    }
}

impl Speaker for DeskSocket {
    const ERROR_EVENT: &'static str = "message:error";

    async fn enter(context: Context, who: Principal, socket: Rc<Socket>) -> Result<Self, Problem> {
        let attendance = stream::attend(&context.state, &who)?;
        let speller = speller(socket.namespace() == "/", who.side());
        // An admin hears of everybody anyway, and whoever is there already has not just come online.
        let is_customer = !who.is_admin();
        let feed = stream::open_inbox(&context.state, &context.local, &who, speller, is_customer).await?;
        if !is_customer {
            for PersonStatus { person, .. } in person::online(&context.state, &who).await? {
                socket.emit("user:online", &PresenceRow::of(person.id, person.role));
            }
        }
        socket.attach(INBOX, feed);
        Ok(Self { context, who, socket, attendance: RefCell::new(Some(attendance)) })
    }

    async fn handle(self: Rc<Self>, event: String, arguments: Arguments) -> Result<Value, Problem> {
        match event.as_str() {
            "user:join" => self.join(&arguments.payload()?),
            "message:send" => self.send(arguments.payload()?).await,
            "admin:getConversations" => self.list_conversations().await,
            "conversation:getMessages" => self.show_history(arguments.payload()?).await,
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

    fn acknowledgement(data: Value) -> Value {
        data
    }
}

impl DeskSocket {
    fn role(&self) -> RoleName {
        RoleName::of(self.who.side())
    }

    fn require_role(&self, claimed: RoleName) -> Result<(), Problem> {
        if claimed == self.role() { Ok(()) } else { Err(Problem::forbidden("the token gives another role")) }
    }

    /// Whoever came in is known by their token; a front-end's own idea of it is compared and not used.
    fn join(&self, payload: &JoinPayload) -> Result<Value, Problem> {
        let Id(user_id) = payload.user_id;
        if user_id != self.who.id() {
            return Err(Problem::forbidden("the token is another person's"));
        }
        self.require_role(payload.role)?;
        if self.who.is_admin() {
            self.socket.emit_bare("admin:online");
        }
        Ok(json!({ "success": true, "userId": user_id, "role": self.role() }))
    }

    /// What was written comes to everybody, the sender too, through their feeds.
    async fn send(&self, payload: SendPayload) -> Result<Value, Problem> {
        self.require_role(payload.sender)?;
        let named = match payload.conversation_id {
            Some(Id(room_id)) => Some(self.find(room_id).await?),
            None => None,
        };
        let is_admin = self.who.is_admin();
        let (room, message) = match named {
            Some(room) if room.kind == ChatKind::Support => self.send_to(room.id, payload.message).await?,
            Some(_) if is_admin => return Err(Problem::forbidden("a broadcast takes no answers")),
            None if is_admin => return Err(Problem::invalid_field("conversationId", "is needed from an admin")),
            // A customer's page goes on in the conversation that it heard of last, which may be a broadcast.
            Some(_) | None => self.open(payload.message).await?,
        };
        Ok(json!(SentRow::of(&message, &room, self.who.side())))
    }

    async fn send_to(&self, room_id: i32, text: String) -> Result<(Room, Message), Problem> {
        let state = &self.context.state;
        let command = SendMessage { text, message_type: MessageType::Text, reply_to_id: None, idempotency_key: None };
        let message = message::send(state, &self.who, room_id, command).await?;
        Ok((room::find(state, &self.who, room_id).await?, message))
    }

    /// A customer's message goes into the open conversation, or makes one.
    async fn open(&self, text: String) -> Result<(Room, Message), Problem> {
        let written = text.trim().to_owned();
        let command = OpenRoom { subject: None, message: text, priority: None, idempotency_key: None };
        let shown = room::open(&self.context.state, &self.who, command).await?.room;
        let is_it = |message: &Message| message.sender.id == self.who.id() && message.text == written;
        let message = shown.messages.into_iter().rfind(is_it).ok_or_else(Problem::internal)?;
        Ok((shown.room, message))
    }

    async fn list_conversations(&self) -> Result<Value, Problem> {
        if !self.who.is_admin() {
            return Err(Problem::forbidden("only an admin may do this"));
        }
        let query =
            ListConversations { kinds: vec![ChatKind::Support], status: Vec::new(), limit: MOST_LISTED, skip: 0 };
        let page = conversation::list(&self.context.state, &self.who, query).await?;
        let side = self.who.side();
        let rows: Vec<_> = page.conversations.iter().map(|conversation| ListedRow::of(conversation, side)).collect();
        Ok(json!(rows))
    }

    /// The messages of a conversation. Whoever asks for them has read them: there is no event that says so.
    async fn show_history(&self, payload: HistoryPayload) -> Result<Value, Problem> {
        let Id(room_id) = payload.conversation_id;
        let room = self.find(room_id).await?;
        let query = History { before: payload.before.map(|Id(id)| id), after: None, skip: 0, limit: payload.limit.0 };
        let messages = message::history(&self.context.state, &self.who, room_id, query).await?.messages;
        self.mark_read(&room, &messages).await;
        Ok(json!(messages.iter().map(|message| MessageRow::of(message, &room)).collect::<Vec<_>>()))
    }

    /// Marks what the other side wrote. The messages are shown whether or not that works.
    async fn mark_read(&self, room: &Room, messages: &[Message]) {
        let own_side = room.side_of(self.who.id());
        let waits = |message: &&Message| !message.is_read && room.side_of(message.sender.id) != own_side;
        let Some(newest) = messages.iter().rfind(waits) else { return };
        let command = MarkRead { message_id: Some(newest.id) };
        if let Err(error) = room::mark_read(&self.context.state, &self.who, room.id, command).await {
            tracing::debug!(%error, room_id = room.id, "messages that were shown could not be marked as read");
        }
    }

    /// A room that is a conversation of this dialect.
    async fn find(&self, room_id: i32) -> Result<Room, Problem> {
        let room = room::find(&self.context.state, &self.who, room_id).await?;
        match room.kind {
            ChatKind::Support | ChatKind::Broadcast => Ok(room),
            ChatKind::Direct => Err(Problem::not_found("there is no such conversation")),
        }
    }
}
