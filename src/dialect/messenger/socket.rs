//! The events of seed 003, in the namespace `/messenger`.

use std::{cell::RefCell, rc::Rc};

use serde_json::{Value, json};

use super::wire::{ReadBody, ReadPayload, SendPayload, SentBody, speller};
use crate::{
    domain::{MessageType, Principal},
    http::Problem,
    service::{
        conversation,
        message::SendMessage,
        room,
        stream::{self, Attendance},
    },
    socketio::{Arguments, Context, Id, Socket, Speaker},
};

/// The one feed of a socket.
const INBOX: i32 = 0;
/// What the service calls the fields that an error may name, and what this dialect calls them.
const FIELDS: [(&str, &str); 2] = [("message", "content"), ("receiverId", "receiver_id")];

/// A client that speaks seed 003.
pub struct MessengerSocket {
    context: Context,
    who: Principal,
    socket: Rc<Socket>,
    attendance: RefCell<Option<Attendance>>,
}

impl std::fmt::Debug for MessengerSocket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MessengerSocket").field("user_id", &self.who.id()).finish_non_exhaustive()
    }
}

impl Speaker for MessengerSocket {
    const ERROR_EVENT: &'static str = "error";

    async fn enter(context: Context, who: Principal, socket: Rc<Socket>) -> Result<Self, Problem> {
        let attendance = stream::attend(&context.state, &who)?;
        let speller = speller(socket.namespace() == "/");
        socket.attach(INBOX, stream::open_inbox(&context.state, &context.local, &who, speller, false).await?);
        Ok(Self { context, who, socket, attendance: RefCell::new(Some(attendance)) })
    }

    async fn handle(self: Rc<Self>, event: String, arguments: Arguments) -> Result<Value, Problem> {
        match event.as_str() {
            "send_message" => self.send(arguments.payload()?).await,
            "mark_as_read" => self.mark_read(arguments.payload()?).await,
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

impl MessengerSocket {
    /// What was written comes to everybody, the sender too, through their feeds.
    async fn send(&self, payload: SendPayload) -> Result<Value, Problem> {
        let Id(receiver_id) = payload.receiver_id;
        let command = SendMessage {
            text: payload.content,
            message_type: MessageType::Text,
            reply_to_id: None,
            idempotency_key: None,
        };
        let sent = conversation::send_to(&self.context.state, &self.who, receiver_id, command).await;
        let message = sent.map_err(|error| Problem::from(error).renamed(&FIELDS))?;
        Ok(json!(SentBody::of(&message, Some(receiver_id))))
    }

    async fn mark_read(&self, payload: ReadPayload) -> Result<Value, Problem> {
        let Id(message_id) = payload.message_id;
        room::mark_message_read(&self.context.state, &self.who, message_id).await?;
        Ok(json!(ReadBody { message_id, user_id: self.who.id() }))
    }
}
