//! Opened by `--cfg fuzzing` alone: what reads a request's credentials, for the fuzz targets.

use actix_web::HttpRequest;

use super::identify;
use crate::identity::Credential;

/// The token that a request carries.
pub fn credential(request: &HttpRequest) -> Option<Credential> {
    identify::credential(request, true)
}
