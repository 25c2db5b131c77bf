//! A reader on a bare socket with a small buffer, who can stop reading so
//! that the server's writes really come to a halt.

use std::collections::VecDeque;
use std::net::SocketAddr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};

use super::app::TestApp;
use super::listen::Listen;
use super::parser::{Frame, Parser};
use super::person::Person;
use super::wait::PATIENCE;

/// An open stream that is read only when somebody asks for a frame.
pub(crate) struct SlowReader {
    /// The id of its `connected`.
    pub(crate) started_at: i64,
    socket: TcpStream,
    chunks: Chunks,
    parser: Parser,
    frames: VecDeque<Frame>,
}

impl SlowReader {
    /// Asks for the stream and reads its `connected`; nothing after that.
    pub(crate) async fn connect(app: &TestApp, person: &Person, listen: &Listen) -> Self {
        Self::arrive(&app.address, person, listen).await.expect("the stream begins")
    }

    /// The same at a node that may be busy; none if it says that one should come back later.
    pub(crate) async fn arrive(address: &str, person: &Person, listen: &Listen) -> Option<Self> {
        let address: SocketAddr = address.parse().expect("an address with a port");
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.set_recv_buffer_size(4096).expect("the buffer can be small");
        let mut socket = socket.connect(address).await.expect("the server accepts");
        let token = person.token.as_deref().expect("a signed-in person");
        let request =
            format!("GET {} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n\r\n", listen.path());
        socket.write_all(request.as_bytes()).await.expect("the request is sent");
        let (chunks, parser) = (Chunks::default(), Parser::default());
        let mut reader = Self { started_at: 0, socket, chunks, parser, frames: VecDeque::new() };
        let first = reader.next().await?;
        assert!(first.is("connected") && first.data.get("reset").is_none(), "{first:?}");
        reader.started_at = first.id.expect("it says where it begins");
        Some(reader)
    }

    /// Says that nothing more will be sent, and goes on listening.
    pub(crate) async fn half_close(&mut self) {
        self.socket.shutdown().await.expect("the connection is there");
    }

    /// The next frame, or none when the server has ended the stream.
    pub(crate) async fn next(&mut self) -> Option<Frame> {
        let mut bytes = [0; 4096];
        while self.frames.is_empty() {
            let read = tokio::time::timeout(3 * PATIENCE, self.socket.read(&mut bytes)).await;
            // A connection that was reset has ended just as well.
            let count = read.expect("bytes or an end come in time").unwrap_or(0);
            if count == 0 {
                return None;
            }
            let body = self.chunks.push(&bytes[..count])?;
            self.frames.extend(self.parser.push(&body).iter().filter_map(|block| block.frame()));
        }
        self.frames.pop_front()
    }
}

/// Takes the head of an answer and the chunked coding away, if it has one.
#[derive(Debug, Default)]
struct Chunks {
    rest: Vec<u8>,
    head_is_read: bool,
    /// The body ends with the connection.
    is_plain: bool,
}

impl Chunks {
    /// None for an answer that is told at once and ends.
    fn push(&mut self, bytes: &[u8]) -> Option<Vec<u8>> {
        self.rest.extend_from_slice(bytes);
        if !self.head_is_read {
            let Some(end) = position(&self.rest, b"\r\n\r\n") else { return Some(Vec::new()) };
            let head = String::from_utf8_lossy(&self.rest[..end]).to_lowercase();
            assert!(head.starts_with("http/1.1 200"), "{head}");
            if head.contains("content-length") {
                return None;
            }
            self.is_plain = !head.contains("transfer-encoding: chunked");
            self.rest.drain(..end + 4);
            self.head_is_read = true;
        }
        if self.is_plain {
            return Some(std::mem::take(&mut self.rest));
        }
        let mut body = Vec::new();
        while let Some(chunk) = self.chunk() {
            body.extend(chunk);
        }
        Some(body)
    }

    /// The next complete chunk.
    fn chunk(&mut self) -> Option<Vec<u8>> {
        let line = position(&self.rest, b"\r\n")?;
        let size = std::str::from_utf8(&self.rest[..line]).expect("a chunk's size is text");
        let size = usize::from_str_radix(size, 16).expect("a chunk's size is a number");
        let end = line + 2 + size + 2;
        if self.rest.len() < end {
            return None;
        }
        let chunk = self.rest[line + 2..end - 2].to_vec();
        self.rest.drain(..end);
        Some(chunk)
    }
}

fn position(bytes: &[u8], part: &[u8]) -> Option<usize> {
    bytes.windows(part.len()).position(|window| window == part)
}
