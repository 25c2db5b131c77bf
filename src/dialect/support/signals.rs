//! Signals that are not stored.

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    http::{Authenticated, JsonBody, PathId, Problem},
    service::stream,
    state::State,
};

/// Whether the caller types.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct TypingBody {
    is_typing: bool,
}

/// Tells the room that the caller types. It ends by itself 5 s after the last call.
#[utoipa::path(post, path = "/api/chat/rooms/{id}/typing", tag = "signals", params(("id" = i32, Path, minimum = 1)),
    request_body = TypingBody, responses((status = 204)))]
pub(super) async fn set_typing(
    state: web::Data<State>,
    Authenticated(who): Authenticated,
    PathId(id): PathId,
    JsonBody(body): JsonBody<TypingBody>,
) -> Result<HttpResponse, Problem> {
    stream::set_typing(&state, &who, id, body.is_typing).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Whether the caller looks at the room.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ViewingBody {
    is_viewing: bool,
}

/// Tells the other admins that the caller looks at the room. It ends by itself 30 s after the last call.
#[utoipa::path(post, path = "/api/chat/rooms/{id}/viewing", tag = "signals", params(("id" = i32, Path, minimum = 1)),
    request_body = ViewingBody, responses((status = 204)))]
pub(super) async fn set_viewing(
    state: web::Data<State>,
    Authenticated(who): Authenticated,
    PathId(id): PathId,
    JsonBody(body): JsonBody<ViewingBody>,
) -> Result<HttpResponse, Problem> {
    stream::set_viewing(&state, &who, id, body.is_viewing).await?;
    Ok(HttpResponse::NoContent().finish())
}
