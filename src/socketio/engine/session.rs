//! One session: its heartbeat and its application, whatever the transport.

use std::{
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use bytes::Bytes;
use serde_json::json;
use tokio::time::{Instant, Sleep, sleep_until};

use super::{Application, Engine, Outbox, frame, packet::Packet};
use crate::config;

/// Bytes that may wait before the application is asked for no more.
const HIGH_WATER: usize = 64 * 1024;

/// Where a session's packets come from.
pub(super) trait Source {
    /// The next packet; an error when the client broke the protocol or is gone.
    fn poll_packet(&mut self, context: &mut Context<'_>) -> Poll<Result<Packet, Gone>>;
}

/// The transport has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Gone;

/// A session without its transport.
pub(super) struct Session {
    application: Box<dyn Application>,
    outbox: Outbox,
    heartbeat: Pin<Box<Sleep>>,
    /// Whether the timer knows whom to wake; it is asked again only when it is due.
    armed: bool,
    /// When the next ping is due, or until when its answer is.
    awaits_pong: bool,
    ping_interval: Duration,
    ping_timeout: Duration,
    /// Whether all that happens at once is given at once. A websocket's connection asks again until there is nothing, and
    /// writes it all together.
    gathers: bool,
    /// Something was given without a look at what the client sends, so that comes first the next time.
    clients_turn: bool,
    ended: bool,
}

/// An unguessable id.
pub(in crate::socketio) fn new_id() -> String {
    URL_SAFE_NO_PAD.encode(rand::random::<[u8; 15]>())
}

/// The packet with which a session begins.
pub(super) fn open_packet(id: &str, upgrades: &[&str], settings: &config::Socketio) -> String {
    let open = json!({
        "sid": id,
        "upgrades": upgrades,
        "pingInterval": settings.ping_interval_ms,
        "pingTimeout": settings.ping_timeout_ms,
        "maxPayload": settings.max_payload_bytes,
    });
    format!("0{open}")
}

impl Session {
    /// A session that begins now.
    pub(super) fn new(engine: &Engine, gathers: bool) -> Self {
        let ping_interval = Duration::from_millis(engine.settings.ping_interval_ms);
        Self {
            application: (engine.open)(),
            outbox: Outbox::default(),
            heartbeat: Box::pin(sleep_until(Instant::now() + ping_interval)),
            armed: false,
            awaits_pong: false,
            ping_interval,
            ping_timeout: Duration::from_millis(engine.settings.ping_timeout_ms),
            gathers,
            clients_turn: false,
            ended: false,
        }
    }

    /// From here on, all that happens at once is given at once.
    pub(super) fn gather(&mut self) {
        self.gathers = true;
    }

    /// Queues a packet of the engine's own.
    pub(super) fn write(&mut self, packet: &str) {
        self.outbox.push_frames(frame::text(packet.as_bytes()));
    }

    /// Goes on as far as it can; frames to be written, or `None` when the session has ended. Nothing of the application
    /// is taken while `full`.
    pub(super) fn poll(
        &mut self,
        context: &mut Context<'_>,
        source: &mut dyn Source,
        full: bool,
    ) -> Poll<Option<Bytes>> {
        self.beat(context);
        let first = std::mem::take(&mut self.clients_turn) && !full && self.application.is_ready();
        let silent = first && self.take_packet(context, source).is_pending();
        while !self.ended && !full && self.outbox.len() < HIGH_WATER {
            self.ended |= self.application.poll(context, &mut self.outbox).is_ready();
            if !self.gathers && !self.outbox.is_empty() {
                self.clients_turn = true;
                break;
            }
            if self.ended || silent || !self.application.is_ready() {
                break;
            }
            if self.take_packet(context, source).is_pending() {
                break;
            }
        }
        match self.outbox.take() {
            Some(frames) => Poll::Ready(Some(frames)),
            None if self.ended => Poll::Ready(None),
            None => Poll::Pending,
        }
    }

    fn take_packet(&mut self, context: &mut Context<'_>, source: &mut dyn Source) -> Poll<()> {
        source.poll_packet(context).map(|packet| match packet {
            Ok(packet) => self.receive(packet),
            Err(Gone) => self.ended = true,
        })
    }

    fn receive(&mut self, packet: Packet) {
        match packet {
            Packet::Message(message) => self.ended |= self.application.receive(message).is_err(),
            Packet::Pong if self.awaits_pong => {
                self.awaits_pong = false;
                let deadline = self.heartbeat.deadline() - self.ping_timeout + self.ping_interval;
                self.set_heartbeat(deadline);
            }
            Packet::Pong | Packet::Noop => {}
            // A client of this revision never asks; an upgrade is the transport's business.
            Packet::Close | Packet::Ping(_) | Packet::Upgrade => self.ended = true,
        }
    }

    fn set_heartbeat(&mut self, deadline: Instant) {
        self.heartbeat.as_mut().reset(deadline);
        self.armed = false;
    }

    /// Deadlines are counted from the one before, so that they don't drift.
    fn beat(&mut self, context: &mut Context<'_>) {
        if self.armed && Instant::now() < self.heartbeat.deadline() {
            return;
        }
        self.armed = true;
        while !self.ended && self.heartbeat.as_mut().poll(context).is_ready() {
            if self.awaits_pong {
                self.ended = true;
            } else {
                self.awaits_pong = true;
                self.write("2");
                let deadline = self.heartbeat.deadline() + self.ping_timeout;
                self.set_heartbeat(deadline);
            }
        }
    }
}
