//! Server-Sent Events on actix.

use std::{
    pin::Pin,
    task::{Context, Poll, ready},
};

use actix_web::{
    HttpResponse,
    body::{BodySize, MessageBody},
    http::header,
};
use bytes::Bytes;
use rand::Rng;

use crate::{config, service::stream::Feed};

/// A feed as the body of a response. It is polled by its connection: there is no task for it.
struct SseBody {
    retry: Option<Bytes>,
    feed: Feed,
}

impl MessageBody for SseBody {
    type Error = std::convert::Infallible;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Result<Bytes, Self::Error>>> {
        let Some(bytes) = ready!(self.feed.poll_next(context)) else { return Poll::Ready(None) };
        let bytes = match self.retry.take() {
            Some(retry) => [retry, bytes].concat().into(),
            None => bytes,
        };
        Poll::Ready(Some(Ok(bytes)))
    }
}

/// The response that carries a feed. It begins with a reconnection delay of its own.
pub fn event_stream(feed: Feed, settings: &config::Stream) -> HttpResponse {
    head().body(SseBody { retry: Some(retry(settings)), feed })
}

/// What an overloaded or stopping server answers: an `EventSource` gives up for ever at any status but 200, so it gets a
/// stream that ends at once, and comes back after the delay.
pub fn retry_later(settings: &config::Stream) -> HttpResponse {
    head().body(retry(settings))
}

fn head() -> actix_web::HttpResponseBuilder {
    let mut response = HttpResponse::Ok();
    response
        .content_type("text/event-stream")
        .insert_header((header::CACHE_CONTROL, "no-cache, no-transform"))
        .insert_header((header::CONTENT_ENCODING, "identity"))
        .insert_header(("x-accel-buffering", "no"));
    response
}

/// Drawn anew for each connection, so that a restart brings no herd.
fn retry(settings: &config::Stream) -> Bytes {
    let delay = rand::rng().random_range(settings.retry_min_ms..=settings.retry_max_ms);
    Bytes::from(format!("retry: {delay}\n\n"))
}
