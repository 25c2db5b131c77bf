//! Handing a request to the process that has its session, and its answer back.

use std::{
    net::SocketAddr,
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use actix_web::{
    HttpRequest, HttpResponse,
    body::{BodySize, BoxBody, MessageBody},
    http::{StatusCode, header},
    web,
};
use bytes::{Buf, Bytes, BytesMut};
use futures_util::Stream;
use http_body_util::{BodyExt, Full, Limited};
use hyper::{Request, Response, body::Incoming, client::conn::http1, upgrade::Upgraded};
use hyper_util::rt::TokioIo;
use tokio::{io::AsyncWrite, net::TcpStream, time::timeout};
use tokio_util::io::poll_read_buf;

use super::{polling, refusal::Refusal, websocket::switch_protocols};

/// Marks a request that was handed on: it is never handed on again.
const FORWARDED: &str = "sapa-forwarded";
/// What the other process needs to see.
const PASSED_ON: [header::HeaderName; 6] = [
    header::CONTENT_TYPE,
    header::CONNECTION,
    header::UPGRADE,
    header::SEC_WEBSOCKET_KEY,
    header::SEC_WEBSOCKET_VERSION,
    header::SEC_WEBSOCKET_PROTOCOL,
];
const PASSED_BACK: [header::HeaderName; 2] = [header::CONTENT_TYPE, header::CACHE_CONTROL];
/// How long the other process may take to accept a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(2);
/// Bytes of one answer: what waits for a polling client is bounded far below.
const MOST_BYTES: usize = 32 * 1024 * 1024;
const READ_BYTES: usize = 8 * 1024;

/// Hands a request to the process at `address` and returns its answer, which may take as long as `patience`. A websocket
/// goes on as a tunnel.
pub(super) async fn forward(
    request: &HttpRequest,
    payload: web::Payload,
    address: SocketAddr,
    patience: Duration,
    most_bytes: usize,
) -> Result<HttpResponse, Refusal> {
    if request.headers().contains_key(FORWARDED) {
        return Err(Refusal::UnknownSession);
    }
    let is_websocket = request.headers().contains_key(header::UPGRADE);
    let (payload, body) = match is_websocket {
        true => (Some(payload), Bytes::new()),
        false => (None, polling::read_body(payload, most_bytes).await?.into()),
    };
    let answered = timeout(patience, exchange(address, outgoing(request, body)?)).await;
    let response = match answered {
        Ok(Ok(response)) => response,
        // The process has gone, and the session with it.
        Ok(Err(error)) => {
            tracing::debug!(%error, %address, "the process that has a session is not reached");
            return Err(Refusal::UnknownSession);
        }
        Err(_) => return Err(Refusal::BadRequest),
    };
    match payload {
        Some(payload) if response.status() == hyper::StatusCode::SWITCHING_PROTOCOLS => {
            let upgraded = hyper::upgrade::on(response).await.map_err(|_| Refusal::BadRequest)?;
            let tunnel = Tunnel { there: TokioIo::new(upgraded), payload: Box::pin(payload), unsent: Bytes::new() };
            Ok(switch_protocols(request)?.set_body(BoxBody::new(tunnel)))
        }
        _ => incoming(response).await,
    }
}

#[derive(Debug, thiserror::Error)]
enum Unreachable {
    #[error("it does not accept a connection in time")]
    Silent,
    #[error(transparent)]
    Connection(#[from] std::io::Error),
    #[error(transparent)]
    Exchange(#[from] hyper::Error),
}

async fn exchange(address: SocketAddr, request: Request<Full<Bytes>>) -> Result<Response<Incoming>, Unreachable> {
    let connecting = timeout(CONNECT_TIMEOUT, TcpStream::connect(address));
    let stream = connecting.await.map_err(|_| Unreachable::Silent)??;
    stream.set_nodelay(true)?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
    actix_web::rt::spawn(async move {
        // Its errors come out of the request too.
        let _ = connection.with_upgrades().await;
    });
    Ok(sender.send_request(request).await?)
}

fn outgoing(request: &HttpRequest, body: Bytes) -> Result<Request<Full<Bytes>>, Refusal> {
    let mut outgoing = Request::builder()
        .method(request.method().as_str())
        .uri(request.uri().path_and_query().map_or("/", |path| path.as_str()))
        .header("host", "sapa")
        .header(FORWARDED, "1");
    for name in PASSED_ON {
        if let Some(value) = request.headers().get(&name) {
            outgoing = outgoing.header(name.as_str(), value.as_bytes());
        }
    }
    outgoing.body(Full::new(body)).map_err(|_| Refusal::BadRequest)
}

async fn incoming(response: Response<Incoming>) -> Result<HttpResponse, Refusal> {
    let status = StatusCode::from_u16(response.status().as_u16()).map_err(|_| Refusal::BadRequest)?;
    let mut answer = HttpResponse::build(status);
    for name in PASSED_BACK {
        if let Some(value) = response.headers().get(name.as_str()) {
            answer.insert_header((name, value.as_bytes()));
        }
    }
    let body = Limited::new(response.into_body(), MOST_BYTES).collect().await.map_err(|_| Refusal::BadRequest)?;
    Ok(answer.body(body.to_bytes()))
}

/// A websocket whose other end is at another process: bytes go through as they are.
struct Tunnel {
    there: TokioIo<Upgraded>,
    payload: Pin<Box<web::Payload>>,
    unsent: Bytes,
}

impl Tunnel {
    /// Passes on what the client sends; ready when the client, or the other process, is gone.
    fn poll_send(&mut self, context: &mut Context<'_>) -> Poll<()> {
        loop {
            while !self.unsent.is_empty() {
                match ready!(Pin::new(&mut self.there).poll_write(context, &self.unsent)) {
                    Ok(sent) if sent > 0 => self.unsent.advance(sent),
                    _ => return Poll::Ready(()),
                }
            }
            match self.payload.as_mut().poll_next(context) {
                Poll::Ready(Some(Ok(bytes))) => self.unsent = bytes,
                Poll::Ready(Some(Err(_)) | None) => return Poll::Ready(()),
                Poll::Pending => {
                    return match Pin::new(&mut self.there).poll_flush(context) {
                        Poll::Ready(Err(_)) => Poll::Ready(()),
                        _ => Poll::Pending,
                    };
                }
            }
        }
    }
}

impl MessageBody for Tunnel {
    type Error = std::convert::Infallible;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        if self.poll_send(context).is_ready() {
            return Poll::Ready(None);
        }
        let mut bytes = BytesMut::with_capacity(READ_BYTES);
        match ready!(poll_read_buf(Pin::new(&mut self.there), context, &mut bytes)) {
            Ok(read) if read > 0 => Poll::Ready(Some(Ok(bytes.freeze()))),
            _ => Poll::Ready(None),
        }
    }
}
