//! A session that was opened as a websocket: the body of the response drives it, so it needs no task and no channel.

use std::{
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, Waker, ready},
};

use actix_http::ws::{Codec, Frame, Item};
use actix_web::{HttpRequest, HttpResponse, body::BoxBody, web};
use bytes::{Bytes, BytesMut};
use futures_util::Stream;
use tokio_util::codec::Decoder;

use super::{
    Engine, Message, frame,
    packet::Packet,
    refusal::Refusal,
    session::{Gone, Session, Source, new_id, open_packet},
};
use crate::{
    http::{self, Exchange},
    hub::Outlet,
};

/// Control frames that wait to be written at most; a client that sends more without reading is gone.
const MOST_PONGS: usize = 16;

/// Opens a session on a websocket.
pub(super) fn open(request: &HttpRequest, payload: web::Payload, engine: &Engine) -> Result<HttpResponse, Refusal> {
    let mut session = Session::new(engine, false);
    session.write(&open_packet(&new_id(), &[], &engine.settings));
    let source = Incoming::new(payload, engine.settings.max_payload_bytes);
    Ok(http::carry(switch_protocols(request)?, Websocket { session, source, closed: false }))
}

/// The head that turns a connection into a websocket.
pub(super) fn switch_protocols(request: &HttpRequest) -> Result<HttpResponse, Refusal> {
    let mut response = actix_http::ws::handshake(request.head()).map_err(|_| Refusal::BadRequest)?;
    let head = response.message_body(BoxBody::new(())).map_err(|_| Refusal::BadRequest)?;
    Ok(HttpResponse::from(head))
}

struct Websocket {
    session: Session,
    source: Incoming,
    closed: bool,
}

impl Exchange for Websocket {
    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Bytes>> {
        if self.closed {
            return Poll::Ready(None);
        }
        let next = self.session.poll(context, &mut self.source, false);
        if let Some(control) = self.source.take_control() {
            let frames = match next {
                Poll::Ready(Some(frames)) => [control, frames].concat().into(),
                Poll::Ready(None) => {
                    self.closed = true;
                    [control, frame::close()].concat().into()
                }
                Poll::Pending => control,
            };
            return Poll::Ready(Some(frames));
        }
        match next {
            Poll::Ready(None) => {
                self.closed = true;
                Poll::Ready(Some(frame::close()))
            }
            next => next,
        }
    }

    fn taken_over(&mut self, _: Rc<dyn Outlet>) {
        self.source.taken_over();
        self.session.gather();
    }

    fn is_listening(&self) -> bool {
        self.source.is_hungry()
    }

    fn receive(&mut self, bytes: &[u8]) {
        self.source.receive(bytes);
    }
}

/// The client's side of a websocket: bytes become frames, frames messages.
pub(super) struct Incoming {
    /// Where bytes come from, unless they are brought by whoever took over the connection.
    payload: Option<Pin<Box<web::Payload>>>,
    /// Whether a frame was asked for that is not there.
    hungry: bool,
    codec: Codec,
    buffer: BytesMut,
    /// A message of which the end is still to come, and whether it is text.
    begun: Option<(bool, BytesMut)>,
    most_bytes: usize,
    control: Vec<Bytes>,
}

impl Incoming {
    pub(super) fn new(payload: web::Payload, most_bytes: usize) -> Self {
        let codec = Codec::new().max_size(most_bytes);
        Self {
            payload: Some(Box::pin(payload)),
            hungry: false,
            codec,
            buffer: BytesMut::new(),
            begun: None,
            most_bytes,
            control: Vec::new(),
        }
    }

    /// From here on, bytes are brought. Those that came with the request are there already.
    pub(super) fn taken_over(&mut self) {
        let mut context = Context::from_waker(Waker::noop());
        while let Some(payload) = &mut self.payload
            && let Poll::Ready(Some(Ok(bytes))) = payload.as_mut().poll_next(&mut context)
        {
            self.buffer.extend_from_slice(&bytes);
        }
        self.payload = None;
    }

    /// Whether bytes should be brought.
    pub(super) fn is_hungry(&self) -> bool {
        self.hungry
    }

    pub(super) fn receive(&mut self, bytes: &[u8]) {
        self.hungry = false;
        self.buffer.extend_from_slice(bytes);
    }

    /// Answers to control frames, which do not wait for the session.
    pub(super) fn take_control(&mut self) -> Option<Bytes> {
        (!self.control.is_empty()).then(|| std::mem::take(&mut self.control).concat().into())
    }

    fn message(&mut self, frame: Frame) -> Result<Option<Message>, Gone> {
        let (is_text, whole) = match frame {
            Frame::Text(bytes) => (true, bytes),
            Frame::Binary(bytes) => (false, bytes),
            Frame::Continuation(item) => match self.assemble(item)? {
                Some(whole) => whole,
                None => return Ok(None),
            },
            Frame::Ping(payload) => {
                if self.control.len() >= MOST_PONGS {
                    return Err(Gone);
                }
                self.control.push(frame::pong(&payload));
                return Ok(None);
            }
            Frame::Pong(_) => return Ok(None),
            Frame::Close(_) => return Err(Gone),
        };
        match is_text {
            true => String::from_utf8(whole.into()).map(|text| Some(Message::Text(text))).map_err(|_| Gone),
            false => Ok(Some(Message::Binary(whole))),
        }
    }

    fn assemble(&mut self, item: Item) -> Result<Option<(bool, Bytes)>, Gone> {
        let (bytes, last) = match item {
            Item::FirstText(bytes) => {
                self.begun = Some((true, BytesMut::new()));
                (bytes, false)
            }
            Item::FirstBinary(bytes) => {
                self.begun = Some((false, BytesMut::new()));
                (bytes, false)
            }
            Item::Continue(bytes) => (bytes, false),
            Item::Last(bytes) => (bytes, true),
        };
        let (_, begun) = self.begun.as_mut().ok_or(Gone)?;
        if begun.len() + bytes.len() > self.most_bytes {
            return Err(Gone);
        }
        begun.extend_from_slice(&bytes);
        Ok(if last { self.begun.take().map(|(is_text, whole)| (is_text, whole.freeze())) } else { None })
    }
}

impl Source for Incoming {
    fn poll_packet(&mut self, context: &mut Context<'_>) -> Poll<Result<Packet, Gone>> {
        loop {
            match self.codec.decode(&mut self.buffer) {
                Err(_) => return Poll::Ready(Err(Gone)),
                Ok(Some(frame)) => match self.message(frame) {
                    Err(gone) => return Poll::Ready(Err(gone)),
                    Ok(None) => {}
                    Ok(Some(Message::Text(text))) => return Poll::Ready(Packet::parse(&text).map_err(|_| Gone)),
                    Ok(Some(binary)) => return Poll::Ready(Ok(Packet::Message(binary))),
                },
                Ok(None) => {
                    // An idle connection keeps no buffer.
                    if self.buffer.is_empty() {
                        self.buffer = BytesMut::new();
                    }
                    let Some(payload) = &mut self.payload else {
                        self.hungry = true;
                        return Poll::Pending;
                    };
                    match ready!(payload.as_mut().poll_next(context)) {
                        Some(Ok(bytes)) => self.buffer.extend_from_slice(&bytes),
                        Some(Err(_)) | None => return Poll::Ready(Err(Gone)),
                    }
                }
            }
        }
    }
}
