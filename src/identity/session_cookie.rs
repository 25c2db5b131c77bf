//! Session tokens of `NextAuth` v4 and Auth.js v5: encrypted (JWE, five parts) with keys derived from one secret.

use std::borrow::Cow;

use aes::Aes256;
use aes::cipher::block_padding::Pkcs7;
use aes::cipher::{BlockModeDecrypt, KeyIvInit};
use aes_gcm::aead::AeadInOut;
use aes_gcm::{Aes256Gcm, KeyInit, Nonce, Tag};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hkdf::Hkdf;
use hmac::{Hmac, Mac};
use percent_encoding::percent_decode_str;
use serde::Deserialize;
use sha2::{Digest, Sha256, Sha512};
use subtle::ConstantTimeEq;

use super::json::{self, Scalar};

/// The cookies a session is looked for in, in this order.
pub(super) const COOKIE_NAMES: [&str; 4] = [
    "next-auth.session-token",
    "authjs.session-token",
    "__Secure-next-auth.session-token",
    "__Secure-authjs.session-token",
];
/// The names that v5 gives its cookies by default, and so the salts of a v5 token that came in no cookie.
const V5_COOKIE_NAMES: [&str; 2] = [COOKIE_NAMES[1], COOKIE_NAMES[3]];

const GCM_KEY_BYTES: usize = 32;
/// A256CBC-HS512: the MAC's half, then the cipher's; its tag is as long as one half.
const CBC_HALF_BYTES: usize = 32;
const CBC_KEY_BYTES: usize = 2 * CBC_HALF_BYTES;

/// Every key that the configured secrets give.
pub(super) struct SessionKeys(Vec<SessionKey>);

struct SessionKey {
    /// v5 salts its keys with the cookie's name; v4 doesn't.
    cookie: Option<&'static str>,
    /// The key's thumbprint, by which a v5 token names its key.
    kid: Option<String>,
    cipher: ContentCipher,
}

enum ContentCipher {
    Gcm(Box<Aes256Gcm>),
    Cbc { mac: Box<Hmac<Sha512>>, key: [u8; CBC_HALF_BYTES] },
}

#[derive(Deserialize)]
struct JweHeader<'a> {
    #[serde(borrow, default)]
    alg: Scalar<'a>,
    #[serde(borrow, default)]
    enc: Scalar<'a>,
    #[serde(borrow, default)]
    kid: Scalar<'a>,
    #[serde(default, deserialize_with = "json::is_present")]
    crit: bool,
    #[serde(default, deserialize_with = "json::is_present")]
    zip: bool,
}

/// A token taken apart; `aad` is the header as it was sent.
struct Sealed<'a> {
    aad: &'a [u8],
    iv: Vec<u8>,
    ciphertext: Vec<u8>,
    tag: Vec<u8>,
}

impl SessionKeys {
    pub(super) fn new<'s>(secrets: impl Iterator<Item = &'s str>) -> Self {
        Self(secrets.flat_map(keys_of).collect())
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Decrypts a token, found in the named cookie or elsewhere. Why it could not is nobody's business: a difference
    /// between failures would help to forge one.
    pub(super) fn open(&self, token: &str, cookie: Option<&str>) -> Option<Vec<u8>> {
        let token: Cow<'_, str> = percent_decode_str(token).decode_utf8().ok()?;
        let mut parts = token.split('.');
        let (header, encrypted_key) = (parts.next()?, parts.next()?);
        let (iv, ciphertext, tag) = (parts.next()?, parts.next()?, parts.next()?);
        if !encrypted_key.is_empty() || parts.next().is_some() {
            return None;
        }
        let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).ok();
        let header_json = decode(header)?;
        let fields: JweHeader<'_> = json::object(&header_json)?;
        if fields.alg.text() != Some("dir") || fields.crit || fields.zip {
            return None;
        }
        let aad = header.as_bytes();
        let mut sealed = Sealed { aad, iv: decode(iv)?, ciphertext: decode(ciphertext)?, tag: decode(tag)? };
        let length =
            self.0.iter().filter(|key| key.fits(&fields, cookie)).find_map(|key| key.cipher.open(&mut sealed))?;
        sealed.ciphertext.truncate(length);
        Some(sealed.ciphertext)
    }
}

/// The v4 key of a secret and its v5 keys for every cookie.
fn keys_of(secret: &str) -> impl Iterator<Item = SessionKey> {
    let v4 = gcm_key(&derive(secret, "", "NextAuth.js Generated Encryption Key"));
    let v4 = SessionKey { cookie: None, kid: None, cipher: v4 };
    std::iter::once(v4).chain(COOKIE_NAMES.into_iter().flat_map(|cookie| {
        let info = format!("Auth.js Generated Encryption Key ({cookie})");
        let cbc: [u8; CBC_KEY_BYTES] = derive(secret, cookie, &info);
        let gcm: [u8; GCM_KEY_BYTES] = derive(secret, cookie, &info);
        [
            SessionKey { cookie: Some(cookie), kid: Some(thumbprint::<Sha512>(&cbc)), cipher: cbc_key(&cbc) },
            SessionKey { cookie: Some(cookie), kid: Some(thumbprint::<Sha256>(&gcm)), cipher: gcm_key(&gcm) },
        ]
    }))
}

fn derive<const N: usize>(secret: &str, salt: &str, info: &str) -> [u8; N] {
    const { assert!(N <= 255 * 32, "HKDF-SHA256 gives no more") };
    let mut key = [0; N];
    match Hkdf::<Sha256>::new(Some(salt.as_bytes()), secret.as_bytes()).expand(info.as_bytes(), &mut key) {
        Ok(()) => key,
        Err(_) => unreachable!("the length was checked at compile time"),
    }
}

/// The JWK thumbprint (RFC 7638) of a symmetric key.
fn thumbprint<H: Digest>(key: &[u8]) -> String {
    let jwk = format!(r#"{{"k":"{}","kty":"oct"}}"#, URL_SAFE_NO_PAD.encode(key));
    URL_SAFE_NO_PAD.encode(H::digest(jwk.as_bytes()))
}

fn gcm_key(key: &[u8; GCM_KEY_BYTES]) -> ContentCipher {
    ContentCipher::Gcm(Box::new(Aes256Gcm::new(key.into())))
}

fn cbc_key(key: &[u8; CBC_KEY_BYTES]) -> ContentCipher {
    let (mac_key, cipher_key) = key.split_at(CBC_HALF_BYTES);
    let mut key = [0; CBC_HALF_BYTES];
    key.copy_from_slice(cipher_key);
    match Hmac::<Sha512>::new_from_slice(mac_key) {
        Ok(mac) => ContentCipher::Cbc { mac: Box::new(mac), key },
        Err(_) => unreachable!("HMAC takes keys of any length"),
    }
}

impl SessionKey {
    /// Whether a token with this header, from this cookie or from elsewhere, may have been made with the key.
    fn fits(&self, header: &JweHeader<'_>, cookie: Option<&str>) -> bool {
        let enc = match self.cipher {
            ContentCipher::Gcm(_) => "A256GCM",
            ContentCipher::Cbc { .. } => "A256CBC-HS512",
        };
        let is_named = match (&header.kid, self.kid.as_deref()) {
            (Scalar::Nothing, _) | (Scalar::Text(_), None) => true,
            (Scalar::Text(kid), Some(own)) => kid == own,
            _ => false,
        };
        let is_salted = match (self.cookie, cookie) {
            (None, _) => true,
            (Some(own), Some(found)) => own == found,
            (Some(own), None) => V5_COOKIE_NAMES.contains(&own),
        };
        header.enc.text() == Some(enc) && is_named && is_salted
    }
}

impl ContentCipher {
    /// Checks the tag, decrypts in place and returns the length of the plain text; a wrong tag leaves the text alone.
    fn open(&self, sealed: &mut Sealed<'_>) -> Option<usize> {
        match self {
            Self::Gcm(cipher) => {
                let nonce = Nonce::try_from(sealed.iv.as_slice()).ok()?;
                let tag: Tag = Tag::try_from(sealed.tag.as_slice()).ok()?;
                let text = sealed.ciphertext.as_mut_slice();
                cipher.decrypt_inout_detached(&nonce, sealed.aad, text.into(), &tag).ok()?;
                Some(sealed.ciphertext.len())
            }
            Self::Cbc { mac, key } => {
                let aad_bits = (sealed.aad.len() as u64) * 8;
                let mac =
                    Hmac::clone(mac).chain_update(sealed.aad).chain_update(&sealed.iv).chain_update(&sealed.ciphertext);
                let full = mac.chain_update(aad_bits.to_be_bytes()).finalize().into_bytes();
                if !bool::from(full[..CBC_HALF_BYTES].ct_eq(&sealed.tag)) {
                    return None;
                }
                let cipher = cbc::Decryptor::<Aes256>::new_from_slices(key, &sealed.iv).ok()?;
                cipher.decrypt_padded::<Pkcs7>(&mut sealed.ciphertext).ok().map(<[u8]>::len)
            }
        }
    }
}
