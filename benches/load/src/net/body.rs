//! The head and body of a response, as they come.

use std::ops::Range;

/// What a response's head says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) status: u16,
    /// Bytes of the head itself.
    pub(crate) bytes: usize,
    pub(crate) length: Option<usize>,
    pub(crate) chunked: bool,
}

impl Head {
    /// The head at the beginning of `bytes`, if all of it is there.
    pub(crate) fn parse(bytes: &[u8]) -> Result<Option<Self>, httparse::Error> {
        let mut headers = [httparse::EMPTY_HEADER; 48];
        let mut response = httparse::Response::new(&mut headers);
        let httparse::Status::Complete(head) = response.parse(bytes)? else { return Ok(None) };
        let value = |name: &str| {
            response.headers.iter().find(|header| header.name.eq_ignore_ascii_case(name)).map(|header| header.value)
        };
        let length = value("content-length").and_then(|digits| std::str::from_utf8(digits).ok()?.trim().parse().ok());
        let chunked = value("transfer-encoding").is_some_and(|coding| coding.eq_ignore_ascii_case(b"chunked"));
        Ok(Some(Self { status: response.code.unwrap_or_default(), bytes: head, length, chunked }))
    }
}

/// Takes the chunks of an endless body apart.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Chunks {
    state: State,
    /// Bytes of the chunk that are still to come.
    left: usize,
}

#[derive(Clone, Copy, Debug, Default)]
enum State {
    #[default]
    Size,
    SizeEnd,
    Data,
    DataEnd,
}

impl Chunks {
    /// Gives the parts of `bytes` that are data to `take`; true if the last chunk was among them.
    pub(crate) fn decode(&mut self, bytes: &[u8], mut take: impl FnMut(&[u8])) -> bool {
        let mut at = 0;
        while let Some(byte) = bytes.get(at) {
            match self.state {
                State::Size => {
                    match (*byte as char).to_digit(16) {
                        Some(digit) => self.left = self.left * 16 + digit as usize,
                        None => self.state = State::SizeEnd,
                    }
                    at += usize::from(!matches!(self.state, State::SizeEnd));
                }
                State::SizeEnd => {
                    if *byte == b'\n' {
                        if self.left == 0 {
                            return true;
                        }
                        self.state = State::Data;
                    }
                    at += 1;
                }
                State::Data => {
                    let part: Range<usize> = at..bytes.len().min(at + self.left);
                    self.left -= part.len();
                    at = part.end;
                    take(&bytes[part]);
                    if self.left == 0 {
                        self.state = State::DataEnd;
                    }
                }
                State::DataEnd => {
                    if *byte == b'\n' {
                        self.state = State::Size;
                    }
                    at += 1;
                }
            }
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::{Chunks, Head};

    #[test]
    fn chunks_are_put_together_wherever_they_were_cut() {
        let body = b"5\r\nhello\r\n10;name=x\r\n, this is a test\r\n0\r\n\r\n";
        for cut in 0..body.len() {
            let (mut chunks, mut text) = (Chunks::default(), Vec::new());
            let mut ended = chunks.decode(&body[..cut], |part| text.extend_from_slice(part));
            ended |= chunks.decode(&body[cut..], |part| text.extend_from_slice(part));
            assert!(ended || cut + 2 >= body.len());
            assert_eq!(text, b"hello, this is a test");
        }
    }

    #[test]
    fn a_head_says_how_long_the_body_is() {
        let head = Head::parse(b"HTTP/1.1 201 Created\r\nContent-Length: 12\r\n\r\n").ok().flatten();
        assert_eq!(head, Some(Head { status: 201, bytes: 44, length: Some(12), chunked: false }));
        assert_eq!(Head::parse(b"HTTP/1.1 2").ok().flatten(), None);
    }
}
