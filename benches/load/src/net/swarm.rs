//! The event loop of all connections.

use std::{
    collections::BTreeSet,
    io,
    net::SocketAddr,
    time::{Duration, Instant},
};

use mio::{Events, Interest, Poll, Token, net::TcpStream};
use slab::Slab;

use super::{
    connection::{Answered, Connection, Order, READ, Role, Seen},
    websocket,
};
use crate::Result;

/// Without any progress for so long the rest is taken as lost.
const PATIENCE: Duration = Duration::from_secs(20);
const EVENTS: usize = 1024;

/// A connection that is to be opened.
pub(crate) enum Opening {
    /// A stream by this request; ready with its head, or once it has seen `wanted` messages. `next` is the number that
    /// the first message must have.
    Stream { request: Vec<u8>, wanted: u32, next: Option<u32> },
    /// A Socket.IO client that sends `connect`, and then `join` if it is to enter a room.
    Socket { path: String, connect: String, join: Option<String> },
}

/// When requests are sent.
#[derive(Clone, Copy)]
pub(crate) enum Pace {
    /// The next one of a caller when the last was answered.
    Closed,
    /// So many a second, whatever the answers do.
    PerSecond(f64),
}

/// Requests to be sent.
pub(crate) struct Work<'a> {
    /// Connections that send, each with one request in flight.
    pub(crate) callers: usize,
    pub(crate) pace: Pace,
    /// How many requests.
    pub(crate) total: u64,
    /// A request is sent when the one that many before it was answered: what goes to one room is in order.
    pub(crate) apart: u64,
    /// How many messages the open streams must get meanwhile.
    pub(crate) deliveries: u64,
    /// The request of an index, at nanoseconds since the start.
    pub(crate) request: &'a mut dyn FnMut(u64, u64) -> Vec<u8>,
    /// Is told of each answer: the index, the status and the body.
    pub(crate) answered: &'a mut dyn FnMut(u64, u16, &[u8]),
}

/// How a work went.
#[derive(Debug, Default)]
pub(crate) struct Answer {
    pub(crate) took: Duration,
    /// Requests that were answered with something else than a 2xx, or not at all.
    pub(crate) failed: u64,
    pub(crate) deliveries: u64,
    /// Deliveries that are missing at the end.
    pub(crate) lost: u64,
    /// Deliveries that were not the next of their room.
    pub(crate) wrong: u64,
    /// Streams that ended.
    pub(crate) ended: u64,
    /// Microseconds from post to delivery.
    pub(crate) latencies: Vec<u32>,
    /// Microseconds from request to answer.
    pub(crate) waits: Vec<u32>,
}

/// All connections to one server.
pub(crate) struct Swarm {
    poll: Poll,
    events: Events,
    connections: Slab<Connection>,
    address: SocketAddr,
    start: Instant,
    seen: Seen,
    buffer: Vec<u8>,
    answers: Vec<(usize, Answered)>,
}

impl Swarm {
    pub(crate) fn new(address: SocketAddr) -> Result<Self> {
        Ok(Self {
            poll: Poll::new()?,
            events: Events::with_capacity(EVENTS),
            connections: Slab::new(),
            address,
            start: Instant::now(),
            seen: Seen::default(),
            buffer: vec![0; READ],
            answers: Vec::new(),
        })
    }

    /// Opens connections, at most `at_once` at a time, and waits until all are ready; returns when each was, since the
    /// call.
    pub(crate) fn open(
        &mut self,
        openings: impl IntoIterator<Item = Opening>,
        at_once: usize,
    ) -> Result<Vec<Duration>> {
        let begun = Instant::now();
        let mut openings = openings.into_iter();
        let (mut waiting, mut times, mut last) = (Vec::new(), Vec::new(), Instant::now());
        let mut more = true;
        while more || !waiting.is_empty() {
            while more && waiting.len() < at_once {
                match openings.next() {
                    Some(opening) => waiting.push(self.connect(opening)?),
                    None => more = false,
                }
            }
            self.turn(Duration::from_millis(100))?;
            let before = times.len();
            let connections = &self.connections;
            waiting.retain(|key| {
                let ready = connections.get(*key).is_none_or(|connection| connection.ready);
                if ready {
                    times.push(begun.elapsed());
                }
                !ready
            });
            if times.len() > before {
                last = Instant::now();
            }
            if last.elapsed() > PATIENCE {
                return Err(format!("{} connections were not ready in time", waiting.len()).into());
            }
        }
        match std::mem::take(&mut self.seen).ended {
            0 => Ok(times),
            ended => Err(format!("{ended} connections were ended while others were opened").into()),
        }
    }

    /// Sends requests and waits for their answers and for the deliveries that come of them.
    pub(crate) fn run(&mut self, work: Work<'_>) -> Result<Answer> {
        let Work { callers, pace, total, apart, deliveries, request, answered } = work;
        let callers = self.callers(callers)?;
        let (mut free, mut in_flight) = (callers.clone(), BTreeSet::new());
        self.seen = Seen::default();
        let (begun, mut last) = (Instant::now(), Instant::now());
        let mut answer = Answer::default();
        let (mut sent, mut done, mut before) = (0, 0, 0);
        while done < total || self.seen.deliveries < deliveries {
            let due = |index: u64| match pace {
                Pace::Closed => Duration::ZERO,
                Pace::PerSecond(rate) => Duration::from_secs_f64(index as f64 / rate),
            };
            while sent < total && begun.elapsed() >= due(sent) {
                if in_flight.first().is_some_and(|oldest| sent >= oldest + apart) {
                    break;
                }
                let Some(key) = free.pop() else { break };
                let now = self.now();
                self.call(key, sent, now, &request(sent, now))?;
                in_flight.insert(sent);
                sent += 1;
            }
            let wait = match pace {
                Pace::PerSecond(_) if sent < total && !free.is_empty() => due(sent).saturating_sub(begun.elapsed()),
                _ => Duration::from_millis(200),
            };
            self.turn(wait)?;
            for (key, (index, sent_at, status, body)) in std::mem::take(&mut self.answers) {
                answer.failed += u64::from(!(200..300).contains(&status));
                let wait = self.now().saturating_sub(sent_at) / 1000;
                answer.waits.push(u32::try_from(wait).unwrap_or(u32::MAX));
                answered(index, status, &body);
                in_flight.remove(&index);
                free.push(key);
                done += 1;
            }
            if done + self.seen.deliveries > before {
                (before, last) = (done + self.seen.deliveries, Instant::now());
            }
            if last.elapsed() > PATIENCE {
                break;
            }
        }
        answer.took = begun.elapsed();
        // What was delivered twice would come after the last one that was waited for.
        self.idle(Duration::from_millis(if deliveries > 0 { 200 } else { 0 }))?;
        for key in callers {
            self.connections.try_remove(key);
        }
        let seen = std::mem::take(&mut self.seen);
        answer.failed += total - done;
        answer.deliveries = seen.deliveries;
        answer.lost = deliveries.saturating_sub(seen.deliveries);
        answer.wrong = seen.wrong + seen.deliveries.saturating_sub(deliveries);
        (answer.ended, answer.latencies) = (seen.ended, seen.latencies);
        Ok(answer)
    }

    /// Connections that requests are sent on, once the server has taken them.
    fn callers(&mut self, count: usize) -> Result<Vec<usize>> {
        let keys =
            (0..count).map(|_| self.add(Role::Caller { begun: None }, Vec::new())).collect::<Result<Vec<_>>>()?;
        let begun = Instant::now();
        while !keys.iter().all(|key| self.connections.get(*key).is_some_and(|caller| caller.ready)) {
            self.turn(Duration::from_millis(100))?;
            if begun.elapsed() > PATIENCE {
                return Err("the server takes no connections".into());
            }
        }
        Ok(keys)
    }

    /// Does what the connections ask for, for a while.
    pub(crate) fn idle(&mut self, time: Duration) -> Result<()> {
        let until = Instant::now() + time;
        while let Some(left) = until.checked_duration_since(Instant::now()).filter(|left| !left.is_zero()) {
            self.turn(left)?;
        }
        Ok(())
    }

    /// Connections that are open.
    pub(crate) fn len(&self) -> usize {
        self.connections.len()
    }

    /// Closes all connections.
    pub(crate) fn clear(&mut self) {
        self.connections.clear();
        self.seen = Seen::default();
    }

    fn now(&self) -> u64 {
        u64::try_from(self.start.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }

    fn connect(&mut self, opening: Opening) -> Result<usize> {
        match opening {
            Opening::Stream { request, wanted, next } => {
                self.add(Role::Stream { order: Order { next, seen: 0 }, wanted, body: None }, request)
            }
            Opening::Socket { path, connect, join } => {
                let request = websocket::upgrade_request(&path, &self.address.to_string());
                self.add(Role::Socket { order: Order::default(), connect, join, upgraded: false }, request)
            }
        }
    }

    fn add(&mut self, role: Role, request: Vec<u8>) -> Result<usize> {
        let mut stream = TcpStream::connect(self.address)?;
        stream.set_nodelay(true)?;
        let entry = self.connections.vacant_entry();
        let key = entry.key();
        self.poll.registry().register(&mut stream, Token(key), Interest::READABLE | Interest::WRITABLE)?;
        entry.insert(Connection::new(stream, role, request));
        Ok(key)
    }

    fn call(&mut self, key: usize, index: u64, now: u64, request: &[u8]) -> Result<()> {
        let connection = self.connections.get_mut(key).ok_or("the server has closed a caller's connection")?;
        connection.role = Role::Caller { begun: Some((index, now)) };
        Ok(connection.send(request)?)
    }

    /// Waits for events at most so long, and handles them.
    fn turn(&mut self, wait: Duration) -> Result<()> {
        match self.poll.poll(&mut self.events, Some(wait)) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => return Ok(()),
            polled => polled?,
        }
        let mut answers = Vec::new();
        for event in &self.events {
            let key = event.token().0;
            let now = u64::try_from(self.start.elapsed().as_nanos()).unwrap_or(u64::MAX);
            let Some(connection) = self.connections.get_mut(key) else { continue };
            let mut open = Ok(true);
            if event.is_writable() {
                open = connection.flush().map(|()| true);
                // A caller is ready when it is connected, the others once they got what they wait for.
                connection.ready |= matches!(connection.role, Role::Caller { .. });
            }
            if event.is_readable() && open.is_ok() {
                open = connection.read(&mut self.buffer, now, &mut self.seen, &mut answers);
            }
            self.answers.extend(answers.drain(..).map(|answer| (key, answer)));
            if !matches!(open, Ok(true)) {
                let is_caller = matches!(connection.role, Role::Caller { .. });
                self.seen.ended += u64::from(!is_caller);
                self.connections.remove(key);
            }
        }
        Ok(())
    }
}
