//! JSON bodies: bounded, and with errors that name the field.

use std::{future::Future, pin::Pin, time::Duration};

use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload, http::header, web};
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt;
use serde::{
    Deserializer,
    de::{DeserializeOwned, IgnoredAny},
};
use serde_json::Value;

use super::Problem;
use crate::state::State;

/// Of a body that is too large, so much is read and dropped, so that a client which writes before it reads gets the
/// answer; past that the connection is closed.
const DRAINED_BYTES: usize = 1_048_576;
/// A body must be sent within this time.
const BODY_TIMEOUT: Duration = Duration::from_secs(20);

const MOST_REASON_CHARS: usize = 200;

/// A body that must be there.
#[derive(Clone, Copy, Debug)]
pub struct JsonBody<T>(pub T);

/// A body that may be left out.
#[derive(Clone, Copy, Debug)]
pub struct OptionalJson<T>(pub T);

impl<T: DeserializeOwned + 'static> FromRequest for JsonBody<T> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, mut payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let body = read_in_time(&request, &mut payload).await?;
            require_json(&request)?;
            parse(&body).map(Self)
        })
    }
}

impl<T: DeserializeOwned + Default + 'static> FromRequest for OptionalJson<T> {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, mut payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let body = read_in_time(&request, &mut payload).await?;
            if matches!(body.trim_ascii(), b"" | b"null") {
                return Ok(Self(T::default()));
            }
            require_json(&request)?;
            parse(&body).map(Self)
        })
    }
}

fn require_json(request: &HttpRequest) -> Result<(), Problem> {
    let content_type = request.content_type();
    let json = content_type.eq_ignore_ascii_case("application/json")
        || (content_type.starts_with("application/") && content_type.ends_with("+json"));
    if json { Ok(()) } else { Err(Problem::unsupported_media_type()) }
}

async fn read_in_time(request: &HttpRequest, payload: &mut Payload) -> Result<Bytes, Problem> {
    let too_slow = |_| Problem::invalid_field("body", "was not sent in time");
    tokio::time::timeout(BODY_TIMEOUT, read(request, payload)).await.map_err(too_slow)?
}

async fn read(request: &HttpRequest, payload: &mut Payload) -> Result<Bytes, Problem> {
    let most = request
        .app_data::<web::Data<State>>()
        .map(|state| state.settings.limits.body_bytes)
        .ok_or_else(Problem::internal)?;
    if request.headers().contains_key(header::CONTENT_ENCODING) {
        return Err(Problem::unsupported_media_type());
    }
    let mut body = BytesMut::new();
    let mut seen = 0;
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| Problem::invalid_field("body", "could not be read"))?;
        seen += chunk.len();
        if seen <= most {
            body.extend_from_slice(&chunk);
        } else if seen > most.saturating_add(DRAINED_BYTES) {
            break;
        }
    }
    if seen > most { Err(Problem::too_large(most)) } else { Ok(body.freeze()) }
}

/// Parses a JSON object; an error names the field that is wrong, or `body` when all of it is.
fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Problem> {
    let wrong_body = |reason: String| wrong("body", &reason);
    if let Err(error) = serde_json::from_slice::<IgnoredAny>(body) {
        return Err(wrong_body(reason_of(&error)));
    }
    // Serde would take an array for an object whose fields come in that order.
    if body.iter().find(|byte| !byte.is_ascii_whitespace()) != Some(&b'{') {
        return Err(wrong_body("it must be an object".to_owned()));
    }
    object_of(&mut serde_json::Deserializer::from_slice(body), "body")
}

/// A JSON object as what it stands for.
///
/// # Errors
/// 400 names the field that is wrong, or `whole` when all of it is.
pub fn object_of_value<T: DeserializeOwned>(value: &Value, whole: &str) -> Result<T, Problem> {
    if !value.is_object() {
        return Err(wrong(whole, "it must be an object"));
    }
    object_of(value, whole)
}

fn object_of<'de, T: DeserializeOwned>(
    json: impl Deserializer<'de, Error = serde_json::Error>,
    whole: &str,
) -> Result<T, Problem> {
    serde_path_to_error::deserialize(json).map_err(|error| {
        let path = error.path().to_string();
        let reason = reason_of(error.inner());
        match missing_field(&reason) {
            Some(field) => Problem::invalid_field(field, "is missing"),
            None if path == "." => wrong(whole, &reason),
            None => Problem::invalid_field(&path, reason),
        }
    })
}

fn wrong(whole: &str, reason: &str) -> Problem {
    Problem::invalid_field(whole, format!("is not the JSON that is expected: {reason}"))
}

/// The parser's text without the place, which says nothing once the field is named. It quotes what was sent, so it is cut.
fn reason_of(error: &serde_json::Error) -> String {
    let text = error.to_string();
    let end = text.rfind(" at line ").unwrap_or(text.len());
    text[..end].chars().take(MOST_REASON_CHARS).collect()
}

fn missing_field(reason: &str) -> Option<&str> {
    reason.strip_prefix("missing field `")?.strip_suffix('`')
}
