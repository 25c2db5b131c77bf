//! Signed tokens (three parts): the key pins the algorithm, the token only has to agree.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;

use super::TokenError;
use super::json::{self, Scalar};
use super::keys::{KeyError, KeySettings, PublicKey};

/// The keys of signed tokens.
pub(super) struct JwtKeys {
    hmac: Option<DecodingKey>,
    public: Option<PublicKey>,
}

/// What of a token's header is looked at. Where to find a key (`kid`, `jku`, `jwk`, `x5u`) is not for a token to say.
#[derive(Deserialize)]
struct JwtHeader<'a> {
    #[serde(borrow, default)]
    alg: Scalar<'a>,
    /// Extensions that a reader must understand; none is understood here.
    #[serde(default, deserialize_with = "json::is_present")]
    crit: bool,
}

impl JwtKeys {
    pub(super) fn new(settings: &KeySettings) -> Result<Self, KeyError> {
        Ok(Self { hmac: settings.hmac_key()?, public: settings.public_key()? })
    }

    /// The accepted algorithms, for the log of the start.
    pub(super) fn algorithms(&self) -> impl Iterator<Item = Algorithm> {
        let hmac = self.hmac.as_ref().map(|_| Algorithm::HS256);
        hmac.into_iter().chain(self.public.as_ref().map(|public| public.algorithm))
    }

    /// Checks the signature and returns the payload.
    pub(super) fn open(&self, token: &str) -> Result<Vec<u8>, TokenError> {
        let (message, signature) = token.rsplit_once('.').ok_or(TokenError::Malformed)?;
        let (header, payload) = message.split_once('.').ok_or(TokenError::Malformed)?;
        let header = URL_SAFE_NO_PAD.decode(header).map_err(|_| TokenError::Malformed)?;
        let header: JwtHeader<'_> = json::object(&header).ok_or(TokenError::Malformed)?;
        if header.crit {
            return Err(TokenError::Critical);
        }
        let (algorithm, key) = self.key_for(header.alg.text().ok_or(TokenError::Malformed)?)?;
        match jsonwebtoken::crypto::verify(signature, message.as_bytes(), key, algorithm) {
            Ok(true) => URL_SAFE_NO_PAD.decode(payload).map_err(|_| TokenError::Malformed),
            Ok(false) | Err(_) => Err(TokenError::BadSignature),
        }
    }

    fn key_for(&self, name: &str) -> Result<(Algorithm, &DecodingKey), TokenError> {
        let algorithm = match name {
            "HS256" => return self.hmac.as_ref().map(|key| (Algorithm::HS256, key)).ok_or(TokenError::NoKey),
            "RS256" => Algorithm::RS256,
            "ES256" => Algorithm::ES256,
            "EdDSA" => Algorithm::EdDSA,
            _ => return Err(TokenError::Algorithm),
        };
        let public = self.public.as_ref().ok_or(TokenError::NoKey)?;
        if public.algorithm == algorithm { Ok((algorithm, &public.key)) } else { Err(TokenError::Algorithm) }
    }
}
