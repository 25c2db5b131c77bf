//! What only admins write.

use actix_web::{HttpRequest, HttpResponse, web};

use super::{
    calls,
    messages::idempotency_key,
    payload::{BroadcastPayload, SendToUserPayload},
    wire::{MessageBody, Told},
};
use crate::{
    dialect::envelope::{BodyRefusals, Checked, Refusal, Refusals},
    http::{Authenticated, JsonBody},
    state::State,
};

/// Writes to everybody.
#[utoipa::path(post, path = "/api/v0/chat/admin/broadcast", tag = "direct", operation_id = "direct_broadcast",
    request_body = BroadcastPayload,
    params(("Idempotency-Key" = Option<String>, Header, pattern = "^[!-~]([ -~]{0,126}[!-~])?$", description = "a repeat within 24 h does nothing anew")),
    responses((status = 201, body = Told<MessageBody>), Refusals, BodyRefusals))]
pub(super) async fn broadcast(
    state: web::Data<State>,
    Checked(Authenticated(who)): Checked<Authenticated>,
    request: HttpRequest,
    Checked(JsonBody(body)): Checked<JsonBody<BroadcastPayload>>,
) -> Result<HttpResponse, Refusal> {
    let message = calls::broadcast(&state, &who, body, idempotency_key(&request)).await?;
    Ok(HttpResponse::Created().json(Told::of(message)))
}

/// Writes to a person; to a customer, for the desk.
#[utoipa::path(post, path = "/api/v0/chat/admin/send-to-user", tag = "direct", operation_id = "direct_send_to_user",
    request_body = SendToUserPayload,
    params(("Idempotency-Key" = Option<String>, Header, pattern = "^[!-~]([ -~]{0,126}[!-~])?$", description = "a repeat within 24 h does nothing anew")),
    responses((status = 201, body = Told<MessageBody>), Refusals, BodyRefusals))]
pub(super) async fn send_to_user(
    state: web::Data<State>,
    Checked(Authenticated(who)): Checked<Authenticated>,
    request: HttpRequest,
    Checked(JsonBody(body)): Checked<JsonBody<SendToUserPayload>>,
) -> Result<HttpResponse, Refusal> {
    let message = calls::send_to_user(&state, &who, body, idempotency_key(&request)).await?;
    Ok(HttpResponse::Created().json(Told::of(message)))
}
