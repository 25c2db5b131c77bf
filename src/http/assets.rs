//! The pages inside the binary: the page to try everything (always) and what `web/` was built to (when npm was there).

use actix_web::{HttpRequest, HttpResponse, Route, guard, http::header, middleware::Compress, web};
use rust_embed::{EmbeddedFile, RustEmbed};

use super::Problem;
use crate::state::State;

/// Pages carry a policy without `unsafe-inline`; nothing is loaded from elsewhere.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; \
                      font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

#[derive(RustEmbed)]
#[folder = "web/try"]
struct TryPage;

#[derive(RustEmbed)]
#[folder = "web/dist"]
#[allow_missing = true]
struct Built;

/// Serves the pages, compressed. The demo's are there only where `demo.enabled` says so.
pub fn mount(config: &mut web::ServiceConfig) {
    let page =
        |path: &str| web::resource(path.to_owned()).wrap(Compress::default()).default_service(web::to(only_reading));
    config
        .service(page("/").route(reading().to(front)))
        .service(page("/try").route(reading().to(try_index)))
        .service(page("/try/{file:.*}").route(reading().to(try_file)))
        .service(page("/admin/chat").route(reading().to(dashboard)))
        .service(page("/widget.js").route(reading().to(loader)))
        .service(page("/{folder:widget|client|demo|admin/assets}/{file:.+}").route(reading().to(built_file)));
}

/// A route for GET and HEAD; actix leaves the body out of an answer to HEAD.
pub(super) fn reading() -> Route {
    web::route().guard(guard::Any(guard::Get()).or(guard::Head()))
}

/// What a file answers to any other method.
pub(super) async fn only_reading() -> Result<HttpResponse, Problem> {
    Err(Problem::method_not_allowed("GET, HEAD"))
}

/// Whether the dashboard and the widget are inside this binary.
pub fn has_built_pages() -> bool {
    Built::get("admin/index.html").is_some()
}

async fn front(request: HttpRequest, state: web::Data<State>) -> Result<HttpResponse, Problem> {
    require_demo(&state)?;
    match Built::get("demo/index.html") {
        Some(file) => Ok(answer(&request, "demo/index.html", file)),
        None => try_index(request, state).await,
    }
}

async fn try_index(request: HttpRequest, state: web::Data<State>) -> Result<HttpResponse, Problem> {
    require_demo(&state)?;
    find(&request, "index.html", TryPage::get("index.html"))
}

async fn try_file(
    request: HttpRequest,
    state: web::Data<State>,
    file: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    require_demo(&state)?;
    let file = if file.is_empty() { "index.html".to_owned() } else { file.into_inner() };
    find(&request, &file, TryPage::get(&file))
}

async fn dashboard(request: HttpRequest) -> Result<HttpResponse, Problem> {
    let missing = "this binary was built without its pages; build it where npm is installed";
    let file = Built::get("admin/index.html").ok_or_else(|| Problem::not_found(missing))?;
    Ok(answer(&request, "admin/index.html", file))
}

async fn loader(request: HttpRequest) -> Result<HttpResponse, Problem> {
    find(&request, "widget.js", Built::get("widget.js"))
}

async fn built_file(
    request: HttpRequest,
    state: web::Data<State>,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (folder, file) = path.into_inner();
    if folder == "demo" {
        require_demo(&state)?;
    }
    let path = format!("{folder}/{file}");
    let file = Built::get(&path);
    find(&request, &path, file)
}

fn require_demo(state: &State) -> Result<(), Problem> {
    if state.settings.demo.enabled { Ok(()) } else { Err(Problem::not_found("there is no page here")) }
}

fn find(request: &HttpRequest, path: &str, file: Option<EmbeddedFile>) -> Result<HttpResponse, Problem> {
    file.map(|file| answer(request, path, file)).ok_or_else(|| Problem::not_found("there is no such file"))
}

fn answer(request: &HttpRequest, path: &str, file: EmbeddedFile) -> HttpResponse {
    let digest: String = file.metadata.sha256_hash().iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    let tag = format!("\"{digest}\"");
    let mut response = HttpResponse::Ok();
    response.insert_header((header::ETAG, tag.clone()));
    // A file with a digest in its name never changes; the others are asked for anew.
    let hashed = path.starts_with("admin/assets/") || path.starts_with("widget/") || path.starts_with("demo/assets/");
    let caching = if hashed { "public, max-age=31536000, immutable" } else { "no-cache" };
    response.insert_header((header::CACHE_CONTROL, caching));
    // The widget and the client are loaded by pages of other origins.
    if path.starts_with("widget") || path.starts_with("client/") {
        response.insert_header(("cross-origin-resource-policy", "cross-origin"));
        response.insert_header((header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"));
    }
    let known = request.headers().get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
    if known.is_some_and(|known| known.split(',').any(|known| known.trim().trim_start_matches("W/") == tag)) {
        return response.status(actix_web::http::StatusCode::NOT_MODIFIED).finish();
    }
    // Type declarations; the table takes `.ts` for a film.
    let mime = if path.ends_with(".ts") { "text/plain" } else { file.metadata.mimetype() }.to_owned();
    if mime == "text/html" {
        response.insert_header((header::CONTENT_SECURITY_POLICY, POLICY));
    }
    let charset = if mime.starts_with("text/") && !mime.contains("charset") { "; charset=utf-8" } else { "" };
    response.content_type(format!("{mime}{charset}")).body(file.data.into_owned())
}
