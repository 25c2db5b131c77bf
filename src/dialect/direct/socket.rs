//! The events of seed 002, in the namespace `/direct`.

use std::{cell::RefCell, rc::Rc};

use serde::Serialize;
use serde_json::{Value, json};

use super::{
    calls,
    frame::speller,
    payload::{ConversationPayload, MessagePayload, ReactionPayload, TypingPayload},
};
use crate::{
    domain::Principal,
    http::Problem,
    service::stream::{self, Attendance},
    socketio::{Arguments, Context, Id, Socket, Speaker},
    state::State,
};

/// The key of the one feed: everything that concerns the person, their own messages among it.
const INBOX: i32 = 0;

/// A client that speaks seed 002.
pub struct DirectSocket {
    state: State,
    who: Principal,
    socket: Rc<Socket>,
    attendance: RefCell<Option<Attendance>>,
}

impl std::fmt::Debug for DirectSocket {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DirectSocket").field("user_id", &self.who.id()).finish_non_exhaustive()
    }
}

impl Speaker for DirectSocket {
    const ERROR_EVENT: &'static str = "error";

    async fn enter(context: Context, who: Principal, socket: Rc<Socket>) -> Result<Self, Problem> {
        let Context { state, local, .. } = context;
        let attendance = stream::attend(&state, &who)?;
        let inbox = stream::open_inbox(&state, &local, &who, speller(socket.namespace() == "/"), true).await?;
        socket.attach(INBOX, inbox);
        Ok(Self { state, who, socket, attendance: RefCell::new(Some(attendance)) })
    }

    async fn handle(self: Rc<Self>, event: String, arguments: Arguments) -> Result<Value, Problem> {
        let (state, who) = (&self.state, &self.who);
        match event.as_str() {
            "send_message" => answer(calls::send(state, who, arguments.payload()?, None).await),
            "admin_message_user" => answer(calls::send_to_user(state, who, arguments.payload()?, None).await),
            "admin_broadcast" => answer(calls::broadcast(state, who, arguments.payload()?, None).await),
            "typing_start" | "typing_stop" => {
                let TypingPayload { receiver_id } = arguments.payload()?;
                calls::set_typing(state, who, receiver_id, event == "typing_start").await
            }
            "mark_message_read" => {
                let MessagePayload { message_id: Id(id) } = arguments.payload()?;
                answer(calls::read_message(state, who, id).await)
            }
            "mark_conversation_read" => {
                let ConversationPayload { conversation_id: Id(id) } = arguments.payload()?;
                answer(calls::read_conversation(state, who, id).await)
            }
            "delete_message" => {
                let MessagePayload { message_id: Id(id) } = arguments.payload()?;
                answer(calls::delete(state, who, id).await)
            }
            "add_reaction" | "remove_reaction" => {
                let ReactionPayload { message_id: Id(id), emoji } = arguments.payload()?;
                answer(calls::react(state, who, id, &emoji, event == "add_reaction").await)
            }
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

fn answer(result: Result<impl Serialize, Problem>) -> Result<Value, Problem> {
    result.map(|data| json!(data))
}
