//! One client's session: its sockets, one for each namespace that it has entered, and what they are doing.

use std::{
    future::Future,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll},
    time::Duration,
};

use serde_json::{Value, json};
use tokio::time::{Sleep, sleep, timeout};

use super::{
    Ack, Call, Conversation, Namespaces, Refused, Socket,
    engine::{Application, Message, Outbox, Violation},
    packet::{Assembler, Kind, Packet, packet_frame},
};
use crate::{config, limit::Bucket};

/// Bytes that may wait in a session before its feeds are asked for no more.
const HIGH_WATER: usize = 32 * 1024;
/// Whatever an event waits for, it is given up after this time.
const PATIENCE: Duration = Duration::from_secs(15);
/// Namespaces that one session may enter.
const MOST_NAMESPACES: usize = 8;

/// What a finished piece of work leaves behind.
enum Done {
    Entered(Rc<Socket>, Rc<dyn Conversation>),
    Refused(Rc<Socket>, Refused),
    Handled,
}

type Work = Pin<Box<dyn Future<Output = Done>>>;

pub(super) struct Client {
    settings: Rc<config::Socketio>,
    namespaces: Rc<Namespaces>,
    assembler: Assembler,
    sockets: Vec<(Rc<Socket>, Rc<dyn Conversation>)>,
    /// What is written beside the sockets.
    out: Outbox,
    work: Option<Work>,
    events: Bucket,
    connect_by: Option<Pin<Box<Sleep>>>,
}

impl Client {
    pub(super) fn new(settings: &Rc<config::Socketio>, namespaces: Rc<Namespaces>) -> Self {
        let patience = Duration::from_millis(settings.connect_timeout_ms);
        Self {
            namespaces,
            assembler: Assembler::new(settings.max_payload_bytes),
            sockets: Vec::new(),
            out: Outbox::default(),
            work: None,
            events: Bucket::new(settings.events_per_second, settings.events_burst),
            connect_by: Some(Box::pin(sleep(patience))),
            settings: settings.clone(),
        }
    }

    fn find(&self, namespace: &str) -> Option<usize> {
        self.sockets.iter().position(|(socket, _)| socket.namespace() == namespace)
    }

    fn enter(&mut self, name: String, auth: Value) -> Result<(), Violation> {
        if self.find(&name).is_some() || self.sockets.len() >= MOST_NAMESPACES {
            return Err(Violation("the namespace was entered already"));
        }
        let Some(namespace) = self.namespaces.get(&name) else {
            let error = json!({ "message": "Invalid namespace" });
            self.out.push_frames(packet_frame("4", &name, None, Some(&error)));
            return Ok(());
        };
        let socket = Socket::new(super::engine::new_id(), name);
        let connecting = namespace.connect(socket.clone(), auth);
        self.work = Some(Box::pin(async move {
            match timeout(PATIENCE, connecting).await {
                Ok(Ok(conversation)) => Done::Entered(socket, conversation),
                Ok(Err(refused)) => Done::Refused(socket, refused),
                Err(_) => {
                    let data = json!({ "code": "unavailable" });
                    Done::Refused(socket, Refused { message: "the service is busy".to_owned(), data })
                }
            }
        }));
        Ok(())
    }

    fn handle(&mut self, index: usize, packet: Packet) {
        let Kind::Event { mut args, ack } = packet.kind else { return };
        let Some((socket, conversation)) = self.sockets.get(index) else { return };
        let event = match args.remove(0) {
            Value::String(name) => name,
            other => other.to_string(),
        };
        let ack = ack.map(|number| Ack { socket: socket.clone(), number });
        let call = Call { event, args, attachments: packet.attachments, ack };
        if let Err(refusal) = self.events.take() {
            conversation.refuse(call, refusal.retry_after);
            return;
        }
        let handling = conversation.call(call);
        self.work = Some(Box::pin(async move {
            if timeout(PATIENCE, handling).await.is_err() {
                tracing::warn!("an event took too long and was given up");
            }
            Done::Handled
        }));
    }

    fn finish(&mut self, done: Done) {
        match done {
            Done::Handled => {}
            Done::Entered(socket, conversation) => {
                let entered = packet_frame("0", socket.namespace(), None, Some(&json!({ "sid": socket.id() })));
                self.out.push_frames(entered);
                self.connect_by = None;
                self.sockets.push((socket, conversation));
            }
            Done::Refused(socket, refused) => {
                let error = json!({ "message": refused.message, "data": refused.data });
                self.out.push_frames(packet_frame("4", socket.namespace(), None, Some(&error)));
            }
        }
    }

    fn poll_connect_timeout(&mut self, context: &mut Context<'_>) -> Poll<()> {
        match &mut self.connect_by {
            Some(deadline) => deadline.as_mut().poll(context),
            None => Poll::Pending,
        }
    }
}

impl Application for Client {
    fn receive(&mut self, message: Message) -> Result<(), Violation> {
        let Some(packet) = self.assembler.take(message)? else { return Ok(()) };
        match (packet.kind, self.find(&packet.namespace)) {
            (Kind::Connect(auth), _) => self.enter(packet.namespace, auth)?,
            (Kind::Event { args, ack }, Some(index)) => {
                self.handle(index, Packet { kind: Kind::Event { args, ack }, ..packet });
            }
            (Kind::Disconnect, Some(index)) => {
                let (_, conversation) = self.sockets.swap_remove(index);
                conversation.leave();
                if self.sockets.is_empty() {
                    let patience = Duration::from_millis(self.settings.connect_timeout_ms);
                    self.connect_by = Some(Box::pin(sleep(patience)));
                }
            }
            (Kind::Ack, Some(_)) => {}
            (_, None) => return Err(Violation("the namespace was not entered")),
        }
        Ok(())
    }

    fn is_ready(&self) -> bool {
        self.work.is_none()
    }

    fn poll(&mut self, context: &mut Context<'_>, outbox: &mut Outbox) -> Poll<()> {
        if self.poll_connect_timeout(context).is_ready() && self.work.is_none() {
            return Poll::Ready(());
        }
        if let Some(work) = &mut self.work
            && let Poll::Ready(done) = work.as_mut().poll(context)
        {
            self.work = None;
            self.finish(done);
        }
        self.out.append_to(outbox);
        for (socket, _) in &self.sockets {
            if socket.poll(context, outbox, HIGH_WATER).is_ready() {
                return Poll::Ready(());
            }
        }
        Poll::Pending
    }
}
