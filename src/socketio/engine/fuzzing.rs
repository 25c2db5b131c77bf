//! Opened by `--cfg fuzzing` alone: what reads a client's bytes, for the fuzz targets.

use bytes::Bytes;

use super::{
    frame,
    packet::{Message, Packet, SEPARATOR, encode_binary},
};

/// The packets of a posted payload, each spelled again; `None` if it is none.
pub fn payload(payload: &str) -> Option<Vec<String>> {
    Packet::parse_payload(payload).ok().map(|packets| packets.iter().map(spell).collect())
}

/// Packets as one payload.
pub fn join(packets: &[String]) -> String {
    packets.join(&char::from(SEPARATOR).to_string())
}

/// Frames that stand behind each other, taken apart: (whether it is text, payload).
pub fn split(frames: Bytes) -> Vec<(bool, Bytes)> {
    frame::split(frames)
}

fn spell(packet: &Packet) -> String {
    match packet {
        Packet::Close => "1".to_owned(),
        Packet::Ping(text) => format!("2{text}"),
        Packet::Pong => "3".to_owned(),
        Packet::Message(Message::Text(text)) => format!("4{text}"),
        Packet::Message(Message::Binary(bytes)) => {
            let mut spelled = Vec::new();
            encode_binary(bytes, &mut spelled);
            String::from_utf8_lossy(&spelled).into_owned()
        }
        Packet::Upgrade => "5".to_owned(),
        Packet::Noop => "6".to_owned(),
    }
}
