//! Messages: written, read back, deleted, reacted to.

use actix_web::{HttpRequest, HttpResponse, http::header, web};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{
    rooms::{idempotency_key, next_link},
    wire::{MessageBody, MessageTypeName},
};
use crate::{
    domain::{Emoji, MessageType},
    http::{Authenticated, JsonBody, PathId, Problem, QueryMap, id_of},
    service::message::{self, History, SendMessage},
    state::State,
};

const MESSAGES: u64 = 50;
const MOST_MESSAGES: u64 = 200;

/// A message to be written.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct SendMessageBody {
    #[schema(min_length = 1, max_length = 4000, pattern = "^[^\\u0000]*[^\\s\\u0000][^\\u0000]*$")]
    message: String,
    message_type: Option<MessageTypeName>,
    /// A message of the same room.
    #[schema(minimum = 1)]
    reply_to_id: Option<i32>,
}

/// Writes a message in a room.
#[utoipa::path(post, path = "/api/chat/rooms/{id}", tag = "messages", request_body = SendMessageBody,
    params(("id" = i32, Path, minimum = 1),
        ("Idempotency-Key" = Option<String>, Header, pattern = "^[!-~]([ -~]{0,126}[!-~])?$", description = "a repeat within 24 h does nothing anew")),
    responses((status = 201, body = MessageBody)))]
pub(super) async fn send_message(
    state: web::Data<State>,
    Authenticated(who): Authenticated,
    PathId(room_id): PathId,
    request: HttpRequest,
    JsonBody(body): JsonBody<SendMessageBody>,
) -> Result<HttpResponse, Problem> {
    let options = format!("{:?} {:?}", body.message_type, body.reply_to_id);
    let key = idempotency_key(request.headers(), &["send", &room_id.to_string(), &body.message, &options])?;
    let command = SendMessage {
        text: body.message,
        message_type: body.message_type.map_or(MessageType::Text, Into::into),
        reply_to_id: body.reply_to_id,
        idempotency_key: key,
    };
    let message = message::send(&state, &who, room_id, command).await?;
    Ok(HttpResponse::Created().json(MessageBody::from(&message)))
}

/// A page of a room's messages, the oldest first.
#[utoipa::path(get, path = "/api/chat/rooms/{id}/messages", tag = "messages",
    params(("id" = i32, Path, minimum = 1),
        ("before" = Option<i32>, Query, minimum = 1, description = "only messages before this one"),
        ("after" = Option<i32>, Query, minimum = 0, description = "only messages after this one"),
        ("limit" = Option<u64>, Query, minimum = 1, maximum = 200)),
    responses((status = 200, body = Vec<MessageBody>, headers(("Link" = String, description = "the next page, as rel=next")))))]
pub(super) async fn list_messages(
    state: web::Data<State>,
    Authenticated(who): Authenticated,
    PathId(room_id): PathId,
    request: HttpRequest,
    mut query: QueryMap,
) -> Result<HttpResponse, Problem> {
    let before = query.take_parsed("before", "the id of a message", id_of)?;
    let from_start = |text: &str| if text == "0" { Some(0) } else { id_of(text) };
    let after = query.take_parsed("after", "the id of a message", from_start)?;
    let limit = query.take_limit(MESSAGES, MOST_MESSAGES)?;
    let page = message::history(&state, &who, room_id, History { before, after, skip: 0, limit }).await?;
    let mut response = HttpResponse::Ok();
    let (name, edge) =
        if after.is_some() { ("after", page.messages.last()) } else { ("before", page.messages.first()) };
    if let Some(edge) = edge.filter(|_| page.more) {
        response.insert_header((header::LINK, next_link(&request, &[(name, &edge.id.to_string())])));
    }
    Ok(response.json(page.messages.iter().map(MessageBody::from).collect::<Vec<_>>()))
}

/// Deletes a message: the text goes, the row stays.
#[utoipa::path(delete, path = "/api/chat/messages/{id}", tag = "messages", params(("id" = i32, Path, minimum = 1)),
    responses((status = 200, body = MessageBody)))]
pub(super) async fn delete_message(
    state: web::Data<State>,
    Authenticated(who): Authenticated,
    PathId(id): PathId,
) -> Result<web::Json<MessageBody>, Problem> {
    Ok(web::Json((&message::delete(&state, &who, id).await?).into()))
}

/// Puts the caller's emoji on a message.
#[utoipa::path(put, path = "/api/chat/messages/{id}/reactions/{emoji}", tag = "messages",
    params(("id" = i32, Path, minimum = 1), ("emoji" = String, Path, min_length = 1, example = "👍", description = "one emoji, percent-encoded")),
    responses((status = 200, body = MessageBody)))]
pub(super) async fn add_reaction(
    state: web::Data<State>,
    Authenticated(who): Authenticated,
    PathId(id): PathId,
    request: HttpRequest,
) -> Result<web::Json<MessageBody>, Problem> {
    Ok(web::Json((&message::add_reaction(&state, &who, id, emoji(&request)?).await?).into()))
}

/// Takes the caller's emoji off a message.
#[utoipa::path(delete, path = "/api/chat/messages/{id}/reactions/{emoji}", tag = "messages",
    params(("id" = i32, Path, minimum = 1), ("emoji" = String, Path, min_length = 1, example = "👍", description = "one emoji, percent-encoded")),
    responses((status = 200, body = MessageBody)))]
pub(super) async fn remove_reaction(
    state: web::Data<State>,
    Authenticated(who): Authenticated,
    PathId(id): PathId,
    request: HttpRequest,
) -> Result<web::Json<MessageBody>, Problem> {
    Ok(web::Json((&message::remove_reaction(&state, &who, id, emoji(&request)?).await?).into()))
}

fn emoji(request: &HttpRequest) -> Result<Emoji, Problem> {
    let raw = request.match_info().get("emoji").unwrap_or_default();
    let decoded = percent_encoding::percent_decode_str(raw).decode_utf8().unwrap_or_default();
    Emoji::parse(&decoded).ok_or_else(|| Problem::invalid_field("emoji", "must be one emoji"))
}
