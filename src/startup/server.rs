//! The listening service: built, run, stopped.

use std::{
    io,
    net::{SocketAddr, TcpListener, ToSocketAddrs},
    sync::Arc,
    time::Duration,
};

use actix_web::{
    App, HttpRequest, HttpServer, ResponseError,
    middleware::from_fn,
    web::{self, ThinData},
};
use actix_web_lab::middleware::CatchPanic;
use sea_orm::DbErr;
use socket2::{Domain, Protocol, SockRef, Socket, TcpKeepalive, Type};
use thiserror::Error;
use tokio::{sync::mpsc, task::JoinHandle};
use utoipa::OpenApi;

use super::{
    cluster::{self, Others},
    database,
    tls::{self, Certificate, TlsError},
};
use crate::{
    config::Settings,
    dialect::{self, direct, messenger, support},
    http::{self, ApiDocument, Problem},
    hub::{Heard, Hub, LocalHub, RedisUrlError},
    identity::{KeyError, KeySettings, Verifier},
    jobs, journal,
    journal::Writer,
    limit::{SharedBuckets, SharedBucketsError},
    socketio::{
        self,
        engine::{self, Sessions},
    },
    state::State,
    telemetry::Metrics,
};

const BACKLOG: i32 = 4096;
/// Where every Socket.IO client looks for its server (contract, section 5).
const SOCKETIO_PATH: &str = "/socket.io/";
/// A client must send the head of a request within this time.
const HEAD_TIMEOUT: Duration = Duration::from_secs(5);
const KEEP_ALIVE: Duration = Duration::from_secs(75);
/// TLS handshakes under way in one thread. While there are so many it accepts nobody, so strangers who connect and say
/// nothing must not reach it easily.
const MOST_HANDSHAKES: usize = 8192;
/// Silence after which the kernel asks whether the client is still there, and then between two questions.
const PROBE_AFTER: Duration = Duration::from_secs(20);
const PROBE_INTERVAL: Duration = Duration::from_secs(10);

/// Why the service could not start.
#[derive(Debug, Error)]
pub enum StartError {
    /// A key is not usable.
    #[error("settings: {0}")]
    Keys(#[from] KeyError),
    /// The certificate is not usable.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The URL of Redis is not usable.
    #[error("settings: cluster.redis_url: {0}")]
    Redis(#[from] RedisUrlError),
    /// The URL of Redis is not usable.
    #[error("settings: cluster.redis_url: {0}")]
    Limits(#[from] SharedBucketsError),
    /// The database cannot be opened or migrated.
    #[error("the database cannot be opened: {0}")]
    Database(#[from] DbErr),
    /// The address cannot be listened on.
    #[error("cannot listen on {address}: {error}")]
    Listen {
        /// The address as it was set.
        address: String,
        /// Why not.
        error: io::Error,
    },
    /// The server failed.
    #[error("the server failed: {0}")]
    Server(#[from] io::Error),
    /// The writing task has ended on its own.
    #[error("the writer failed; see the log")]
    WriterFailed,
    /// The metrics are not valid.
    #[error("the metrics cannot be made: {0}")]
    Metrics(#[from] prometheus::Error),
    /// The document of the API is not valid.
    #[error("the API document cannot be made: {0}")]
    Document(#[from] serde_json::Error),
}

/// A service that listens but does not yet answer.
pub struct Application {
    state: State,
    verifier: Verifier,
    document: ApiDocument,
    listener: TcpListener,
    address: SocketAddr,
    certificate: Option<Arc<Certificate>>,
    writing: JoinHandle<()>,
    heard: Option<mpsc::Receiver<Heard>>,
    link: Option<JoinHandle<()>>,
}

impl std::fmt::Debug for Application {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Application").field("address", &self.address).finish_non_exhaustive()
    }
}

impl Application {
    /// Opens and migrates the database, starts the writer and binds the address. Port 0 takes any free one.
    ///
    /// # Errors
    /// [`StartError`] says what is not usable.
    pub async fn build(settings: Settings) -> Result<Self, StartError> {
        let verifier = Verifier::new(&KeySettings {
            jwt_secret: settings.auth.secret().cloned(),
            jwt_public_key: settings.auth.public_key().map(ToOwned::to_owned),
            nextauth_secret: settings.auth.session_secret().cloned(),
        })?;
        let certificate = Certificate::open(&settings.server)?;
        raise_file_limit();
        let listener = listen(&settings.server.host, settings.server.port)?;
        let address = listener.local_addr()?;
        let connections = database::open(&settings.database).await?;
        let metrics = Metrics::new()?;
        let (_, head) = journal::bounds(&connections.reading).await?;
        let Others { backplane, heard, link, peers } =
            cluster::join(&settings, address, certificate.is_some(), metrics.clone())?;
        let hub = Arc::new(Hub::new(head, metrics.clone(), backplane));
        let (writer, writing) = Writer::start(
            connections.writing,
            hub.clone(),
            metrics.clone(),
            settings.journal.queue_writes,
            settings.journal.batch_writes,
            Duration::from_secs(settings.database.timeout_seconds),
        );
        let document = api_document()?;
        let shared =
            settings.cluster.redis().map(|url| SharedBuckets::new(url, &settings.cluster.prefix)).transpose()?;
        let state = State::new(connections.reading, writer, hub, peers, settings, metrics, shared.as_ref());
        Ok(Self { state, verifier, document, listener, address, certificate, writing, heard, link })
    }

    /// The address that is listened on.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where it is reached: the scheme and the address.
    pub fn url(&self) -> String {
        let scheme = if self.certificate.is_some() { "https" } else { "http" };
        format!("{scheme}://{}", self.address)
    }

    /// Serves until the process is told to stop (SIGTERM or SIGINT): then it takes no more connections, ends the
    /// streams so that clients go elsewhere, answers what is under way, commits what was accepted, and returns.
    ///
    /// # Errors
    /// The server's.
    pub async fn run(self) -> Result<(), StartError> {
        let url = self.url();
        let Self { state, verifier, document, listener, certificate, writing, heard, link, .. } = self;
        let renewing = certificate.clone().map(tls::renew).transpose()?;
        let server = serve(&state, verifier, document, listener, certificate)?;
        let handle = server.handle();
        let mut jobs = jobs::start(&state, heard);
        jobs.extend(link);
        let server = tokio::spawn(server);
        tracing::info!("listening on {url}");
        let mut writing = writing;
        tokio::select! {
            stopped = stop_signal() => stopped?,
            // Without its writer the process can do nothing; whoever watches it starts a new one.
            _ = &mut writing => return Err(StartError::WriterFailed),
        }
        tracing::info!("stopping: no new connections; streams end, requests under way are answered");
        state.hub.stop();
        handle.stop(true).await;
        server.await.map_err(io::Error::other)??;
        if let Some(renewing) = renewing {
            renewing.abort();
        }
        jobs.iter().for_each(JoinHandle::abort);
        for job in jobs {
            // Aborted on purpose; what matters is that it no longer holds the writer.
            let _ = job.await;
        }
        drop(state);
        let patience = Duration::from_secs(1);
        if tokio::time::timeout(patience, writing).await.is_err() {
            tracing::warn!("the writer did not end in time");
        }
        tracing::info!("stopped");
        Ok(())
    }
}

/// The document of every route.
///
/// # Errors
/// It cannot be spelled, which tests rule out.
pub(crate) fn api_document() -> Result<ApiDocument, serde_json::Error> {
    ApiDocument::assemble([
        support::Documented::openapi(),
        direct::Documented::openapi(),
        messenger::Documented::openapi(),
        http::HealthDocument::openapi(),
        http::DocsDocument::openapi(),
    ])
}

fn serve(
    state: &State,
    verifier: Verifier,
    document: ApiDocument,
    listener: TcpListener,
    certificate: Option<Arc<Certificate>>,
) -> io::Result<actix_web::dev::Server> {
    let (state_data, verifier, document) =
        (web::Data::new(state.clone()), web::Data::new(verifier), web::Data::new(document));
    let server = &state.settings.server;
    let workers = match server.workers {
        0 => std::thread::available_parallelism().map_or(1, usize::from),
        workers => workers,
    };
    let (hub, stream) = (state.hub.clone(), state.settings.stream.clone());
    let (origins, socketio_settings, sessions) =
        (server.clone(), state.settings.socketio.clone(), Arc::new(Sessions::new(state.peers.clone())));
    let stalled = Duration::from_secs(stream.stalled_seconds);
    let take_over_sockets = stream.take_over_sockets && cfg!(target_os = "linux");
    let built = HttpServer::new(move || {
        let local = LocalHub::start(hub.clone(), &stream);
        let (state, verifier_data) = (state_data.get_ref().clone(), verifier.clone());
        let context =
            socketio::Context { state: state.clone(), verifier: verifier_data.into_inner(), local: local.clone() };
        let namespaces = dialect::namespaces(&context);
        let gateway = socketio::engine(&socketio_settings, sessions.clone(), namespaces, admission(state));
        App::new()
            .app_data(state_data.clone())
            .app_data(verifier.clone())
            .app_data(document.clone())
            .app_data(ThinData(local))
            .configure(support::mount)
            .configure(direct::mount)
            .configure(messenger::mount)
            .configure(|services| engine::mount(services, SOCKETIO_PATH, gateway))
            .configure(http::mount_health)
            .configure(http::mount_docs)
            .configure(http::mount_docs_assets)
            .configure(http::mount_assets)
            .default_service(web::to(|| async { Problem::not_found("there is nothing at this path").error_response() }))
            .wrap(from_fn(http::limit_addresses))
            .wrap(http::cors(&origins))
            .wrap(CatchPanic::default())
            .wrap(from_fn(http::observe))
            .wrap(from_fn(http::take_over))
    })
    .workers(workers)
    .on_connect(move |connection, data| {
        tune(connection, stalled);
        if take_over_sockets {
            http::keep_spare(connection, data);
        }
    })
    .client_request_timeout(HEAD_TIMEOUT)
    .keep_alive(KEEP_ALIVE)
    // A half-closed connection has nobody who reads the stream.
    .h1_allow_half_closed(false)
    .shutdown_timeout(server.shutdown_seconds)
    .disable_signals()
    .max_connection_rate(MOST_HANDSHAKES);
    let listening = match certificate {
        Some(certificate) => built.listen_rustls_0_23(listener, certificate.server_config()?)?,
        None => built.listen_auto_h2c(listener)?,
    };
    Ok(listening.run())
}

/// New sessions of Socket.IO count as requests of their address.
fn admission(state: State) -> engine::Admission {
    Box::new(move |request: HttpRequest| {
        let state = state.clone();
        Box::pin(async move { http::admit(&state, &request).await.map_err(|problem| problem.error_response()) })
    })
}

/// Frames go out at once, and a connection whose other end takes nothing, or is gone, is closed by the kernel: actix
/// does not poll the body of a stream whose socket is full, so nothing inside could.
fn tune(connection: &dyn std::any::Any, stalled: Duration) {
    let Some(stream) = tls::socket(connection) else { return };
    let socket = SockRef::from(stream);
    let keepalive = TcpKeepalive::new().with_time(PROBE_AFTER).with_interval(PROBE_INTERVAL);
    let tuned = socket
        .set_tcp_nodelay(true)
        .and_then(|()| socket.set_tcp_keepalive(&keepalive))
        .and_then(|()| tune_timeout(&socket, stalled));
    if let Err(error) = tuned {
        tracing::debug!(%error, "a connection could not be tuned");
    }
}

#[cfg(target_os = "linux")]
fn tune_timeout(socket: &SockRef<'_>, stalled: Duration) -> io::Result<()> {
    socket.set_tcp_user_timeout(Some(stalled))
}

#[cfg(not(target_os = "linux"))]
fn tune_timeout(_: &SockRef<'_>, _: Duration) -> io::Result<()> {
    Ok(())
}

/// Every stream is an open file, and the usual soft limit is 1,024: take what the system allows.
fn raise_file_limit() {
    match rlimit::increase_nofile_limit(u64::MAX) {
        Ok(files) => tracing::debug!(files, "open files allowed"),
        Err(error) => tracing::warn!(%error, "the limit of open files could not be raised"),
    }
}

fn listen(host: &str, port: u16) -> Result<TcpListener, StartError> {
    let failed = |error| StartError::Listen { address: format!("{host}:{port}"), error };
    let host_name = host.trim_start_matches('[').trim_end_matches(']');
    let mut addresses = (host_name, port).to_socket_addrs().map_err(failed)?;
    let address = addresses.next().ok_or_else(|| failed(io::Error::other("the host has no address")))?;
    let bind = || {
        let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
        socket.set_reuse_address(true)?;
        socket.bind(&address.into())?;
        socket.listen(BACKLOG)?;
        socket.set_nonblocking(true)?;
        Ok(socket.into())
    };
    bind().map_err(failed)
}

async fn stop_signal() -> io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}
