//! Who is there.

use actix_web::{HttpRequest, web};

use super::{
    messages::path_id,
    wire::{StatusBody, Told},
};
use crate::{
    dialect::envelope::{Checked, Refusal, Refusals},
    http::Authenticated,
    service::person,
    state::State,
};

/// The others who are there, at most 500.
#[utoipa::path(get, path = "/api/v0/chat/online-users", tag = "direct", operation_id = "direct_list_online",
    responses((status = 200, body = Told<Vec<StatusBody>>), Refusals))]
pub(super) async fn list_online(
    state: web::Data<State>,
    Checked(Authenticated(who)): Checked<Authenticated>,
) -> Result<web::Json<Told<Vec<StatusBody>>>, Refusal> {
    let online = person::online(&state, &who).await?;
    Ok(web::Json(Told::of(online.into_iter().map(Into::into).collect())))
}

/// Whether a person is there.
#[utoipa::path(get, path = "/api/v0/chat/user-status/{id}", tag = "direct", operation_id = "direct_show_status",
    params(("id" = i32, Path, minimum = 1)), responses((status = 200, body = Told<StatusBody>), Refusals))]
pub(super) async fn show_status(
    state: web::Data<State>,
    Checked(Authenticated(who)): Checked<Authenticated>,
    request: HttpRequest,
) -> Result<web::Json<Told<StatusBody>>, Refusal> {
    let id = path_id(&request, "userId")?;
    Ok(web::Json(Told::of(person::status(&state, &who, id).await?.into())))
}
