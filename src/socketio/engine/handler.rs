//! The one path of Engine.IO: a GET or a POST, told apart by `transport` and `sid`.

use std::{net::SocketAddr, rc::Rc, time::Duration};

use actix_web::{
    HttpRequest, HttpResponse, guard,
    http::Method,
    web::{self, ThinData},
};
use serde::Deserialize;

use super::{Engine, forward::forward, polling, refusal::Refusal, relay, websocket};
use crate::config;

/// The protocol's revision.
const REVISION: &str = "4";
/// What the way to another process may take.
const MARGIN: Duration = Duration::from_secs(3);

#[derive(Debug, Deserialize)]
struct Parameters {
    #[serde(rename = "EIO", default)]
    revision: String,
    #[serde(default)]
    transport: String,
    sid: Option<String>,
}

/// Serves an engine at a path; with and without its last slash.
pub fn mount(services: &mut web::ServiceConfig, path: &'static str, engine: Rc<Engine>) {
    for path in [path, path.trim_end_matches('/')] {
        services.service(
            web::resource(path)
                .app_data(ThinData(engine.clone()))
                .route(web::route().guard(guard::Any(guard::Get()).or(guard::Post())).to(answer))
                .default_service(web::to(|| async { Err::<HttpResponse, _>(Refusal::BadHandshakeMethod) })),
        );
    }
}

async fn answer(
    request: HttpRequest,
    payload: web::Payload,
    engine: ThinData<Rc<Engine>>,
) -> Result<HttpResponse, Refusal> {
    let parameters = web::Query::<Parameters>::from_query(request.query_string()).map_err(|_| Refusal::BadRequest)?;
    if parameters.revision != REVISION {
        return Err(Refusal::UnsupportedVersion);
    }
    let bridge = parameters.sid.as_deref().and_then(|sid| engine.sessions.find(sid));
    if bridge.is_none() {
        if let Some(sid) = &parameters.sid
            && let Some(address) = engine.sessions.elsewhere(sid)
        {
            return hand_over(&request, payload, &engine, sid, address).await;
        }
        if let Err(answer) = (engine.admit)(request.clone()).await {
            return Ok(answer);
        }
        if parameters.sid.is_some() {
            return Err(Refusal::UnknownSession);
        }
    }
    match (parameters.transport.as_str(), request.method(), bridge) {
        ("polling", &Method::GET, None) => Ok(polling::open(&engine)),
        ("polling", &Method::GET, Some(bridge)) => polling::poll(&bridge, patience(&engine.settings)).await,
        ("polling", &Method::POST, Some(bridge)) => {
            polling::post(&bridge, payload, engine.settings.max_payload_bytes).await
        }
        ("websocket", &Method::GET, None) => websocket::open(&request, payload, &engine),
        ("websocket", &Method::GET, Some(bridge)) => relay::open(&request, payload, &engine, bridge),
        ("polling" | "websocket", ..) => Err(Refusal::BadHandshakeMethod),
        _ => Err(Refusal::UnknownTransport),
    }
}

/// Lets the process that has a session answer. Until it has once, the request counts as one for a new session does: the
/// id may be made up.
async fn hand_over(
    request: &HttpRequest,
    payload: web::Payload,
    engine: &Engine,
    sid: &str,
    address: SocketAddr,
) -> Result<HttpResponse, Refusal> {
    let is_known = engine.sessions.is_elsewhere(sid);
    if !is_known && let Err(answer) = (engine.admit)(request.clone()).await {
        return Ok(answer);
    }
    let settings = &engine.settings;
    let answer = forward(request, payload, address, patience(settings) + MARGIN, settings.max_payload_bytes).await?;
    if !is_known && !answer.status().is_client_error() {
        engine.sessions.note_elsewhere(sid);
    }
    Ok(answer)
}

/// A client that was not pinged for so long is gone.
fn patience(settings: &config::Socketio) -> Duration {
    Duration::from_millis(settings.ping_interval_ms + settings.ping_timeout_ms)
}
