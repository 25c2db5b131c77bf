//! What every request leaves behind: an id, a log line without secrets, a metric, and the headers of every answer.

use std::time::Instant;

use actix_web::{
    Error, HttpMessage,
    body::MessageBody,
    dev::{ServiceRequest, ServiceResponse},
    http::{
        Method,
        header::{self, HeaderName, HeaderValue},
    },
    middleware::Next,
    web,
};
use rand::Rng;

use crate::state::State;

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const MOST_ID_BYTES: usize = 64;

/// The id by which a request is found in the logs.
#[derive(Clone, Debug)]
struct RequestId(String);

/// Middleware, outermost: takes over or makes a request id, measures, logs. The query string is never logged, as a token
/// may stand in it.
///
/// # Errors
/// The inner service's error.
pub async fn observe<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, Error> {
    let begun = Instant::now();
    let RequestId(id) = request_id(&request);
    request.extensions_mut().insert(RequestId(id.clone()));
    let method = request.method().clone();
    let path = request.path().to_owned();
    let state = request.app_data::<web::Data<State>>().cloned();
    let mut response = next.call(request).await?;
    let status = response.status().as_u16();
    let route = response.request().match_pattern().unwrap_or_else(|| "unknown".to_owned());
    if let Some(state) = state {
        state.metrics.answered(label(&method), &route, status, begun.elapsed());
    }
    let micros = u64::try_from(begun.elapsed().as_micros()).unwrap_or(u64::MAX);
    if status >= 500 {
        tracing::error!(request_id = %id, %method, path, status, micros, "answered");
    } else {
        tracing::debug!(request_id = %id, %method, path, status, micros, "answered");
    }
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::from_str(&id) {
        headers.insert(REQUEST_ID, id);
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    // What the API answers is for the caller alone, and no cache knows cookies from bearer tokens.
    if route.starts_with("/api/") && !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    Ok(response)
}

/// A method as a label of the metrics. A client may invent methods, and each would be a series that is kept for ever.
fn label(method: &Method) -> &str {
    const KNOWN: [Method; 7] =
        [Method::GET, Method::HEAD, Method::POST, Method::PUT, Method::PATCH, Method::DELETE, Method::OPTIONS];
    if KNOWN.contains(method) { method.as_str() } else { "other" }
}

/// The caller's id if it is short and plain, so that nobody forges log lines; else a random one.
fn request_id(request: &ServiceRequest) -> RequestId {
    let given = request.headers().get(&REQUEST_ID).and_then(|value| value.to_str().ok());
    let plain = |id: &&str| {
        !id.is_empty()
            && id.len() <= MOST_ID_BYTES
            && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
    };
    let made = || format!("{:016x}", rand::rng().random::<u64>());
    RequestId(given.filter(plain).map_or_else(made, ToOwned::to_owned))
}

#[cfg(test)]
mod tests {
    use super::{Method, label};

    #[test]
    fn an_invented_method_makes_no_series_of_its_own() {
        let invented = Method::from_bytes(b"BREW").expect("a token");
        assert_eq!((label(&Method::GET), label(&invented), label(&Method::TRACE)), ("GET", "other", "other"));
    }
}
