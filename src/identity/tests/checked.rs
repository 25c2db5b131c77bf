//! Tokens that are remembered.

use chrono::TimeDelta;
use serde_json::json;

use super::*;

#[test]
fn a_remembered_token_expires_when_it_says() {
    let verifier = with_secret();
    let token = bearer(&hs256(&payload(json!({"exp": now().timestamp() + 60}))));
    let at =
        |seconds| verifier.verify_once_at(&token, now() + TimeDelta::seconds(seconds)).map(|claims| claims.user_id);
    assert_eq!((at(0), at(59)), (Ok(7), Ok(7)));
    assert_eq!((at(60), at(61)), (Err(TokenError::Expired), Err(TokenError::Expired)));
}

#[test]
fn what_is_remembered_says_what_the_token_says() {
    let verifier = with_secret();
    let (one, other) = (json!({"sub": "7", "role": "ADMIN", "name": "Ana"}), json!({"sub": "8", "email": "b@c.de"}));
    let tokens = [one, other].map(|claims| bearer(&hs256(&payload(claims))));
    let first = tokens.each_ref().map(|token| verifier.verify_once_at(token, now()));
    let again = tokens.each_ref().map(|token| verifier.verify_once_at(token, now()));
    assert!(first.iter().all(Result::is_ok));
    assert_eq!(first, again);
    assert_eq!(first, tokens.each_ref().map(|token| verifier.verify_at(token, now())));
}

#[test]
fn a_token_that_resembles_a_remembered_one_is_checked() {
    let verifier = with_secret();
    let token = hs256(&payload(json!({})));
    assert!(verifier.verify_once_at(&bearer(&token), now()).is_ok());
    let (message, signature) = token.rsplit_once('.').expect("three parts");
    let other = signature.replace(|sign: char| sign.is_ascii_lowercase(), "A");
    for forged in [format!("{message}."), format!("{message}.{other}"), format!("{token}A")] {
        assert_eq!(verifier.verify_once_at(&bearer(&forged), now()), Err(TokenError::BadSignature), "{forged}");
    }
    // Another process with another key has not seen it either.
    let elsewhere = settings(Some("another-secret-of-the-identity-tests-0123"), None, None);
    assert_eq!(elsewhere.verify_once_at(&bearer(&token), now()), Err(TokenError::BadSignature));
}

#[test]
fn a_session_is_remembered_for_its_cookie_alone() {
    let session = session("v5");
    let verifier = with_sessions(&session.secret);
    let in_cookie =
        |name| Credential { cookie_name: Some(name), ..Credential::new(&session.token, Source::SessionCookie) };
    let own = COOKIE_NAMES.into_iter().find(|name| *name == session.cookie).expect("a known cookie");
    assert!(verifier.verify_once_at(&in_cookie(own), now()).is_ok());
    for foreign in COOKIE_NAMES.into_iter().filter(|name| *name != own) {
        let verdict = verifier.verify_at(&in_cookie(foreign), now());
        assert_eq!(verifier.verify_once_at(&in_cookie(foreign), now()), verdict, "{foreign}");
    }
}
