//! What admins change of a room.

use actix_web::web;
use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;

use super::wire::{PriorityName, RoomBody, StatusName};
use crate::{
    http::{Authenticated, JsonBody, OptionalJson, PathId, Problem},
    service::room::{self, ManageRoom},
    state::State,
};

/// What to change.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct ManageRoomBody {
    status: Option<StatusName>,
    priority: Option<PriorityName>,
    /// The id of an admin; null takes the room from whoever has it.
    #[serde(default, deserialize_with = "present")]
    #[schema(value_type = Option<i32>, minimum = 1)]
    admin_id: Option<Option<i32>>,
}

/// Tells null, which unassigns, from a field that is not there.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<i32>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// Changes a room's status, priority or admin.
#[utoipa::path(patch, path = "/api/chat/rooms/{id}/manage", tag = "rooms", params(("id" = i32, Path, minimum = 1)),
    request_body = ManageRoomBody, responses((status = 200, body = RoomBody)))]
pub(super) async fn manage_room(
    state: web::Data<State>,
    Authenticated(who): Authenticated,
    PathId(id): PathId,
    JsonBody(body): JsonBody<ManageRoomBody>,
) -> Result<web::Json<RoomBody>, Problem> {
    let command = ManageRoom {
        status: body.status.map(Into::into),
        priority: body.priority.map(Into::into),
        admin_id: body.admin_id,
    };
    let room = room::manage(&state, &who, id, command).await?;
    Ok(web::Json(RoomBody::of(&room, who.side())))
}

/// Who gets a room.
#[derive(Clone, Copy, Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct AssignRoomBody {
    /// The id of an admin; absent, the caller.
    #[schema(minimum = 1)]
    admin_id: Option<i32>,
}

/// Assigns a room to an admin.
#[utoipa::path(patch, path = "/api/chat/rooms/{id}/assign", tag = "rooms", params(("id" = i32, Path, minimum = 1)),
    request_body(content = Option<AssignRoomBody>), responses((status = 200, body = RoomBody)))]
pub(super) async fn assign_room(
    state: web::Data<State>,
    Authenticated(who): Authenticated,
    PathId(id): PathId,
    OptionalJson(body): OptionalJson<AssignRoomBody>,
) -> Result<web::Json<RoomBody>, Problem> {
    let room = room::assign(&state, &who, id, body.admin_id).await?;
    Ok(web::Json(RoomBody::of(&room, who.side())))
}

/// Closes a room.
#[utoipa::path(patch, path = "/api/chat/rooms/{id}/close", tag = "rooms", params(("id" = i32, Path, minimum = 1)),
    responses((status = 200, body = RoomBody)))]
pub(super) async fn close_room(
    state: web::Data<State>,
    Authenticated(who): Authenticated,
    PathId(id): PathId,
) -> Result<web::Json<RoomBody>, Problem> {
    let room = room::close(&state, &who, id).await?;
    Ok(web::Json(RoomBody::of(&room, who.side())))
}
