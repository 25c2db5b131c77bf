//! Opened by `--cfg fuzzing` alone: what reads a client's packets, for the fuzz targets.

use bytes::Bytes;
use serde_json::Value;

use super::{
    engine::{Message, Violation},
    packet::{Assembler, Kind, packet_frame},
};

/// A packet of a client.
#[derive(Clone, Debug, PartialEq)]
pub struct Read {
    /// Its namespace.
    pub namespace: String,
    /// Its type: `0`, `1`, `2` or `3`.
    pub kind: &'static str,
    /// What came with it.
    pub value: Option<Value>,
    /// The number of the acknowledgement that it asks for.
    pub number: Option<u64>,
    /// Its binary parts.
    pub attachments: Vec<Bytes>,
}

/// The packets of messages in their order, up to one that breaks the protocol.
pub fn packets(most_bytes: usize, messages: impl IntoIterator<Item = Message>) -> (Vec<Read>, Result<(), Violation>) {
    let mut assembler = Assembler::new(most_bytes);
    let mut read = Vec::new();
    for message in messages {
        match assembler.take(message) {
            Ok(packet) => read.extend(packet.map(|packet| {
                let (kind, value, number) = match packet.kind {
                    Kind::Connect(auth) => ("0", Some(auth), None),
                    Kind::Disconnect => ("1", None, None),
                    Kind::Event { args, ack } => ("2", Some(Value::Array(args)), ack),
                    Kind::Ack => ("3", None, None),
                };
                Read { namespace: packet.namespace, kind, value, number, attachments: packet.attachments }
            })),
            Err(violation) => return (read, Err(violation)),
        }
    }
    (read, Ok(()))
}

/// A packet as a websocket frame.
pub fn spell(kind: &str, namespace: &str, number: Option<u64>, value: Option<&Value>) -> Bytes {
    packet_frame(kind, namespace, number, value)
}
