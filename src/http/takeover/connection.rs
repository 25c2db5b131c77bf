//! A socket that was taken over, with what it has not accepted yet.

use std::{
    cell::RefCell,
    io,
    task::{Context, Poll, ready},
};

use bytes::{Buf, Bytes};
use socket2::SockRef;
use tokio::net::TcpStream;

use crate::hub::Outlet;

/// Read at once from a client.
const READ_BYTES: usize = 4096;

#[derive(Debug)]
pub(super) struct Connection {
    socket: TcpStream,
    rest: RefCell<Bytes>,
}

impl Connection {
    /// A connection that begins with `head`.
    pub(super) fn new(socket: TcpStream, head: Bytes) -> Self {
        Self { socket, rest: RefCell::new(head) }
    }

    /// Gives it the next bytes, once it has sent all others.
    pub(super) fn push(&self, bytes: Bytes) {
        *self.rest.borrow_mut() = bytes;
    }

    /// Ready once everything was sent.
    pub(super) fn poll_flush(&self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let mut rest = self.rest.borrow_mut();
        while rest.has_remaining() {
            match self.socket.try_write(&rest) {
                Ok(sent) => rest.advance(sent),
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    ready!(self.socket.poll_write_ready(context))?;
                }
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
        // An idle reader must not keep a frame alive.
        *rest = Bytes::new();
        Poll::Ready(Ok(()))
    }

    /// Reads once; an error when the client is gone.
    pub(super) fn poll_read(&self, context: &mut Context<'_>, receive: impl FnOnce(&[u8])) -> Poll<io::Result<()>> {
        loop {
            ready!(self.socket.poll_read_ready(context))?;
            let mut buffer = [0; READ_BYTES];
            match self.socket.try_read(&mut buffer) {
                Ok(0) => return Poll::Ready(Err(io::ErrorKind::UnexpectedEof.into())),
                Ok(read) => {
                    receive(&buffer[..read]);
                    return Poll::Ready(Ok(()));
                }
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
    }
}

impl Outlet for Connection {
    fn is_free(&self) -> bool {
        self.rest.borrow().is_empty()
    }

    /// Past tokio, whose notes of the socket are another line of memory; an error is met again by whoever sends the rest.
    fn write(&self, bytes: &Bytes) -> bool {
        let sent = SockRef::from(&self.socket).send(bytes).unwrap_or(0);
        let whole = sent == bytes.len();
        if !whole {
            self.push(bytes.slice(sent..));
        }
        whole
    }
}
