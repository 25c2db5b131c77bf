//! A seal on what processes tell each other, so that somebody who can write to Redis cannot speak as one of them.

use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;

const BYTES: usize = 32;
const PURPOSE: &[u8] = b"sapa backplane";

/// Seals with HMAC-SHA256 by a key that all processes derive from their common secret.
#[derive(Clone)]
pub(super) struct Seal(Option<[u8; BYTES]>);

impl Seal {
    /// A seal by a secret; without one nothing is sealed.
    pub(super) fn new(secret: Option<&SecretString>) -> Self {
        let derive = |secret: &SecretString| {
            let mut key = [0; BYTES];
            Hkdf::<Sha256>::new(None, secret.expose_secret().as_bytes()).expand(PURPOSE, &mut key).ok().map(|()| key)
        };
        Self(secret.and_then(derive))
    }

    /// The payload behind its seal.
    pub(super) fn close(&self, payload: Vec<u8>) -> Vec<u8> {
        match self.mac() {
            Some(mac) => [&mac.chain_update(&payload).finalize().into_bytes()[..], &payload].concat(),
            None => payload,
        }
    }

    /// The payload, if its seal is good.
    pub(super) fn open<'a>(&self, sealed: &'a [u8]) -> Option<&'a [u8]> {
        let Some(mac) = self.mac() else { return Some(sealed) };
        let (seal, payload) = sealed.split_at_checked(BYTES)?;
        mac.chain_update(payload).verify_slice(seal).ok().map(|()| payload)
    }

    fn mac(&self) -> Option<Hmac<Sha256>> {
        self.0.as_ref().and_then(|key| Hmac::new_from_slice(key).ok())
    }
}

#[cfg(test)]
mod tests {
    use super::Seal;

    #[test]
    fn only_whoever_has_the_secret_can_seal() {
        let ours = Seal::new(Some(&"a secret that nobody else has".into()));
        let theirs = Seal::new(Some(&"another secret".into()));
        let sealed = ours.close(b"word".to_vec());
        assert_eq!(ours.open(&sealed), Some(&b"word"[..]));
        assert_eq!(theirs.open(&sealed), None);
        let mut changed = sealed;
        *changed.last_mut().expect("a byte") ^= 1;
        assert_eq!(ours.open(&changed), None);
        assert_eq!(ours.open(b"word"), None);
        assert_eq!(Seal::new(None).open(b"word"), Some(&b"word"[..]));
    }
}
