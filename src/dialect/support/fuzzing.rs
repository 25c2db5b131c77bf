//! Opened by `--cfg fuzzing` alone: what reads where a stream goes on, for the fuzz targets.

use actix_web::HttpRequest;

use crate::{http::QueryMap, service::stream::Resume};

/// Where the stream of a request goes on.
pub fn resume(request: &HttpRequest) -> Resume {
    super::stream::resume(request, &mut QueryMap::of(request))
}
