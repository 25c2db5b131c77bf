//! A reader who is cut off again and again and goes on where it was.

use std::time::{Duration, Instant};

use rand::seq::IndexedRandom;

use super::listen::Listen;
use super::parser::Frame;
use super::person::Person;
use super::stream::Stream;
use super::wait::PATIENCE;

/// Follows one stream over many connections, as an `EventSource` does.
pub(crate) struct Follower {
    person: Person,
    /// Where each connection goes, by chance.
    doors: Vec<String>,
    listen: Listen,
    stream: Option<Stream>,
    /// Where it goes on; none before the first connection.
    pub(crate) last_id: Option<i64>,
    /// Every frame with an id but `connected`, over all connections.
    pub(crate) frames: Vec<Frame>,
    pub(crate) connections: usize,
}

impl Follower {
    /// Starts at the journal's end of this moment.
    pub(crate) async fn start(person: &Person, listen: Listen) -> Self {
        let mut follower = Self::after(person, listen, None);
        follower.connect().await;
        follower
    }

    /// Starts after an id that is known already.
    pub(crate) fn after(person: &Person, listen: Listen, last_id: Option<i64>) -> Self {
        let doors = vec![person.base.clone()];
        Self { person: person.clone(), doors, listen, stream: None, last_id, frames: Vec::new(), connections: 0 }
    }

    /// From the next connection on, it comes to any of these nodes.
    pub(crate) fn roaming(mut self, doors: &[String]) -> Self {
        self.doors = doors.to_vec();
        self
    }

    /// The connection breaks off.
    pub(crate) fn hang_up(&mut self) {
        self.stream = None;
    }

    /// The next frame that has an id, over as many connections as it takes.
    pub(crate) async fn next(&mut self) -> &Frame {
        let frame = tokio::time::timeout(3 * PATIENCE, self.next_durable()).await;
        let frame = frame.unwrap_or_else(|_| panic!("nothing came after {:?}: {:#?}", self.last_id, self.tail()));
        self.frames.push(frame);
        self.frames.last().expect("a frame was pushed")
    }

    /// Follows up to a message of this text, hanging up after each so many
    /// frames, in turn.
    pub(crate) async fn follow_until(&mut self, text: &str, hang_up_after: &[usize]) {
        let mut turns = hang_up_after.iter().cycle();
        let mut left = turns.next().copied();
        loop {
            let frame = self.next().await;
            if frame.is("message") && frame.data["message"] == text {
                return;
            }
            left = left.map(|left| left.saturating_sub(1));
            if left == Some(0) {
                self.hang_up();
                left = turns.next().copied();
            }
        }
    }

    /// The ids of all messages, in the order in which they came.
    pub(crate) fn messages(&self) -> Vec<i64> {
        let messages = self.frames.iter().filter(|frame| frame.is("message"));
        messages.map(|frame| frame.data["id"].as_i64().expect("a message has an id")).collect()
    }

    async fn next_durable(&mut self) -> Frame {
        loop {
            if self.stream.is_none() {
                self.connect().await;
            }
            let Some(stream) = &mut self.stream else { continue };
            match stream.next_or_end().await {
                None => self.stream = None,
                Some(frame) if frame.id.is_some() => {
                    assert!(frame.id > self.last_id, "{frame:?} came after {:?}", self.last_id);
                    self.last_id = frame.id;
                    return frame;
                }
                Some(_) => {}
            }
        }
    }

    /// Tries until the server is there; whatever it answers then is final.
    async fn connect(&mut self) {
        let listen = match self.last_id {
            Some(id) => self.listen.clone().after(id),
            None => self.listen.clone(),
        };
        let started = Instant::now();
        let response = loop {
            self.person.base.clone_from(self.doors.choose(&mut rand::rng()).expect("somewhere to go"));
            match self.person.knock(&listen).await {
                Ok(response) => break response,
                Err(_) if started.elapsed() < PATIENCE => tokio::time::sleep(Duration::from_millis(20)).await,
                Err(error) => panic!("the server does not come back: {error}"),
            }
        };
        assert_eq!(response.status(), 200, "a status other than 200 ends an EventSource");
        let mut stream = Stream::new(response);
        // A server that stops may have granted the stream and ended it at once.
        let Some(connected) = stream.next_or_end().await else { return };
        assert!(connected.is("connected"), "the first frame is {connected:?}");
        assert_eq!(connected.data.get("reset"), None, "nothing was too old: {connected:?}");
        assert!(self.last_id.is_none() || connected.id == self.last_id, "{connected:?} after {:?}", self.last_id);
        self.last_id = connected.id;
        self.connections += 1;
        self.stream = Some(stream);
    }

    fn tail(&self) -> &[Frame] {
        &self.frames[self.frames.len().saturating_sub(5)..]
    }
}
