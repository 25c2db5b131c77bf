//! The frames of a websocket, as far as an Engine.IO client needs them.

use base64::{Engine, prelude::BASE64_STANDARD};

const TEXT: u8 = 0x81;
const MASK_BIT: u8 = 0x80;
/// The server does not care which; a mask of zeros leaves the text as it is.
const MASK: [u8; 4] = [0; 4];

/// The request that opens a websocket.
pub(crate) fn upgrade_request(path: &str, host: &str) -> Vec<u8> {
    let key = BASE64_STANDARD.encode([7; 16]);
    format!(
        "GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n"
    )
    .into_bytes()
}

/// A masked frame of text.
pub(crate) fn text_frame(text: &str) -> Vec<u8> {
    let mut frame = vec![TEXT];
    match text.len() {
        length @ 0..126 => frame.push(MASK_BIT | length as u8),
        length => {
            frame.push(MASK_BIT | 126);
            frame.extend_from_slice(&(length.min(u16::MAX as usize) as u16).to_be_bytes());
        }
    }
    frame.extend_from_slice(&MASK);
    frame.extend_from_slice(text.as_bytes());
    frame
}

/// The payload of the first frame, and the bytes that the frame takes, if all of it is there.
pub(crate) fn first_frame(bytes: &[u8]) -> Option<(&[u8], usize)> {
    let (head, length) = match *bytes.get(1)? & !MASK_BIT {
        126 => (4, u16::from_be_bytes([*bytes.get(2)?, *bytes.get(3)?]) as usize),
        127 => (10, u64::from_be_bytes(bytes.get(2..10)?.try_into().ok()?) as usize),
        length => (2, length as usize),
    };
    Some((bytes.get(head..head + length)?, head + length))
}
