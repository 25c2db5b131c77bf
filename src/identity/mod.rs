//! Who is calling: from the token of a request to checked [`Claims`].
//!
//! [`find`] looks where a token may be, a [`Verifier`] (made once from [`KeySettings`]) says whether it is genuine and
//! whom it names. Signed tokens (JWT) are read with `JWT_SECRET` or `JWT_PUBLIC_KEY`, encrypted session tokens of
//! `NextAuth` and Auth.js with `NEXTAUTH_SECRET`. Nothing in a token chooses its key or its algorithm.

mod checked;
mod claims;
mod credential;
mod json;
mod jwt;
mod keys;
mod mint;
mod session_cookie;
#[cfg(test)]
mod tests;

use std::fmt;

use chrono::{DateTime, TimeDelta, Utc};
use secrecy::ExposeSecret;

pub use claims::Claims;
pub use credential::{Credential, Source, find};
pub use keys::{KeyError, KeySettings};
pub use mint::{NewToken, mint};

use checked::{CheckedTokens, digest};
use jwt::JwtKeys;
use session_cookie::SessionKeys;

/// The longest token that is looked at, in bytes.
pub const MAX_TOKEN_BYTES: usize = 16 * 1024;

/// How long a session token is accepted after its `exp`, as by `NextAuth` itself.
const SESSION_LEEWAY: TimeDelta = TimeDelta::seconds(15);

/// Why a token is refused. The text may be shown to the caller: it holds nothing of the token or of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Longer than [`MAX_TOKEN_BYTES`]; not read at all.
    #[error("the token is too long")]
    TooLong,
    /// Neither a signed nor an encrypted token, or damaged.
    #[error("the token is malformed")]
    Malformed,
    /// An algorithm that is never accepted, or not with the configured key.
    #[error("the token's algorithm is not accepted")]
    Algorithm,
    /// The header demands an extension (`crit`).
    #[error("the token's header asks for an extension that is not supported")]
    Critical,
    /// This kind of token needs a key that is not configured.
    #[error("no key is configured for this kind of token")]
    NoKey,
    /// The signature belongs to another key or to other contents.
    #[error("the token's signature is not valid")]
    BadSignature,
    /// A session token that no configured secret opens, for whatever reason.
    #[error("the session token is not valid")]
    BadSession,
    /// `exp` has passed.
    #[error("the token has expired")]
    Expired,
    /// `nbf` is still to come.
    #[error("the token is not valid yet")]
    NotYetValid,
    /// A genuine token whose claims cannot be used.
    #[error("the token's claims are not acceptable: {0}")]
    Claims(&'static str),
    /// A new token could not be signed.
    #[error("the token could not be signed")]
    Signing,
}

/// Verifies tokens with the configured keys. Made once and shared.
pub struct Verifier {
    jwt: JwtKeys,
    sessions: SessionKeys,
    checked: CheckedTokens,
}

impl Verifier {
    /// Reads and checks the keys. Without any key every token is refused.
    pub fn new(settings: &KeySettings) -> Result<Self, KeyError> {
        let sessions = SessionKeys::new(settings.session_secrets());
        Ok(Self { jwt: JwtKeys::new(settings)?, sessions, checked: CheckedTokens::new() })
    }

    /// Whether session cookies can be read, so that [`find`] should look for them.
    pub fn reads_sessions(&self) -> bool {
        !self.sessions.is_empty()
    }

    /// Says whom a credential names, or why it is refused. A token that was found genuine is remembered until it expires.
    pub fn verify(&self, credential: &Credential) -> Result<Claims, TokenError> {
        self.verify_once_at(credential, Utc::now())
    }

    fn verify_once_at(&self, credential: &Credential, now: DateTime<Utc>) -> Result<Claims, TokenError> {
        bounded(credential)?;
        let token = digest(credential);
        if let Some(claims) = self.checked.recall(&token, now) {
            return Ok(claims);
        }
        let claims = self.verify_at(credential, now)?;
        self.checked.remember(token, claims.clone());
        Ok(claims)
    }

    /// [`verify`](Self::verify) as of a given moment, whatever is remembered.
    pub fn verify_at(&self, credential: &Credential, now: DateTime<Utc>) -> Result<Claims, TokenError> {
        let token = bounded(credential)?;
        match token.bytes().filter(|byte| *byte == b'.').count() {
            2 => Claims::read(&self.jwt.open(token)?, now, TimeDelta::zero()),
            4 if self.sessions.is_empty() => Err(TokenError::NoKey),
            4 => {
                let payload = self.sessions.open(token, credential.session_name()).ok_or(TokenError::BadSession)?;
                Claims::read(&payload, now, SESSION_LEEWAY)
            }
            _ => Err(TokenError::Malformed),
        }
    }
}

/// The token, if it is not too long to be looked at.
fn bounded(credential: &Credential) -> Result<&str, TokenError> {
    let token = credential.token.expose_secret();
    if token.len() > MAX_TOKEN_BYTES { Err(TokenError::TooLong) } else { Ok(token) }
}

impl fmt::Debug for Verifier {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let algorithms: Vec<_> = self.jwt.algorithms().collect();
        f.debug_struct("Verifier").field("algorithms", &algorithms).field("sessions", &self.reads_sessions()).finish()
    }
}
