//! Requests that are no requests: read in two ways, without end, too large, too slow.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::task::JoinSet;

use crate::harness::{TestApp, raw};

/// Stands where a body should be; its id would be told if it were answered.
const SMUGGLED: &str = "GET /healthz HTTP/1.1\r\nHost: sapa.test\r\nX-Request-Id: smuggled\r\n\r\n";
/// Longer than any limit on how long a client may take.
const SLOWEST: Duration = Duration::from_secs(60);

#[tokio::test]
async fn a_request_that_two_servers_could_read_differently_is_refused() {
    let app = TestApp::start().await;
    for (what, head, body) in [
        ("a length and chunks", "Content-Length: 4\r\nTransfer-Encoding: chunked", "0\r\n\r\n"),
        ("chunks and a length", "Transfer-Encoding: chunked\r\nContent-Length: 5", "0\r\n\r\n"),
        ("two lengths", "Content-Length: 2\r\nContent-Length: 90", "{}"),
        ("one length twice", "Content-Length: 2\r\nContent-Length: 2", "{}"),
        ("a list of lengths", "Content-Length: 2, 2", "{}"),
        ("a length with a sign", "Content-Length: +2", "{}"),
        ("a negative length", "Content-Length: -2", "{}"),
        ("a length in another base", "Content-Length: 0x2", "{}"),
        ("a length beyond numbers", "Content-Length: 99999999999999999999", "{}"),
        ("a length with a gap", "Content-Length: 2 3", "{}"),
        ("a space before the colon", "Content-Length : 2", "{}"),
        ("a space before the colon of chunks", "Transfer-Encoding : chunked", "0\r\n\r\n"),
        ("an unknown encoding", "Transfer-Encoding: xchunked", "0\r\n\r\n"),
        ("an encoding that is none", "Transfer-Encoding: identity\r\nContent-Length: 2", "{}"),
        ("chunks that are not the last encoding", "Transfer-Encoding: chunked, identity", "0\r\n\r\n"),
        ("encodings on two lines", "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity", "0\r\n\r\n"),
        ("a control character before chunks", "Transfer-Encoding: \u{b}chunked", "0\r\n\r\n"),
        ("a folded encoding", "Transfer-Encoding:\r\n chunked", "0\r\n\r\n"),
        ("a folded header", "X-Folded: a\r\n b\r\nContent-Length: 2", "{}"),
        ("a carriage return in a value", "X-Bare: a\rContent-Length: 2", "{}"),
        ("a NUL in a value", "X-Nul: a\0b\r\nContent-Length: 2", "{}"),
        ("a second host", "Host: other.test\r\nContent-Length: 2", "{}"),
        ("a chunk's size with a prefix", "Transfer-Encoding: chunked", "0x2\r\n{}\r\n0\r\n\r\n"),
        ("a chunk's size beyond numbers", "Transfer-Encoding: chunked", "10000000000000002\r\n{}\r\n0\r\n\r\n"),
        ("a negative chunk", "Transfer-Encoding: chunked", "-2\r\n{}\r\n0\r\n\r\n"),
        ("a chunk without its end", "Transfer-Encoding: chunked", "2\r\n{}XX0\r\n\r\n"),
        ("chunks with bare line feeds", "Transfer-Encoding: chunked", "2\n{}\n0\n\n"),
    ] {
        let head = format!("POST /api/chat/guests HTTP/1.1\r\nHost: sapa.test\r\n{head}\r\n");
        let request = format!("{head}Content-Type: application/json\r\n\r\n{body}{SMUGGLED}");
        let answer = raw::raw(&app, request.as_bytes()).await;
        assert_eq!(raw::status(&answer), 400, "{what}: {answer}");
        assert_eq!(raw::answers(&answer), 1, "{what} is answered twice: {answer}");
    }
    for start in ["POST /api/chat/guests HTTP/1.0", "POST /api/chat/guests HTTP/1.2", "POST /api/chat/guests"] {
        let request = format!("{start}\r\nHost: sapa.test\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n{SMUGGLED}");
        let answer = raw::raw(&app, request.as_bytes()).await;
        assert_eq!((raw::status(&answer), raw::answers(&answer)), (400, 1), "{start}: {answer}");
    }
}

#[tokio::test]
async fn a_body_is_never_taken_for_a_request() {
    let app = TestApp::start().await;
    let polling = "/socket.io/?EIO=4&transport=polling";
    for (method, path) in [
        ("GET", "/healthz"),
        ("HEAD", "/healthz"),
        ("PUT", "/healthz"),
        ("POST", "/nowhere"),
        ("GET", "/docs"),
        ("POST", "/api/chat/rooms"),
        ("OPTIONS", "/api/chat/rooms"),
        ("GET", "/api/chat/sse"),
        ("POST", "/api/chat/guests"),
        ("GET", polling),
        ("POST", polling),
    ] {
        let length = SMUGGLED.len();
        for (head, body) in [
            (format!("Content-Length: {length}"), SMUGGLED.to_owned()),
            ("Transfer-Encoding: chunked".to_owned(), format!("{length:x}\r\n{SMUGGLED}\r\n0\r\n\r\n")),
        ] {
            let request =
                format!("{method} {path} HTTP/1.1\r\nHost: sapa.test\r\nConnection: close\r\n{head}\r\n\r\n{body}");
            let answer = raw::raw(&app, request.as_bytes()).await;
            let smuggled = answer.contains("smuggled") || raw::answers(&answer) != 1;
            assert!(!smuggled, "{method} {path} with {head}: {answer}");
        }
    }
}

#[tokio::test]
async fn heads_that_are_too_large_are_refused() {
    let app = TestApp::start().await;
    let get = "GET /healthz HTTP/1.1\r\nHost: sapa.test\r\nConnection: close\r\n";
    for (what, request, statuses) in [
        ("2,000 headers", format!("{get}{}\r\n", "X-Many: x\r\n".repeat(2000)), vec![431]),
        ("a header of a megabyte", format!("{get}X-Long: {}\r\n\r\n", "x".repeat(1 << 20)), vec![431]),
        (
            "a megabyte of headers",
            format!("{get}{}\r\n", format!("X-Some: {}\r\n", "x".repeat(1000)).repeat(1000)),
            vec![431],
        ),
        ("a long address", format!("GET /{} HTTP/1.1\r\nHost: sapa.test\r\n\r\n", "x".repeat(70_000)), vec![400, 414]),
    ] {
        let answer = raw::raw(&app, request.as_bytes()).await;
        // Whoever is still sending may find the connection reset in place of the answer.
        assert!(answer.is_empty() || statuses.contains(&raw::status(&answer)), "{what}: {answer}");
    }
    app.anonymous().get("/healthz").await.ok();
}

#[tokio::test]
async fn who_sends_a_head_without_end_is_given_up_and_holds_nobody_up() {
    let app = TestApp::start().await;
    let mut slow = JoinSet::new();
    for n in 0..200 {
        let address = app.address.clone();
        slow.spawn(async move {
            let mut connection = TcpStream::connect(address).await.expect("a connection");
            let begun = if n % 2 == 0 { "" } else { "GET /healthz HTTP/1.1\r\nHost: sapa.test\r\nX-Slow: " };
            connection.write_all(begun.as_bytes()).await.expect("sent");
            let answer = answered_while_sending(connection, if n % 2 == 0 { b"\r\n" } else { b"x" }).await;
            assert!(answer.is_empty() || raw::status(&answer) == 408, "{answer}");
        });
    }
    for _ in 0..20 {
        app.anonymous().get("/healthz").await.ok();
    }
    slow.join_all().await;
}

#[tokio::test]
async fn a_body_that_is_not_sent_in_time_is_given_up() {
    let app = TestApp::start().await;
    let customer = app.customer(7);
    let token = customer.token.as_deref().expect("a token");
    let head = format!(
        "POST /api/chat/rooms HTTP/1.1\r\nHost: sapa.test\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\nConnection: close\r\n"
    );
    let mut slow = JoinSet::new();
    for (begun, more) in
        [("Content-Length: 1000\r\n\r\n{", &b" "[..]), ("Transfer-Encoding: chunked\r\n\r\n1\r\n{\r\n", b"1\r\n \r\n")]
    {
        let mut connection = TcpStream::connect(&app.address).await.expect("a connection");
        connection.write_all(format!("{head}{begun}").as_bytes()).await.expect("sent");
        slow.spawn(answered_while_sending(connection, more));
    }
    for answer in slow.join_all().await {
        assert_eq!(raw::status(&answer), 400, "{answer}");
        assert!(answer.contains("in time"), "{answer}");
    }
}

#[tokio::test]
async fn requests_of_http_2_that_are_given_up_at_once_do_no_harm() {
    let app = TestApp::start().await;
    let client = reqwest::Client::builder().no_proxy().http2_prior_knowledge().build().expect("a client");
    let before = app.memory();
    for _ in 0..20 {
        let requests = (0..100).map(|_| client.get(app.url("/api/openapi.json")).send());
        let many = futures_util::future::join_all(requests);
        // Dropped before it is answered, each request is reset.
        let _ = tokio::time::timeout(Duration::from_millis(2), many).await;
    }
    app.anonymous().get("/healthz").await.ok();
    let grown = app.memory().saturating_sub(before);
    assert!(grown < 100 * 1024, "{grown} KiB more after 2,000 requests that were given up");
}

/// Sends a little each half second until an answer has come, or the end of the connection.
async fn answered_while_sending(connection: TcpStream, more: &'static [u8]) -> String {
    let (mut reading, mut writing) = connection.into_split();
    let sending = tokio::spawn(async move {
        while writing.write_all(more).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(500)).await;
        }
        // The answer may still be on its way.
        std::future::pending::<()>().await;
        drop(writing);
    });
    let mut answer = Vec::new();
    let answered = async {
        let mut bytes = [0; 4096];
        while let Ok(count @ 1..) = reading.read(&mut bytes).await {
            answer.extend_from_slice(&bytes[..count]);
            if answer.ends_with(b"}") || answer.ends_with(b"\r\n\r\n") {
                return;
            }
        }
    };
    let ended = tokio::time::timeout(SLOWEST, answered).await;
    assert!(ended.is_ok(), "neither answered nor closed within {SLOWEST:?}");
    sending.abort();
    String::from_utf8_lossy(&answer).into_owned()
}
