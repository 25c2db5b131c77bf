//! What went wrong, in the envelope of seed 003.

use std::fmt;

use actix_web::{
    HttpResponse, ResponseError,
    body::BoxBody,
    http::{
        StatusCode,
        header::{self, HeaderValue},
    },
};
use serde::Serialize;
use utoipa::{IntoResponses, ToSchema};

use crate::{
    http::Problem,
    service::{self, Fields},
};

/// A call that failed. Its answer has the status and the headers of the problem.
#[derive(Debug)]
pub(super) struct Failure(Problem);

impl Failure {
    /// The same with other names for its fields, as the call has them.
    pub(super) fn renamed(self, names: &[(&str, &str)]) -> Self {
        Self(self.0.renamed(names))
    }
}

/// A call that failed.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MessengerFailure)]
pub(super) struct FailureBody<'a> {
    /// Always false.
    success: bool,
    /// What is wrong, for programs.
    #[schema(example = "invalid_input")]
    code: &'static str,
    /// What is wrong, for people.
    message: &'a str,
    /// Bad input: the reasons for each parameter.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<std::collections::BTreeMap<String, Vec<String>>>)]
    errors: Option<&'a Fields>,
}

/// How any call may fail. Bad input stands at each call, by which its body gets into the document.
#[derive(IntoResponses)]
#[allow(dead_code, reason = "documents what a `Failure` answers")]
pub(super) enum Failures {
    /// No token, or one that is not genuine
    #[response(status = 401)]
    Unauthenticated(FailureBody<'static>),
    /// Not for this caller
    #[response(status = 403)]
    Forbidden(FailureBody<'static>),
    /// No such thing
    #[response(status = 404)]
    NotFound(FailureBody<'static>),
    /// Too many requests; see Retry-After
    #[response(status = 429)]
    TooMany(FailureBody<'static>),
    /// Not available now; see Retry-After
    #[response(status = 503)]
    Unavailable(FailureBody<'static>),
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

impl From<service::Error> for Failure {
    fn from(error: service::Error) -> Self {
        Self(error.into())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl ResponseError for Failure {
    fn status_code(&self) -> StatusCode {
        self.0.status
    }

    fn error_response(&self) -> HttpResponse {
        let problem = &self.0;
        let body = FailureBody {
            success: false,
            code: problem.code,
            message: &problem.detail,
            errors: problem.errors.as_ref(),
        };
        let mut response = problem.error_response();
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        match serde_json::to_vec(&body) {
            Ok(json) => response.set_body(BoxBody::new(json)),
            Err(error) => {
                tracing::error!(%error, "a failure could not be spelled");
                response
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use actix_web::{ResponseError, body::to_bytes};
    use serde_json::{Value, json};

    use super::{Failure, Problem};

    #[tokio::test]
    async fn a_failure_keeps_the_status_and_headers_of_its_problem() {
        let told = [
            (
                Problem::unauthenticated("a token is needed"),
                ("www-authenticate", "Bearer"),
                json!({ "success": false, "code": "unauthenticated", "message": "a token is needed" }),
            ),
            (
                Problem::rate_limited("slow down", Duration::from_millis(1200)),
                ("retry-after", "2"),
                json!({ "success": false, "code": "rate_limited", "message": "slow down" }),
            ),
            (
                Problem::invalid_field("limit", "must be a number"),
                ("content-type", "application/json"),
                json!({
                    "success": false,
                    "code": "invalid_input",
                    "message": "limit: must be a number",
                    "errors": { "limit": ["must be a number"] },
                }),
            ),
        ];
        for (problem, (name, value), expected) in told {
            let status = problem.status;
            let response = Failure::from(problem).error_response();
            assert_eq!(response.status(), status);
            assert_eq!(response.headers().get(name).and_then(|value| value.to_str().ok()), Some(value));
            let body = to_bytes(response.into_body()).await.expect("a body");
            assert_eq!(serde_json::from_slice::<Value>(&body).expect("JSON"), expected);
        }
    }
}
