//! Tokens for the people of the benchmark.

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The secret that the measured service is given.
pub(crate) const SECRET: &str = "a-secret-of-the-benchmark-and-of-nothing-else";
/// Far enough for any run.
const EXPIRES: u64 = 4_000_000_000;

/// A customer's token.
pub(crate) fn customer(id: u32) -> String {
    token(id, "USER")
}

/// An admin's token.
pub(crate) fn admin(id: u32) -> String {
    token(id, "ADMIN")
}

fn token(id: u32, role: &str) -> String {
    let head = BASE64_URL_SAFE_NO_PAD.encode(r#"{"alg":"HS256","typ":"JWT"}"#);
    let claims = format!(r#"{{"sub":"{id}","name":"Person {id}","role":"{role}","exp":{EXPIRES}}}"#);
    let signed = format!("{head}.{}", BASE64_URL_SAFE_NO_PAD.encode(claims));
    // A MAC takes a key of any length.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()) else { return signed };
    mac.update(signed.as_bytes());
    format!("{signed}.{}", BASE64_URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes()))
}
