//! Errors as `application/problem+json` (RFC 9457), in one table.

use std::{fmt, time::Duration};

use actix_web::{
    HttpResponse, ResponseError,
    http::{StatusCode, header},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    database::{DbErr, is_full, is_passing},
    service::{self, Fields},
};

/// Seconds after which a client may try again when the service was not available.
const RETRY_SECONDS: u64 = 1;
/// Characters of a client's word that an error repeats.
const MOST_NAME_CHARS: usize = 64;

/// An error document.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Problem {
    /// A URI for the kind of problem; always `about:blank`, `code` tells kinds apart.
    #[serde(rename = "type")]
    #[schema(example = "about:blank")]
    pub kind: &'static str,
    /// The status in words.
    #[schema(example = "Bad Request")]
    pub title: &'static str,
    /// The HTTP status.
    #[schema(value_type = u16, example = 400)]
    #[serde(serialize_with = "as_number")]
    pub status: StatusCode,
    /// What is wrong, for people.
    pub detail: String,
    /// What is wrong, for programs.
    #[schema(example = "invalid_input")]
    pub code: &'static str,
    /// Bad input: the reasons for each field.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<std::collections::BTreeMap<String, Vec<String>>>)]
    pub errors: Option<Fields>,
    #[serde(skip)]
    retry_after: Option<u64>,
    #[serde(skip)]
    allow: Option<String>,
}

fn as_number<S: serde::Serializer>(status: &StatusCode, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_u16(status.as_u16())
}

impl Problem {
    fn new(status: StatusCode, code: &'static str, detail: impl Into<String>) -> Self {
        Self {
            kind: "about:blank",
            title: status.canonical_reason().unwrap_or("Error"),
            status,
            detail: detail.into(),
            code,
            errors: None,
            retry_after: None,
            allow: None,
        }
    }

    /// 400: these fields are wrong.
    pub fn invalid(errors: Fields) -> Self {
        let first = errors.iter().next();
        let detail = match first.and_then(|(field, reasons)| reasons.first().map(|reason| (field, reason))) {
            Some((field, reason)) => format!("{field}: {reason}"),
            None => "the input is not valid".to_owned(),
        };
        Self { errors: Some(errors), ..Self::new(StatusCode::BAD_REQUEST, "invalid_input", detail) }
    }

    /// 400: this field is wrong.
    pub fn invalid_field(field: &str, reason: impl fmt::Display) -> Self {
        Self::invalid(Fields::from([(field.to_owned(), vec![reason.to_string()])]))
    }

    /// 401: nobody, or not who they say.
    pub fn unauthenticated(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthenticated", detail)
    }

    /// 403: not for this caller.
    pub fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", detail)
    }

    /// 404: not there.
    pub fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", detail)
    }

    /// 404: a Socket.IO event that the namespace does not know.
    pub fn unknown_event(event: &str) -> Self {
        let name: String = event.chars().take(MOST_NAME_CHARS).collect();
        Self::new(StatusCode::NOT_FOUND, "unknown_event", format!("there is no event named {name:?}"))
    }

    /// The same with other names for its fields, as a dialect has them.
    #[must_use]
    pub fn renamed(mut self, names: &[(&str, &str)]) -> Self {
        let Some(errors) = self.errors.take() else { return self };
        let rename = |field: String| match names.iter().find(|(from, _)| *from == field) {
            Some((_, to)) => (*to).to_owned(),
            None => field,
        };
        Self {
            allow: self.allow,
            ..Self::invalid(errors.into_iter().map(|(field, why)| (rename(field), why)).collect())
        }
    }

    /// Seconds to wait before another try.
    pub fn retry_after(&self) -> Option<u64> {
        self.retry_after
    }

    /// 405: `allow` lists the methods that the path takes.
    pub fn method_not_allowed(allow: &str) -> Self {
        let detail = format!("this path takes {allow}");
        Self {
            allow: Some(allow.to_owned()),
            ..Self::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", detail)
        }
    }

    /// 413: more bytes than that.
    pub fn too_large(most: usize) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", format!("a body may have at most {most} bytes"))
    }

    /// 415: not JSON.
    pub fn unsupported_media_type() -> Self {
        Self::new(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            "unsupported_media_type",
            "the body must be JSON, with Content-Type: application/json",
        )
    }

    /// 429: too much at once.
    pub fn rate_limited(detail: impl Into<String>, wait: Duration) -> Self {
        let seconds = wait.as_millis().div_ceil(1000).max(1);
        let retry_after = Some(u64::try_from(seconds).unwrap_or(u64::MAX));
        Self { retry_after, ..Self::new(StatusCode::TOO_MANY_REQUESTS, "rate_limited", detail) }
    }

    /// 503: not now.
    pub fn unavailable(detail: impl Into<String>) -> Self {
        Self { retry_after: Some(RETRY_SECONDS), ..Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", detail) }
    }

    /// 500: a fault of ours. Says nothing of the inside.
    pub fn internal() -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "something went wrong here")
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.detail)
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status);
        response.insert_header((header::CACHE_CONTROL, "no-store"));
        if let Some(seconds) = self.retry_after {
            response.insert_header((header::RETRY_AFTER, seconds));
        }
        if let Some(allow) = &self.allow {
            response.insert_header((header::ALLOW, allow.as_str()));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            response.insert_header((header::WWW_AUTHENTICATE, "Bearer"));
        }
        response.content_type("application/problem+json").json(self)
    }
}

impl From<service::Error> for Problem {
    fn from(error: service::Error) -> Self {
        match error {
            service::Error::Invalid(fields) => Self::invalid(fields),
            service::Error::Forbidden(detail) => Self::forbidden(detail),
            service::Error::NotFound(detail) => Self::not_found(detail),
            service::Error::RoomClosed => Self::new(StatusCode::CONFLICT, "room_closed", error.to_string()),
            service::Error::TooMany(detail, wait) => Self::rate_limited(detail, wait),
            service::Error::Unavailable => Self::unavailable(error.to_string()),
            service::Error::Database(error) => of_database(&error),
        }
    }
}

/// Nothing but what passes by itself is worth another try.
fn of_database(error: &DbErr) -> Problem {
    if is_full(error) {
        tracing::error!(%error, "the database is full");
        return Problem::unavailable("the database has no space left");
    }
    if is_passing(error) {
        tracing::warn!(%error, "the database is not available");
        return Problem::unavailable("the database is not available");
    }
    tracing::error!(%error, "the database failed");
    Problem::internal()
}
