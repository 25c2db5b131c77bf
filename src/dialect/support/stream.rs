//! The stream of one room, or of all that the caller may see.

use std::rc::Rc;

use actix_web::{HttpRequest, HttpResponse, web};
use utoipa::ToSchema;

use super::frame;
use crate::{
    http::{Authenticated, Problem, QueryMap, event_stream, id_of, retry_later},
    hub::LocalHub,
    service::{
        self,
        stream::{self, OpenStream, Resume},
    },
    state::State,
};

/// One event of the stream, as an `EventSource` reads it.
#[derive(Debug, ToSchema)]
#[allow(dead_code, reason = "documents what the frames of `frame` are made of")]
struct StreamEvent {
    /// The place in the desk's journal; absent on what is not stored.
    id: Option<String>,
    /// The type, if the stream was opened with `events=named`.
    event: Option<String>,
    /// `{"type": …, "data": …}` as JSON text.
    data: String,
}

/// Opens a stream of Server-Sent Events.
#[utoipa::path(get, path = "/api/chat/sse", tag = "stream",
    params(("roomId" = Option<i32>, Query, minimum = 1, description = "one room; absent, all that the caller may see"),
        ("events" = Option<String>, Query, pattern = "^(named)?$", description = "`named`: each frame also carries `event:`"),
        ("lastEventId" = Option<String>, Query, description = "where to go on; the header Last-Event-ID wins"),
        ("Last-Event-ID" = Option<String>, Header, description = "where to go on"),
        ("token" = Option<String>, Query, description = "the token, as an EventSource cannot send headers")),
    responses((status = 200, content_type = "text/event-stream", body = StreamEvent)))]
pub(super) async fn open_stream(
    state: web::Data<State>,
    local: web::ThinData<Rc<LocalHub>>,
    caller: Result<Authenticated, Problem>,
    request: HttpRequest,
    mut query: QueryMap,
) -> Result<HttpResponse, Problem> {
    let settings = &state.settings.stream;
    let Authenticated(who) = match caller {
        Ok(caller) => caller,
        // A client that is told anything but 200 here never comes back.
        Err(problem) if problem.status.is_server_error() => return Ok(retry_later(settings)),
        Err(problem) => return Err(problem),
    };
    let room_id = query.take("roomId").map(|id| id_of(&id).ok_or_else(|| Problem::not_found("there is no such room")));
    let named = query.take_parsed("events", "named", |value| (value == "named").then_some(true))?.unwrap_or(false);
    let command = OpenStream {
        room_id: room_id.transpose()?,
        resume: resume(&request, &mut query),
        speller: frame::speller(who.side(), named),
    };
    match stream::open(&state, &local, &who, command).await {
        Ok(feed) => Ok(event_stream(feed, settings)),
        Err(error @ (service::Error::Unavailable | service::Error::Database(_))) => {
            tracing::warn!(%error, "a stream could not be opened");
            Ok(retry_later(settings))
        }
        Err(error) => Err(error.into()),
    }
}

pub(super) fn resume(request: &HttpRequest, query: &mut QueryMap) -> Resume {
    let header = request.headers().get("last-event-id").map(|value| value.to_str().unwrap_or("?").trim().to_owned());
    let Some(id) = header.filter(|id| !id.is_empty()).or_else(|| query.take("lastEventId")) else {
        return Resume::New;
    };
    let digits = id.bytes().all(|byte| byte.is_ascii_digit());
    match id.parse::<i64>() {
        Ok(id) if digits => Resume::After(id),
        _ => Resume::Unknown,
    }
}
