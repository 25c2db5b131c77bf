//! A websocket that takes a polled session over.

use std::{
    pin::Pin,
    rc::Rc,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use actix_web::{HttpRequest, HttpResponse, web};
use bytes::Bytes;
use tokio::time::{Sleep, sleep};

use super::{
    Bridge, Engine,
    bridge::Transport,
    frame,
    packet::Packet,
    refusal::Refusal,
    session::Source,
    websocket::{Incoming, switch_protocols},
};
use crate::{
    http::{self, Exchange},
    hub::Outlet,
};

const PROBE: &str = "probe";

/// Opens a websocket for a session that polls. If it has one already, the new one is closed at once.
pub(super) fn open(
    request: &HttpRequest,
    payload: web::Payload,
    engine: &Engine,
    bridge: Arc<Bridge>,
) -> Result<HttpResponse, Refusal> {
    let phase = match bridge.transport() {
        Transport::Polling => Phase::Trying(Box::pin(sleep(Duration::from_millis(engine.settings.upgrade_timeout_ms)))),
        Transport::Probing | Transport::Websocket => Phase::Closing,
    };
    let source = Incoming::new(payload, engine.settings.max_payload_bytes);
    Ok(http::carry(switch_protocols(request)?, Relay { bridge, source, phase, probed: false, held: None }))
}

enum Phase {
    /// Until the client says that it goes over.
    Trying(Pin<Box<Sleep>>),
    Carrying,
    Closing,
    Closed,
}

struct Relay {
    bridge: Arc<Bridge>,
    source: Incoming,
    phase: Phase,
    probed: bool,
    /// A packet for which the session had no room.
    held: Option<Packet>,
}

impl Drop for Relay {
    fn drop(&mut self) {
        match self.phase {
            Phase::Carrying => self.bridge.close(),
            Phase::Trying(_) => self.give_up(),
            Phase::Closing | Phase::Closed => {}
        }
    }
}

impl Exchange for Relay {
    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Bytes>> {
        loop {
            let polled = match &self.phase {
                Phase::Trying(_) => ready!(self.poll_trying(context)),
                Phase::Carrying => ready!(self.poll_carrying(context)),
                Phase::Closing => {
                    self.phase = Phase::Closed;
                    Some(frame::close())
                }
                Phase::Closed => return Poll::Ready(None),
            };
            if polled.is_some() {
                return Poll::Ready(polled);
            }
        }
    }

    fn taken_over(&mut self, _: Rc<dyn Outlet>) {
        self.source.taken_over();
    }

    fn is_listening(&self) -> bool {
        self.source.is_hungry()
    }

    fn receive(&mut self, bytes: &[u8]) {
        self.source.receive(bytes);
    }
}

impl Relay {
    /// Answers the probe and waits for the word; `None` to go on in the next phase.
    fn poll_trying(&mut self, context: &mut Context<'_>) -> Poll<Option<Bytes>> {
        if let Phase::Trying(deadline) = &mut self.phase
            && deadline.as_mut().poll(context).is_ready()
        {
            self.fail();
            return Poll::Ready(None);
        }
        let packet = self.source.poll_packet(context);
        if let Some(control) = self.source.take_control() {
            // What came with it is asked for again.
            context.waker().wake_by_ref();
            return Poll::Ready(Some(control));
        }
        match ready!(packet) {
            Ok(Packet::Ping(text)) if text == PROBE && !self.probed => match self.bridge.begin_probe() {
                Ok(()) => {
                    self.probed = true;
                    Poll::Ready(Some(frame::text(format!("3{PROBE}").as_bytes())))
                }
                Err(_) => {
                    self.phase = Phase::Closing;
                    Poll::Ready(None)
                }
            },
            Ok(Packet::Upgrade) if self.probed => {
                self.bridge.end_probe(Transport::Websocket);
                self.phase = Phase::Carrying;
                Poll::Ready(None)
            }
            _ => {
                self.fail();
                Poll::Ready(None)
            }
        }
    }

    fn poll_carrying(&mut self, context: &mut Context<'_>) -> Poll<Option<Bytes>> {
        // Registers for what the session writes before anything is handed to it.
        let written = self.bridge.poll_frames(context);
        while !self.bridge.is_closed() {
            let packet = match self.held.take() {
                Some(packet) => packet,
                None => match self.source.poll_packet(context) {
                    Poll::Ready(Ok(packet)) => packet,
                    Poll::Ready(Err(_)) => {
                        self.bridge.close();
                        break;
                    }
                    Poll::Pending => break,
                },
            };
            if let Err(packet) = self.bridge.try_send(packet) {
                self.held = Some(packet);
                break;
            }
        }
        if let Some(control) = self.source.take_control() {
            let frames = match written {
                Poll::Ready(Some(frames)) => [control, frames].concat().into(),
                _ => control,
            };
            context.waker().wake_by_ref();
            return Poll::Ready(Some(frames));
        }
        match ready!(written) {
            Some(frames) => Poll::Ready(Some(frames)),
            None => {
                self.phase = Phase::Closing;
                Poll::Ready(None)
            }
        }
    }

    fn fail(&mut self) {
        self.give_up();
        self.phase = Phase::Closing;
    }

    fn give_up(&mut self) {
        if std::mem::take(&mut self.probed) {
            self.bridge.end_probe(Transport::Polling);
        }
    }
}
