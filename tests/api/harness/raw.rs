//! Bytes as no client library would send them.

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::app::TestApp;
use super::wait::PATIENCE;

/// Sends these bytes and gives what comes back until the server closes the connection.
pub(crate) async fn raw(app: &TestApp, bytes: &[u8]) -> String {
    let (mut reading, mut writing) = TcpStream::connect(&app.address).await.expect("a connection").into_split();
    let bytes = bytes.to_owned();
    // A server that has refused the head takes no more, and what is sent then fails.
    let sending = tokio::spawn(async move {
        let _ = writing.write_all(&bytes).await;
        writing
    });
    let mut answer = Vec::new();
    let ended = tokio::time::timeout(PATIENCE, reading.read_to_end(&mut answer)).await;
    let start = String::from_utf8_lossy(&answer).into_owned();
    assert!(ended.is_ok(), "the connection stays open after {start:?}");
    sending.abort();
    start
}

/// How many answers there are in what came back.
pub(crate) fn answers(text: &str) -> usize {
    text.matches("HTTP/1.1 ").count()
}

/// The status of the first answer.
#[track_caller]
pub(crate) fn status(text: &str) -> u16 {
    let status = text.strip_prefix("HTTP/1.1 ").and_then(|rest| rest.get(..3)).and_then(|status| status.parse().ok());
    status.unwrap_or_else(|| panic!("no answer but {text:?}"))
}
