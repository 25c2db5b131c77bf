//! Long answers on plain HTTP/1 leave actix: their socket is taken over once they were routed, authorised and seen by
//! every middleware.
//!
//! actix keeps two buffers of 8 KiB for each connection and polls a body through four layers for each write. With the
//! socket taken over an idle stream costs 3.8 KB instead of 22.5, and a delivery 1.35 times the CPU of a bare `send()`
//! instead of 1.78 times (`docs/PERFORMANCE.md`). What this leans on:
//! a body that fails before its first byte makes actix drop the connection without a word, not even the head
//! (`tests/api/takeover.rs`). TLS and HTTP/2 keep the ordinary body.

mod carrier;
mod connection;

use std::{
    any::Any,
    cell::{Cell, RefCell},
    io::{self, Write},
    net,
    os::fd::AsFd,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll},
};

use actix_web::{
    Error, HttpResponse,
    body::{BodySize, BoxBody, MessageBody},
    dev::{Extensions, ServiceRequest, ServiceResponse},
    http::{Version, header},
    middleware::Next,
};
use bytes::Bytes;

use crate::hub::Outlet;

/// What follows the head of a long answer.
pub trait Exchange {
    /// The next bytes for the client; `None` at the end. Called until it has nothing.
    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Bytes>>;

    /// The connection is taken over: from here on what the client sends comes by [`Self::receive`], and whoever writes may
    /// use the outlet while [`Self::poll_next`] waits. What was read before is still where it was.
    fn taken_over(&mut self, outlet: Rc<dyn Outlet>);

    /// Whether it takes something from the client; asked before each read.
    fn is_listening(&self) -> bool;

    /// What the client has sent. [`Self::poll_next`] is called after it.
    fn receive(&mut self, bytes: &[u8]);
}

/// An exchange on its way through the middlewares.
struct Parked {
    exchange: RefCell<Option<Box<dyn Exchange>>>,
    /// The socket that it is to take over, and the head to send there.
    takeover: RefCell<Option<(net::TcpStream, Bytes)>>,
}

/// The exchange as a body of actix, which takes over the socket when it is asked for the first bytes: what the client has
/// sent with its request was read by then.
struct ParkedExchange(Rc<Parked>);

impl MessageBody for ParkedExchange {
    type Error = io::Error;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        let mut exchange = self.0.exchange.borrow_mut();
        if let Some((socket, head)) = self.0.takeover.take()
            && let Some(exchange) = exchange.take()
        {
            carrier::start(socket, head, exchange)?;
        }
        match &mut *exchange {
            Some(exchange) => exchange.poll_next(context).map(|bytes| bytes.map(Ok)),
            None => Poll::Ready(Some(Err(io::ErrorKind::ConnectionAborted.into()))),
        }
    }
}

/// The response with this head that carries the exchange. Its socket may be taken over.
pub fn carry(head: HttpResponse, exchange: impl Exchange + 'static) -> HttpResponse {
    let parked = Rc::new(Parked { exchange: RefCell::new(Some(Box::new(exchange))), takeover: RefCell::default() });
    let mut response = head.set_body(BoxBody::new(ParkedExchange(parked.clone())));
    response.extensions_mut().insert(parked);
    response
}

/// A second handle of a connection's socket, for as long as nobody has taken it.
struct Spare(Cell<Option<net::TcpStream>>);

/// Keeps a second handle of a plain connection's socket with the connection, since actix does not give its own away.
pub fn keep_spare(connection: &dyn Any, data: &mut Extensions) {
    let plain = connection.downcast_ref::<actix_web::rt::net::TcpStream>();
    if let Some(Ok(spare)) = plain.map(|stream| stream.as_fd().try_clone_to_owned()) {
        data.insert(Spare(Cell::new(Some(spare.into()))));
    }
}

/// Middleware, outside of all others: has the exchanges take over the sockets of which there is a spare handle.
///
/// # Errors
/// The inner service's error.
pub async fn take_over<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let response = next.call(request).await?;
    if !matches!(response.request().version(), Version::HTTP_10 | Version::HTTP_11) {
        return Ok(response);
    }
    let Some(parked) = response.response().extensions().get::<Rc<Parked>>().cloned() else { return Ok(response) };
    if let Some(socket) = response.request().conn_data::<Spare>().and_then(|Spare(socket)| socket.take()) {
        parked.takeover.replace(Some((socket, spell_head(&response)?)));
    }
    Ok(response)
}

/// The status line and the headers as the middlewares have left them. The body ends with the connection (RFC 9112,
/// section 6.3), unless the protocol is another one from here on.
fn spell_head<B>(response: &ServiceResponse<B>) -> io::Result<Bytes> {
    let mut head = Vec::with_capacity(1024);
    let status = response.status();
    write!(head, "HTTP/1.1 {} {}\r\n", status.as_u16(), status.canonical_reason().unwrap_or_default())?;
    for (name, value) in response.headers() {
        if name != header::TRANSFER_ENCODING {
            head.extend_from_slice(name.as_str().as_bytes());
            head.extend_from_slice(b": ");
            head.extend_from_slice(value.as_bytes());
            head.extend_from_slice(b"\r\n");
        }
    }
    if response.response().upgrade() {
        head.extend_from_slice(b"connection: upgrade\r\n");
    } else {
        head.extend_from_slice(b"connection: close\r\n");
    }
    write!(head, "date: {}\r\n\r\n", httpdate::fmt_http_date(std::time::SystemTime::now()))?;
    Ok(head.into())
}
