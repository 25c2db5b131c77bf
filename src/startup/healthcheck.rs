//! The question of a supervisor: does the service of these settings answer?

use std::{
    io::{self, Read, Write},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream, ToSocketAddrs},
    sync::Arc,
    time::Duration,
};

use rustls::{
    ClientConfig, ClientConnection, DigitallySignedStruct, Error, SignatureScheme, StreamOwned,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::{CryptoProvider, verify_tls12_signature, verify_tls13_signature},
    pki_types::{CertificateDer, ServerName, UnixTime},
};

use super::tls;
use crate::config;

/// How long each step may take.
const PATIENCE: Duration = Duration::from_secs(3);
const REQUEST: &[u8] = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n";
/// Bytes of an answer's first line that are read.
const STATUS_BYTES: u64 = 12;

/// Asks `/healthz` at the address of the settings, by TLS where they say so.
///
/// # Errors
/// Nobody listens there, or the answer is not 200 in time.
pub fn healthcheck(settings: &config::Server) -> io::Result<()> {
    if settings.port == 0 {
        return Err(io::Error::other("server.port is 0, so nobody knows where it listens"));
    }
    let address = address(settings)?;
    let socket = TcpStream::connect_timeout(&address, PATIENCE)?;
    socket.set_read_timeout(Some(PATIENCE))?;
    socket.set_write_timeout(Some(PATIENCE))?;
    let status = if settings.tls().is_some() { ask(in_tls(socket)?)? } else { ask(socket)? };
    match status.as_slice() {
        b"HTTP/1.1 200" => Ok(()),
        other => Err(io::Error::other(format!("{address} answered {:?}", String::from_utf8_lossy(other)))),
    }
}

/// Where the service is reached from this machine: a wildcard address is no destination.
fn address(settings: &config::Server) -> io::Result<SocketAddr> {
    let host = settings.host.trim_start_matches('[').trim_end_matches(']');
    let mut address = (host, settings.port)
        .to_socket_addrs()?
        .next()
        .ok_or_else(|| io::Error::other(format!("{host} has no address")))?;
    match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => address.set_ip(Ipv4Addr::LOCALHOST.into()),
        IpAddr::V6(ip) if ip.is_unspecified() => address.set_ip(Ipv6Addr::LOCALHOST.into()),
        _ => {}
    }
    Ok(address)
}

fn ask(mut connection: impl Read + Write) -> io::Result<Vec<u8>> {
    connection.write_all(REQUEST)?;
    connection.flush()?;
    let mut status = Vec::new();
    connection.take(STATUS_BYTES).read_to_end(&mut status)?;
    Ok(status)
}

fn in_tls(socket: TcpStream) -> io::Result<impl Read + Write> {
    let verifier = Arc::new(AnyCertificate(tls::provider()));
    let config = ClientConfig::builder_with_provider(tls::provider())
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    let name = ServerName::try_from("localhost").map_err(io::Error::other)?;
    let connection = ClientConnection::new(Arc::new(config), name).map_err(io::Error::other)?;
    Ok(StreamOwned::new(connection, socket))
}

/// Nothing secret is said or believed here, so a certificate for another name, or an old one, is as good as any.
#[derive(Debug)]
struct AnyCertificate(Arc<CryptoProvider>);

impl ServerCertVerifier for AnyCertificate {
    fn verify_server_cert(
        &self,
        _: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls12_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, certificate, signature, &self.0.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}
