//! `/healthz`, `/readyz` and `/metrics`.

use actix_web::{HttpResponse, web};
use serde::Serialize;
use utoipa::ToSchema;

use super::Problem;
use crate::{service::report, state::State};

/// What the service says of itself.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub(super) struct Readiness {
    /// `alive` or `ready`.
    #[schema(example = "ready")]
    pub status: &'static str,
    /// Whether the other processes are told at once: `connected` or `unreachable`. Only where Redis is used; without it
    /// they see in a few seconds what was written.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "connected")]
    pub redis: Option<&'static str>,
}

/// The process is alive.
#[utoipa::path(get, path = "/healthz", tag = "operation", responses((status = 200, body = Readiness)))]
pub(super) async fn healthz() -> web::Json<Readiness> {
    web::Json(Readiness { status: "alive", redis: None })
}

/// The service can serve: it is not stopping, and the database answers and takes writes.
#[utoipa::path(get, path = "/readyz", tag = "operation", responses((status = 200, body = Readiness)))]
pub(super) async fn readyz(state: web::Data<State>) -> Result<web::Json<Readiness>, Problem> {
    if let Err(reason) = report::readiness(&state).await {
        tracing::warn!(%reason, "not ready");
        return Err(Problem::unavailable(reason.to_string()));
    }
    let redis = state.hub.backplane().map(|others| if others.is_connected() { "connected" } else { "unreachable" });
    Ok(web::Json(Readiness { status: "ready", redis }))
}

/// Metrics in the Prometheus text format, unless `server.metrics` is off.
#[utoipa::path(get, path = "/metrics", tag = "operation", responses((status = 200, body = String, content_type = "text/plain")))]
pub(super) async fn metrics(state: web::Data<State>) -> Result<HttpResponse, Problem> {
    if !state.settings.server.metrics {
        return Err(Problem::not_found("metrics are switched off"));
    }
    let text = state.metrics.render().map_err(|error| {
        tracing::error!(%error, "the metrics could not be rendered");
        Problem::internal()
    })?;
    Ok(HttpResponse::Ok().content_type("text/plain; version=0.0.4; charset=utf-8").body(text))
}

crate::routes! {
    "/healthz" => { get: healthz };
    "/readyz" => { get: readyz };
    "/metrics" => { get: metrics };
}
