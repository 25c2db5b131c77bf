//! A network between the program and a server that a test can cut.

use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinSet;

/// Passes bytes on to another port of this machine while it is open. Ends with its connections when it is dropped.
pub(crate) struct Proxy {
    /// Where the program connects to.
    pub(crate) port: u16,
    open: Arc<watch::Sender<bool>>,
    _accepting: JoinSet<()>,
}

impl Proxy {
    pub(crate) async fn before(port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let own = listener.local_addr().expect("an address").port();
        let open = Arc::new(watch::Sender::new(true));
        let mut accepting = JoinSet::new();
        let gate = open.clone();
        accepting.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((client, _)) = listener.accept().await {
                connections.spawn(connect(client, port, gate.subscribe()));
            }
        });
        Self { port: own, open, _accepting: accepting }
    }

    /// Swallows nothing and passes nothing on, in either direction; nobody is told.
    pub(crate) fn cut(&self) {
        self.open.send_replace(false);
    }

    /// Passes on what waits, and all that follows.
    pub(crate) fn heal(&self) {
        self.open.send_replace(true);
    }
}

async fn connect(client: TcpStream, port: u16, mut open: watch::Receiver<bool>) {
    if open.wait_for(|open| *open).await.is_err() {
        return;
    }
    let Ok(server) = TcpStream::connect(("127.0.0.1", port)).await else { return };
    let ((from_client, to_client), (from_server, to_server)) = (client.into_split(), server.into_split());
    tokio::join!(pass(from_client, to_server, open.clone()), pass(from_server, to_client, open));
}

async fn pass(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, mut open: watch::Receiver<bool>) {
    let mut bytes = [0; 16 * 1024];
    while let Ok(count @ 1..) = from.read(&mut bytes).await {
        if open.wait_for(|open| *open).await.is_err() || to.write_all(&bytes[..count]).await.is_err() {
            return;
        }
    }
}
