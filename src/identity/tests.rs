//! The rules of identity, one test each, against tokens made by the real packages and forged ones.

mod checked;
mod claims;
mod credential;
mod jwt;
mod keys;
mod mint;
mod properties;
mod session_cookie;

use chrono::{DateTime, Utc};
use jsonwebtoken::{Algorithm, EncodingKey};
use serde::Deserialize;
use serde_json::{Value, json};

use super::session_cookie::COOKIE_NAMES;
use super::{Claims, Credential, KeySettings, Source, TokenError, Verifier};

const SECRET: &str = "a-secret-of-the-identity-tests-0123456789";
const FIXTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/identity");

/// 2100-01-01T00:00:00Z, when the tests' tokens expire.
const YEAR_2100: i64 = 4_102_444_800;

fn now() -> DateTime<Utc> {
    "2026-11-20T12:00:00Z".parse().expect("a date")
}

fn key_path(name: &str) -> String {
    format!("{FIXTURES}/keys/{name}.pem")
}

fn key_text(name: &str) -> String {
    std::fs::read_to_string(key_path(name)).expect("the key of the fixtures")
}

fn with_secret() -> Verifier {
    settings(Some(SECRET), None, None)
}

fn with_public(name: &str) -> Verifier {
    settings(None, Some(&key_path(name)), None)
}

fn with_sessions(secrets: &str) -> Verifier {
    settings(None, None, Some(secrets))
}

fn settings(jwt_secret: Option<&str>, public: Option<&str>, nextauth: Option<&str>) -> Verifier {
    let settings = KeySettings {
        jwt_secret: jwt_secret.map(Into::into),
        jwt_public_key: public.map(Into::into),
        nextauth_secret: nextauth.map(Into::into),
    };
    Verifier::new(&settings).expect("usable keys")
}

/// The private key of a pair of the fixtures.
fn private(name: &str) -> EncodingKey {
    let pem = key_text(&format!("{name}.private"));
    match name {
        "rsa" => EncodingKey::from_rsa_pem(pem.as_bytes()),
        "p256" => EncodingKey::from_ec_pem(pem.as_bytes()),
        _ => EncodingKey::from_ed_pem(pem.as_bytes()),
    }
    .expect("a private key")
}

fn base64(bytes: impl AsRef<[u8]>) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bytes)
}

/// A token with exactly this header and payload, whatever they are, signed with this key and algorithm.
fn signed(header: &str, payload: impl AsRef<[u8]>, key: &EncodingKey, algorithm: Algorithm) -> String {
    let message = format!("{}.{}", base64(header), base64(payload));
    let signature = jsonwebtoken::crypto::sign(message.as_bytes(), key, algorithm).expect("a signature");
    format!("{message}.{signature}")
}

/// An ordinary HS256 token with this payload.
fn hs256(payload: &str) -> String {
    signed(r#"{"alg":"HS256","typ":"JWT"}"#, payload, &EncodingKey::from_secret(SECRET.as_bytes()), Algorithm::HS256)
}

/// The payload of an acceptable token with some members replaced or added.
fn payload(changes: Value) -> String {
    let mut claims = json!({"sub": "7", "exp": YEAR_2100});
    let changes = changes.as_object().expect("an object").clone();
    claims.as_object_mut().expect("an object").extend(changes);
    claims.to_string()
}

fn bearer(token: &str) -> Credential {
    Credential::new(token, Source::Bearer)
}

fn verify(verifier: &Verifier, token: &str) -> Result<Claims, TokenError> {
    verifier.verify_at(&bearer(token), now())
}

/// What an HS256 token with these changed claims gives.
fn claims_of(changes: Value) -> Result<Claims, TokenError> {
    verify(&with_secret(), &hs256(&payload(changes)))
}

#[derive(Deserialize)]
struct Sessions {
    secret: String,
    #[serde(rename = "oldSecret")]
    old_secret: String,
    tokens: Vec<SessionToken>,
}

/// A token that one of the npm packages made.
#[derive(Deserialize, Clone)]
struct SessionToken {
    name: String,
    cookie: String,
    secret: String,
    token: String,
    chunks: Vec<Chunk>,
}

#[derive(Deserialize, Clone)]
struct Chunk {
    name: String,
    value: String,
}

fn sessions() -> Sessions {
    let text = std::fs::read_to_string(format!("{FIXTURES}/sessions.json")).expect("the fixtures");
    serde_json::from_str(&text).expect("the fixtures' JSON")
}

fn session(name: &str) -> SessionToken {
    sessions().tokens.into_iter().find(|token| token.name == name).expect("a token of that name")
}
