//! One connection: what was received, what is still to be sent, and what it is for.

use std::io::{self, Read, Write};

use mio::net::TcpStream;

use super::{
    body::{Chunks, Head},
    marker::Marker,
    websocket,
};

/// Bytes that are read at a time.
pub(super) const READ: usize = 64 * 1024;
/// A frame that tells of the room itself may quote a message that was told of already.
const NOT_MESSAGES: [&[u8]; 2] = [b"\"type\":\"room\"", b"\"type\":\"connected\""];

/// A connection of the generator.
pub(super) struct Connection {
    pub(super) stream: TcpStream,
    pub(super) role: Role,
    pub(super) ready: bool,
    inbox: Vec<u8>,
    outbox: Vec<u8>,
}

/// What a connection is for.
pub(super) enum Role {
    /// Reads a stream; ready once it has seen `wanted` messages.
    Stream { order: Order, wanted: u32, body: Option<Body> },
    /// A Socket.IO client on a websocket.
    Socket { order: Order, connect: String, join: Option<String>, upgraded: bool },
    /// Sends requests, one at a time; `begun` is the work's index and when it was sent.
    Caller { begun: Option<(u64, u64)> },
}

/// How a stream's body is spelled.
pub(super) enum Body {
    Plain,
    Chunked(Chunks),
}

/// The number that the next message of a room must have; none as long as any will do.
#[derive(Default)]
pub(super) struct Order {
    pub(super) next: Option<u32>,
    pub(super) seen: u32,
}

/// What all connections have received.
#[derive(Default)]
pub(super) struct Seen {
    pub(super) deliveries: u64,
    /// Messages that were not the next one of their room: lost before them, doubled or out of order.
    pub(super) wrong: u64,
    /// Streams and sockets that the server ended or refused.
    pub(super) ended: u64,
    /// Microseconds from a message's post to its delivery.
    pub(super) latencies: Vec<u32>,
}

/// An answer to a caller: the work's index, when it was sent, the status and the body.
pub(super) type Answered = (u64, u64, u16, Vec<u8>);

impl Connection {
    pub(super) fn new(stream: TcpStream, role: Role, request: Vec<u8>) -> Self {
        Self { stream, role, ready: false, inbox: Vec::new(), outbox: request }
    }

    /// Sends bytes, or keeps what the socket does not take.
    pub(super) fn send(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.outbox.extend_from_slice(bytes);
        self.flush()
    }

    pub(super) fn flush(&mut self) -> io::Result<()> {
        while !self.outbox.is_empty() {
            match self.stream.write(&self.outbox) {
                Ok(sent) => self.outbox.drain(..sent),
                Err(error) if waits(&error) => return Ok(()),
                Err(error) => return Err(error),
            };
        }
        self.outbox = Vec::new();
        Ok(())
    }

    /// Reads all that is there; false at the end of the connection.
    pub(super) fn read(
        &mut self,
        buffer: &mut [u8],
        now: u64,
        seen: &mut Seen,
        answers: &mut Vec<Answered>,
    ) -> io::Result<bool> {
        loop {
            match self.stream.read(buffer) {
                Ok(0) => return Ok(false),
                Ok(count) => self.take(&buffer[..count], now, seen, answers)?,
                Err(error) if waits(&error) => return Ok(true),
                Err(error) => return Err(error),
            }
        }
    }

    fn take(&mut self, bytes: &[u8], now: u64, seen: &mut Seen, answers: &mut Vec<Answered>) -> io::Result<()> {
        match &mut self.role {
            Role::Stream { order, wanted, body } => {
                let ended = take_stream(body, &mut self.inbox, bytes)?;
                take_events(&mut self.inbox, order, now, seen);
                self.ready = body.is_some() && order.seen >= *wanted;
                match ended {
                    true => Err(io::ErrorKind::ConnectionAborted.into()),
                    false => Ok(()),
                }
            }
            Role::Socket { .. } => {
                self.inbox.extend_from_slice(bytes);
                self.take_frames(now, seen)
            }
            Role::Caller { begun } => {
                self.inbox.extend_from_slice(bytes);
                if let Some((status, body, taken)) = whole_answer(&self.inbox)? {
                    if let Some((index, sent_at)) = begun.take() {
                        answers.push((index, sent_at, status, body));
                    }
                    self.inbox.drain(..taken);
                }
                Ok(())
            }
        }
    }

    fn take_frames(&mut self, now: u64, seen: &mut Seen) -> io::Result<()> {
        let mut inbox = std::mem::take(&mut self.inbox);
        let mut at = 0;
        let mut replies = Vec::new();
        let Role::Socket { order, connect, join, upgraded } = &mut self.role else { return Ok(()) };
        if !*upgraded {
            let Some(head) = head_of(&inbox)? else {
                self.inbox = inbox;
                return Ok(());
            };
            require(head.status == 101, "a websocket was refused")?;
            *upgraded = true;
            at = head.bytes;
        }
        while let Some((payload, length)) = websocket::first_frame(&inbox[at..]) {
            at += length;
            match payload {
                [b'0', b'{', ..] => replies.push(connect.clone()),
                [b'2', ..] => replies.push("3".to_owned()),
                [b'4', b'0', ..] => match join {
                    Some(join) => replies.push(join.clone()),
                    None => self.ready = true,
                },
                [b'4', b'4', ..] => require(false, "a Socket.IO client was refused")?,
                [b'4', b'2', ..] if memchr::memmem::find(payload, b"[\"joined_room\"").is_some() => self.ready = true,
                [b'4', b'2', ..] if memchr::memmem::find(payload, b"[\"new_message\"").is_some() => {
                    order.note(payload, now, seen);
                }
                _ => {}
            }
        }
        inbox.drain(..at);
        self.inbox = if inbox.is_empty() { Vec::new() } else { inbox };
        for reply in replies {
            self.send(&websocket::text_frame(&reply))?;
        }
        Ok(())
    }
}

impl Order {
    /// Counts the message in a frame, if there is one, and whether it is the room's next.
    fn note(&mut self, frame: &[u8], now: u64, seen: &mut Seen) {
        let Some(marker) = Marker::find(frame) else { return };
        if self.next.is_some_and(|next| next != marker.number) {
            seen.wrong += 1;
        }
        self.next = Some(marker.number + 1);
        self.seen += 1;
        seen.deliveries += 1;
        seen.latencies.push(u32::try_from(now.saturating_sub(marker.sent_at) / 1000).unwrap_or(u32::MAX));
    }
}

/// Puts the body's bytes into the inbox; true at the body's end.
fn take_stream(body: &mut Option<Body>, inbox: &mut Vec<u8>, bytes: &[u8]) -> io::Result<bool> {
    match body {
        Some(Body::Plain) => {
            inbox.extend_from_slice(bytes);
            Ok(false)
        }
        Some(Body::Chunked(chunks)) => Ok(chunks.decode(bytes, |part| inbox.extend_from_slice(part))),
        None => {
            inbox.extend_from_slice(bytes);
            let Some(head) = head_of(inbox)? else { return Ok(false) };
            require(head.status == 200, "a stream was refused")?;
            let rest = inbox.split_off(head.bytes);
            inbox.clear();
            *body = Some(if head.chunked { Body::Chunked(Chunks::default()) } else { Body::Plain });
            take_stream(body, inbox, &rest)
        }
    }
}

fn take_events(inbox: &mut Vec<u8>, order: &mut Order, now: u64, seen: &mut Seen) {
    let mut at = 0;
    while let Some(length) = memchr::memmem::find(&inbox[at..], b"\n\n") {
        let frame = &inbox[at..at + length];
        if NOT_MESSAGES.iter().all(|other| memchr::memmem::find(frame, other).is_none()) {
            order.note(frame, now, seen);
        }
        at += length + 2;
    }
    match at == inbox.len() {
        true => *inbox = Vec::new(),
        false => drop(inbox.drain(..at)),
    }
}

/// The status and body of an answer that is all there, and the bytes that it takes.
fn whole_answer(bytes: &[u8]) -> io::Result<Option<(u16, Vec<u8>, usize)>> {
    let Some(head) = head_of(bytes)? else { return Ok(None) };
    let rest = &bytes[head.bytes..];
    if head.chunked {
        let mut body = Vec::new();
        // What follows the last chunk is its empty line; callers wait for one answer at a time.
        let ended = Chunks::default().decode(rest, |part| body.extend_from_slice(part)) && rest.ends_with(b"\r\n\r\n");
        return Ok(ended.then_some((head.status, body, bytes.len())));
    }
    let length = head.length.unwrap_or(0);
    Ok(rest.get(..length).map(|body| (head.status, body.to_vec(), head.bytes + length)))
}

fn head_of(bytes: &[u8]) -> io::Result<Option<Head>> {
    Head::parse(bytes).map_err(io::Error::other)
}

fn require(holds: bool, otherwise: &'static str) -> io::Result<()> {
    if holds { Ok(()) } else { Err(io::Error::other(otherwise)) }
}

fn waits(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::NotConnected)
}
