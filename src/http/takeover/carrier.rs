//! The one task of a serving thread that carries all the connections which it has taken over.

use std::{
    cell::RefCell,
    future::{Future, poll_fn},
    io, net,
    pin::{Pin, pin},
    rc::Rc,
    task::{Context, Poll, ready},
};

use bytes::Bytes;
use futures_util::{StreamExt, stream::FuturesUnordered};
use tokio::{net::TcpStream, sync::Notify, task::unconstrained};

use super::{Exchange, connection::Connection};

/// Reads of one turn: whoever sends without an end waits for the others.
const MOST_READS: usize = 8;

thread_local! {
    static CARRIER: Rc<Carrier> = Carrier::start();
}

/// Carries the exchange on the thread that this is called on: sends the head, then what the exchange has.
///
/// # Errors
/// The socket cannot be watched.
pub(super) fn start(socket: net::TcpStream, head: Bytes, mut exchange: Box<dyn Exchange>) -> io::Result<()> {
    let connection = Rc::new(Connection::new(TcpStream::from_std(socket)?, head));
    exchange.taken_over(connection.clone());
    CARRIER.with(|carrier| carrier.take_on(Carried { connection, exchange }));
    Ok(())
}

#[derive(Default)]
struct Carrier {
    carried: RefCell<FuturesUnordered<Carried>>,
    arrived: Notify,
}

impl Carrier {
    fn start() -> Rc<Self> {
        let carrier = Rc::<Self>::default();
        // tokio's budget would hand the thread to other tasks after 128 readers and poll them once more for nothing.
        actix_web::rt::spawn(unconstrained(carrier.clone().carry()));
        carrier
    }

    fn take_on(&self, carried: Carried) {
        self.carried.borrow().push(carried);
        self.arrived.notify_one();
    }

    async fn carry(self: Rc<Self>) {
        loop {
            let mut arrived = pin!(self.arrived.notified());
            poll_fn(|context| {
                while let Poll::Ready(Some(())) = self.carried.borrow_mut().poll_next_unpin(context) {}
                arrived.as_mut().poll(context)
            })
            .await;
        }
    }
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
