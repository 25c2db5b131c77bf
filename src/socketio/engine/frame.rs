//! Websocket frames as they are written (RFC 6455, section 5.2): unmasked and whole, so that one spelled frame serves every
//! reader, and several stand behind each other in one write.

use bytes::{Buf, Bytes, BytesMut};

const TEXT: u8 = 0x81;
const BINARY: u8 = 0x82;
const CLOSE: u8 = 0x88;
const PONG: u8 = 0x8a;

/// A frame of text.
pub fn text(payload: &[u8]) -> Bytes {
    frame(TEXT, payload)
}

/// A frame of bytes.
pub fn binary(payload: &[u8]) -> Bytes {
    frame(BINARY, payload)
}

/// The answer to a websocket ping.
pub(super) fn pong(payload: &[u8]) -> Bytes {
    frame(PONG, payload)
}

/// A normal close (RFC 6455, section 7.4.1).
pub(super) fn close() -> Bytes {
    frame(CLOSE, &1000_u16.to_be_bytes())
}

fn frame(first: u8, payload: &[u8]) -> Bytes {
    let mut frame = BytesMut::with_capacity(payload.len() + 10);
    frame.extend_from_slice(&[first]);
    let length = payload.len();
    match (u8::try_from(length), u16::try_from(length)) {
        (Ok(length), _) if length < 126 => frame.extend_from_slice(&[length]),
        (_, Ok(length)) => {
            frame.extend_from_slice(&[126]);
            frame.extend_from_slice(&length.to_be_bytes());
        }
        _ => {
            frame.extend_from_slice(&[127]);
            frame.extend_from_slice(&(length as u64).to_be_bytes());
        }
    }
    frame.extend_from_slice(payload);
    frame.freeze()
}

/// Splits frames that stand behind each other into (whether it is text, payload). Frames that are not messages are left
/// out.
pub(super) fn split(mut frames: Bytes) -> Vec<(bool, Bytes)> {
    let mut found = Vec::new();
    while frames.len() >= 2 {
        let (first, short) = (frames.get_u8(), frames.get_u8());
        let length = match short {
            126 if frames.len() >= 2 => usize::from(frames.get_u16()),
            127 if frames.len() >= 8 => usize::try_from(frames.get_u64()).unwrap_or(usize::MAX),
            short => usize::from(short),
        };
        if length > frames.len() {
            break;
        }
        let payload = frames.split_to(length);
        if first == TEXT || first == BINARY {
            found.push((first == TEXT, payload));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use proptest::prelude::{any, prop, proptest};

    use super::{binary, split, text};

    proptest! {
        #[test]
        fn frames_that_were_written_behind_each_other_are_found_again(
            messages in prop::collection::vec((any::<bool>(), prop::collection::vec(any::<u8>(), 0..300)), 0..6),
        ) {
            let frame = |(is_text, payload): &(bool, Vec<u8>)| if *is_text { text(payload) } else { binary(payload) };
            let written: Vec<u8> = messages.iter().flat_map(frame).collect();
            let expected: Vec<(bool, Bytes)> =
                messages.into_iter().map(|(is_text, payload)| (is_text, payload.into())).collect();
            assert_eq!(split(written.into()), expected);
        }
    }

    #[test]
    fn the_three_lengths_of_a_length() {
        assert_eq!(text(&[b'a'; 125])[..2], [0x81, 125]);
        assert_eq!(text(&[b'a'; 126])[..4], [0x81, 126, 0, 126]);
        assert_eq!(text(&vec![b'a'; 70_000])[..10], [0x81, 127, 0, 0, 0, 0, 0, 1, 0x11, 0x70]);
        assert_eq!(split(text(&vec![b'a'; 70_000])).len(), 1);
    }
}
