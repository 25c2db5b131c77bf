//! Whatever comes in, nothing panics and nothing forged is accepted.

use std::sync::LazyLock;

use chrono::TimeDelta;
use jsonwebtoken::Algorithm;
use proptest::prelude::*;
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use super::{SECRET, base64, hs256, key_path, now, payload, private, session, sessions, settings, signed, verify};
use crate::identity::{Credential, Source, Verifier, find};

/// A verifier with every kind of key at once.
static VERIFIER: LazyLock<Verifier> =
    LazyLock::new(|| settings(Some(SECRET), Some(&key_path("p256.public")), Some(&sessions().secret)));

/// A good token of each kind that it accepts.
static TOKENS: LazyLock<Vec<String>> = LazyLock::new(|| {
    let signed = signed(r#"{"alg":"ES256"}"#, payload(json!({})), &private("p256"), Algorithm::ES256);
    let sessions = ["v4", "v5", "v5 secure", "v5 gcm", "v5 without kid"].map(|name| session(name).token);
    [vec![hs256(&payload(json!({}))), signed], sessions.to_vec()].concat()
});

fn is_refused_everywhere(token: &str) -> bool {
    let sources = [Source::Bearer, Source::Cookie, Source::Query, Source::Handshake];
    let plain = sources.map(|source| Credential::new(token, source));
    let names = ["authjs.session-token", "__Secure-next-auth.session-token"];
    let cookies = names.into_iter().filter_map(|name| find(None, [(name, token)], None, true));
    plain.into_iter().chain(cookies).all(|credential| VERIFIER.verify_at(&credential, now()).is_err())
}

#[test]
fn the_tokens_that_are_mutated_below_are_good() {
    for token in TOKENS.iter() {
        assert!(verify(&VERIFIER, token).is_ok(), "{token}");
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        (-10_i64..100).prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        "[0-9]{0,12}".prop_map(Value::from),
        Just(json!("admin")),
    ];
    leaf.prop_recursive(2, 8, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::hash_map("[a-z]{0,4}", inner, 0..4).prop_map(|map| json!(map)),
        ]
    })
}

proptest! {
    #[test]
    fn random_text_is_refused(token in any::<String>()) {
        prop_assert!(is_refused_everywhere(&token));
    }

    #[test]
    fn random_parts_are_refused(parts in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..80), 0..8)) {
        let token: Vec<String> = parts.iter().map(base64).collect();
        prop_assert!(is_refused_everywhere(&token.join(".")));
    }

    #[test]
    fn random_parts_behind_a_good_header_are_refused(
        which in any::<prop::sample::Index>(),
        parts in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..80), 2..5),
    ) {
        let header = which.get(&TOKENS).split('.').next().unwrap_or_default().to_owned();
        let rest = parts.iter().map(base64).collect::<Vec<_>>().join(".");
        for token in [format!("{header}.{rest}"), format!("{header}..{rest}")] {
            prop_assert!(is_refused_everywhere(&token));
        }
    }

    #[test]
    fn a_changed_sign_is_refused(
        which in any::<prop::sample::Index>(), at in any::<prop::sample::Index>(), sign in "[A-Za-z0-9_.%=+/ -]",
    ) {
        let mut token = which.get(&TOKENS).clone();
        let at = at.index(token.len());
        prop_assume!(token[at..=at] != sign);
        token.replace_range(at..=at, &sign);
        prop_assert!(is_refused_everywhere(&token), "{token}");
    }

    #[test]
    fn a_cut_token_is_refused(which in any::<prop::sample::Index>(), at in any::<prop::sample::Index>()) {
        let token = which.get(&TOKENS);
        let at = at.index(token.len());
        prop_assert!(is_refused_everywhere(&token[..at]));
        prop_assert!(at == 0 || is_refused_everywhere(&token[at..]));
    }

    #[test]
    fn an_inserted_sign_is_refused(
        which in any::<prop::sample::Index>(), at in any::<prop::sample::Index>(), sign in any::<char>(),
    ) {
        let mut token = which.get(&TOKENS).clone();
        token.insert(at.index(token.len() + 1), sign);
        prop_assert!(is_refused_everywhere(&token), "{token}");
    }

    #[test]
    fn accepted_claims_keep_their_promises(
        sub in any_json(), id in any_json(), role in any_json(), name in any_json(), email in any_json(),
        exp in prop_oneof![any_json(), Just(json!(super::YEAR_2100))],
        nbf in prop_oneof![any_json(), Just(Value::Null)],
    ) {
        let text = json!({"sub": sub, "id": id, "role": role, "name": name, "email": email, "exp": exp, "nbf": nbf});
        if let Ok(claims) = verify(&VERIFIER, &hs256(&text.to_string())) {
            prop_assert!(claims.user_id >= 1 && claims.expires_at > now());
            for kept in [claims.name, claims.email].into_iter().flatten() {
                prop_assert!(!kept.is_empty() && kept.trim() == kept && kept.chars().count() <= 191);
                prop_assert!(!kept.contains(char::is_control));
            }
        }
    }

    #[test]
    fn any_name_and_time_are_accepted(name in any::<String>(), ttl in 1_i64..10_000_000_000, id in 1..=i32::MAX) {
        let expiry = now() + TimeDelta::seconds(ttl);
        let text = json!({"userId": id.to_string(), "name": name, "exp": expiry.timestamp()}).to_string();
        let claims = verify(&VERIFIER, &hs256(&text)).map_err(|error| TestCaseError::fail(error.to_string()))?;
        prop_assert_eq!((claims.user_id, claims.expires_at), (id, expiry));
    }

    #[test]
    fn chunks_give_the_token_back_in_any_order(
        pieces in prop::collection::vec("[a-z.]{1,9}", 1..=32), order in any::<u64>(), others in any::<[String; 4]>(),
    ) {
        let mut cookies: Vec<(String, &str)> = pieces.iter().enumerate()
            .map(|(number, piece)| (format!("authjs.session-token.{number}"), piece.as_str())).collect();
        cookies.extend(others.iter().map(|other| (format!("x{other}"), other.as_str())));
        let start = (order % cookies.len() as u64) as usize;
        cookies.rotate_left(start);
        if order % 2 == 0 {
            cookies.reverse();
        }
        let found = find(None, cookies.iter().map(|(name, value)| (name.as_str(), *value)), None, true);
        prop_assert_eq!(found.map(|found| found.token.expose_secret().to_owned()), Some(pieces.concat()));
    }

    #[test]
    fn any_headers_are_searched_without_panic(
        authorization in any::<Option<String>>(), names in any::<[String; 4]>(), query in any::<Option<String>>(),
    ) {
        let cookies = names.iter().map(|name| (name.as_str(), name.as_str()));
        let found = find(authorization.as_deref(), cookies, query.as_deref(), true);
        if let Some(found) = found {
            prop_assert!(!found.token.expose_secret().is_empty());
            prop_assert!(VERIFIER.verify_at(&found, now()).is_err());
        }
    }
}
