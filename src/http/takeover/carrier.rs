//! The one task of a serving thread that carries all the connections which it has taken over.

use std::{
    future::Future,
    io, net,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use futures_util::{StreamExt, stream::FuturesUnordered};
use tokio::{
    net::TcpStream,
    sync::mpsc::{self, UnboundedReceiver, UnboundedSender},
    task::unconstrained,
};

use super::{Exchange, connection::Connection};

/// Reads of one turn: whoever sends without an end waits for the others.
const MOST_READS: usize = 8;

thread_local! {
    static CARRIER: UnboundedSender<Carried> = {
        let (sender, arriving) = mpsc::unbounded_channel();
        // tokio's budget would hand the thread to other tasks after 128 readers and poll them once more for nothing.
        actix_web::rt::spawn(unconstrained(carry(arriving)));
        sender
    };
}

/// Carries the exchange on the thread that this is called on: sends the head, then what the exchange has.
///
/// # Errors
/// The socket cannot be watched.
pub(super) fn start(socket: net::TcpStream, head: Bytes, mut exchange: Box<dyn Exchange>) -> io::Result<()> {
    let connection = Rc::new(Connection::new(TcpStream::from_std(socket)?, head));
    exchange.taken_over(connection.clone());
    let stopped = |_| io::Error::other("the serving thread stops");
    CARRIER.with(|carrier| carrier.send(Carried { connection, exchange })).map_err(stopped)
}

async fn carry(mut arriving: UnboundedReceiver<Carried>) {
    let mut carried = FuturesUnordered::new();
    std::future::poll_fn(|context| {
        while let Poll::Ready(Some(next)) = arriving.poll_recv(context) {
            carried.push(next);
        }
        while ready!(carried.poll_next_unpin(context)).is_some() {}
        Poll::<()>::Pending
    })
    .await;
}

/// A connection with what goes over it; done when either has ended.
struct Carried {
    connection: Rc<Connection>,
    exchange: Box<dyn Exchange>,
}

impl Future for Carried {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        let Self { connection, exchange } = self.get_mut();
        let mut reads = 0;
        loop {
            match connection.poll_flush(context) {
                Poll::Ready(Ok(())) => match exchange.poll_next(context) {
                    Poll::Ready(Some(bytes)) => {
                        connection.push(bytes);
                        continue;
                    }
                    Poll::Ready(None) => return Poll::Ready(()),
                    Poll::Pending => {}
                },
                Poll::Ready(Err(_)) => return Poll::Ready(()),
                Poll::Pending => {}
            }
            if !exchange.is_listening() {
                return Poll::Pending;
            }
            if reads == MOST_READS {
                context.waker().wake_by_ref();
                return Poll::Pending;
            }
            reads += 1;
            if ready!(connection.poll_read(context, |bytes| exchange.receive(bytes))).is_err() {
                return Poll::Ready(());
            }
        }
    }
}
