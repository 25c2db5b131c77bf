//! Rooms: listed, opened, shown, read.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{self, HeaderMap},
    web,
};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

use super::wire::{PriorityName, RoomBody, RoomWithMessagesBody};
use crate::{
    domain::{ChatPriority, ChatStatus, RoomCursor, RoomSort},
    http::{Authenticated, JsonBody, OptionalJson, PathId, Problem, QueryMap, id_of},
    service::{
        IdempotencyKey,
        room::{self, Assignee, ListRooms, MarkRead, OpenRoom},
    },
    state::State,
};

const ROOMS: u64 = 50;
const MOST_ROOMS: u64 = 100;
const MOST_SEARCH_CHARS: usize = 200;

/// Which rooms.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "documents the parameters, which are read one by one")]
struct ListParams {
    /// OPEN, CLOSED or RESOLVED; several with commas.
    #[param(pattern = "^((OPEN|CLOSED|RESOLVED)(,(OPEN|CLOSED|RESOLVED))*)?$")]
    status: Option<String>,
    /// LOW, NORMAL, HIGH or URGENT; several with commas.
    #[param(pattern = "^((LOW|NORMAL|HIGH|URGENT)(,(LOW|NORMAL|HIGH|URGENT))*)?$")]
    priority: Option<String>,
    /// `me`, `none` or an admin's id; several with commas.
    #[param(pattern = "^((me|none|[1-9][0-9]{0,8})(,(me|none|[1-9][0-9]{0,8}))*)?$")]
    assignee: Option<String>,
    /// Only this customer's.
    #[param(rename = "userId", minimum = 1)]
    user_id: Option<i32>,
    /// Text in the customer's name or e-mail, the subject or a message; every sign is taken as text.
    #[param(max_length = 200, pattern = "^[^\\u0000]*$")]
    search: Option<String>,
    /// `activity` (the default) or `priority`.
    #[param(pattern = "^(activity|priority)?$")]
    sort: Option<String>,
    #[param(minimum = 1, maximum = 100, default = 50)]
    limit: Option<u64>,
    /// From the `Link` of the page before.
    #[param(pattern = "^[A-Za-z0-9_-]{0,64}$")]
    cursor: Option<String>,
}

/// The caller's rooms; for an admin, all of them.
#[utoipa::path(get, path = "/api/chat/rooms", tag = "rooms", params(ListParams),
    responses((status = 200, body = Vec<RoomBody>, headers(("Link" = String, description = "the next page, as rel=next")))))]
pub(super) async fn list_rooms(
    state: web::Data<State>,
    Authenticated(who): Authenticated,
    request: HttpRequest,
    query: QueryMap,
) -> Result<HttpResponse, Problem> {
    let page = room::list(&state, &who, list_query(query)?).await?;
    let mut response = HttpResponse::Ok();
    if let Some(next) = page.next {
        response.insert_header((header::LINK, next_link(&request, &[("cursor", &next.encode())])));
    }
    let rooms: Vec<_> = page.rooms.iter().map(|room| RoomBody::of(room, who.side())).collect();
    Ok(response.json(rooms))
}

fn list_query(mut query: QueryMap) -> Result<ListRooms, Problem> {
    let status = query.take_list("status", "OPEN, CLOSED or RESOLVED", |name| match name {
        "OPEN" => Some(ChatStatus::Open),
        "CLOSED" => Some(ChatStatus::Closed),
        "RESOLVED" => Some(ChatStatus::Resolved),
        _ => None,
    })?;
    let priority = query.take_list("priority", "LOW, NORMAL, HIGH or URGENT", |name| match name {
        "LOW" => Some(ChatPriority::Low),
        "NORMAL" => Some(ChatPriority::Normal),
        "HIGH" => Some(ChatPriority::High),
        "URGENT" => Some(ChatPriority::Urgent),
        _ => None,
    })?;
    let assignee = query.take_list("assignee", "me, none or the id of an admin", |name| match name {
        "me" => Some(Assignee::Me),
        "none" => Some(Assignee::Nobody),
        id => id_of(id).map(Assignee::Admin),
    })?;
    let user_id = query.take_parsed("userId", "the id of a customer", id_of)?;
    let search = query.take_parsed("search", "text of at most 200 characters without NUL", |text| {
        let text = text.trim();
        (text.chars().count() <= MOST_SEARCH_CHARS && !text.contains('\0')).then(|| text.to_owned())
    })?;
    let sort = query.take_parsed("sort", "activity or priority", |name| match name {
        "activity" => Some(RoomSort::Activity),
        "priority" => Some(RoomSort::Priority),
        _ => None,
    })?;
    let sort = sort.unwrap_or_default();
    let limit = query.take_limit(ROOMS, MOST_ROOMS)?;
    let after = query
        .take_parsed("cursor", "the cursor of a Link, with the same sort", |text| RoomCursor::decode(text, sort))?;
    let search = search.filter(|text| !text.is_empty());
    Ok(ListRooms { status, priority, assignee, user_id, search, sort, limit, after })
}

/// The same request with other parameters, as the target of a `Link`.
pub(super) fn next_link(request: &HttpRequest, changed: &[(&str, &str)]) -> String {
    let pairs = web::Query::<Vec<(String, String)>>::from_query(request.query_string());
    let mut pairs = pairs.map(web::Query::into_inner).unwrap_or_default();
    pairs.retain(|(name, _)| !changed.iter().any(|(change, _)| change == name));
    pairs.extend(changed.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    let encode =
        |text: &str| percent_encoding::utf8_percent_encode(text, percent_encoding::NON_ALPHANUMERIC).to_string();
    let query = pairs.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect::<Vec<_>>();
    format!("<{}?{}>; rel=\"next\"", request.path(), query.join("&"))
}

/// The key of a request that can be repeated, with what a repeat has in common with the first.
pub(super) fn idempotency_key(headers: &HeaderMap, request: &[&str]) -> Result<Option<IdempotencyKey>, Problem> {
    match headers.get("idempotency-key") {
        None => Ok(None),
        Some(key) => Ok(Some(IdempotencyKey::parse(key.to_str().unwrap_or_default(), request)?)),
    }
}

/// What a customer writes to the desk.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(super) struct OpenRoomBody {
    /// Kept if a room is made.
    #[schema(max_length = 200, pattern = "^[^\\u0000]*$")]
    subject: Option<String>,
    #[schema(min_length = 1, max_length = 4000, pattern = "^[^\\u0000]*[^\\s\\u0000][^\\u0000]*$")]
    message: String,
    /// Kept if a room is made.
    priority: Option<PriorityName>,
}

/// Writes to the desk: adds to the caller's open room, or makes one.
#[utoipa::path(post, path = "/api/chat/rooms", tag = "rooms", request_body = OpenRoomBody,
    params(("Idempotency-Key" = Option<String>, Header, pattern = "^[!-~]([ -~]{0,126}[!-~])?$", description = "a repeat within 24 h does nothing anew")),
    responses((status = 201, body = RoomWithMessagesBody), (status = 200, body = RoomWithMessagesBody)))]
pub(super) async fn open_room(
    state: web::Data<State>,
    Authenticated(who): Authenticated,
    request: HttpRequest,
    JsonBody(body): JsonBody<OpenRoomBody>,
) -> Result<HttpResponse, Problem> {
    let subject = body.subject.clone().unwrap_or_default();
    let options = format!("{:?}", body.priority);
    let key = idempotency_key(request.headers(), &["open", &subject, &body.message, &options])?;
    let priority = body.priority.map(Into::into);
    let command = OpenRoom { subject: body.subject, message: body.message, priority, idempotency_key: key };
    let opened = room::open(&state, &who, command).await?;
    let mut response = if opened.made { HttpResponse::Created() } else { HttpResponse::Ok() };
    Ok(response.json(RoomWithMessagesBody::of(&opened.room, who.side())))
}

/// The caller's current room, made if there is none.
#[utoipa::path(get, path = "/api/chat/room", tag = "rooms", responses((status = 200, body = RoomWithMessagesBody)))]
pub(super) async fn current_room(
    state: web::Data<State>,
    Authenticated(who): Authenticated,
) -> Result<HttpResponse, Problem> {
    let shown = room::current(&state, &who).await?;
    Ok(HttpResponse::Ok().json(RoomWithMessagesBody::of(&shown, who.side())))
}

/// A room with its newest 50 messages.
#[utoipa::path(get, path = "/api/chat/rooms/{id}", tag = "rooms",
    params(("id" = i32, Path, minimum = 1)), responses((status = 200, body = RoomWithMessagesBody)))]
pub(super) async fn show_room(
    state: web::Data<State>,
    Authenticated(who): Authenticated,
    PathId(id): PathId,
) -> Result<HttpResponse, Problem> {
    let shown = room::show(&state, &who, id).await?;
    Ok(HttpResponse::Ok().json(RoomWithMessagesBody::of(&shown, shown.room.side_of(who.id()))))
}

/// How far the caller has read.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct MarkReadBody {
    /// The newest message that was read; absent, all were.
    #[schema(minimum = 1)]
    message_id: Option<i32>,
}

/// What follows from it.
#[derive(Clone, Copy, Debug, serde::Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ReadMark)]
pub(super) struct ReadMarkBody {
    room_id: i32,
    last_read_message_id: Option<i32>,
    unread_count: i32,
}

/// Marks the other side's messages as read.
#[utoipa::path(post, path = "/api/chat/rooms/{id}/read", tag = "rooms", params(("id" = i32, Path, minimum = 1)),
    request_body(content = Option<MarkReadBody>), responses((status = 200, body = ReadMarkBody)))]
pub(super) async fn mark_room_read(
    state: web::Data<State>,
    Authenticated(who): Authenticated,
    PathId(id): PathId,
    OptionalJson(body): OptionalJson<MarkReadBody>,
) -> Result<web::Json<ReadMarkBody>, Problem> {
    let mark = room::mark_read(&state, &who, id, MarkRead { message_id: body.message_id }).await?;
    Ok(web::Json(ReadMarkBody {
        room_id: mark.room_id,
        last_read_message_id: mark.last_read_message_id,
        unread_count: mark.unread_count,
    }))
}
