//! Signed tokens: the key pins the algorithm.

use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::json;

use super::{
    SECRET, base64, bearer, hs256, key_path, key_text, payload, private, settings, signed, verify, with_public,
    with_secret,
};
use crate::identity::{KeySettings, MAX_TOKEN_BYTES, TokenError, Verifier};

fn header(algorithm: &str) -> String {
    json!({"typ": "JWT", "alg": algorithm}).to_string()
}

fn secret_key() -> EncodingKey {
    EncodingKey::from_secret(SECRET.as_bytes())
}

/// An HS256 token with this header.
fn with_header(header: &str) -> String {
    signed(header, payload(json!({})), &secret_key(), Algorithm::HS256)
}

const PAIRS: [(&str, Algorithm, &str); 3] =
    [("rsa", Algorithm::RS256, "RS256"), ("p256", Algorithm::ES256, "ES256"), ("ed25519", Algorithm::EdDSA, "EdDSA")];

#[test]
fn each_kind_of_public_key_verifies_its_algorithm() {
    for (pair, algorithm, name) in PAIRS {
        let token = signed(&header(name), payload(json!({})), &private(pair), algorithm);
        let verifier = with_public(&format!("{pair}.public"));
        assert_eq!(verify(&verifier, &token).map(|claims| claims.user_id), Ok(7), "{name}");
        let other = with_public(if pair == "rsa" { "p256.public" } else { "rsa.public" });
        assert_eq!(verify(&other, &token), Err(TokenError::Algorithm), "{name} with another kind of key");
        assert_eq!(verify(&with_secret(), &token), Err(TokenError::NoKey), "{name} with a secret only");
    }
}

#[test]
fn a_signature_of_another_key_of_the_kind_is_refused() {
    let token = hs256(&payload(json!({})));
    assert_eq!(verify(&settings(Some("another secret"), None, None), &token), Err(TokenError::BadSignature));
    let rsa = signed(&header("RS256"), payload(json!({})), &private("rsa"), Algorithm::RS256);
    let (message, _) = rsa.rsplit_once('.').expect("three parts");
    let forged = format!("{message}.{}", base64([1; 256]));
    assert_eq!(verify(&with_public("rsa.public"), &forged), Err(TokenError::BadSignature));
}

#[test]
fn other_algorithms_of_the_same_key_are_refused() {
    let both = settings(Some(SECRET), Some(&key_path("rsa.public")), None);
    for (name, algorithm) in [("HS384", Algorithm::HS384), ("HS512", Algorithm::HS512)] {
        let token = signed(&header(name), payload(json!({})), &secret_key(), algorithm);
        assert_eq!(verify(&both, &token), Err(TokenError::Algorithm), "{name}");
    }
    let rsa = [
        ("RS384", Algorithm::RS384),
        ("RS512", Algorithm::RS512),
        ("PS256", Algorithm::PS256),
        ("PS512", Algorithm::PS512),
    ];
    for (name, algorithm) in rsa {
        let token = signed(&header(name), payload(json!({})), &private("rsa"), algorithm);
        assert_eq!(verify(&both, &token), Err(TokenError::Algorithm), "{name}");
    }
}

#[test]
fn a_header_that_disagrees_with_the_signature_is_refused() {
    let key = private("rsa");
    for (claimed, algorithm) in [("RS256", Algorithm::RS512), ("RS256", Algorithm::PS256)] {
        let token = signed(&header(claimed), payload(json!({})), &key, algorithm);
        assert_eq!(verify(&with_public("rsa.public"), &token), Err(TokenError::BadSignature), "{algorithm:?}");
    }
    let token = signed(&header("HS256"), payload(json!({})), &secret_key(), Algorithm::HS512);
    assert_eq!(verify(&with_secret(), &token), Err(TokenError::BadSignature));
}

#[test]
fn an_unsigned_token_is_refused() {
    let verifier = settings(Some(SECRET), Some(&key_path("rsa.public")), None);
    for name in ["none", "None", "NONE", "nOnE", "", "hs256", "HS256 "] {
        let message = format!("{}.{}", base64(header(name)), base64(payload(json!({}))));
        assert_eq!(verify(&verifier, &format!("{message}.")), Err(TokenError::Algorithm), "{name}");
    }
    let message = format!("{}.{}", base64(header("HS256")), base64(payload(json!({}))));
    assert_eq!(verify(&verifier, &format!("{message}.")), Err(TokenError::BadSignature));
}

#[test]
fn a_public_key_is_no_hmac_secret() {
    for (pair, _, name) in PAIRS {
        let pem = key_text(&format!("{pair}.public"));
        for text in [pem.as_str(), pem.trim_end()] {
            let key = EncodingKey::from_secret(text.as_bytes());
            let token = signed(&header("HS256"), payload(json!({})), &key, Algorithm::HS256);
            assert_eq!(verify(&with_public(&format!("{pair}.public")), &token), Err(TokenError::NoKey));
            let both = settings(Some(SECRET), Some(&pem), None);
            assert_eq!(verify(&both, &token), Err(TokenError::BadSignature));
            let disguised = signed(&header(name), payload(json!({})), &key, Algorithm::HS256);
            assert_eq!(verify(&both, &disguised), Err(TokenError::BadSignature));
        }
    }
}

#[test]
fn with_both_keys_each_algorithm_uses_its_own() {
    let both = settings(Some(SECRET), Some(&key_path("ed25519.public")), None);
    let token = signed(&header("EdDSA"), payload(json!({"sub": 8})), &private("ed25519"), Algorithm::EdDSA);
    assert_eq!(verify(&both, &token).map(|claims| claims.user_id), Ok(8));
    assert_eq!(verify(&both, &hs256(&payload(json!({})))).map(|claims| claims.user_id), Ok(7));
}

#[test]
fn hints_at_keys_are_ignored_whatever_they_are() {
    let hints = json!({
        "alg": "HS256", "kid": "../../dev/null", "jku": "http://127.0.0.1:1/keys", "x5u": 7, "x5c": {"a": []},
        "jwk": {"kty": "oct", "k": "AAAA"}, "typ": ["anything"], "cty": null, "unknown": {}
    });
    assert_eq!(verify(&with_secret(), &with_header(&hints.to_string())).map(|claims| claims.user_id), Ok(7));
    let attacker = EncodingKey::from_secret(&[0, 0, 0]);
    let token = signed(&hints.to_string(), payload(json!({})), &attacker, Algorithm::HS256);
    assert_eq!(verify(&with_secret(), &token), Err(TokenError::BadSignature), "a key in the header is no key");
}

#[test]
fn a_critical_extension_is_refused() {
    for crit in [json!(["b64"]), json!([]), json!(null), json!("exp")] {
        let token = with_header(&json!({"alg": "HS256", "b64": false, "crit": crit}).to_string());
        assert_eq!(verify(&with_secret(), &token), Err(TokenError::Critical), "{crit}");
    }
}

#[test]
fn a_header_that_is_no_object_with_an_algorithm_is_malformed() {
    let wrong = [
        "",
        "null",
        "[\"HS256\"]",
        "{}",
        "{\"alg\":null}",
        "{\"alg\":256}",
        "{\"alg\":[\"HS256\"]}",
        "{\"alg\":\"HS256\"",
        "{\"alg\":\"none\",\"alg\":\"HS256\"}",
        "\u{feff}{\"alg\":\"HS256\"}",
    ];
    for text in wrong {
        assert_eq!(verify(&with_secret(), &with_header(text)), Err(TokenError::Malformed), "{text}");
    }
}

#[test]
fn what_is_no_token_is_malformed() {
    let good = hs256(&payload(json!({})));
    let spaced = format!("{good} ");
    for text in ["", ".", "..", "...", "a.b", "a.b.c", "a.b.c.d", "a.b.c.d.e.f", "undefined", "null", "\0", "é.é.é"]
    {
        assert_eq!(verify(&with_secret(), text), Err(TokenError::Malformed), "{text}");
    }
    assert!(verify(&with_secret(), &good).is_ok());
    assert!(verify(&with_secret(), &spaced).is_err());
    assert!(verify(&with_secret(), &good.replace('.', "%2E")).is_err());
    assert!(verify(&with_secret(), &format!("{good}=")).is_err(), "padding is no part of the alphabet");
}

#[test]
fn an_oversized_token_is_refused_before_any_work() {
    let long = |bytes: usize| {
        let empty = hs256(&payload(json!({"pad": ""}))).len();
        hs256(&payload(json!({"pad": "x".repeat((bytes - empty) * 3 / 4)})))
    };
    let (fits, exceeds) = (long(MAX_TOKEN_BYTES - 8), long(MAX_TOKEN_BYTES + 8));
    assert!(fits.len() <= MAX_TOKEN_BYTES && exceeds.len() > MAX_TOKEN_BYTES);
    assert_eq!(verify(&with_secret(), &fits).map(|claims| claims.user_id), Ok(7));
    assert_eq!(verify(&with_secret(), &exceeds), Err(TokenError::TooLong));
    assert_eq!(verify(&with_secret(), &".".repeat(MAX_TOKEN_BYTES + 1)), Err(TokenError::TooLong));
}

#[test]
fn without_keys_nothing_is_accepted() {
    let verifier = Verifier::new(&KeySettings::default()).expect("no keys are no error");
    assert_eq!(verify(&verifier, &hs256(&payload(json!({})))), Err(TokenError::NoKey));
    let empty = signed(&header("HS256"), payload(json!({})), &EncodingKey::from_secret(b""), Algorithm::HS256);
    for blank in ["", "  "] {
        assert_eq!(verify(&settings(Some(blank), Some(blank), Some(blank)), &empty), Err(TokenError::NoKey));
    }
    assert_eq!(verify(&verifier, "a.b.c.d.e"), Err(TokenError::NoKey));
}

#[test]
fn the_clock_decides_without_being_told() {
    let verifier = with_secret();
    assert!(verifier.verify(&bearer(&hs256(&payload(json!({}))))).is_ok());
    let past = hs256(&payload(json!({"exp": 1_700_000_000})));
    assert_eq!(verifier.verify(&bearer(&past)), Err(TokenError::Expired));
}
