//! The server that the protocol suites of Engine.IO and Socket.IO talk to: the gateway's own code with handlers that send
//! back what comes, and the suites' timers. `PORT` says where it listens (3000 by default).

use std::{
    collections::{HashMap, VecDeque},
    rc::Rc,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use actix_cors::Cors;
use actix_web::{App, HttpServer};
use sapa::{
    config::{DialectName, Socketio},
    socketio::{
        self, Call, Connecting, Conversation, Handling, Namespace, Socket,
        engine::{self, Application, Engine, Message, Outbox, Sessions, Violation},
    },
};
use serde_json::Value;

const SETTINGS: Socketio = Socketio {
    root_dialect: DialectName::Support,
    ping_interval_ms: 300,
    ping_timeout_ms: 200,
    upgrade_timeout_ms: 1000,
    connect_timeout_ms: 1000,
    max_payload_bytes: 1_000_000,
    events_per_second: 1_000_000,
    events_burst: 1_000_000,
};

/// Engine.IO alone: every message goes back.
#[derive(Default)]
struct Echo(VecDeque<Message>);

impl Application for Echo {
    fn receive(&mut self, message: Message) -> Result<(), Violation> {
        self.0.push_back(message);
        Ok(())
    }

    fn is_ready(&self) -> bool {
        true
    }

    fn poll(&mut self, _: &mut Context<'_>, outbox: &mut Outbox) -> Poll<()> {
        self.0.drain(..).for_each(|message| outbox.push(&message));
        Poll::Pending
    }
}

/// A namespace that lets everybody in and tells them what they sent along.
struct Open;

impl Namespace for Open {
    fn connect(&self, socket: Rc<Socket>, auth: Value) -> Connecting {
        Box::pin(async move {
            socket.emit("auth", &auth);
            let conversation: Rc<dyn Conversation> = Rc::new(Mirror(socket));
            Ok(conversation)
        })
    }
}

struct Mirror(Rc<Socket>);

impl Conversation for Mirror {
    fn call(&self, call: Call) -> Handling {
        match (call.event.as_str(), call.ack) {
            ("message", _) => self.0.emit_all("message-back", &call.args, &call.attachments),
            ("message-with-ack", Some(ack)) => ack.send_all(&call.args, &call.attachments),
            _ => {}
        }
        Box::pin(std::future::ready(()))
    }

    fn refuse(&self, _: Call, _: Duration) {}

    fn leave(&self) {}
}

#[actix_web::main]
async fn main() -> std::io::Result<()> {
    let port = std::env::var("PORT").ok().and_then(|port| port.parse().ok()).unwrap_or(3000);
    let (echo_sessions, sessions) = (Arc::new(Sessions::default()), Arc::new(Sessions::default()));
    let server = HttpServer::new(move || {
        let echo = Engine::new(
            SETTINGS,
            echo_sessions.clone(),
            Box::new(|| Box::<Echo>::default()),
            Box::new(|_| Box::pin(async { Ok(()) })),
        );
        let open: Rc<dyn Namespace> = Rc::new(Open);
        let namespaces = HashMap::from([("/".to_owned(), open.clone()), ("/custom".to_owned(), open)]);
        let gateway =
            socketio::engine(&SETTINGS, sessions.clone(), namespaces, Box::new(|_| Box::pin(async { Ok(()) })));
        App::new()
            .wrap(Cors::permissive())
            .configure(|services| engine::mount(services, "/engine.io/", echo))
            .configure(|services| engine::mount(services, "/socket.io/", gateway))
    })
    .workers(2)
    .h1_allow_half_closed(false)
    .bind(("127.0.0.1", port))?;
    let address = server.addrs().first().copied();
    let running = server.run();
    tracing_subscriber::fmt().init();
    tracing::info!("listening on http://{}", address.map(|address| address.to_string()).unwrap_or_default());
    running.await
}
