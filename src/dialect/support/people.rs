//! The caller, the desk's admins, guests, and what a page needs to know first.

use actix_web::{HttpResponse, web};
use chrono::{Duration, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::wire::PersonBody;
use crate::{
    domain::{Person, Timestamp},
    http::{Authenticated, OptionalJson, PathId, Problem},
    identity::{NewToken, mint},
    service::person::{self, Guest},
    state::State,
};

/// The caller, as their token has them.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Me)]
pub(super) struct MeBody {
    #[serde(flatten)]
    person: PersonBody,
    /// When the token ends.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
}

/// Who the caller is.
#[utoipa::path(get, path = "/api/chat/me", tag = "people", responses((status = 200, body = MeBody)))]
pub(super) async fn show_me(Authenticated(who): Authenticated) -> web::Json<MeBody> {
    web::Json(MeBody { person: (&who.person).into(), expires_at: who.expires_at.into() })
}

/// An admin of the desk.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Admin)]
pub(super) struct AdminBody {
    id: i32,
    name: Option<String>,
    email: Option<String>,
    online: bool,
}

/// The admins to whom a room can be given.
#[utoipa::path(get, path = "/api/chat/admins", tag = "people", responses((status = 200, body = Vec<AdminBody>)))]
pub(super) async fn list_admins(
    state: web::Data<State>,
    Authenticated(who): Authenticated,
) -> Result<web::Json<Vec<AdminBody>>, Problem> {
    let admins = person::list_admins(&state, &who).await?.into_iter().map(|colleague| AdminBody {
        id: colleague.person.id,
        name: colleague.person.name,
        email: colleague.person.email,
        online: colleague.online,
    });
    Ok(web::Json(admins.collect()))
}

/// Ends all streams and sockets of a person, at every process: one's own, or for an admin anybody's. They come back if
/// their token is still good.
#[utoipa::path(delete, path = "/api/chat/people/{id}/streams", tag = "people",
    params(("id" = i32, Path, minimum = 1)), responses((status = 204)))]
pub(super) async fn disconnect(
    state: web::Data<State>,
    Authenticated(who): Authenticated,
    PathId(id): PathId,
) -> Result<HttpResponse, Problem> {
    person::disconnect(&state, &who, id).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// What a visitor says of themselves.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
pub(super) struct GuestBody {
    name: Option<String>,
    #[schema(format = Email)]
    email: Option<String>,
}

/// An identity with its token.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = SignedIn)]
pub(super) struct SignedInBody {
    token: String,
    user: PersonBody,
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
}

/// Gives a visitor without a token an identity, where `guests.enabled` says so.
#[utoipa::path(post, path = "/api/chat/guests", tag = "people", request_body(content = Option<GuestBody>),
    responses((status = 201, body = SignedInBody)))]
pub(super) async fn welcome_guest(
    state: web::Data<State>,
    OptionalJson(body): OptionalJson<GuestBody>,
) -> Result<HttpResponse, Problem> {
    let person = person::welcome(&state, Guest { name: body.name, email: body.email }).await?;
    let lifetime = Duration::days(state.settings.guests.ttl_days.into());
    Ok(HttpResponse::Created().json(sign_in(&state, person, lifetime)?))
}

/// A token of our own for a person.
pub(super) fn sign_in(state: &State, person: Person, lifetime: Duration) -> Result<SignedInBody, Problem> {
    let secret = state.settings.auth.secret().ok_or_else(Problem::internal)?;
    let issued_at = Utc::now();
    let expires_at = issued_at + lifetime;
    let claims = NewToken {
        user_id: person.id,
        role: person.role,
        name: person.name.clone(),
        email: person.email.clone(),
        issued_at,
        expires_at,
    };
    let token = mint(secret, &claims).map_err(|error| {
        tracing::error!(%error, "a token could not be minted");
        Problem::internal()
    })?;
    Ok(SignedInBody { token, user: (&person).into(), expires_at: expires_at.into() })
}

/// Whether something is switched on.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub(super) struct Switch {
    enabled: bool,
}

/// Limits that a form can check before it sends.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct TextLimits {
    message_chars: usize,
    subject_chars: usize,
}

/// What a page needs to know first.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[schema(as = Config)]
pub(super) struct ConfigBody {
    guests: Switch,
    demo: Switch,
    limits: TextLimits,
    version: &'static str,
}

/// What a page needs to know first.
#[utoipa::path(get, path = "/api/chat/config", tag = "people", responses((status = 200, body = ConfigBody)))]
pub(super) async fn show_config(state: web::Data<State>) -> web::Json<ConfigBody> {
    let settings = &state.settings;
    web::Json(ConfigBody {
        guests: Switch { enabled: settings.guests.enabled },
        demo: Switch { enabled: settings.demo.enabled },
        limits: TextLimits {
            message_chars: settings.limits.message_chars,
            subject_chars: settings.limits.subject_chars,
        },
        version: env!("CARGO_PKG_VERSION"),
    })
}
