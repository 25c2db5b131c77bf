//! Long polling: the client's GET waits for packets, its POSTs carry them.

use std::{
    future::poll_fn,
    rc::Rc,
    sync::Arc,
    task::{Context, Poll, ready},
    time::Duration,
};

use actix_web::{
    HttpResponse,
    http::header::{self, ContentType},
    web,
};
use bytes::Bytes;
use futures_util::StreamExt;
use tokio::sync::mpsc;

use super::{
    Bridge, Engine,
    bridge::Polled,
    frame,
    packet::{Packet, SEPARATOR, encode_binary},
    refusal::Refusal,
    session::{Gone, Session, Source, open_packet},
};

const NOOP: &str = "6";
const CLOSE: &str = "1";
/// A post must be sent within this time.
const BODY_TIMEOUT: Duration = Duration::from_secs(20);
/// How long a session that has ended answers a last poll.
const LINGER: Duration = Duration::from_secs(1);

/// Opens a session and answers its first packet.
pub(super) fn open(engine: &Rc<Engine>) -> HttpResponse {
    let id = engine.sessions.new_id();
    let (bridge, posts) = Bridge::new();
    let bridge = Arc::new(bridge);
    engine.sessions.insert(id.clone(), bridge.clone());
    let session = Session::new(engine, true);
    let first = open_packet(&id, &["websocket"], &engine.settings);
    actix_web::rt::spawn(drive(engine.clone(), id, session, Posted { bridge, posts, packets: Vec::new().into_iter() }));
    text(first)
}

/// Drives a session until it ends.
async fn drive(engine: Rc<Engine>, id: String, mut session: Session, mut source: Posted) {
    let bridge = source.bridge.clone();
    poll_fn(|context| {
        loop {
            let full = bridge.is_full(context);
            if bridge.is_closed() {
                return Poll::Ready(());
            }
            match session.poll(context, &mut source, full) {
                Poll::Ready(Some(frames)) => bridge.write(frames),
                Poll::Ready(None) => return Poll::Ready(()),
                Poll::Pending => return Poll::Pending,
            }
        }
    })
    .await;
    bridge.close();
    drop(session);
    // A poll that waits, or that was under way, still fetches what was written last.
    tokio::time::sleep(LINGER).await;
    engine.sessions.remove(&id);
}

/// What the client posts, or sends over the websocket that took over.
struct Posted {
    bridge: Arc<Bridge>,
    posts: mpsc::Receiver<Vec<Packet>>,
    packets: std::vec::IntoIter<Packet>,
}

impl Source for Posted {
    fn poll_packet(&mut self, context: &mut Context<'_>) -> Poll<Result<Packet, Gone>> {
        loop {
            if let Some(packet) = self.packets.next() {
                return Poll::Ready(Ok(packet));
            }
            let Some(packets) = ready!(self.posts.poll_recv(context)) else { return Poll::Ready(Err(Gone)) };
            self.packets = packets.into_iter();
            self.bridge.taken();
        }
    }
}

/// Answers a poll as soon as there is something; a second one beside it ends the session.
pub(super) async fn poll(bridge: &Bridge, patience: Duration) -> Result<HttpResponse, Refusal> {
    if bridge.begin_poll().is_err() {
        end_if_polled(bridge);
        return Err(Refusal::BadRequest);
    }
    match tokio::time::timeout(patience, bridge.polled()).await {
        Ok(Polled::Frames(frames)) => Ok(payload(frames)),
        Ok(Polled::Nothing) => Ok(text(NOOP.to_owned())),
        Ok(Polled::Closed) => Ok(text(CLOSE.to_owned())),
        Err(_) => {
            bridge.abandon_poll();
            Ok(text(NOOP.to_owned()))
        }
    }
}

/// Takes a posted payload; a second one beside it ends the session, as does one that is no payload.
pub(super) async fn post(bridge: &Bridge, body: web::Payload, most_bytes: usize) -> Result<HttpResponse, Refusal> {
    if bridge.begin_post().is_err() {
        end_if_polled(bridge);
        return Err(Refusal::BadRequest);
    }
    let taken = take(bridge, body, most_bytes).await;
    bridge.end_post();
    match taken {
        Ok(()) => Ok(HttpResponse::Ok().content_type(ContentType::html()).body("ok")),
        Err(refusal) => {
            bridge.close();
            Err(refusal)
        }
    }
}

async fn take(bridge: &Bridge, body: web::Payload, most_bytes: usize) -> Result<(), Refusal> {
    let bytes = read_body(body, most_bytes).await?;
    let payload = std::str::from_utf8(&bytes).map_err(|_| Refusal::BadRequest)?;
    let packets = Packet::parse_payload(payload).map_err(|_| Refusal::BadRequest)?;
    if packets.contains(&Packet::Close) {
        bridge.leave();
    }
    bridge.send(packets).await;
    Ok(())
}

/// Reads a post's body, of at most so many bytes.
pub(super) async fn read_body(body: web::Payload, most_bytes: usize) -> Result<Vec<u8>, Refusal> {
    tokio::time::timeout(BODY_TIMEOUT, read(body, most_bytes)).await.map_err(|_| Refusal::BadRequest)?
}

async fn read(mut body: web::Payload, most_bytes: usize) -> Result<Vec<u8>, Refusal> {
    let mut bytes = Vec::new();
    while let Some(chunk) = body.next().await {
        let chunk = chunk.map_err(|_| Refusal::BadRequest)?;
        if bytes.len() + chunk.len() > most_bytes {
            return Err(Refusal::TooLarge);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// After an upgrade a late request is refused, and the session goes on.
fn end_if_polled(bridge: &Bridge) {
    if bridge.transport() != super::bridge::Transport::Websocket {
        bridge.close();
    }
}

fn payload(frames: Bytes) -> HttpResponse {
    let mut payload = Vec::with_capacity(frames.len());
    for (is_text, packet) in frame::split(frames) {
        if !payload.is_empty() {
            payload.push(SEPARATOR);
        }
        match is_text {
            true => payload.extend_from_slice(&packet),
            false => encode_binary(&packet, &mut payload),
        }
    }
    respond(payload)
}

fn text(packet: String) -> HttpResponse {
    respond(packet.into_bytes())
}

fn respond(payload: Vec<u8>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(ContentType::plaintext())
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(payload)
}
