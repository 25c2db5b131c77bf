//! The demo people of development.

use actix_web::web;
use chrono::Duration;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    people::{SignedInBody, sign_in as sign_in_person},
    wire::PersonBody,
};
use crate::{
    domain::{Person, Role},
    http::{JsonBody, Problem},
    state::State,
};

const LIFETIME: Duration = Duration::hours(12);
const PEOPLE: [(&str, i32, Role, &str); 5] = [
    ("budi", 1001, Role::User, "Budi Santoso"),
    ("dewi", 1002, Role::User, "Dewi Lestari"),
    ("citra", 1003, Role::User, "Citra Amelia"),
    ("sari", 2001, Role::Admin, "Sari Wulandari"),
    ("adi", 2002, Role::Admin, "Adi Nugroho"),
];

/// Somebody to try Sapa as.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = DemoPerson)]
pub(super) struct DemoPersonBody {
    person: &'static str,
    user: PersonBody,
}

fn person((name, id, role, full_name): (&str, i32, Role, &str)) -> Person {
    Person { id, role, name: Some(full_name.to_owned()), email: Some(format!("{name}@example.test")) }
}

fn require_demo(state: &State) -> Result<(), Problem> {
    if state.settings.demo.enabled { Ok(()) } else { Err(Problem::not_found("there is no demo here")) }
}

/// The demo people. Only where `demo.enabled` says so, which production refuses.
#[utoipa::path(get, path = "/api/demo/people", tag = "demo", responses((status = 200, body = Vec<DemoPersonBody>)))]
pub(super) async fn list_people(state: web::Data<State>) -> Result<web::Json<Vec<DemoPersonBody>>, Problem> {
    require_demo(&state)?;
    let all = PEOPLE.map(|row| DemoPersonBody { person: row.0, user: (&person(row)).into() });
    Ok(web::Json(all.into()))
}

/// Which of them.
#[derive(Clone, Debug, Deserialize, ToSchema)]
pub(super) struct SignInBody {
    #[schema(example = "budi", pattern = "^(budi|dewi|citra|sari|adi)$")]
    person: String,
}

/// Signs a demo person in.
#[utoipa::path(post, path = "/api/demo/sign-in", tag = "demo", request_body = SignInBody,
    responses((status = 200, body = SignedInBody)))]
pub(super) async fn sign_in(
    state: web::Data<State>,
    JsonBody(body): JsonBody<SignInBody>,
) -> Result<web::Json<SignedInBody>, Problem> {
    require_demo(&state)?;
    let row = PEOPLE.into_iter().find(|row| row.0 == body.person);
    let row = row.ok_or_else(|| Problem::invalid_field("person", "must be one of the demo people"))?;
    Ok(web::Json(sign_in_person(&state, person(row), LIFETIME)?))
}
