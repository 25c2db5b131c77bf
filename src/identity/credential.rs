//! Where a request carries its token.

use secrecy::SecretString;

use super::session_cookie::COOKIE_NAMES;

/// The cookie that plain tokens are looked for in.
const TOKEN_COOKIE: &str = "token";

/// A session cookie is cut into at most this many pieces; further ones are ignored.
const MAX_CHUNKS: u8 = 32;

/// How a token came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// `Authorization: Bearer`.
    Bearer,
    /// The cookie `token`.
    Cookie,
    /// A session cookie of `NextAuth` or Auth.js.
    SessionCookie,
    /// `?token=` of a stream's address.
    Query,
    /// `auth.token` of a Socket.IO handshake.
    Handshake,
}

impl Source {
    /// Whether browsers send the token by themselves, also with requests that another site's page makes: such a
    /// request may change something only if its origin is allowed.
    pub fn is_ambient(self) -> bool {
        matches!(self, Self::Cookie | Self::SessionCookie)
    }
}

/// A token as it was found, not verified. Its `Debug` doesn't print the token.
#[derive(Debug, Clone)]
pub struct Credential {
    /// The token, all chunks joined.
    pub token: SecretString,
    /// How it came in.
    pub source: Source,
    /// The cookie it was found in (without the number of a chunk).
    pub cookie_name: Option<&'static str>,
}

impl Credential {
    /// A token that came in outside a cookie.
    pub fn new(token: &str, source: Source) -> Self {
        Self { token: token.into(), source, cookie_name: None }
    }

    /// A token from a Socket.IO handshake; `None` if it is empty.
    pub fn from_handshake(token: &str) -> Option<Self> {
        present(token).map(|token| Self::new(token, Source::Handshake))
    }

    /// The name that a session token's key may be salted with; only known of a session cookie.
    pub(super) fn session_name(&self) -> Option<&'static str> {
        self.cookie_name.filter(|_| self.source == Source::SessionCookie)
    }
}

/// Finds the token of a request: the bearer, then the cookie `token`, then session cookies (if `with_sessions`), then
/// the query. The first that is present decides, good or bad; an empty one counts as absent, and so does an
/// `Authorization` of another scheme. Of two cookies with one name the first counts, as the more specific one.
pub fn find<'a>(
    authorization: Option<&str>,
    cookies: impl IntoIterator<Item = (&'a str, &'a str)>,
    query_token: Option<&str>,
    with_sessions: bool,
) -> Option<Credential> {
    if let Some(token) = authorization.and_then(bearer) {
        return Some(Credential::new(token, Source::Bearer));
    }
    let mut sessions: [Session<'_>; COOKIE_NAMES.len()] = Default::default();
    for (name, value) in cookies {
        if value.is_empty() {
            continue;
        }
        if name == TOKEN_COOKIE {
            return Some(Credential { cookie_name: Some(TOKEN_COOKIE), ..Credential::new(value, Source::Cookie) });
        }
        if with_sessions {
            collect(&mut sessions, name, value);
        }
    }
    let session = COOKIE_NAMES.into_iter().zip(sessions).find_map(|(name, session)| {
        let token = session.join()?.into();
        Some(Credential { token, source: Source::SessionCookie, cookie_name: Some(name) })
    });
    session.or_else(|| query_token.and_then(present).map(|token| Credential::new(token, Source::Query)))
}

fn bearer(authorization: &str) -> Option<&str> {
    let (scheme, token) = authorization.trim().split_once(' ')?;
    if scheme.eq_ignore_ascii_case("Bearer") { present(token.trim_start()) } else { None }
}

fn present(token: &str) -> Option<&str> {
    Some(token).filter(|token| !token.is_empty())
}

/// The pieces found of one session cookie.
#[derive(Default)]
struct Session<'a> {
    whole: Option<&'a str>,
    chunks: Vec<(u8, &'a str)>,
}

impl Session<'_> {
    fn join(mut self) -> Option<String> {
        if let Some(whole) = self.whole {
            return Some(whole.to_owned());
        }
        self.chunks.sort_by_key(|(number, _)| *number);
        self.chunks.dedup_by_key(|(number, _)| *number);
        let token: String = self.chunks.into_iter().map(|(_, piece)| piece).collect();
        Some(token).filter(|token| !token.is_empty())
    }
}

fn collect<'a>(sessions: &mut [Session<'a>; COOKIE_NAMES.len()], name: &str, value: &'a str) {
    for (cookie, session) in COOKIE_NAMES.into_iter().zip(sessions) {
        match name.strip_prefix(cookie) {
            Some("") => session.whole = session.whole.or(Some(value)),
            Some(rest) => session.chunks.extend(chunk_number(rest).map(|number| (number, value))),
            None => {}
        }
    }
}

/// The number in `.7`, in its one spelling.
fn chunk_number(suffix: &str) -> Option<u8> {
    let digits = suffix.strip_prefix('.')?;
    let is_plain = digits.bytes().all(|byte| byte.is_ascii_digit()) && (digits == "0" || !digits.starts_with('0'));
    digits.parse().ok().filter(|number| is_plain && *number < MAX_CHUNKS)
}
