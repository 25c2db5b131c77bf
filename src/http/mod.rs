//! The actix machinery that all dialects share: who calls, what is wrong, streams, limits, headers, documents.

mod address;
mod assets;
mod body;
mod docs;
mod extract;
#[cfg(fuzzing)]
pub mod fuzzing;
mod health;
mod identify;
mod observe;
mod origin;
mod problem;
mod query;
mod routes;
mod sse;
mod takeover;

pub use address::{ClientAddress, admit, limit_addresses};
pub use assets::{has_built_pages, mount as mount_assets};
pub use body::{JsonBody, OptionalJson, object_of_value};
pub use docs::{ApiDocument, Documented as DocsDocument, mount as mount_docs, mount_assets as mount_docs_assets};
pub use extract::{PathId, id_of};
pub use health::{Documented as HealthDocument, mount as mount_health};
pub use identify::Authenticated;
pub use observe::observe;
pub use origin::cors;
pub use problem::Problem;
pub use query::QueryMap;
pub use routes::{allow_of, route_for};
pub use sse::{event_stream, retry_later};
pub use takeover::{Exchange, carry, keep_spare, take_over};
