//! What went wrong, in the envelope that seeds 002 and 003 share: `{success: false, …}`.

use std::{fmt, future::Future, pin::Pin};

use actix_web::{
    FromRequest, HttpRequest, HttpResponse, ResponseError,
    body::BoxBody,
    dev::Payload,
    http::{StatusCode, header},
};
use serde::Serialize;
use utoipa::{IntoResponses, ToSchema};

use crate::{
    http::Problem,
    service::{self, Fields},
};

/// A call that failed. Its answer has the status and the headers of the problem.
#[derive(Debug)]
pub(super) struct Refusal(Problem);

/// A call that failed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Refusal)]
pub(super) struct RefusalBody {
    /// Always false.
    success: bool,
    /// What is wrong, for programs.
    #[schema(example = "invalid_input")]
    code: &'static str,
    /// What is wrong, for people.
    message: String,
    /// Bad input: the reasons for each field.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<std::collections::BTreeMap<String, Vec<String>>>)]
    errors: Option<Fields>,
}

/// The ways in which any call may fail. A document gets the schema of the body from
/// a call that names it itself.
#[derive(IntoResponses)]
#[allow(dead_code, reason = "documents what `Refusal` answers")]
pub(super) enum Refusals {
    /// Bad input; see errors
    #[response(status = 400)]
    Invalid(RefusalBody),
    /// No token, or one that is not genuine
    #[response(status = 401)]
    Unauthenticated(RefusalBody),
    /// Not for this caller
    #[response(status = 403)]
    Forbidden(RefusalBody),
    /// No such thing
    #[response(status = 404)]
    NotFound(RefusalBody),
    /// Too many requests; see Retry-After
    #[response(status = 429)]
    TooMany(RefusalBody),
    /// Not available now; see Retry-After
    #[response(status = 503)]
    Unavailable(RefusalBody),
}

/// In which more ways a call with a body may fail.
#[derive(IntoResponses)]
#[allow(dead_code, reason = "documents what `Refusal` answers")]
pub(super) enum BodyRefusals {
    /// The room is closed
    #[response(status = 409)]
    Closed(RefusalBody),
    /// The body is too large
    #[response(status = 413)]
    TooLarge(RefusalBody),
    /// The body is not JSON
    #[response(status = 415)]
    NotJson(RefusalBody),
}

impl Refusal {
    /// The same with other names for its fields, as a call has them.
    pub(super) fn renamed(self, names: &[(&str, &str)]) -> Self {
        Self(self.0.renamed(names))
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

impl From<service::Error> for Refusal {
    fn from(error: service::Error) -> Self {
        Self(error.into())
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl ResponseError for Refusal {
    fn status_code(&self) -> StatusCode {
        self.0.status
    }

    fn error_response(&self) -> HttpResponse {
        let Problem { code, detail, errors, .. } = &self.0;
        let body = RefusalBody { success: false, code, message: detail.clone(), errors: errors.clone() };
        let json = serde_json::to_string(&body).unwrap_or_default();
        let mut response = self.0.error_response().set_body(BoxBody::new(json));
        let content_type = header::HeaderValue::from_static("application/json");
        response.headers_mut().insert(header::CONTENT_TYPE, content_type);
        response
    }
}

/// What a request brings, refused in the envelope.
#[derive(Clone, Debug)]
pub(super) struct Checked<T>(pub(super) T);

impl<T> FromRequest for Checked<T>
where
    T: FromRequest<Error = Problem> + 'static,
    T::Future: 'static,
{
    type Error = Refusal;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Refusal>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let brought = T::from_request(request, payload);
        Box::pin(async move { brought.await.map(Self).map_err(Refusal) })
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use actix_web::{ResponseError, body::to_bytes, http::header};
    use serde_json::{Value, json};

    use super::{Problem, Refusal};

    #[tokio::test]
    async fn a_refusal_has_the_status_and_the_headers_of_the_problem() {
        let invalid = Refusal::from(Problem::invalid_field("receiverId", "is missing")).error_response();
        assert_eq!(invalid.status(), 400);
        assert_eq!(invalid.headers().get(header::CONTENT_TYPE).expect("a type"), "application/json");
        let body = to_bytes(invalid.into_body()).await.expect("a body");
        let expected = json!({
            "success": false,
            "code": "invalid_input",
            "message": "receiverId: is missing",
            "errors": { "receiverId": ["is missing"] },
        });
        assert_eq!(serde_json::from_slice::<Value>(&body).expect("JSON"), expected);

        let limited = Refusal::from(Problem::rate_limited("slow down", Duration::from_millis(1500))).error_response();
        assert_eq!(limited.status(), 429);
        assert_eq!(limited.headers().get(header::RETRY_AFTER).expect("a time"), "2");
        let body = to_bytes(limited.into_body()).await.expect("a body");
        let expected = json!({ "success": false, "code": "rate_limited", "message": "slow down" });
        assert_eq!(serde_json::from_slice::<Value>(&body).expect("JSON"), expected);
    }
}
