//! Signed tokens with any header and any payload: a line of each.

use std::sync::LazyLock;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use jsonwebtoken::{Algorithm, EncodingKey, crypto};
use sapa::{
    domain::Role,
    identity::{Credential, KeySettings, Source, Verifier},
};
use serde_json::Value;

use crate::now;

const SECRET: &str = "a-secret-of-the-fuzz-targets-0123456789";

static VERIFIER: LazyLock<Verifier> = LazyLock::new(|| {
    Verifier::new(&KeySettings { jwt_secret: Some(SECRET.into()), ..KeySettings::default() }).expect("a usable key")
});

pub(crate) fn check(input: &[u8]) {
    let line = input.iter().position(|byte| *byte == b'\n').unwrap_or(input.len());
    let (header, payload) = (&input[..line], &input[(line + 1).min(input.len())..]);
    let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(payload));
    let key = EncodingKey::from_secret(SECRET.as_bytes());
    let signature = crypto::sign(message.as_bytes(), &key, Algorithm::HS256).expect("a signature");
    let credential = Credential::new(&format!("{message}.{signature}"), Source::Bearer);
    let Ok(claims) = VERIFIER.verify_at(&credential, now()) else { return };

    let header: Value = serde_json::from_slice(header).expect("an accepted header is JSON");
    assert_eq!(header["alg"], "HS256");
    assert!(header.get("crit").is_none());
    let payload: Value = serde_json::from_slice(payload).expect("an accepted payload is JSON");
    assert!(payload.is_object());
    assert!(claims.expires_at > now());
    assert!(payload["exp"].is_number());
    let id = ["sub", "id", "userId"].map(|name| &payload[name]).into_iter().find(|id| !id.is_null());
    let id = id.expect("an accepted payload names somebody");
    let number = id.as_i64().or_else(|| id.as_str().and_then(|id| id.parse().ok()));
    assert_eq!(number, Some(i64::from(claims.user_id)));
    assert!(claims.user_id > 0);
    let says_admin = payload["role"].as_str().is_some_and(|role| role.eq_ignore_ascii_case("admin"));
    assert_eq!(claims.role == Role::Admin, says_admin);
    for text in [claims.name, claims.email].into_iter().flatten() {
        assert!(!text.is_empty() && text.trim() == text && text.chars().count() <= 191, "{text:?}");
        assert!(!text.contains(char::is_control), "{text:?}");
    }
}
