//! Server-Sent Events on actix.

use std::{
    rc::Rc,
    task::{Context, Poll, ready},
};

use actix_web::{HttpResponse, http::header};
use bytes::Bytes;
use rand::Rng;

use super::takeover::{Exchange, carry};
use crate::{config, hub::Outlet, service::stream::Feed};

/// A feed that goes over a connection. There is no task for it.
struct EventStream {
    retry: Option<Bytes>,
    feed: Feed,
}

impl Exchange for EventStream {
    fn poll_next(&mut self, context: &mut Context<'_>) -> Poll<Option<Bytes>> {
        let bytes = ready!(self.feed.poll_next(context));
        Poll::Ready(match (self.retry.take(), bytes) {
            (Some(retry), Some(bytes)) => Some([retry, bytes].concat().into()),
            (_, bytes) => bytes,
        })
    }

    fn taken_over(&mut self, outlet: Rc<dyn Outlet>) {
        self.feed.write_to(outlet);
    }

    fn is_listening(&self) -> bool {
        true
    }

    /// There is nothing that a reader could say.
    fn receive(&mut self, _: &[u8]) {}
}

/// The response that carries a feed. It begins with a reconnection delay of its own.
pub fn event_stream(feed: Feed, settings: &config::Stream) -> HttpResponse {
    carry(head().finish(), EventStream { retry: Some(retry(settings)), feed })
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
