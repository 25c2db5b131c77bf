//! The payloads of long polling: what is read is spelled the same. Frames: what was written is found again.

use bytes::Bytes;
use sapa::socketio::engine::{
    frame,
    fuzzing::{join, payload, split},
};

pub(crate) fn check(input: &[u8]) {
    split(Bytes::copy_from_slice(input));
    frames_are_found_again(input);
    let Ok(text) = std::str::from_utf8(input) else { return };
    let Some(packets) = payload(text) else { return };
    assert_eq!(packets.len(), text.split('\u{1e}').count(), "a packet was lost or invented");
    for (read, sent) in packets.iter().zip(text.split('\u{1e}')) {
        // What stands behind a packet that carries nothing is dropped.
        let carries = read.len() > 1 || sent.len() == 1;
        assert!(sent.starts_with(read.as_str()) && (!carries || sent == read), "{sent:?} was read as {read:?}");
    }
    assert_eq!(payload(&join(&packets)), Some(packets));
}

/// The input is cut into messages at its zeros; every second one is binary.
fn frames_are_found_again(input: &[u8]) {
    let messages: Vec<(bool, &[u8])> =
        input.split(|byte| *byte == 0).enumerate().map(|(n, message)| (n % 2 == 0, message)).collect();
    let spell =
        |(is_text, message): &(bool, &[u8])| if *is_text { frame::text(message) } else { frame::binary(message) };
    let written: Vec<u8> = messages.iter().flat_map(spell).collect();
    let found = split(written.into());
    assert!(found.iter().map(|(is_text, message)| (*is_text, message.as_ref())).eq(messages));
}
