//! The desk's totals.

use actix_web::web;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    http::{Authenticated, Problem},
    service::report,
    state::State,
};

/// Rooms of each priority.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
#[schema(as = StatsByPriority)]
pub(super) struct ByPriorityBody {
    low: i64,
    normal: i64,
    high: i64,
    urgent: i64,
}

/// Counts over the whole desk.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Stats)]
pub(super) struct StatsBody {
    total: i64,
    open: i64,
    closed: i64,
    resolved: i64,
    /// Messages of customers that the desk has not read.
    unread: i64,
    by_priority: ByPriorityBody,
    /// Rooms without an admin, whatever their status.
    unassigned: i64,
    online_admins: i64,
}

/// The desk's totals.
#[utoipa::path(get, path = "/api/chat/stats", tag = "rooms", responses((status = 200, body = StatsBody)))]
pub(super) async fn show_stats(
    state: web::Data<State>,
    Authenticated(who): Authenticated,
) -> Result<web::Json<StatsBody>, Problem> {
    let stats = report::stats(&state, &who).await?;
    let [low, normal, high, urgent] = stats.by_priority;
    Ok(web::Json(StatsBody {
        total: stats.total,
        open: stats.open,
        closed: stats.closed,
        resolved: stats.resolved,
        unread: stats.unread,
        by_priority: ByPriorityBody { low, normal, high, urgent },
        unassigned: stats.unassigned,
        online_admins: stats.online_admins,
    }))
}
