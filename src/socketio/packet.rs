//! Socket.IO packets (protocol revision 5): a type, a namespace, an acknowledgement's number and JSON.

use std::rc::Rc;

use bytes::Bytes;
use serde::Serialize;
use serde_json::Value;

use super::{
    Socket,
    engine::{Message, Violation, frame},
};

/// Binary attachments that one event may carry.
const MOST_ATTACHMENTS: usize = 10;
/// Names that mean something to the client library itself, which no event may have.
const RESERVED: [&str; 6] =
    ["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"];

/// What a client sends.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    Connect(Value),
    Disconnect,
    Event {
        args: Vec<Value>,
        ack: Option<u64>,
    },
    /// An answer to what the server asked, which it never does.
    Ack,
}

/// A packet of a client with its namespace.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Packet {
    pub(super) namespace: String,
    pub(super) kind: Kind,
    pub(super) attachments: Vec<Bytes>,
}

/// An event that a client sent.
#[derive(Debug)]
pub struct Call {
    /// Its name.
    pub event: String,
    /// Its arguments after the name.
    pub args: Vec<Value>,
    /// The binary parts to which placeholders in the arguments refer.
    pub attachments: Vec<Bytes>,
    /// Answers it, if the client asked for an answer.
    pub ack: Option<Ack>,
}

/// The answer that a client waits for.
#[derive(Debug)]
pub struct Ack {
    pub(super) socket: Rc<Socket>,
    pub(super) number: u64,
}

impl Ack {
    /// Answers with one value.
    pub fn send(self, value: &impl Serialize) {
        self.send_all(&[value], &[]);
    }

    /// Answers with several values and the binary parts that they refer to.
    pub fn send_all(self, values: &[impl Serialize], attachments: &[Bytes]) {
        self.socket.acknowledge(self.number, values, attachments);
    }
}

/// Puts packets together whose binary parts come as messages of their own.
#[derive(Debug)]
pub(super) struct Assembler {
    most_bytes: usize,
    waiting: Option<(Packet, usize)>,
}

impl Assembler {
    pub(super) fn new(most_bytes: usize) -> Self {
        Self { most_bytes, waiting: None }
    }

    /// Takes a message; the packet that it completes, if it does.
    pub(super) fn take(&mut self, message: Message) -> Result<Option<Packet>, Violation> {
        match (message, self.waiting.take()) {
            (Message::Text(text), None) => {
                let (packet, missing) = parse(&text)?;
                if missing == 0 {
                    return Ok(Some(packet));
                }
                self.waiting = Some((packet, missing));
                Ok(None)
            }
            (Message::Binary(bytes), Some((mut packet, missing))) => {
                packet.attachments.push(bytes);
                if packet.attachments.iter().map(Bytes::len).sum::<usize>() > self.most_bytes {
                    return Err(Violation("the attachments are too large"));
                }
                if missing == 1 {
                    return Ok(Some(packet));
                }
                self.waiting = Some((packet, missing - 1));
                Ok(None)
            }
            (Message::Text(_), Some(_)) => Err(Violation("an attachment is missing")),
            (Message::Binary(_), None) => Err(Violation("an attachment of nothing")),
        }
    }
}

/// A packet of text and how many attachments follow it.
fn parse(text: &str) -> Result<(Packet, usize), Violation> {
    let kind = text.chars().next().ok_or(Violation("an empty packet"))?;
    let mut rest = &text[kind.len_utf8()..];
    let mut attachments = 0;
    if matches!(kind, '5' | '6') {
        let (count, after) = rest.split_once('-').ok_or(Violation("no number of attachments"))?;
        attachments = count.parse().map_err(|_| Violation("no number of attachments"))?;
        if attachments > MOST_ATTACHMENTS {
            return Err(Violation("too many attachments"));
        }
        rest = after;
    }
    let mut namespace = "/";
    if rest.starts_with('/') {
        (namespace, rest) = rest.split_once(',').unwrap_or((rest, ""));
        // A query behind a namespace's name is no part of it.
        namespace = namespace.split('?').next().unwrap_or(namespace);
    }
    let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let number = match &rest[..digits] {
        "" => None,
        number => Some(number.parse().map_err(|_| Violation("not the number of an acknowledgement"))?),
    };
    let kind = parse_kind(kind, number, &rest[digits..])?;
    Ok((Packet { namespace: namespace.to_owned(), kind, attachments: Vec::new() }, attachments))
}

fn parse_kind(kind: char, number: Option<u64>, json: &str) -> Result<Kind, Violation> {
    let value = match json {
        "" => None,
        json => Some(serde_json::from_str::<Value>(json).map_err(|_| Violation("not JSON"))?),
    };
    match (kind, value) {
        ('0', None) => Ok(Kind::Connect(Value::Object(serde_json::Map::new()))),
        ('0', Some(auth @ Value::Object(_))) => Ok(Kind::Connect(auth)),
        ('1', None) => Ok(Kind::Disconnect),
        ('2' | '5', Some(Value::Array(args))) if is_event(&args) => Ok(Kind::Event { args, ack: number }),
        ('3' | '6', Some(Value::Array(_))) if number.is_some() => Ok(Kind::Ack),
        _ => Err(Violation("not a packet of a client")),
    }
}

fn is_event(args: &[Value]) -> bool {
    match args.first() {
        Some(Value::String(name)) => !RESERVED.contains(&name.as_str()),
        Some(Value::Number(_)) => true,
        _ => false,
    }
}

/// The beginning of every packet: Engine.IO's type, its own, and its namespace unless that is the root.
fn prefix(kind: &str, namespace: &str) -> String {
    match namespace {
        "/" => format!("4{kind}"),
        namespace => format!("4{kind}{namespace},"),
    }
}

/// A packet of a server as a websocket frame. Values that cannot be spelled, which none of ours are, give nothing.
pub(super) fn packet_frame(kind: &str, namespace: &str, number: Option<u64>, value: Option<&impl Serialize>) -> Bytes {
    let mut packet = prefix(kind, namespace).into_bytes();
    if let Some(number) = number {
        packet.extend_from_slice(number.to_string().as_bytes());
    }
    if let Some(value) = value
        && let Err(error) = serde_json::to_writer(&mut packet, value)
    {
        tracing::error!(%error, "a packet could not be spelled");
        return Bytes::new();
    }
    frame::text(&packet)
}

/// An event with one argument as a websocket frame, ready for every reader of its namespace.
pub fn event_frame(namespace: &str, event: &str, payload: &impl Serialize) -> Bytes {
    packet_frame("2", namespace, None, Some(&(event, payload)))
}

/// An event without an argument as a websocket frame.
pub fn bare_event_frame(namespace: &str, event: &str) -> Bytes {
    packet_frame("2", namespace, None, Some(&[event]))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, proptest};
    use serde_json::json;

    use super::{Assembler, Kind, Message, Packet, event_frame, parse};

    fn text(text: &str) -> Message {
        Message::Text(text.to_owned())
    }

    #[test]
    fn packets_are_read_with_their_namespace_and_number() {
        let event = |namespace: &str, args, ack| Packet {
            namespace: namespace.to_owned(),
            kind: Kind::Event { args, ack },
            attachments: Vec::new(),
        };
        let read = |text: &str| parse(text).expect("a packet").0;
        assert_eq!(read(r#"2["a",1]"#), event("/", vec![json!("a"), json!(1)], None));
        assert_eq!(read(r#"2/desk,12["a"]"#), event("/desk", vec![json!("a")], Some(12)));
        assert_eq!(read("0/desk,").kind, Kind::Connect(json!({})));
        assert_eq!(read(r#"0/desk?x=1,{"token":"t"}"#).namespace, "/desk");
        assert_eq!(read("1/desk,").kind, Kind::Disconnect);
    }

    #[test]
    fn what_no_client_sends_is_a_violation() {
        let wrong = [
            "",
            "9",
            "2",
            "2{}",
            "2[]",
            "2[{}]",
            "2[\"connect\"]",
            "0[]",
            "0\"x\"",
            "1{}",
            "3[]",
            "5[\"a\"]",
            "5x-[\"a\"]",
            "511-[\"a\"]",
            "299999999999999999999[\"a\"]",
            "2[\"a\"",
            "4{\"message\":\"x\"}",
            "é",
        ];
        for packet in wrong {
            assert!(parse(packet).is_err(), "{packet}");
        }
    }

    #[test]
    fn a_binary_event_is_whole_when_its_attachments_have_come() {
        let mut assembler = Assembler::new(10);
        let placeholder = r#"52-["a",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]"#;
        assert_eq!(assembler.take(text(placeholder)), Ok(None));
        assert_eq!(assembler.take(Message::Binary(vec![1].into())), Ok(None));
        let packet = assembler.take(Message::Binary(vec![2, 3].into())).expect("valid").expect("whole");
        assert_eq!(packet.attachments, [vec![1], vec![2, 3]]);
        assert_eq!(assembler.take(text(placeholder)), Ok(None));
        assert!(assembler.take(text(r#"2["a"]"#)).is_err());
        assert!(assembler.take(Message::Binary(vec![1].into())).is_err());
        assert_eq!(assembler.take(text(placeholder)), Ok(None));
        assert!(assembler.take(Message::Binary(vec![0; 11].into())).is_err());
    }

    #[test]
    fn an_event_is_spelled_for_its_namespace() {
        assert_eq!(event_frame("/", "a", &json!({"b": 1}))[2..], *br#"42["a",{"b":1}]"#);
        assert_eq!(event_frame("/desk", "a", &1)[2..], *br#"42/desk,["a",1]"#);
    }

    proptest! {
        #[test]
        fn no_text_makes_the_parser_fail_otherwise(packet in any::<String>()) {
            let _ = parse(&packet);
        }

        #[test]
        fn nor_does_what_looks_like_a_packet(packet in r#"[0-6][0-9]{0,2}-?(/[a-zé?]{0,5},?)?[0-9]{0,22}[\[\]{}"a-c1é,]{0,12}"#) {
            let _ = parse(&packet);
        }
    }
}
