//! Tokens that were found genuine, remembered until they expire.

use chrono::{DateTime, Utc};
use quick_cache::sync::Cache;
use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};

use super::{Claims, Credential};

/// Tokens that are remembered; some 250 bytes each.
const MOST: usize = 50_000;

/// What stands for a token and where it came in. Nobody finds another token of the same digest, and who sees how long a
/// look-up takes learns of digests alone.
pub(super) type TokenDigest = [u8; 32];

/// The claims of genuine tokens, by their digests. The keys are fixed while the process runs, so what was genuine stays
/// so until it expires. Spares the check of a signature, or the decryption of a session's cookie, for each request.
pub(super) struct CheckedTokens(Cache<TokenDigest, Claims>);

impl CheckedTokens {
    pub(super) fn new() -> Self {
        Self(Cache::new(MOST))
    }

    /// The claims of a token that was found genuine before and has not expired.
    pub(super) fn recall(&self, token: &TokenDigest, now: DateTime<Utc>) -> Option<Claims> {
        let claims = self.0.get(token)?;
        if claims.expires_at <= now {
            self.0.remove(token);
            return None;
        }
        Some(claims)
    }

    /// Notes that a token is genuine.
    pub(super) fn remember(&self, token: TokenDigest, claims: Claims) {
        self.0.insert(token, claims);
    }
}

/// The digest of a token; the name of a session's cookie is part of what decides whether it is genuine.
pub(super) fn digest(credential: &Credential) -> TokenDigest {
    let cookie = credential.session_name().unwrap_or_default();
    let digest = Sha256::new().chain_update(cookie).chain_update([0]);
    digest.chain_update(credential.token.expose_secret()).finalize().into()
}
