//! Tokens as other programs mint them, and as attackers forge them.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::Utc;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};

/// The secret of every test server: 40 bytes.
pub(crate) const SECRET: &str = "front-door-tests-sign-with-this-40-bytes";

/// The e-mail address that the token of a person carries.
pub(crate) fn email(id: i64) -> String {
    format!("person{id}@example.test")
}

/// A good token of a person, valid for an hour.
pub(crate) fn person(id: i64, name: &str, role: &str) -> String {
    sign(&json!({
        "sub": id.to_string(), "name": name, "email": email(id), "role": role, "exp": in_seconds(3600),
    }))
}

/// These claims, signed as the server expects it.
pub(crate) fn sign(claims: &Value) -> String {
    sign_with(Algorithm::HS256, SECRET, claims)
}

pub(crate) fn sign_with(algorithm: Algorithm, secret: &str, claims: &Value) -> String {
    let key = EncodingKey::from_secret(secret.as_bytes());
    jsonwebtoken::encode(&Header::new(algorithm), claims, &key).expect("claims can be signed")
}

/// Seconds since the epoch, `seconds` from now.
pub(crate) fn in_seconds(seconds: i64) -> i64 {
    Utc::now().timestamp() + seconds
}

/// Every kind of credential that must open nothing, with what is wrong
/// with it. All of them claim to be the admin `id`.
pub(crate) fn forged(id: i64) -> Vec<(&'static str, String)> {
    let good = claims(id, &json!({}));
    let signed = sign(&good);
    let (head, _) = signed.rsplit_once('.').expect("a token has three parts");
    let mut forged = vec![
        ("garbage", "not-a-token".to_owned()),
        ("three dots of garbage", "a.b.c".to_owned()),
        ("the wrong secret", sign_with(Algorithm::HS256, &SECRET.to_uppercase(), &good)),
        ("HS512", sign_with(Algorithm::HS512, SECRET, &good)),
        ("HS384", sign_with(Algorithm::HS384, SECRET, &good)),
        ("alg none", unsigned("none", &good)),
        ("alg None", unsigned("None", &good)),
        ("no signature", format!("{head}.")),
        ("another token's signature", grafted(&good)),
    ];
    forged.extend(wrong_claims(id));
    forged
}

fn wrong_claims(id: i64) -> Vec<(&'static str, String)> {
    [
        ("expired", json!({"exp": in_seconds(-3600)})),
        ("no exp", json!({"exp": null})),
        ("an exp that is a word", json!({"exp": "tomorrow"})),
        ("role ROOT", json!({"role": "ROOT"})),
        ("a role that is a number", json!({"role": 1})),
        ("no user id", json!({"sub": null})),
        ("a sub that is not numeric", json!({"sub": "seven"})),
        ("a sub of zero", json!({"sub": "0"})),
        ("a negative sub", json!({"sub": -7})),
        ("a sub beyond 32 bits", json!({"sub": "99999999999"})),
        ("a fractional sub", json!({"sub": 7.5})),
        ("an empty sub", json!({"sub": ""})),
    ]
    .map(|(what, change)| (what, sign(&claims(id, &change))))
    .to_vec()
}

/// The claims of an admin with some replaced, or left out where null.
fn claims(id: i64, change: &Value) -> Value {
    let mut claims = json!({
        "sub": id.to_string(), "name": "Forger", "email": email(id), "role": "ADMIN",
        "exp": in_seconds(3600),
    });
    for (key, value) in change.as_object().expect("an object of changes") {
        let claims = claims.as_object_mut().expect("an object of claims");
        if value.is_null() {
            claims.remove(key);
        } else {
            claims.insert(key.clone(), value.clone());
        }
    }
    claims
}

fn unsigned(algorithm: &str, claims: &Value) -> String {
    format!("{}.{}.", part(&json!({"alg": algorithm, "typ": "JWT"})), part(claims))
}

/// The claims of an admin under the signature of a customer's token.
fn grafted(claims: &Value) -> String {
    let customer = person(7, "Customer 7", "USER");
    let mut parts = customer.split('.');
    let (head, signature) = (parts.next().expect("a head"), parts.nth(1).expect("a signature"));
    format!("{head}.{}.{signature}", part(claims))
}

fn part(value: &Value) -> String {
    URL_SAFE_NO_PAD.encode(value.to_string())
}
