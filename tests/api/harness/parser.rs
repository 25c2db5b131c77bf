//! The bytes of `text/event-stream`, block by block.

use serde_json::Value;

/// What stood between two empty lines.
#[derive(Debug, Clone, Default, PartialEq)]
pub(crate) struct Block {
    pub(crate) id: Option<String>,
    pub(crate) event: Option<String>,
    pub(crate) data: Option<String>,
    pub(crate) retry: Option<u64>,
    pub(crate) comments: Vec<String>,
}

/// A block with data: what a handler of events would be called with.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Frame {
    pub(crate) id: Option<i64>,
    pub(crate) event: Option<String>,
    /// The `type` inside the JSON.
    pub(crate) kind: String,
    pub(crate) data: Value,
}

impl Frame {
    pub(crate) fn is(&self, kind: &str) -> bool {
        self.kind == kind
    }
}

impl Block {
    /// The frame of a block that has data; everything about it is checked.
    pub(crate) fn frame(&self) -> Option<Frame> {
        let data = self.data.as_ref()?;
        let json: Value = serde_json::from_str(data).unwrap_or_else(|_| panic!("data is no JSON: {data}"));
        let members = json.as_object().map_or(0, |object| object.len());
        let whole = members == 2 && json.get("type").is_some() && json.get("data").is_some();
        assert!(whole, "a frame is {{type, data}}: {data}");
        Some(Frame {
            id: self.id.as_ref().map(|id| id.parse().expect("an id is a number")),
            event: self.event.clone(),
            kind: json["type"].as_str().expect("a type is a string").to_owned(),
            data: json["data"].clone(),
        })
    }
}

/// Takes bytes as they come and gives complete blocks.
#[derive(Debug, Default)]
pub(crate) struct Parser {
    rest: Vec<u8>,
    block: Block,
}

impl Parser {
    pub(crate) fn push(&mut self, bytes: &[u8]) -> Vec<Block> {
        self.rest.extend_from_slice(bytes);
        let mut blocks = Vec::new();
        while let Some(end) = self.rest.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.rest.drain(..=end).collect();
            let line = String::from_utf8(line).expect("a stream is UTF-8");
            let line = line.trim_end_matches(['\r', '\n']);
            if line.is_empty() {
                blocks.push(std::mem::take(&mut self.block));
            } else {
                self.field(line);
            }
        }
        blocks.retain(|block| *block != Block::default());
        blocks
    }

    fn field(&mut self, line: &str) {
        let (name, value) = line.split_once(':').unwrap_or((line, ""));
        let value = value.strip_prefix(' ').unwrap_or(value);
        match name {
            "" => self.block.comments.push(value.to_owned()),
            "id" => self.block.id = Some(value.to_owned()),
            "event" => self.block.event = Some(value.to_owned()),
            "retry" => self.block.retry = Some(value.parse().expect("retry is a number")),
            "data" => match &mut self.block.data {
                Some(data) => {
                    data.push('\n');
                    data.push_str(value);
                }
                none => *none = Some(value.to_owned()),
            },
            other => panic!("no such field in an event stream: {other:?}"),
        }
    }
}
