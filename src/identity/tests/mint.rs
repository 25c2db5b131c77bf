//! Tokens of our own are accepted by our own verifier, and say what they were told to.

use chrono::{DateTime, TimeDelta, Utc};

use super::{SECRET, now, settings, verify, with_secret};
use crate::domain::Role;
use crate::identity::{NewToken, TokenError, mint};

fn budi() -> NewToken {
    NewToken {
        user_id: 1001,
        role: Role::User,
        name: Some("Budi \"群\" Santoso".into()),
        email: Some("budi@example.test".into()),
        issued_at: now(),
        expires_at: now() + TimeDelta::hours(1),
    }
}

#[test]
fn a_minted_token_names_the_person() {
    for role in [Role::User, Role::Admin] {
        let token = mint(&SECRET.into(), &NewToken { role, ..budi() }).expect("minted");
        let claims = verify(&with_secret(), &token).expect("accepted");
        assert_eq!((claims.user_id, claims.role, claims.expires_at), (1001, role, budi().expires_at));
        assert_eq!((claims.name, claims.email), (budi().name, budi().email));
    }
}

#[test]
fn name_and_address_may_be_absent() {
    let token = mint(&SECRET.into(), &NewToken { name: None, email: None, ..budi() }).expect("minted");
    let claims = verify(&with_secret(), &token).expect("accepted");
    assert_eq!((claims.name, claims.email), (None, None));
}

#[test]
fn a_minted_token_expires() {
    let past: DateTime<Utc> = now() - TimeDelta::seconds(1);
    let token = mint(&SECRET.into(), &NewToken { expires_at: past, ..budi() }).expect("minted");
    assert_eq!(verify(&with_secret(), &token), Err(TokenError::Expired));
}

#[test]
fn another_secret_does_not_accept_it() {
    let token = mint(&SECRET.into(), &budi()).expect("minted");
    assert_eq!(verify(&settings(Some("x"), None, None), &token), Err(TokenError::BadSignature));
}

#[test]
fn nothing_is_minted_that_would_be_refused_or_could_be_forged() {
    assert_eq!(mint(&" ".into(), &budi()), Err(TokenError::NoKey));
    for user_id in [0, -1, i32::MIN] {
        assert!(matches!(mint(&SECRET.into(), &NewToken { user_id, ..budi() }), Err(TokenError::Claims(_))));
    }
}
