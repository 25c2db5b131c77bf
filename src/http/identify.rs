//! Who calls: a parameter that a handler asks for, so that it cannot be forgotten.

use std::{future::Future, pin::Pin};

use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header, web};

use super::{Problem, QueryMap, origin::refuse_foreign_cookie};
use crate::{
    domain::Principal,
    identity::{self, Credential, Verifier},
    service::person::{Caller, recognise},
    state::State,
};

/// The only path on which a token may stand in the query: an `EventSource` cannot send headers.
const TOKEN_IN_QUERY: &str = "/api/chat/sse";
/// Reads that may make something, so a foreign page's cookie is refused there too.
const CHANGING_READS: [&str; 2] = ["/api/chat/room", "/api/v0/chat/conversation/{id}"];

/// The person whose token came with the request. Rejects with 401 when there is none or it is not genuine.
#[derive(Clone, Debug)]
pub struct Authenticated(pub Principal);

impl FromRequest for Authenticated {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let state = request.app_data::<web::Data<State>>().ok_or_else(Problem::internal)?;
            let verifier = request.app_data::<web::Data<Verifier>>().ok_or_else(Problem::internal)?;
            let caller = caller(&request, state, verifier)?;
            Ok(Self(recognise(state, caller).await?))
        })
    }
}

/// The token that a request carries, not verified.
pub(super) fn credential(request: &HttpRequest, with_sessions: bool) -> Option<Credential> {
    let text = |name: header::HeaderName| request.headers().get(name).and_then(|value| value.to_str().ok());
    let cookies = request
        .headers()
        .get_all(header::COOKIE)
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (name.trim(), value.trim().trim_matches('"')));
    let in_query =
        (request.path() == TOKEN_IN_QUERY).then(|| QueryMap::of(request)).and_then(|mut query| query.take("token"));
    identity::find(text(header::AUTHORIZATION), cookies, in_query.as_deref(), with_sessions)
}

fn caller(request: &HttpRequest, state: &State, verifier: &Verifier) -> Result<Caller, Problem> {
    let credential =
        credential(request, verifier.reads_sessions()).ok_or_else(|| Problem::unauthenticated("a token is needed"))?;
    if credential.source.is_ambient() {
        // The route, not the path: an address may spell a letter as %72.
        let changes = request.match_pattern().is_some_and(|route| CHANGING_READS.contains(&route.as_str()));
        refuse_foreign_cookie(request, &state.settings.server, changes)?;
    }
    let claims = verifier.verify(&credential).map_err(|reason| Problem::unauthenticated(reason.to_string()))?;
    Ok(Caller {
        user_id: claims.user_id,
        role: claims.role,
        name: claims.name,
        email: claims.email,
        expires_at: claims.expires_at,
    })
}
