//! A reader of one event stream, as patient as a browser.

use std::collections::VecDeque;
use std::time::Duration;

use reqwest::Response;

use super::parser::{Block, Frame, Parser};
use super::wait::PATIENCE;

/// An open stream. Dropping it closes the connection.
pub(crate) struct Stream {
    /// The first bytes, up to the first few thousand.
    pub(crate) head: Vec<u8>,
    pub(crate) retry: Option<u64>,
    pub(crate) comments: usize,
    /// Where an `EventSource` would resume.
    pub(crate) last_id: Option<i64>,
    response: Response,
    parser: Parser,
    blocks: VecDeque<Block>,
}

impl Stream {
    pub(super) fn new(response: Response) -> Self {
        Self {
            head: Vec::new(),
            retry: None,
            comments: 0,
            last_id: None,
            response,
            parser: Parser::default(),
            blocks: VecDeque::new(),
        }
    }

    /// The next frame, or none when the stream has ended or was cut.
    pub(crate) async fn next_or_end(&mut self) -> Option<Frame> {
        loop {
            let block = self.next_block().await?;
            if let Some(frame) = block.frame() {
                return Some(frame);
            }
        }
    }

    /// The next frame of whatever type.
    pub(crate) async fn next(&mut self) -> Frame {
        let next = tokio::time::timeout(PATIENCE, self.next_or_end()).await;
        next.expect("a frame comes in time").expect("the stream goes on")
    }

    /// The first frame of a connection.
    pub(crate) async fn connected(&mut self) -> Frame {
        let frame = self.next().await;
        assert!(frame.is("connected"), "the first frame is {frame:?}");
        frame
    }

    /// All frames up to the first that fits, this one last.
    pub(crate) async fn until(&mut self, what: &str, fits: impl Fn(&Frame) -> bool) -> Vec<Frame> {
        let mut frames = Vec::new();
        let reading = async {
            loop {
                let frame = self.next_or_end().await.expect("the stream goes on");
                let found = fits(&frame);
                frames.push(frame);
                if found {
                    return;
                }
            }
        };
        if tokio::time::timeout(PATIENCE, reading).await.is_err() {
            panic!("no {what} came, but {frames:#?}");
        }
        frames
    }

    /// The next frame of this type; others are passed over.
    pub(crate) async fn next_of(&mut self, kind: &str) -> Frame {
        let mut frames = self.until(kind, |frame| frame.is(kind)).await;
        frames.pop().expect("until ends with the frame that fits")
    }

    /// All frames up to the message with this id, this one last.
    pub(crate) async fn until_message(&mut self, id: i64) -> Vec<Frame> {
        self.until(&format!("message {id}"), |frame| frame.is("message") && frame.data["id"] == id).await
    }

    /// Whatever still comes until the server ends the stream.
    pub(crate) async fn until_end(&mut self, patience: Duration) -> Vec<Frame> {
        let mut frames = Vec::new();
        let reading = async {
            while let Some(frame) = self.next_or_end().await {
                frames.push(frame);
            }
        };
        tokio::time::timeout(patience, reading).await.expect("the stream ends in time");
        frames
    }

    /// Waits for the next comment line; frames are passed over.
    pub(crate) async fn next_comment(&mut self, patience: Duration) {
        let before = self.comments;
        let reading = async {
            while self.comments == before {
                self.next_block().await.expect("the stream goes on");
            }
        };
        tokio::time::timeout(patience, reading).await.expect("a comment comes in time");
    }

    async fn next_block(&mut self) -> Option<Block> {
        while self.blocks.is_empty() {
            // A connection that was cut ends the stream just as well.
            let bytes = self.response.chunk().await.ok().flatten()?;
            if self.head.len() < 4096 {
                self.head.extend_from_slice(&bytes);
            }
            self.blocks.extend(self.parser.push(&bytes));
        }
        let block = self.blocks.pop_front()?;
        self.comments += block.comments.len();
        self.retry = block.retry.or(self.retry);
        if let Some(id) = block.id.as_ref().and_then(|id| id.parse().ok()) {
            let last = self.last_id.unwrap_or(0);
            assert!(self.last_id.is_none() || id > last, "the id {id} came after {last}");
            self.last_id = Some(id);
        }
        Some(block)
    }
}
