//! Streams on plain HTTP/1.1 leave the HTTP server once they are answered: what a client sees of it, and what must not
//! change with it. The tests of streams, faults and resumes run with `stream.take_over_sockets` off as well.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::harness::{Listen, PATIENCE, Person, TestApp, eventually};

const CONNECTED: &str = "\"type\":\"connected\"";
const SWITCH: &str = "SAPA__STREAM__TAKE_OVER_SOCKETS";

#[tokio::test]
async fn a_stream_has_one_head_with_what_every_middleware_adds() {
    let app = TestApp::with(&[("CLIENT_URL", "https://shop.example")]).await;
    let customer = app.customer(7);
    let room = customer.new_room().await;
    let headers = "Origin: https://shop.example\r\nX-Request-Id: abc-1\r\n";
    let mut stream = Connection::open(&app).await;
    stream.ask(&customer, &Listen::room(room).path(), headers).await;
    let head = stream.until("\r\n\r\n").await.to_lowercase();
    assert!(head.starts_with("http/1.1 200 ok\r\n"), "{head}");
    for line in [
        "content-type: text/event-stream",
        "cache-control: no-cache, no-transform",
        "x-accel-buffering: no",
        "x-content-type-options: nosniff",
        "x-request-id: abc-1",
        "access-control-allow-origin: https://shop.example",
        "connection: close",
        "date: ",
    ] {
        assert_eq!(head.matches(&format!("\r\n{line}")).count(), 1, "{line} in {head}");
    }
    assert!(!head.contains("transfer-encoding") && !head.contains("content-length"), "{head}");
    let start = stream.until(CONNECTED).await;
    assert!(start.starts_with("retry: "), "{start}");
    let id = customer.says(room, "Hello").await;
    let rest = stream.until(&format!("\"id\":{id},")).await;
    assert!(!rest.contains("HTTP/1.1"), "a second head in {rest}");
}

#[tokio::test]
async fn without_the_takeover_a_stream_is_an_ordinary_chunked_body() {
    let app = TestApp::with(&[(SWITCH, "false")]).await;
    let customer = app.customer(7);
    let mut stream = Connection::open(&app).await;
    stream.ask(&customer, &Listen::all().path(), "").await;
    let head = stream.until("\r\n\r\n").await.to_lowercase();
    assert!(head.contains("\r\ntransfer-encoding: chunked\r\n") && !head.contains("connection: close"), "{head}");
    stream.until(CONNECTED).await;
}

#[tokio::test]
async fn a_client_of_http_1_0_gets_no_chunks_which_it_could_not_read() {
    let app = TestApp::start().await;
    let customer = app.customer(7);
    let room = customer.new_room().await;
    let mut stream = Connection::open(&app).await;
    let token = customer.token.as_deref().expect("a token");
    stream.send(&format!("GET {} HTTP/1.0\r\nAuthorization: Bearer {token}\r\n\r\n", Listen::room(room).path())).await;
    let head = stream.until("\r\n\r\n").await;
    assert!(head.starts_with("HTTP/1.1 200 OK\r\n") && !head.contains("transfer-encoding"), "{head}");
    assert!(stream.until(CONNECTED).await.starts_with("retry: "));
    let id = customer.says(room, "Hello").await;
    stream.until(&format!("\"id\":{id},")).await;
}

#[tokio::test]
async fn a_connection_that_has_answered_requests_becomes_a_stream() {
    let app = TestApp::start().await;
    let customer = app.customer(7);
    let room = customer.new_room().await;
    let mut connection = Connection::open(&app).await;
    for _ in 0..3 {
        connection.ask(&customer, &format!("/api/chat/rooms/{room}"), "").await;
        connection.until("\"lastEventId\"").await;
        connection.drain().await;
    }
    connection.ask(&customer, &Listen::room(room).path(), "").await;
    let head = connection.until("\r\n\r\n").await;
    assert!(head.contains("text/event-stream") && head.contains("connection: close"), "{head}");
    let id = customer.says(room, "Hello").await;
    connection.until(&format!("\"id\":{id},")).await;
}

#[tokio::test]
async fn a_refused_stream_keeps_its_connection() {
    let app = TestApp::start().await;
    let (customer, stranger) = (app.customer(7), app.customer(8));
    let room = customer.new_room().await;
    let mut connection = Connection::open(&app).await;
    connection.ask(&stranger, &Listen::room(room).path(), "").await;
    assert!(connection.until("\"status\":403").await.starts_with("HTTP/1.1 403"));
    connection.drain().await;
    connection.ask(&customer, &Listen::room(room).path(), "").await;
    connection.until(CONNECTED).await;
}

#[tokio::test]
async fn what_a_reader_sends_is_read_and_dropped() {
    let app = TestApp::start().await;
    let customer = app.customer(7);
    let room = customer.new_room().await;
    let mut stream = Connection::to_room(&app, &customer, room).await;
    let noise = "GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n".repeat(64 * 1024);
    stream.send(&noise).await;
    let id = customer.says(room, "Hello").await;
    let rest = stream.until(&format!("\"id\":{id},")).await;
    assert!(!rest.contains("HTTP/1.1"), "somebody answered: {rest}");
}

#[tokio::test]
async fn a_stream_holds_one_descriptor_and_gives_it_back() {
    let app = TestApp::start().await;
    let customer = app.customer(7);
    let room = customer.new_room().await;
    let before = app.open_files();
    let mut streams = Vec::new();
    for _ in 0..20 {
        streams.push(Connection::to_room(&app, &customer, room).await);
    }
    eventually("each stream has one descriptor", || async { (app.open_files() <= before + 25).then_some(()) }).await;
    drop(streams);
    app.metric_reaches("sapa_streams_open", 0.0).await;
    eventually("the descriptors are given back", || async { (app.open_files() <= before + 5).then_some(()) }).await;
}

/// A connection whose bytes are looked at as they come.
struct Connection {
    socket: TcpStream,
    host: String,
}

impl Connection {
    async fn open(app: &TestApp) -> Self {
        let socket = TcpStream::connect(&app.address).await.expect("the server accepts");
        Self { socket, host: app.address.clone() }
    }

    /// A stream of the room that has begun.
    async fn to_room(app: &TestApp, person: &Person, room: i64) -> Self {
        let mut stream = Self::open(app).await;
        stream.ask(person, &Listen::room(room).path(), "").await;
        stream.until(CONNECTED).await;
        stream
    }

    async fn send(&mut self, bytes: &str) {
        self.socket.write_all(bytes.as_bytes()).await.expect("the bytes are sent");
    }

    async fn ask(&mut self, person: &Person, path: &str, headers: &str) {
        let token = person.token.as_deref().expect("a token");
        let request =
            format!("GET {path} HTTP/1.1\r\nHost: {}\r\nAuthorization: Bearer {token}\r\n{headers}\r\n", self.host);
        self.send(&request).await;
    }

    /// All bytes up to the first that end with `end`.
    async fn until(&mut self, end: &str) -> String {
        let mut seen = String::new();
        let reading = async {
            while !seen.ends_with(end) {
                let byte = self.socket.read_u8().await.expect("the connection is there");
                seen.push(char::from(byte));
            }
        };
        let ended = tokio::time::timeout(PATIENCE, reading).await;
        assert!(ended.is_ok(), "no {end:?} in {seen:?}");
        seen
    }

    /// Drops the rest of an answer that has arrived as a whole.
    async fn drain(&mut self) {
        self.until("}").await;
        let mut rest = [0; 4096];
        while self.socket.try_read(&mut rest).is_ok_and(|read| read > 0) {}
    }
}
