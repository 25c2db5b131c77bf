//! The mark in the text of a message: which room, which number in it, when it was sent.

/// Bytes of a message's text; what the mark leaves is padding.
const TEXT_BYTES: usize = 220;

const WORDS: [&str; 48] = [
    "order",
    "parcel",
    "invoice",
    "refund",
    "please",
    "because",
    "yesterday",
    "morning",
    "number",
    "account",
    "waiting",
    "delivered",
    "broken",
    "screen",
    "battery",
    "address",
    "changed",
    "street",
    "thanks",
    "hello",
    "cannot",
    "login",
    "password",
    "email",
    "received",
    "twice",
    "payment",
    "card",
    "bank",
    "transfer",
    "shipping",
    "tracking",
    "shows",
    "nothing",
    "since",
    "monday",
    "could",
    "someone",
    "explain",
    "warranty",
    "return",
    "label",
    "printer",
    "colour",
    "smaller",
    "larger",
    "instead",
    "exchange",
];

/// `#room.number.nanoseconds#`, somewhere in a frame, whatever the server has put around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Marker {
    pub(crate) room: u32,
    pub(crate) number: u32,
    /// Nanoseconds since the generator's start.
    pub(crate) sent_at: u64,
}

impl Marker {
    /// A message's text with the mark in it. The words differ from message to message, as a search index has to keep them.
    pub(crate) fn text(self) -> String {
        let mut text = format!("#{}.{}.{}#", self.room, self.number, self.sent_at);
        let mut word = (self.room as usize).wrapping_mul(31).wrapping_add(self.number as usize * 7);
        while text.len() < TEXT_BYTES {
            text.push(' ');
            text.push_str(WORDS[word % WORDS.len()]);
            word = word.wrapping_mul(5).wrapping_add(3 + text.len());
        }
        text.truncate(TEXT_BYTES);
        text
    }

    /// The first mark in these bytes.
    pub(crate) fn find(bytes: &[u8]) -> Option<Self> {
        let from = memchr::memchr(b'#', bytes)? + 1;
        let length = memchr::memchr(b'#', bytes.get(from..)?)?;
        let mut numbers = bytes[from..from + length].split(|byte| *byte == b'.').map(number);
        let (room, count, sent_at) = (numbers.next()??, numbers.next()??, numbers.next()??);
        Some(Self { room: u32::try_from(room).ok()?, number: u32::try_from(count).ok()?, sent_at })
    }
}

fn number(digits: &[u8]) -> Option<u64> {
    std::str::from_utf8(digits).ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::Marker;

    #[test]
    fn a_mark_is_found_again_in_whatever_surrounds_it() {
        let marker = Marker { room: 7, number: 41, sent_at: 123_456_789 };
        let frame = format!("id: 9\ndata: {{\"message\":\"{}\"}}\n\n", marker.text());
        assert_eq!(Marker::find(frame.as_bytes()), Some(marker));
        assert_eq!(Marker::find(b"data: nothing"), None);
    }
}
