//! TLS with HTTP/2 and HTTP/1.1, by certificates that are made for each test.

use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use reqwest::{Certificate, ClientBuilder, Method, Version};
use serde_json::json;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::harness::{Listen, Person, TestApp, eventually, number, run, send};

/// More than the connections that a browser opens to one origin by HTTP/1.1.
const STREAMS: usize = 20;

#[tokio::test]
async fn calls_and_streams_work_over_both_versions() {
    let server = Server::start().await;
    for (version, builder) in versions() {
        let id = if version == Version::HTTP_2 { 7 } else { 8 };
        let customer = server.person(server.app.customer(id), builder());
        let health = customer.request(Method::GET, "/healthz").send().await.expect("an answer");
        assert_eq!((health.status().as_u16(), health.version()), (200, version));

        let room = customer.new_room().await;
        let before = number(&customer.room(room).await.ok()["lastEventId"]);
        let mut stream = customer.listen(&Listen::room(room)).await;
        stream.connected().await;
        let message = customer.says(room, "over TLS").await;
        stream.until_message(message).await;
        let mut resumed = customer.listen(&Listen::room(room).after(before)).await;
        assert_eq!(resumed.connected().await.data["replayed"], 1);
        resumed.until_message(message).await;
    }
}

#[tokio::test]
async fn many_streams_share_one_connection_of_http_2() {
    // By HTTP/2 it is the next heartbeat that notices who is gone.
    let server = Server::with(&[("SAPA__STREAM__HEARTBEAT_SECONDS", "1")]).await;
    let customer = server.person(server.app.customer(7), http2());
    let room = customer.new_room().await;
    let mut streams = Vec::new();
    for _ in 0..STREAMS {
        let mut stream = customer.listen(&Listen::room(room)).await;
        stream.connected().await;
        streams.push(stream);
    }
    let message = customer.says(room, "to all of them").await;
    for stream in &mut streams {
        stream.until_message(message).await;
    }
    assert_eq!(connections(&server.app), 1);

    // A stream that is dropped ends alone; the connection and the others stay.
    streams.truncate(STREAMS / 2);
    eventually("the dropped streams are gone", || async {
        let metrics = customer.get("/metrics").await.expect(200).text();
        metrics.contains(&format!("sapa_streams_open {}", STREAMS / 2)).then_some(())
    })
    .await;
    let message = customer.says(room, "to the rest").await;
    for stream in &mut streams {
        stream.until_message(message).await;
    }
    assert_eq!(connections(&server.app), 1);
}

#[tokio::test]
async fn streams_end_when_the_service_stops() {
    let mut server = Server::start().await;
    let mut streams = Vec::new();
    for (_, builder) in versions() {
        let customer = server.person(server.app.customer(7), builder());
        let mut stream = customer.listen(&Listen::all()).await;
        stream.connected().await;
        streams.push(stream);
    }
    let started = Instant::now();
    let status = server.app.terminate().await;
    assert!(status.success(), "{status}: {}", server.app.log());
    assert!(started.elapsed() < Duration::from_secs(10));
    for mut stream in streams {
        stream.until_end(Duration::from_secs(1)).await;
    }
}

#[tokio::test]
async fn a_cookie_is_good_from_the_own_origin_over_both_versions() {
    let server = Server::start().await;
    for (version, builder) in versions() {
        let customer = server.app.customer(7);
        let cookie = format!("token={}", customer.token.as_deref().expect("a token"));
        let anonymous = server.person(server.app.anonymous(), builder());
        for (origin, status) in [(server.base(), 201), ("https://evil.example".to_owned(), 403)] {
            let room = server.person(customer.clone(), builder()).current_room().await.ok();
            let path = format!("/api/chat/rooms/{}", room["id"]);
            let request = anonymous.request(Method::POST, &path).json(&json!({"message": "by cookie"}));
            let answer = send(request.header("cookie", &cookie).header("origin", &origin)).await;
            assert_eq!(answer.status.as_u16(), status, "{version:?} from {origin}: {}", answer.text());
        }
    }
}

#[tokio::test]
async fn who_connects_and_says_nothing_keeps_nobody_out() {
    let server = Server::with(&[("SAPA__SERVER__WORKERS", "1")]).await;
    let mut silent = Vec::new();
    for _ in 0..600 {
        silent.push(TcpStream::connect(&server.app.address).await.expect("the server accepts"));
    }
    let started = Instant::now();
    server.person(server.app.customer(7), http2()).new_room().await;
    assert!(started.elapsed() < Duration::from_secs(2), "it took {:?}", started.elapsed());
    let mut byte = [0];
    let closed = tokio::time::timeout(Duration::from_secs(10), silent[0].read(&mut byte)).await;
    assert!(matches!(closed.expect("a silent connection is closed"), Ok(0) | Err(_)));
}

#[tokio::test]
async fn what_is_no_tls_is_turned_away() {
    let server = Server::start().await;
    for garbage in
        [b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n".as_slice(), b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", &[0; 600]]
    {
        let mut socket = TcpStream::connect(&server.app.address).await.expect("the server accepts");
        socket.write_all(garbage).await.expect("it is sent");
        let mut answer = Vec::new();
        let read = tokio::time::timeout(Duration::from_secs(10), socket.read_to_end(&mut answer)).await;
        // A connection that was reset has ended just as well.
        let _ = read.expect("the connection is closed");
        assert!(!answer.starts_with(b"HTTP"), "{}", String::from_utf8_lossy(&answer));
    }
    server.person(server.app.customer(7), http2()).new_room().await;
}

#[tokio::test]
async fn old_versions_of_tls_are_turned_away() {
    let server = Server::start().await;
    // The last one is of this age, but can do no key exchange that keeps the past secret.
    for version in [[3, 0], [3, 1], [3, 2], [3, 3]] {
        let mut socket = TcpStream::connect(&server.app.address).await.expect("the server accepts");
        socket.write_all(&client_hello(version)).await.expect("it is sent");
        let mut answer = Vec::new();
        let read = tokio::time::timeout(Duration::from_secs(10), socket.read_to_end(&mut answer)).await;
        // A connection that was reset has ended just as well.
        let _ = read.expect("the connection is closed");
        // A fatal alert, and nothing of a handshake (RFC 5246, section 7.2).
        assert!(answer.is_empty() || (answer[0] == 21 && answer[5] == 2), "{version:?} is answered {answer:?}");
    }
    server.person(server.app.customer(7), http2()).new_room().await;
}

/// The first words of a client of that version who knows only `TLS_RSA_WITH_AES_128_CBC_SHA`.
fn client_hello(version: [u8; 2]) -> Vec<u8> {
    let hello = [&version[..], &[7; 32], &[0, 0, 2, 0, 0x2f, 1, 0]].concat();
    [&[22, 3, 1, 0, 4 + hello.len() as u8, 1, 0, 0, hello.len() as u8], hello.as_slice()].concat()
}

#[tokio::test]
async fn a_certificate_is_renewed_while_streams_go_on() {
    let server = Server::start().await;
    let customer = server.person(server.app.customer(7), http2());
    let room = customer.new_room().await;
    let mut stream = customer.listen(&Listen::room(room)).await;
    stream.connected().await;

    let old = server.certificate();
    write_certificate(server.folder.path());
    server.app.signal("HUP");
    eventually("the new certificate is shown", || async {
        let newcomer = server.person(server.app.customer(7), http2());
        newcomer.request(Method::GET, "/healthz").send().await.ok()
    })
    .await;
    let distrustful = client(http2(), &old);
    distrustful.get(format!("{}/healthz", server.base())).send().await.expect_err("the old certificate is gone");

    std::fs::write(server.folder.path().join("key.pem"), "nonsense").expect("a file");
    server.app.signal("HUP");
    eventually("the broken key is told of", || async { server.app.log().contains("server.tls_key").then_some(()) })
        .await;
    let newcomer = server.person(server.app.customer(7), http2());
    let message = newcomer.says(room, "the last good certificate stays").await;
    stream.until_message(message).await;
}

#[tokio::test]
async fn the_service_asks_itself_by_tls_too() {
    let mut server = Server::start().await;
    let port = server.app.address.rsplit(':').next().expect("a port").to_owned();
    server.app.set("PORT", &port);
    run(server.app.folder(), &server.app.environment(), &["healthcheck"]).await.succeeded();
    server.app.kill();
    run(server.app.folder(), &server.app.environment(), &["healthcheck"]).await.refused();
}

#[tokio::test]
async fn wrong_files_stop_the_start_and_their_key_is_named() {
    let folder = TempDir::new().expect("a folder");
    write_certificate(folder.path());
    let other = TempDir::new().expect("a folder");
    write_certificate(other.path());
    std::fs::write(folder.path().join("text"), "no PEM").expect("a file");
    let mut truncated = std::fs::File::create(folder.path().join("truncated.pem")).expect("a file");
    truncated.write_all(b"-----BEGIN CERTIFICATE-----\nMIIB\n").expect("it is written");
    let path = |name: &str| folder.path().join(name).display().to_string();
    let (certificate, key) = (path("certificate.pem"), path("key.pem"));
    let foreign = other.path().join("key.pem").display().to_string();
    for (certificate, key, named) in [
        (path("missing"), key.clone(), "server.tls_certificate"),
        (path("text"), key.clone(), "server.tls_certificate"),
        (path("truncated.pem"), key.clone(), "server.tls_certificate"),
        (key.clone(), key.clone(), "server.tls_certificate"),
        (String::new(), key.clone(), "server.tls_certificate"),
        (certificate.clone(), path("missing"), "server.tls_key"),
        (certificate.clone(), path("text"), "server.tls_key"),
        (certificate.clone(), certificate.clone(), "server.tls_key"),
        (certificate.clone(), foreign, "server.tls_key"),
        (certificate.clone(), String::new(), "server.tls_key"),
    ] {
        let settings = [
            ("PORT", "0"),
            ("SAPA__SERVER__TLS_CERTIFICATE", certificate.as_str()),
            ("SAPA__SERVER__TLS_KEY", key.as_str()),
        ];
        let message = run(folder.path(), &settings, &["serve"]).await.refused();
        assert!(message.contains(named), "{certificate} and {key}: {message}");
        assert!(!message.contains("PRIVATE"), "{message}");
    }
}

/// A server with a certificate of its own.
struct Server {
    app: TestApp,
    folder: TempDir,
}

impl Server {
    async fn start() -> Self {
        Self::with(&[]).await
    }

    async fn with(settings: &[(&str, &str)]) -> Self {
        let folder = TempDir::new().expect("a folder");
        write_certificate(folder.path());
        let path = |name: &str| folder.path().join(name).display().to_string();
        let (certificate, key) = (path("certificate.pem"), path("key.pem"));
        let mut all = vec![("SAPA__SERVER__TLS_CERTIFICATE", certificate.as_str()), ("SAPA__SERVER__TLS_KEY", &key)];
        all.extend_from_slice(settings);
        let app = TestApp::with(&all).await;
        assert!(app.log().contains(&format!("listening on https://{}", app.address)), "{}", app.log());
        Self { app, folder }
    }

    fn base(&self) -> String {
        format!("https://{}", self.app.address)
    }

    fn certificate(&self) -> Certificate {
        let pem = std::fs::read(self.folder.path().join("certificate.pem")).expect("the certificate is there");
        Certificate::from_pem(&pem).expect("a certificate")
    }

    /// This person on a connection of their own, who believes this server's certificate and no other.
    fn person(&self, person: Person, builder: ClientBuilder) -> Person {
        Person { base: self.base(), http: client(builder, &self.certificate()), ..person }
    }
}

fn versions() -> [(Version, fn() -> ClientBuilder); 2] {
    [(Version::HTTP_11, http1), (Version::HTTP_2, http2)]
}

fn http1() -> ClientBuilder {
    reqwest::Client::builder().http1_only()
}

/// What the handshake agrees on, which is HTTP/2.
fn http2() -> ClientBuilder {
    reqwest::Client::builder()
}

fn client(builder: ClientBuilder, certificate: &Certificate) -> reqwest::Client {
    builder.no_proxy().tls_certs_only([certificate.clone()]).build().expect("a client")
}

/// A new self-signed certificate and its key.
fn write_certificate(folder: &Path) {
    let names = ["localhost".to_owned(), "127.0.0.1".to_owned()];
    let made = rcgen::generate_simple_self_signed(names).expect("a certificate");
    std::fs::write(folder.join("certificate.pem"), made.cert.pem()).expect("a file");
    std::fs::write(folder.join("key.pem"), made.signing_key.serialize_pem()).expect("a file");
}

/// Established connections to the server, as the kernel counts them.
fn connections(app: &TestApp) -> usize {
    let port: u16 = app.address.rsplit(':').next().and_then(|port| port.parse().ok()).expect("a port");
    let (local, established) = (format!(":{port:04X}"), "01");
    let table = std::fs::read_to_string("/proc/net/tcp").expect("the kernel tells");
    table
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>())
        .filter(|fields| fields.len() > 3 && fields[1].ends_with(&local) && fields[3] == established)
        .count()
}
