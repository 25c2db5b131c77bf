//! A network between the program and a server that a test can slow down, silence, and break.

use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinSet;
use tokio::time::Instant;

/// Reads of one direction of a connection that may be under way at a time.
const UNDER_WAY: usize = 1024;

/// Passes bytes on to another port of this machine. Ends with its connections when it is dropped.
pub(crate) struct Proxy {
    /// Where the program connects to.
    pub(crate) port: u16,
    line: Arc<watch::Sender<Line>>,
    _accepting: JoinSet<()>,
}

/// What becomes of bytes.
#[derive(Debug, Clone, Copy, Default)]
struct Line {
    silent: bool,
    broken: bool,
    /// Connections that are older than this never hear anything again.
    forgotten: u64,
    /// What each direction takes.
    latency: Duration,
}

impl Proxy {
    pub(crate) async fn before(port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let own = listener.local_addr().expect("an address").port();
        let line = Arc::new(watch::Sender::new(Line::default()));
        let mut accepting = JoinSet::new();
        let gate = line.clone();
        accepting.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((client, _)) = listener.accept().await {
                connections.spawn(connect(client, port, gate.subscribe()));
                while connections.try_join_next().is_some() {}
            }
        });
        Self { port: own, line, _accepting: accepting }
    }

    /// Swallows nothing and passes nothing on, in either direction; nobody is told.
    pub(crate) fn cut(&self) {
        self.line.send_modify(|line| line.silent = true);
    }

    /// Passes on what waits, and all that follows; new connections are taken again.
    pub(crate) fn heal(&self) {
        self.line.send_modify(|line| (line.silent, line.broken) = (false, false));
    }

    /// Heals for new connections alone: for those of before it stays silent for ever, as a network does after which
    /// another machine has taken over.
    pub(crate) fn heal_for_new_connections(&self) {
        self.line.send_modify(|line| (line.silent, line.forgotten) = (false, line.forgotten + 1));
    }

    /// Ends all connections and refuses new ones.
    pub(crate) fn break_off(&self) {
        self.line.send_modify(|line| line.broken = true);
    }

    /// Everything takes so much longer, in each direction.
    pub(crate) fn slow_down(&self, latency: Duration) {
        self.line.send_modify(|line| line.latency = latency);
    }
}

async fn connect(client: TcpStream, port: u16, line: watch::Receiver<Line>) {
    let born = line.borrow().forgotten;
    let mut broken = line.clone();
    let talking = async {
        let mut open = line.clone();
        open.wait_for(|line| !line.silent && line.forgotten == born).await.ok()?;
        let server = TcpStream::connect(("127.0.0.1", port)).await.ok()?;
        client.set_nodelay(true).ok()?;
        server.set_nodelay(true).ok()?;
        let ((from_client, to_client), (from_server, to_server)) = (client.into_split(), server.into_split());
        tokio::join!(pass(from_client, to_server, line.clone(), born), pass(from_server, to_client, line, born));
        Some(())
    };
    tokio::select! {
        _ = talking => {}
        _ = broken.wait_for(|line| line.broken) => {}
    }
}

async fn pass(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, line: watch::Receiver<Line>, born: u64) {
    let (under_way, mut arriving) = mpsc::channel::<(Instant, Vec<u8>)>(UNDER_WAY);
    let mut open = line.clone();
    let departing = async move {
        let mut bytes = vec![0; 16 * 1024];
        while let Ok(count @ 1..) = from.read(&mut bytes).await {
            let arrival = Instant::now() + line.borrow().latency;
            if under_way.send((arrival, bytes[..count].to_vec())).await.is_err() {
                return;
            }
        }
    };
    let arriving = async move {
        while let Some((arrival, bytes)) = arriving.recv().await {
            tokio::time::sleep_until(arrival).await;
            let passes = open.wait_for(|line| !line.silent && line.forgotten == born).await.is_ok();
            if !passes || to.write_all(&bytes).await.is_err() {
                return;
            }
        }
    };
    tokio::join!(departing, arriving);
}
