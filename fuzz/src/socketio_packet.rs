//! Socket.IO packets: a message for each line, binary if it begins with `b`. What is read is spelled the same.

use bytes::Bytes;
use sapa::socketio::{
    Id,
    engine::{
        Message,
        fuzzing::{payload, split},
    },
    fuzzing::{Read, packets, spell},
};
use serde_json::Value;

const MOST_BYTES: usize = 64;

pub(crate) fn check(input: &[u8]) {
    let messages =
        input.split(|byte| *byte == b'\n').map(|line| match (line.strip_prefix(b"b"), str::from_utf8(line)) {
            (None, Ok(text)) => Message::Text(text.to_owned()),
            (bytes, _) => Message::Binary(Bytes::copy_from_slice(bytes.unwrap_or(line))),
        });
    let (read, _) = packets(MOST_BYTES, messages);
    for packet in &read {
        assert!(packet.attachments.len() <= 10);
        assert!(packet.attachments.iter().map(Bytes::len).sum::<usize>() <= MOST_BYTES);
        check_value(packet);
        if packet.kind == "2" && packet.attachments.is_empty() {
            let frames = split(spell("2", &packet.namespace, packet.number, packet.value.as_ref()));
            let [(true, text)] = frames.as_slice() else { panic!("one packet is one frame of text") };
            let text = str::from_utf8(text).expect("a packet is text");
            let message = text.strip_prefix('4').expect("a message");
            let (mut again, end) = packets(MOST_BYTES, [Message::Text(message.to_owned())]);
            let mut packet = packet.clone();
            again.iter_mut().chain([&mut packet]).for_each(|packet| packet.value.iter_mut().for_each(forget_fractions));
            assert_eq!((again, end), (vec![packet], Ok(())), "spelled as {text}");
            assert!(message.contains('\u{1e}') || payload(text).is_some_and(|packets| packets == [text]));
        }
    }
}

/// The parser reads a fraction to all but its last digit.
fn forget_fractions(value: &mut Value) {
    match value {
        Value::Number(number) if number.is_f64() => *value = Value::from(0.5),
        Value::Array(list) => list.iter_mut().for_each(forget_fractions),
        Value::Object(members) => members.values_mut().for_each(forget_fractions),
        _ => {}
    }
}

fn check_value(packet: &Read) {
    match (packet.kind, &packet.value) {
        ("0", Some(Value::Object(_))) | ("1" | "3", None) => {}
        ("2", Some(Value::Array(arguments))) => {
            let name = arguments.first().expect("an event has a name");
            assert!(name.is_string() || name.is_number());
            assert!(!["connect", "disconnect"].iter().any(|reserved| name == reserved));
            for argument in arguments {
                if let Ok(Id(id)) = serde_json::from_value::<Id>(argument.clone()) {
                    assert!(id > 0);
                }
            }
        }
        _ => panic!("{packet:?}"),
    }
}
