//! Tokens, wherever they come in: nothing is accepted but what our keys signed or sealed.

use std::sync::LazyLock;

use percent_encoding::percent_decode_str;
use sapa::identity::{Credential, KeySettings, Source, Verifier, find};

use crate::now;

/// Tokens that the keys below made, one of each kind. The fuzzer begins with them.
const GENUINE: [&str; 6] = [
    include_str!("../corpus/token/hs256"),
    include_str!("../corpus/token/es256"),
    include_str!("../corpus/token/session-v4"),
    include_str!("../corpus/token/session-v5"),
    include_str!("../corpus/token/session-v5-secure"),
    include_str!("../corpus/token/session-v5-gcm"),
];
const SESSION_COOKIES: [&str; 4] = [
    "next-auth.session-token",
    "authjs.session-token",
    "__Secure-next-auth.session-token",
    "__Secure-authjs.session-token",
];

static VERIFIER: LazyLock<Verifier> = LazyLock::new(|| {
    let verifier = Verifier::new(&KeySettings {
        jwt_secret: Some("a-secret-of-the-identity-tests-0123456789".into()),
        jwt_public_key: Some(include_str!("../../tests/fixtures/identity/keys/p256.public.pem").to_owned()),
        nextauth_secret: Some("fixture-nextauth-secret-of-the-present".into()),
    });
    let verifier = verifier.expect("usable keys");
    for token in GENUINE {
        let accepted = credentials(token).iter().any(|credential| verifier.verify_at(credential, now()).is_ok());
        assert!(accepted, "the token {token} should be good");
    }
    verifier
});

pub(crate) fn check(input: &[u8]) {
    let Ok(token) = std::str::from_utf8(input) else { return };
    for credential in credentials(token) {
        if VERIFIER.verify_at(&credential, now()).is_ok() {
            // Session tokens are percent-decoded, as cookies are by those who make them.
            let decoded = percent_decode_str(token).decode_utf8_lossy();
            assert!(GENUINE.contains(&decoded.as_ref()), "a forged token was accepted as {:?}", credential.source);
        }
    }
}

fn credentials(token: &str) -> Vec<Credential> {
    let plain = [Source::Bearer, Source::Cookie, Source::Query].map(|source| Credential::new(token, source));
    let cookies = SESSION_COOKIES.iter().filter_map(|name| find(None, [(*name, token)], None, true));
    plain.into_iter().chain(Credential::from_handshake(token)).chain(cookies).collect()
}
