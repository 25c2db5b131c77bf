//! Where a request carries its token: a line with the address, then a line for each header.

use actix_web::{
    HttpRequest,
    http::{
        Uri,
        header::{HeaderName, HeaderValue},
    },
    test::TestRequest,
};
use sapa::{
    http::fuzzing::credential,
    identity::{Source, find},
};
use secrecy::ExposeSecret;

const STREAM: &str = "/api/chat/sse";
const CHUNK_COOKIE: &str = "authjs.session-token";

pub(crate) fn check(input: &[u8]) {
    if let Some(request) = request(input)
        && let Some(found) = credential(&request)
    {
        let token = found.token.expose_secret();
        assert!(!token.is_empty());
        let header = |name: &str| request.headers().get_all(name).filter_map(|value| value.to_str().ok());
        match found.source {
            Source::Bearer => {
                let first = header("authorization").next().unwrap_or_default();
                assert!(first.trim().ends_with(token) && first.trim_start()[..6].eq_ignore_ascii_case("bearer"));
            }
            Source::Cookie => assert!(header("cookie").any(|line| line.contains(token) && line.contains("token"))),
            Source::SessionCookie => assert!(header("cookie").any(|line| line.contains("session-token"))),
            Source::Query => assert_eq!(request.path(), STREAM, "a token was taken from another path's query"),
            Source::Handshake => panic!("a request is no handshake"),
        }
        assert_eq!(found.source.is_ambient(), matches!(found.source, Source::Cookie | Source::SessionCookie));
    }
    chunks_are_joined(input);
}

/// The address and the headers, as far as they could arrive in a request at all.
pub(crate) fn request(input: &[u8]) -> Option<HttpRequest> {
    let mut lines = input.split(|byte| *byte == b'\n');
    let address = Uri::try_from(lines.next()?).ok()?;
    let mut request = TestRequest::default().uri(&address.to_string());
    for line in lines {
        let colon = line.iter().position(|byte| *byte == b':')?;
        let name = HeaderName::from_bytes(&line[..colon]).ok()?;
        let value = HeaderValue::from_bytes(line[colon + 1..].trim_ascii()).ok()?;
        request = request.append_header((name, value));
    }
    Some(request.to_http_request())
}

/// Any text, cut into pieces of any length, comes back whole from the cookies of the pieces in any order.
fn chunks_are_joined(input: &[u8]) {
    let [length, turn, text @ ..] = input else { return };
    let Ok(text) = std::str::from_utf8(text) else { return };
    let signs: Vec<char> = text.chars().collect();
    let pieces: Vec<String> = signs.chunks(usize::from(*length) + 1).map(|piece| piece.iter().collect()).collect();
    if !(1..=32).contains(&pieces.len()) {
        return;
    }
    let mut cookies: Vec<(String, &str)> =
        pieces.iter().enumerate().map(|(n, piece)| (format!("{CHUNK_COOKIE}.{n}"), piece.as_str())).collect();
    let turn = usize::from(*turn) % cookies.len();
    cookies.rotate_left(turn);
    let found = find(None, cookies.iter().map(|(name, value)| (name.as_str(), *value)), None, true);
    let found = found.expect("the pieces are found");
    assert_eq!(found.token.expose_secret(), text);
    assert_eq!(found.cookie_name, Some(CHUNK_COOKIE));
}
