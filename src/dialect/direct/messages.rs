//! Messages: written, read, deleted, reacted to.

use actix_web::{HttpRequest, HttpResponse, web};

use super::{
    calls,
    payload::SendPayload,
    wire::{MessageBody, ReadBody, Told},
};
use crate::{
    dialect::envelope::{BodyRefusals, Checked, Refusal, RefusalBody, Refusals},
    http::{Authenticated, JsonBody, Problem, id_of},
    state::State,
};

/// The key of a request that can be repeated; what is no text is no key that any request may have.
pub(super) fn idempotency_key(request: &HttpRequest) -> Option<&str> {
    request.headers().get("idempotency-key").map(|key| key.to_str().unwrap_or_default())
}

/// The id in the path; an error has it under the dialect's name.
pub(super) fn path_id(request: &HttpRequest, name: &str) -> Result<i32, Problem> {
    let id = request.match_info().get("id").and_then(id_of);
    id.ok_or_else(|| Problem::invalid_field(name, "must be an id"))
}

/// Writes to a person, in the conversation of the two, which is made if there is none. A customer who writes to an admin
/// writes to the desk.
#[utoipa::path(post, path = "/api/v0/chat/send", tag = "direct", operation_id = "direct_send", request_body = SendPayload,
    params(("Idempotency-Key" = Option<String>, Header, pattern = "^[!-~]([ -~]{0,126}[!-~])?$", description = "a repeat within 24 h does nothing anew")),
    responses((status = 201, body = Told<MessageBody>), Refusals, BodyRefusals,
        (status = 400, body = RefusalBody, description = "Bad input; see errors")))]
pub(super) async fn send(
    state: web::Data<State>,
    Checked(Authenticated(who)): Checked<Authenticated>,
    request: HttpRequest,
    Checked(JsonBody(body)): Checked<JsonBody<SendPayload>>,
) -> Result<HttpResponse, Refusal> {
    let message = calls::send(&state, &who, body, idempotency_key(&request)).await?;
    Ok(HttpResponse::Created().json(Told::of(message)))
}

/// Marks a message and what came before it as read.
#[utoipa::path(put, path = "/api/v0/chat/message/{id}/read", tag = "direct", operation_id = "direct_read_message",
    params(("id" = i32, Path, minimum = 1)), responses((status = 200, body = Told<ReadBody>), Refusals))]
pub(super) async fn read_message(
    state: web::Data<State>,
    Checked(Authenticated(who)): Checked<Authenticated>,
    request: HttpRequest,
) -> Result<web::Json<Told<ReadBody>>, Refusal> {
    let id = path_id(&request, "messageId")?;
    Ok(web::Json(Told::of(calls::read_message(&state, &who, id).await?)))
}

/// Deletes a message: the text goes, the row stays.
#[utoipa::path(delete, path = "/api/v0/chat/message/{id}", tag = "direct", operation_id = "direct_delete",
    params(("id" = i32, Path, minimum = 1)), responses((status = 200, body = Told<MessageBody>), Refusals))]
pub(super) async fn delete(
    state: web::Data<State>,
    Checked(Authenticated(who)): Checked<Authenticated>,
    request: HttpRequest,
) -> Result<web::Json<Told<MessageBody>>, Refusal> {
    let id = path_id(&request, "messageId")?;
    Ok(web::Json(Told::of(calls::delete(&state, &who, id).await?)))
}

/// Puts the caller's emoji on a message.
#[utoipa::path(put, path = "/api/v0/chat/message/{id}/reactions/{emoji}", tag = "direct", operation_id = "direct_react",
    params(("id" = i32, Path, minimum = 1), ("emoji" = String, Path, min_length = 1, example = "👍", description = "one emoji, percent-encoded")),
    responses((status = 200, body = Told<MessageBody>), Refusals))]
pub(super) async fn react(
    state: web::Data<State>,
    Checked(Authenticated(who)): Checked<Authenticated>,
    request: HttpRequest,
) -> Result<web::Json<Told<MessageBody>>, Refusal> {
    let id = path_id(&request, "messageId")?;
    Ok(web::Json(Told::of(calls::react(&state, &who, id, &path_emoji(&request), true).await?)))
}

/// Takes the caller's emoji off a message.
#[utoipa::path(delete, path = "/api/v0/chat/message/{id}/reactions/{emoji}", tag = "direct", operation_id = "direct_take_reaction",
    params(("id" = i32, Path, minimum = 1), ("emoji" = String, Path, min_length = 1, example = "👍", description = "one emoji, percent-encoded")),
    responses((status = 200, body = Told<MessageBody>), Refusals))]
pub(super) async fn take_reaction(
    state: web::Data<State>,
    Checked(Authenticated(who)): Checked<Authenticated>,
    request: HttpRequest,
) -> Result<web::Json<Told<MessageBody>>, Refusal> {
    let id = path_id(&request, "messageId")?;
    Ok(web::Json(Told::of(calls::react(&state, &who, id, &path_emoji(&request), false).await?)))
}

fn path_emoji(request: &HttpRequest) -> String {
    let raw = request.match_info().get("emoji").unwrap_or_default();
    percent_encoding::percent_decode_str(raw).decode_utf8().unwrap_or_default().into_owned()
}
