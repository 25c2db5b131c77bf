//! The OpenAPI document and the page that renders it, with everything it needs from this program.

use std::sync::Arc;

use actix_web::{HttpResponse, http::header, web};
use bytes::Bytes;
use utoipa::openapi::{
    ContentBuilder, Info, License, OpenApi, PathItem, Ref, RefOr, Response, ResponseBuilder,
    path::Operation,
    security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme},
};
use utoipa_swagger_ui::{Config, serve};

use super::{
    Problem,
    assets::{only_reading, reading},
};

/// The document, spelled once.
#[derive(Clone, Debug)]
pub struct ApiDocument(Bytes);

impl ApiDocument {
    /// Puts the documents of all routes together and adds to each operation the errors that any such operation gives.
    ///
    /// # Errors
    /// The document cannot be spelled as JSON, which tests rule out.
    pub fn assemble(parts: impl IntoIterator<Item = OpenApi>) -> Result<Self, serde_json::Error> {
        let mut info = Info::new("Sapa", env!("CARGO_PKG_VERSION"));
        info.description = Some("Customer-support chat: rooms, messages and live streams.".to_owned());
        info.license = Some(License::new("MIT OR Apache-2.0"));
        let mut document = OpenApi::new(info, utoipa::openapi::Paths::new());
        parts.into_iter().for_each(|part| document.merge(part));
        let components = document.components.get_or_insert_default();
        let (name, schema) = problem_schema();
        components.schemas.insert(name, schema);
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
        let cookie = SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new("token")));
        components.add_security_scheme("cookie", cookie);
        for (path, item) in &mut document.paths.paths {
            for operation in operations(item) {
                add_errors(path, operation);
            }
        }
        Ok(Self(document.to_json()?.into()))
    }

    /// The document as JSON text.
    pub fn json(&self) -> &[u8] {
        &self.0
    }
}

fn problem_schema() -> (String, RefOr<utoipa::openapi::Schema>) {
    use utoipa::{PartialSchema, ToSchema};
    (Problem::name().into_owned(), Problem::schema())
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = &mut Operation> {
    [&mut item.get, &mut item.post, &mut item.put, &mut item.patch, &mut item.delete].into_iter().flatten()
}

/// Routes that anyone may call.
const OPEN: [&str; 9] = [
    "/healthz",
    "/readyz",
    "/metrics",
    "/api/openapi.json",
    "/docs",
    "/api/chat/config",
    "/api/chat/guests",
    "/api/demo/people",
    "/api/demo/sign-in",
];

fn add_errors(path: &str, operation: &mut Operation) {
    let mut errors = vec![(429, "Too many requests; see Retry-After"), (503, "Not available now; see Retry-After")];
    if !OPEN.contains(&path) {
        errors.extend([(401, "No token, or one that is not genuine"), (403, "Not for this caller")]);
        let either = [
            SecurityRequirement::new::<_, [&str; 0], &str>("bearer", []),
            SecurityRequirement::new::<_, [&str; 0], &str>("cookie", []),
        ];
        operation.security = Some(either.into());
    } else {
        errors.extend([(403, "Switched off"), (404, "Switched off")]);
    }
    errors.extend([(400, "Bad input; see errors"), (404, "No such thing")]);
    if operation.request_body.is_some() {
        errors.extend([(409, "The room is closed"), (413, "Too large"), (415, "Not JSON")]);
    }
    for (status, description) in errors {
        let of_status = operation.responses.responses.entry(status.to_string());
        of_status.or_insert_with(|| RefOr::T(problem_response(description)));
    }
}

fn problem_response(description: &str) -> Response {
    let schema = Ref::from_schema_name("Problem");
    let content = ContentBuilder::new().schema(Some(schema)).build();
    ResponseBuilder::new().description(description).content("application/problem+json", content).build()
}

/// The OpenAPI 3.1 document.
#[utoipa::path(get, path = "/api/openapi.json", tag = "operation", responses((status = 200, content_type = "application/json")))]
pub(super) async fn openapi(document: web::Data<ApiDocument>) -> HttpResponse {
    HttpResponse::Ok().content_type("application/json").body(document.0.clone())
}

/// The page that renders the document.
#[utoipa::path(get, path = "/docs", tag = "operation", responses((status = 200, content_type = "text/html")))]
pub(super) async fn page() -> Result<HttpResponse, Problem> {
    let (html, content_type) = file("index.html")?;
    let html =
        String::from_utf8_lossy(&html).replace("=\"./", "=\"/docs/").replace("=\"index.css", "=\"/docs/index.css");
    Ok(answer(Bytes::from(html), &content_type))
}

/// What the page loads.
async fn asset(path: web::Path<String>) -> Result<HttpResponse, Problem> {
    let (bytes, content_type) = file(&path)?;
    Ok(answer(bytes, &content_type))
}

fn file(path: &str) -> Result<(Bytes, String), Problem> {
    let config = Arc::new(Config::from("/api/openapi.json").validator_url("none"));
    match serve(path, config) {
        Ok(Some(file)) => Ok((file.bytes.into_owned().into(), file.content_type)),
        Ok(None) => Err(Problem::not_found("there is no such file")),
        Err(error) => {
            tracing::error!(%error, "the documentation page could not be made");
            Err(Problem::internal())
        }
    }
}

fn answer(bytes: Bytes, content_type: &str) -> HttpResponse {
    // The page sets styles of its own at run time.
    const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
                          connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";
    HttpResponse::Ok().content_type(content_type).insert_header((header::CONTENT_SECURITY_POLICY, POLICY)).body(bytes)
}

/// Serves what the page loads.
pub fn mount_assets(config: &mut web::ServiceConfig) {
    config.service(web::resource("/docs/{path:.+}").route(reading().to(asset)).default_service(web::to(only_reading)));
}

crate::routes! {
    "/api/openapi.json" => { get: openapi };
    "/docs" => { get: page };
}
