//! Pages of other origins: which may call, and which may not use a cookie.

use actix_cors::Cors;
use actix_web::{
    HttpRequest,
    http::{Method, header},
};

use super::Problem;
use crate::config;

/// Seconds that a browser may remember a preflight's answer.
const PREFLIGHT_SECONDS: usize = 3600;

/// Which pages may call from a browser, cookies included: those of `server.client_urls`, and pages on this machine where
/// `server.local_pages` says so.
pub fn cors(settings: &config::Server) -> Cors {
    let allowed = settings.clone();
    Cors::default()
        .allowed_origin_fn(move |origin, _| origin.to_str().is_ok_and(|origin| is_allowed(origin, &allowed)))
        .allowed_methods(["GET", "POST", "PUT", "PATCH", "DELETE"])
        .allowed_headers([
            header::AUTHORIZATION.as_str(),
            header::CONTENT_TYPE.as_str(),
            header::CACHE_CONTROL.as_str(),
            "idempotency-key",
            "last-event-id",
        ])
        .expose_headers([header::LINK.as_str(), header::RETRY_AFTER.as_str(), "x-request-id"])
        .supports_credentials()
        .block_on_origin_mismatch(false)
        .max_age(PREFLIGHT_SECONDS)
}

fn is_allowed(origin: &str, settings: &config::Server) -> bool {
    settings.client_urls.iter().any(|url| url == origin) || (settings.local_pages && is_local(origin))
}

fn is_local(origin: &str) -> bool {
    let Some(host) = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://")) else { return false };
    let name = host
        .rsplit_once(':')
        .filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit()))
        .map_or(host, |(name, _)| name);
    matches!(name, "localhost" | "127.0.0.1" | "[::1]")
}

/// Refuses a cookie that a page of a foreign origin made the browser send along with a change. A browser always names
/// the origin of such a request; a program that names none is not a browser.
pub(super) fn refuse_foreign_cookie(
    request: &HttpRequest,
    settings: &config::Server,
    changes: bool,
) -> Result<(), Problem> {
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if safe && !changes {
        return Ok(());
    }
    let text = |name: &str| request.headers().get(name).map(|value| value.to_str().unwrap_or("null"));
    let own = |origin: &str| {
        let host = text("host").or_else(|| request.uri().authority().map(|authority| authority.as_str()));
        let rest = origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"));
        rest.is_some() && rest == host
    };
    let elsewhere = matches!(text("sec-fetch-site"), Some("cross-site" | "same-site"));
    let foreign = match text("origin") {
        // A page of the own host by plain HTTP may be anybody's on the way. Only the browser knows that it is no HTTPS page,
        // as a proxy may stand before this program.
        Some(origin) => !is_allowed(origin, settings) && (!own(origin) || elsewhere),
        None => elsewhere,
    };
    if foreign {
        return Err(Problem::forbidden("a cookie is not accepted from a page of this origin"));
    }
    Ok(())
}
