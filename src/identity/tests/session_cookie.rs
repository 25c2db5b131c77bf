//! Session tokens, made by the real packages, and forgeries of them.

use aes_gcm::aead::{Aead, Payload};
use aes_gcm::{Aes256Gcm, KeyInit, Nonce};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta};
use hkdf::Hkdf;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::json;
use sha2::Sha256;

use super::{
    Claims, SECRET, SessionToken, YEAR_2100, base64, bearer, now, payload, session, sessions, settings, verify,
    with_sessions,
};
use crate::domain::Role;
use crate::identity::{Credential, Source, TokenError, Verifier, find};

/// The token's cookies as a browser sends them, found and verified.
fn from_cookies(verifier: &Verifier, session: &SessionToken) -> Result<Claims, TokenError> {
    let whole = [(session.cookie.as_str(), session.token.as_str())];
    let chunks: Vec<_> = session.chunks.iter().map(|chunk| (chunk.name.as_str(), chunk.value.as_str())).rev().collect();
    let cookies = if chunks.is_empty() { whole.as_slice() } else { chunks.as_slice() };
    let credential = find(None, cookies.iter().copied(), None, verifier.reads_sessions()).expect("found");
    assert_eq!(credential.source, Source::SessionCookie);
    verifier.verify_at(&credential, now())
}

fn person(result: Result<Claims, TokenError>) -> Result<(i32, Role, Option<String>), TokenError> {
    result.map(|claims| (claims.user_id, claims.role, claims.name))
}

#[test]
fn tokens_of_the_packages_are_read_from_their_cookies_and_as_bearers() {
    let verifier = with_sessions(&sessions().secret);
    let budi = || Ok((1001, Role::User, Some("Budi Santoso".to_owned())));
    let sari = || Ok((2001, Role::Admin, Some("Sari Wulandari".to_owned())));
    let wanted = [
        ("v4", budi()),
        ("v4 admin", sari()),
        ("v4 secure", sari()),
        ("v4 numeric id", Ok((1002, Role::User, None))),
        ("v4 chunked", budi()),
        ("v4 secure chunked", sari()),
        ("v5", budi()),
        ("v5 admin", sari()),
        ("v5 secure", sari()),
        ("v5 numeric id", Ok((1002, Role::User, None))),
        ("v5 chunked", budi()),
        ("v5 secure chunked", sari()),
        ("v5 gcm", budi()),
        ("v5 secure gcm", sari()),
        ("v5 without kid", budi()),
        ("v5 gcm with kid", budi()),
    ];
    for (name, wanted) in wanted {
        let session = session(name);
        assert_eq!(session.chunks.is_empty(), !name.contains("chunked"), "{name}");
        assert_eq!(person(from_cookies(&verifier, &session)), wanted, "{name} in its cookies");
        assert_eq!(person(verify(&verifier, &session.token)), wanted, "{name} as a bearer");
        let encoded = utf8_percent_encode(&session.token, NON_ALPHANUMERIC).to_string().replace("%2E", ".");
        assert_eq!(person(verify(&verifier, &encoded)), wanted, "{name} as a percent-encoded bearer");
        let handshake = Credential::new(&session.token, Source::Handshake);
        assert_eq!(person(verifier.verify_at(&handshake, now())), wanted, "{name} in a handshake");
        let plain = find(None, [("token", session.token.as_str())], None, true).expect("found");
        assert_eq!(person(verifier.verify_at(&plain, now())), wanted, "{name} in the plain cookie");
    }
}

#[test]
fn an_id_that_is_no_number_is_refused() {
    for name in ["v4 foreign id", "v5 foreign id"] {
        let refused = from_cookies(&with_sessions(&sessions().secret), &session(name));
        assert!(matches!(refused, Err(TokenError::Claims(_))), "{name}");
    }
}

#[test]
fn expired_sessions_are_refused_after_fifteen_seconds_of_tolerance() {
    let verifier = with_sessions(&sessions().secret);
    for name in ["v4 expired", "v5 expired"] {
        assert_eq!(from_cookies(&verifier, &session(name)), Err(TokenError::Expired), "{name}");
    }
    for name in ["v4", "v5", "v5 gcm"] {
        let credential = bearer(&session(name).token);
        let expiry = verifier.verify_at(&credential, now()).expect("accepted").expires_at;
        assert!((expiry - DateTime::from_timestamp(YEAR_2100, 0).expect("a date")).abs() < TimeDelta::minutes(1));
        let late = |milliseconds| verifier.verify_at(&credential, expiry + TimeDelta::milliseconds(milliseconds));
        assert_eq!(late(14_999).map(|claims| claims.expires_at), Ok(expiry), "{name}: the expiry stays what it is");
        assert_eq!(late(15_000), Err(TokenError::Expired), "{name}");
    }
}

#[test]
fn another_secret_opens_nothing() {
    for token in sessions().tokens {
        let verifier = with_sessions("another secret");
        assert_eq!(verify(&verifier, &token.token), Err(TokenError::BadSession), "{}", token.name);
    }
}

#[test]
fn every_secret_of_a_rotation_is_tried() {
    let Sessions { secret, old_secret } = Sessions::of_fixtures();
    for name in ["v4 old secret", "v5 old secret"] {
        let token = session(name);
        assert_eq!(token.secret, old_secret);
        assert_eq!(from_cookies(&with_sessions(&secret), &token), Err(TokenError::BadSession), "{name}");
        for list in [format!("{secret},{old_secret}"), format!(" {old_secret} , {secret},"), format!("x,,{old_secret}")]
        {
            assert!(from_cookies(&with_sessions(&list), &token).is_ok(), "{name} with {list}");
        }
    }
    let rotating = with_sessions(&format!("{old_secret},{secret}"));
    for name in ["v4", "v5", "v5 without kid", "v5 gcm"] {
        assert!(from_cookies(&rotating, &session(name)).is_ok(), "{name}");
    }
}

struct Sessions {
    secret: String,
    old_secret: String,
}

impl Sessions {
    fn of_fixtures() -> Self {
        let all = sessions();
        Self { secret: all.secret, old_secret: all.old_secret }
    }
}

#[test]
fn a_token_that_names_another_key_is_refused() {
    let refused = from_cookies(&with_sessions(&sessions().secret), &session("v5 foreign kid"));
    assert_eq!(refused, Err(TokenError::BadSession));
}

#[test]
fn a_v5_token_is_bound_to_its_cookie_and_a_v4_token_is_not() {
    let verifier = with_sessions(&sessions().secret);
    let in_cookie = |name: &str, cookie: &str| {
        let token = SessionToken { cookie: cookie.to_owned(), ..session(name) };
        from_cookies(&verifier, &token).map(|claims| claims.user_id)
    };
    assert_eq!(in_cookie("v5", "__Secure-authjs.session-token"), Err(TokenError::BadSession));
    assert_eq!(in_cookie("v5 secure", "authjs.session-token"), Err(TokenError::BadSession));
    assert_eq!(in_cookie("v5 gcm", "__Secure-authjs.session-token"), Err(TokenError::BadSession));
    assert_eq!(in_cookie("v5", "next-auth.session-token"), Err(TokenError::BadSession));
    assert_eq!(in_cookie("v5 in a v4 cookie", "next-auth.session-token"), Ok(1001));
    assert_eq!(verify(&verifier, &session("v5 in a v4 cookie").token), Err(TokenError::BadSession));
    assert_eq!(in_cookie("v4", "__Secure-next-auth.session-token"), Ok(1001));
    assert_eq!(in_cookie("v4", "authjs.session-token"), Ok(1001));
}

#[test]
fn without_their_secret_sessions_are_refused() {
    let verifier = settings(Some(&sessions().secret), None, None);
    assert!(!verifier.reads_sessions());
    assert_eq!(verify(&verifier, &session("v4").token), Err(TokenError::NoKey));
    assert_eq!(verify(&verifier, &session("v5").token), Err(TokenError::NoKey));
}

#[test]
fn a_missing_or_foreign_chunk_spoils_the_token() {
    let verifier = with_sessions(&sessions().secret);
    for name in ["v4 chunked", "v5 chunked", "v5 secure chunked"] {
        let whole = session(name);
        for missing in 0..whole.chunks.len() {
            let mut torn = whole.clone();
            torn.chunks.remove(missing);
            assert!(from_cookies(&verifier, &torn).is_err(), "{name} without chunk {missing}");
        }
    }
}

#[test]
fn changed_parts_are_all_refused_alike() {
    let verifier = with_sessions(&sessions().secret);
    for name in ["v4", "v5", "v5 gcm", "v5 without kid"] {
        let token = session(name).token;
        let parts: Vec<&str> = token.split('.').collect();
        let decoded = |part: usize| URL_SAFE_NO_PAD.decode(parts[part]).expect("base64");
        for part in [2, 3, 4] {
            let bytes = decoded(part);
            let (shorter, longer) = (bytes[..bytes.len() - 1].to_vec(), [bytes.as_slice(), &[0]].concat());
            let (half, mut flipped) = (bytes[..bytes.len() / 2].to_vec(), bytes.clone());
            flipped[0] ^= 1;
            for changed in [shorter, longer, half, flipped, Vec::new(), bytes[..bytes.len().min(1)].to_vec()] {
                let mut forged: Vec<String> = parts.iter().map(|part| (*part).to_owned()).collect();
                forged[part] = base64(&changed);
                assert_eq!(verify(&verifier, &forged.join(".")), Err(TokenError::BadSession), "{name} part {part}");
            }
        }
        let with_key = [parts[0], "AAAA", parts[2], parts[3], parts[4]].join(".");
        assert_eq!(verify(&verifier, &with_key), Err(TokenError::BadSession), "{name} with an encrypted key");
        let longer = format!("{token}%2Ex");
        assert_eq!(verify(&verifier, &longer), Err(TokenError::BadSession), "{name} with a sixth part");
        let swapped =
            [&base64(r#"{"alg":"dir","enc":"A256GCM","kid":"x"}"#), "", parts[2], parts[3], parts[4]].join(".");
        assert_eq!(verify(&verifier, &swapped), Err(TokenError::BadSession), "{name} with another header");
    }
}

#[test]
fn what_is_no_encrypted_token_is_refused() {
    let verifier = with_sessions(&sessions().secret);
    for text in ["....", "a.b.c.d.e", "%.%.%.%.%", "%ff.%fe..a.b", "e30....", "eyJhbGciOiJkaXIifQ...."] {
        assert_eq!(verify(&verifier, text), Err(TokenError::BadSession), "{text}");
    }
    assert_eq!(verify(&verifier, "0b0e7a3e-database-session-id"), Err(TokenError::Malformed));
}

/// Seals a payload as v4 does, under any header, with a nonce that only a test may use.
fn sealed(header: &str, text: &str) -> String {
    let mut key = [0; 32];
    let derived = Hkdf::<Sha256>::new(Some(b""), SECRET.as_bytes());
    derived.expand(b"NextAuth.js Generated Encryption Key", &mut key).expect("32 bytes");
    let (aad, nonce) = (base64(header), [7_u8; 12]);
    let content = Payload { msg: text.as_bytes(), aad: aad.as_bytes() };
    let ciphertext = Aes256Gcm::new(&key.into()).encrypt(&Nonce::from(nonce), content).expect("sealed");
    let (ciphertext, tag) = ciphertext.split_at(ciphertext.len() - 16);
    format!("{aad}..{}.{}.{}", base64(nonce), base64(ciphertext), base64(tag))
}

#[test]
fn only_the_two_known_headers_are_accepted() {
    let verifier = with_sessions(SECRET);
    let seal = |header: &str| verify(&verifier, &sealed(header, &payload(json!({})))).map(|claims| claims.user_id);
    assert_eq!(seal(r#"{"alg":"dir","enc":"A256GCM"}"#), Ok(7));
    assert_eq!(seal(r#"{"alg":"dir","enc":"A256GCM","kid":"any","jku":"http://127.0.0.1:1/","typ":"JWT"}"#), Ok(7));
    let wrong = [
        r#"{"alg":"dir","enc":"A256GCM","crit":["x"]}"#,
        r#"{"alg":"dir","enc":"A256GCM","crit":null}"#,
        r#"{"alg":"dir","enc":"A256GCM","zip":"DEF"}"#,
        r#"{"alg":"dir","enc":"A256GCM","kid":7}"#,
        r#"{"alg":"A256KW","enc":"A256GCM"}"#,
        r#"{"alg":"none","enc":"A256GCM"}"#,
        r#"{"enc":"A256GCM"}"#,
        r#"{"alg":"dir"}"#,
        r#"{"alg":"dir","enc":"A128GCM"}"#,
        r#"{"alg":"dir","enc":"A256CBC-HS512"}"#,
        r#"{"alg":"dir","enc":"a256gcm"}"#,
        r#"{"alg":"dir","alg":"dir","enc":"A256GCM"}"#,
        r#"["dir","A256GCM"]"#,
        "",
    ];
    for header in wrong {
        assert_eq!(seal(header), Err(TokenError::BadSession), "{header}");
    }
}

#[test]
fn the_claims_in_a_session_obey_the_same_rules() {
    let verifier = with_sessions(SECRET);
    let open = |text: &str| verify(&verifier, &sealed(r#"{"alg":"dir","enc":"A256GCM"}"#, text));
    assert_eq!(open("not json"), Err(TokenError::Malformed));
    assert_eq!(open(""), Err(TokenError::Malformed));
    assert!(matches!(open(r#"{"sub":"7"}"#), Err(TokenError::Claims("exp is missing"))));
    assert!(matches!(open(&payload(json!({"role": "root"}))), Err(TokenError::Claims(_))));
    assert_eq!(open(&payload(json!({"nbf": now().timestamp() + 61}))), Err(TokenError::NotYetValid));
    let ended = |seconds| payload(json!({"exp": now().timestamp() - seconds}));
    assert_eq!(open(&ended(14)).map(|claims| claims.user_id), Ok(7));
    assert_eq!(open(&ended(15)), Err(TokenError::Expired));
}
