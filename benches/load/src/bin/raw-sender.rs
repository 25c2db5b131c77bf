//! The physical limit that servers are measured against: one thread that sends a ready frame to each reader of a room.
//!
//! `GET /sub/ROOM` opens a stream, `POST /pub/ROOM` sends its body to the room's streams as one event. Nothing is checked,
//! nothing is kept, and a reader that does not take a frame at once is cut off.

use std::{
    collections::HashMap,
    env,
    error::Error,
    io::{self, Read, Write},
    net::SocketAddr,
};

use mio::{
    Events, Interest, Poll, Token,
    net::{TcpListener, TcpStream},
};
use slab::Slab;

const LISTENER: Token = Token(usize::MAX);
const HEAD: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
const ACCEPTED: &[u8] = b"HTTP/1.1 202 Accepted\r\ncontent-length: 0\r\n\r\n";

/// A connection: its socket, the room that it reads, what was received of a request.
struct Client {
    stream: TcpStream,
    room: Option<u32>,
    inbox: Vec<u8>,
}

#[derive(Default)]
struct Clients {
    all: Slab<Client>,
    rooms: HashMap<u32, Vec<usize>>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let address: SocketAddr = format!("127.0.0.1:{}", env::var("PORT")?).parse()?;
    let (mut poll, mut events) = (Poll::new()?, Events::with_capacity(1024));
    let mut listener = TcpListener::bind(address)?;
    poll.registry().register(&mut listener, LISTENER, Interest::READABLE)?;
    let (mut clients, mut buffer) = (Clients::default(), vec![0; 64 * 1024]);
    loop {
        poll.poll(&mut events, None)?;
        for event in &events {
            if event.token() != LISTENER {
                if !clients.read(event.token().0, &mut buffer) {
                    clients.remove(event.token().0);
                }
                continue;
            }
            while let Ok((mut stream, _)) = listener.accept() {
                stream.set_nodelay(true)?;
                let entry = clients.all.vacant_entry();
                poll.registry().register(&mut stream, Token(entry.key()), Interest::READABLE)?;
                entry.insert(Client { stream, room: None, inbox: Vec::new() });
            }
        }
    }
}

impl Clients {
    /// Reads and does what was asked for; false if the client is gone.
    fn read(&mut self, key: usize, buffer: &mut [u8]) -> bool {
        loop {
            let Some(client) = self.all.get_mut(key) else { return true };
            match client.stream.read(buffer) {
                Ok(0) => return false,
                Ok(count) => client.inbox.extend_from_slice(&buffer[..count]),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return true,
                Err(_) => return false,
            }
            while let Some((post, room, body)) = self.all.get_mut(key).and_then(Client::take_request) {
                match post {
                    true => self.publish(room, &body),
                    false => self.rooms.entry(room).or_default().push(key),
                }
                let Some(client) = self.all.get_mut(key) else { return true };
                let answer = if post { ACCEPTED } else { HEAD };
                if !post {
                    // A reader sends nothing more: what its request took is given back.
                    (client.room, client.inbox) = (Some(room), Vec::new());
                }
                if client.stream.write(answer).ok() != Some(answer.len()) {
                    return false;
                }
            }
        }
    }

    fn publish(&mut self, room: u32, body: &[u8]) {
        let length = body.len() + "data: \n\n".len();
        let frame = [format!("{length:x}\r\ndata: ").as_bytes(), body, b"\n\n\r\n"].concat();
        for key in self.rooms.get(&room).cloned().unwrap_or_default() {
            let sent = self.all.get_mut(key).and_then(|client| client.stream.write(&frame).ok());
            if sent != Some(frame.len()) {
                self.remove(key);
            }
        }
    }

    fn remove(&mut self, key: usize) {
        let Some(client) = self.all.try_remove(key) else { return };
        if let Some(readers) = client.room.and_then(|room| self.rooms.get_mut(&room)) {
            readers.retain(|reader| *reader != key);
        }
    }
}

impl Client {
    /// The first whole request: whether it is a post, its room and its body.
    fn take_request(&mut self) -> Option<(bool, u32, Vec<u8>)> {
        let mut headers = [httparse::EMPTY_HEADER; 32];
        let mut request = httparse::Request::new(&mut headers);
        let httparse::Status::Complete(head) = request.parse(&self.inbox).ok()? else { return None };
        let length = request.headers.iter().find(|header| header.name.eq_ignore_ascii_case("content-length"));
        let length = length.and_then(|header| std::str::from_utf8(header.value).ok()?.parse().ok()).unwrap_or(0);
        let room = request.path?.rsplit('/').next()?.parse().ok()?;
        let post = request.method == Some("POST");
        let body = self.inbox.get(head..head + length)?.to_vec();
        self.inbox.drain(..head + length);
        Some((post, room, body))
    }
}
