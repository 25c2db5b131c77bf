//! The keys that the operator configured: read, checked and told apart once, at the start.

use std::fmt;
use std::io;

use jsonwebtoken::crypto::rust_crypto::DEFAULT_PROVIDER;
use jsonwebtoken::{Algorithm, AlgorithmFamily, DecodingKey};
use secrecy::{ExposeSecret, SecretString};

/// RFC 7518, section 3.3, asks for 2048 bits.
const RSA_BYTES: usize = 2048 / 8;
/// An uncompressed point of P-256.
const P256_POINT_BYTES: usize = 65;
const ED25519_BYTES: usize = 32;

/// The settings that tokens are verified with. A blank one counts as not set.
#[derive(Clone, Default)]
pub struct KeySettings {
    /// `JWT_SECRET`: the key of HS256 tokens, byte by byte as given.
    pub jwt_secret: Option<SecretString>,
    /// `JWT_PUBLIC_KEY`: a public key in PEM (line breaks may be spelled `\n`), or the path of such a file.
    pub jwt_public_key: Option<String>,
    /// `NEXTAUTH_SECRET`: the secret of `NextAuth` or Auth.js; while it is being rotated several, separated by commas.
    pub nextauth_secret: Option<SecretString>,
}

impl fmt::Debug for KeySettings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Not even the public key: what stands there may be a private one put in the wrong place.
        f.debug_struct("KeySettings")
            .field("jwt_secret", &self.jwt_secret.is_some())
            .field("jwt_public_key", &self.jwt_public_key.is_some())
            .field("nextauth_secret", &self.nextauth_secret.is_some())
            .finish()
    }
}

/// What is wrong with a key; the message names the setting and holds nothing of its value.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// A public key where the shared secret belongs: whoever reads that key could sign tokens.
    #[error("JWT_SECRET is a PEM key, not a secret; a public key belongs into JWT_PUBLIC_KEY")]
    SecretIsPem,
    /// Neither PEM text nor a readable file.
    #[error("JWT_PUBLIC_KEY is neither PEM text nor the path of a readable file: {0}")]
    Unreadable(#[source] io::Error),
    /// A file, but no PEM in it.
    #[error("JWT_PUBLIC_KEY has no PEM block (-----BEGIN PUBLIC KEY-----)")]
    NotPem,
    /// A private key, which this program has no use for and should never see.
    #[error("JWT_PUBLIC_KEY holds a private key; only its public half belongs here (openssl pkey -pubout)")]
    PrivateKey,
    /// A certificate instead of the key in it.
    #[error("JWT_PUBLIC_KEY holds a certificate; give the key in it (openssl x509 -pubkey -noout)")]
    Certificate,
    /// A damaged key, or a kind that no accepted algorithm uses.
    #[error("JWT_PUBLIC_KEY is no usable key; RSA, EC on P-256 (uncompressed) and Ed25519 are supported")]
    Unsupported,
    /// An RSA key that can be broken.
    #[error("JWT_PUBLIC_KEY is an RSA key of {0} bits; at least 2048 are required")]
    WeakRsa(usize),
}

/// A public key and the one algorithm it is used with.
pub(super) struct PublicKey {
    pub(super) algorithm: Algorithm,
    pub(super) key: DecodingKey,
}

impl KeySettings {
    pub(super) fn hmac_key(&self) -> Result<Option<DecodingKey>, KeyError> {
        let Some(secret) = self.jwt_secret.as_ref().map(ExposeSecret::expose_secret).filter(|text| !is_blank(text))
        else {
            return Ok(None);
        };
        if secret.contains("-----BEGIN ") {
            return Err(KeyError::SecretIsPem);
        }
        Ok(Some(DecodingKey::from_secret(secret.as_bytes())))
    }

    pub(super) fn public_key(&self) -> Result<Option<PublicKey>, KeyError> {
        let Some(setting) = self.jwt_public_key.as_deref().filter(|text| !is_blank(text)) else {
            return Ok(None);
        };
        if setting.contains("-----BEGIN ") {
            return parse_public_key(setting).map(Some);
        }
        let file = std::fs::read_to_string(setting.trim()).map_err(KeyError::Unreadable)?;
        parse_public_key(&file).map(Some)
    }

    /// The session secrets, the newest first.
    pub(super) fn session_secrets(&self) -> impl Iterator<Item = &str> {
        let list = self.nextauth_secret.as_ref().map_or("", ExposeSecret::expose_secret);
        list.split(',').map(str::trim).filter(|secret| !secret.is_empty())
    }
}

fn is_blank(setting: &str) -> bool {
    setting.trim().is_empty()
}

fn parse_public_key(text: &str) -> Result<PublicKey, KeyError> {
    let text = text.replace("\\r", "").replace("\\n", "\n");
    let pem = text.find("-----BEGIN ").map(|start| &text[start..]).ok_or(KeyError::NotPem)?;
    let label = pem["-----BEGIN ".len()..].split("-----").next().unwrap_or_default();
    match label {
        "PUBLIC KEY" | "RSA PUBLIC KEY" => {}
        "CERTIFICATE" => return Err(KeyError::Certificate),
        label if label.ends_with("PRIVATE KEY") || label == "EC PARAMETERS" => return Err(KeyError::PrivateKey),
        _ => return Err(KeyError::Unsupported),
    }
    let pem = pem.as_bytes();
    let key = DecodingKey::from_rsa_pem(pem)
        .or_else(|_| DecodingKey::from_ec_pem(pem))
        .or_else(|_| DecodingKey::from_ed_pem(pem))
        .map_err(|_| KeyError::Unsupported)?;
    let algorithm = pinned_algorithm(&key)?;
    Ok(PublicKey { algorithm, key })
}

/// The one algorithm of this kind of key. Looks into the key, because the library only tells its family and would
/// notice a wrong curve or a truncated key while it verifies, or not at all.
fn pinned_algorithm(key: &DecodingKey) -> Result<Algorithm, KeyError> {
    let bytes = key.try_get_as_bytes().map_err(|_| KeyError::Unsupported)?;
    let algorithm = match (key.family(), bytes.len()) {
        (AlgorithmFamily::Rsa, _) => {
            let components = DEFAULT_PROVIDER.key_utils.rsa_pub_components_from_public_key;
            let (modulus, _) = components(bytes).map_err(|_| KeyError::Unsupported)?;
            if modulus.len() < RSA_BYTES {
                return Err(KeyError::WeakRsa(modulus.len() * 8));
            }
            Algorithm::RS256
        }
        (AlgorithmFamily::Ec, P256_POINT_BYTES) => Algorithm::ES256,
        (AlgorithmFamily::Ed, ED25519_BYTES) => Algorithm::EdDSA,
        _ => return Err(KeyError::Unsupported),
    };
    (DEFAULT_PROVIDER.verifier_factory)(&algorithm, key).map_err(|_| KeyError::Unsupported)?;
    Ok(algorithm)
}
