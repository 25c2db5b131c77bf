//! Ids in paths.

use std::future::{Ready, ready};

use actix_web::{FromRequest, HttpRequest, dev::Payload};

use super::Problem;

/// The `{id}` of a path. What is no positive 32-bit number names nothing, so it is answered with 404.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PathId(pub i32);

impl FromRequest for PathId {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let id = request.match_info().get("id").and_then(id_of);
        ready(id.map(Self).ok_or_else(|| Problem::not_found("there is nothing by this id")))
    }
}

/// An id, spelled as a number from 1 to 2147483647 without a sign.
pub fn id_of(text: &str) -> Option<i32> {
    let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|id| digits && *id > 0)
}
