//! Engine.IO packets and the payloads of long polling (Engine.IO protocol, revision 4).

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use bytes::Bytes;

/// Stands between two packets of one payload.
pub(super) const SEPARATOR: u8 = 0x1e;

/// What a client sends over any transport.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Packet {
    Close,
    /// Asks whether a transport works; the text is `probe`.
    Ping(String),
    Pong,
    Message(Message),
    Upgrade,
    Noop,
}

/// What the application of a session sends and gets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Message {
    /// Text.
    Text(String),
    /// Bytes.
    Binary(Bytes),
}

/// The client broke the protocol; the session ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Violation(pub &'static str);

impl Packet {
    /// A packet of text: a digit and what belongs to it.
    pub(super) fn parse(text: &str) -> Result<Self, Violation> {
        let mut rest = text.chars();
        let kind = rest.next();
        let rest = rest.as_str();
        match kind {
            Some('1') => Ok(Self::Close),
            Some('2') => Ok(Self::Ping(rest.to_owned())),
            Some('3') => Ok(Self::Pong),
            Some('4') => Ok(Self::Message(Message::Text(rest.to_owned()))),
            Some('5') => Ok(Self::Upgrade),
            Some('6') => Ok(Self::Noop),
            _ => Err(Violation("not a packet")),
        }
    }

    /// The packets of a posted payload; binary ones stand as `b` and base64.
    pub(super) fn parse_payload(payload: &str) -> Result<Vec<Self>, Violation> {
        let packet = |text: &str| match text.strip_prefix('b') {
            None => Self::parse(text),
            Some(encoded) => {
                let bytes = BASE64.decode(encoded).map_err(|_| Violation("not base64"))?;
                Ok(Self::Message(Message::Binary(bytes.into())))
            }
        };
        payload.split(char::from(SEPARATOR)).map(packet).collect()
    }
}

/// Bytes as a packet of a polled payload.
pub(super) fn encode_binary(bytes: &[u8], payload: &mut Vec<u8>) {
    payload.push(b'b');
    payload.extend_from_slice(BASE64.encode(bytes).as_bytes());
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, proptest};

    use super::{Message, Packet, Violation};

    #[test]
    fn a_payload_is_split_at_its_separators_and_binary_packets_are_decoded() {
        let packets = Packet::parse_payload("4hällo\u{1e}bAQID\u{1e}3\u{1e}2probe").expect("a payload");
        let text = |text: &str| Packet::Message(Message::Text(text.to_owned()));
        let binary = Packet::Message(Message::Binary(vec![1, 2, 3].into()));
        assert_eq!(packets, [text("hällo"), binary, Packet::Pong, Packet::Ping("probe".to_owned())]);
    }

    #[test]
    fn what_is_no_packet_is_a_violation() {
        for payload in ["", "x", "7", "4a\u{1e}", "b*", "é"] {
            assert!(matches!(Packet::parse_payload(payload), Err(Violation(_))), "{payload:?}");
        }
    }

    proptest! {
        #[test]
        fn no_payload_makes_the_parser_fail_otherwise(payload in any::<String>()) {
            let _ = Packet::parse_payload(&payload);
        }
    }
}
