//! TLS by rustls on ring: the certificate, read at the start and again whenever it is told to.

use std::{
    any::Any,
    io,
    path::{Path, PathBuf},
    sync::{Arc, PoisonError, RwLock},
};

use actix_tls::accept::rustls_0_23::TlsStream;
use actix_web::rt::net::TcpStream;
use rustls::{
    ServerConfig,
    crypto::{CryptoProvider, ring},
    pki_types::{
        CertificateDer, PrivateKeyDer,
        pem::{self, PemObject},
    },
    server::{ClientHello, ResolvesServerCert},
    sign::CertifiedKey,
};
use thiserror::Error;
use tokio::{
    signal::unix::{SignalKind, signal},
    task::JoinHandle,
};

use crate::config;

/// Why a certificate cannot be used. The message names the key of the settings.
#[derive(Debug, Error)]
#[error("settings: server.{key}: {path}: {reason}")]
pub struct TlsError {
    key: &'static str,
    path: String,
    reason: String,
}

/// The certificate that is shown to clients, and where it comes from.
#[derive(Debug)]
pub(super) struct Certificate {
    certificate: PathBuf,
    key: PathBuf,
    current: RwLock<Arc<CertifiedKey>>,
}

impl Certificate {
    /// Reads the certificate of the settings; none without TLS.
    pub(super) fn open(settings: &config::Server) -> Result<Option<Arc<Self>>, TlsError> {
        let Some((certificate, key)) = settings.tls() else { return Ok(None) };
        let current = RwLock::new(read(certificate, key)?);
        Ok(Some(Arc::new(Self { certificate: certificate.to_owned(), key: key.to_owned(), current })))
    }

    /// Reads the files again. Connections from now on see what they hold; on an error the old certificate stays.
    fn reload(&self) -> Result<(), TlsError> {
        let read = read(&self.certificate, &self.key)?;
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = read;
        Ok(())
    }

    /// What a listener needs; it adds HTTP/2 and HTTP/1.1 to what is offered.
    pub(super) fn server_config(self: Arc<Self>) -> io::Result<ServerConfig> {
        let versions = ServerConfig::builder_with_provider(provider()).with_safe_default_protocol_versions();
        Ok(versions.map_err(io::Error::other)?.with_no_client_auth().with_cert_resolver(self))
    }
}

impl ResolvesServerCert for Certificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.current.read().unwrap_or_else(PoisonError::into_inner).clone())
    }
}

/// Reads the certificate again at each SIGHUP, until the task is aborted.
pub(super) fn renew(certificate: Arc<Certificate>) -> io::Result<JoinHandle<()>> {
    let mut hangups = signal(SignalKind::hangup())?;
    Ok(tokio::spawn(async move {
        while hangups.recv().await.is_some() {
            match certificate.reload() {
                Ok(()) => tracing::info!("the certificate was read again"),
                Err(error) => tracing::error!(%error, "the old certificate stays"),
            }
        }
    }))
}

/// The cryptography of every TLS connection of ours.
pub(super) fn provider() -> Arc<CryptoProvider> {
    Arc::new(ring::default_provider())
}

/// The socket of an accepted connection, with TLS or without.
pub(super) fn socket(connection: &dyn Any) -> Option<&TcpStream> {
    let in_tls = || connection.downcast_ref::<TlsStream<TcpStream>>().map(|tls| tls.get_ref().0);
    connection.downcast_ref::<TcpStream>().or_else(in_tls)
}

fn read(certificate: &Path, key: &Path) -> Result<Arc<CertifiedKey>, TlsError> {
    let chain = CertificateDer::pem_file_iter(certificate)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| unusable("tls_certificate", certificate, pem_reason(error)))?;
    if chain.is_empty() {
        return Err(unusable("tls_certificate", certificate, "holds no certificate"));
    }
    let private = PrivateKeyDer::from_pem_file(key).map_err(|error| unusable("tls_key", key, pem_reason(error)))?;
    let pair = CertifiedKey::from_der(chain, private, &provider()).map_err(|error| match error {
        rustls::Error::InconsistentKeys(_) => unusable("tls_key", key, "is not the key of server.tls_certificate"),
        rustls::Error::InvalidCertificate(_) => unusable("tls_certificate", certificate, error.to_string()),
        error => unusable("tls_key", key, error.to_string()),
    })?;
    Ok(Arc::new(pair))
}

fn unusable(key: &'static str, path: &Path, reason: impl Into<String>) -> TlsError {
    TlsError { key, path: path.display().to_string(), reason: reason.into() }
}

fn pem_reason(error: pem::Error) -> String {
    match error {
        pem::Error::NoItemsFound => "holds no private key".to_owned(),
        pem::Error::Io(error) => error.to_string(),
        error => format!("is no PEM file: {error}"),
    }
}
