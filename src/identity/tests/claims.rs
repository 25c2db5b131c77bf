//! Which claims make a person, and which are refused.

use chrono::{DateTime, TimeDelta};
use jsonwebtoken::{Algorithm, EncodingKey};
use serde_json::json;

use super::{SECRET, YEAR_2100, bearer, claims_of, hs256, now, payload, signed, verify, with_secret};
use crate::domain::Role;
use crate::identity::TokenError;

fn is_refused_for(result: Result<super::Claims, TokenError>, word: &str) -> bool {
    matches!(result, Err(TokenError::Claims(reason)) if reason.contains(word))
}

#[test]
fn all_claims_are_taken_over() {
    let claims = claims_of(json!({"role": "admin", "name": "Sari", "email": "sari@example.test", "extra": [1, {}]}));
    let claims = claims.expect("accepted");
    assert_eq!((claims.user_id, claims.role), (7, Role::Admin));
    assert_eq!((claims.name.as_deref(), claims.email.as_deref()), (Some("Sari"), Some("sari@example.test")));
    assert_eq!(claims.expires_at.timestamp(), YEAR_2100);
}

#[test]
fn the_first_present_id_counts() {
    let id = |changes| claims_of(changes).map(|claims| claims.user_id);
    assert_eq!(id(json!({"sub": 1, "id": 2, "userId": 3})), Ok(1));
    assert_eq!(id(json!({"sub": null, "id": 2, "userId": 3})), Ok(2));
    assert_eq!(id(json!({"sub": null, "id": null, "userId": "3"})), Ok(3));
    assert!(is_refused_for(claims_of(json!({"sub": null})), "none of sub, id and userId"));
    assert!(is_refused_for(claims_of(json!({"sub": "abc", "id": 2})), "the user's id"), "a bad one is not skipped");
}

#[test]
fn an_id_is_a_positive_32_bit_integer_or_its_digits() {
    for (id, number) in
        [(json!(1), 1), (json!("2147483647"), i32::MAX), (json!(2147483647), i32::MAX), (json!("07"), 7)]
    {
        assert_eq!(claims_of(json!({"sub": id})).map(|claims| claims.user_id), Ok(number), "{id}");
    }
    let huge = json!(u64::MAX);
    let wrong = json!([
        0, -1, 2147483648_i64, huge, 1.5, 7.0, true, "", "0", "-1", "+7", " 7", "7 ", "7.0", "1e3", "٧", "0x7",
        "2147483648", "99999999999999999999", "clx3k2w9d0000", [7], {"id": 7}
    ]);
    for id in wrong.as_array().expect("a list") {
        assert!(is_refused_for(claims_of(json!({"sub": id})), "the user's id"), "{id}");
    }
}

#[test]
fn a_role_is_one_of_three_words_in_any_case() {
    let role = |role| claims_of(json!({"role": role})).map(|claims| claims.role);
    for name in ["USER", "user", "CUSTOMER", "Customer"] {
        assert_eq!(role(json!(name)), Ok(Role::User), "{name}");
    }
    for name in ["ADMIN", "admin", "aDmIn"] {
        assert_eq!(role(json!(name)), Ok(Role::Admin), "{name}");
    }
    assert_eq!(role(json!(null)), Ok(Role::User));
    assert_eq!(claims_of(json!({})).map(|claims| claims.role), Ok(Role::User));
    for wrong in [json!(""), json!("ROOT"), json!(" admin"), json!("ADMIN\0"), json!(1), json!(["ADMIN"]), json!(true)]
    {
        assert!(is_refused_for(claims_of(json!({"role": wrong})), "role"), "{wrong}");
    }
}

#[test]
fn a_name_is_one_clean_line() {
    let name = |name: &str| claims_of(json!({"name": name, "email": name})).map(|claims| (claims.name, claims.email));
    let both = |text: &str| Ok((Some(text.to_owned()), Some(text.to_owned())));
    assert_eq!(name("  Budi Santoso\t"), both("Budi Santoso"));
    assert_eq!(name("Bu\0di\r\nSan\u{7f}to\u{85}so"), both("BudiSantoso"));
    assert_eq!(name("\0 \u{1} Budi \0 "), both("Budi"));
    assert_eq!(name("<b>O'Brien & 群</b>"), both("<b>O'Brien & 群</b>"), "text is text");
    for empty in ["", "   ", "\0", " \u{1}\n "] {
        assert_eq!(name(empty), Ok((None, None)));
    }
    assert_eq!(claims_of(json!({"name": null})).map(|claims| claims.name), Ok(None));
}

#[test]
fn a_long_name_is_cut_between_characters() {
    let cut = |text: String| claims_of(json!({"email": text})).expect("accepted").email.expect("kept");
    assert_eq!(cut("é".repeat(191)), "é".repeat(191));
    assert_eq!(cut("👍".repeat(300)), "👍".repeat(191));
    assert_eq!(cut(format!("{} b", "a".repeat(190))), "a".repeat(190), "no space is left at the end");
}

#[test]
fn a_name_or_address_of_another_type_is_refused() {
    for wrong in [json!(1), json!(true), json!(["Budi"]), json!({"first": "Budi"}), json!(1.5)] {
        assert!(is_refused_for(claims_of(json!({"name": wrong})), "name"), "{wrong}");
        assert!(is_refused_for(claims_of(json!({"email": wrong})), "email"), "{wrong}");
    }
}

#[test]
fn a_token_without_a_usable_expiry_is_refused() {
    assert!(is_refused_for(verify(&with_secret(), &hs256(r#"{"sub":7}"#)), "exp is missing"));
    assert!(is_refused_for(claims_of(json!({"exp": null})), "exp is missing"));
    for wrong in [json!("4102444800"), json!(true), json!([1]), json!({}), json!(1e300), json!(-1e300), json!(i64::MAX)]
    {
        assert!(is_refused_for(claims_of(json!({"exp": wrong})), "exp must be"), "{wrong}");
    }
}

#[test]
fn a_signed_token_expires_exactly_at_its_expiry() {
    let expiry = DateTime::from_timestamp(YEAR_2100, 0).expect("a date");
    let (verifier, credential) = (with_secret(), bearer(&hs256(&payload(json!({})))));
    let at = |moment| verifier.verify_at(&credential, moment).map(|claims| claims.expires_at);
    assert_eq!(at(expiry - TimeDelta::milliseconds(1)), Ok(expiry));
    assert_eq!(at(expiry), Err(TokenError::Expired));
    assert_eq!(at(expiry + TimeDelta::seconds(1)), Err(TokenError::Expired));
    assert_eq!(claims_of(json!({"exp": -1})), Err(TokenError::Expired));
}

#[test]
fn an_expiry_may_have_a_fraction() {
    let claims = claims_of(json!({"exp": 4102444800.25})).expect("accepted");
    assert_eq!(claims.expires_at, DateTime::from_timestamp(YEAR_2100, 250_000_000).expect("a date"));
    let soon = now().timestamp() as f64 + 0.5;
    assert!(claims_of(json!({"exp": soon})).is_ok());
    assert_eq!(claims_of(json!({"exp": soon - 0.5})), Err(TokenError::Expired));
}

#[test]
fn a_start_is_honoured_with_a_minute_of_tolerance() {
    let from = |seconds: i64| claims_of(json!({"nbf": now().timestamp() + seconds})).map(|claims| claims.user_id);
    assert_eq!((from(-1), from(0), from(60)), (Ok(7), Ok(7), Ok(7)));
    assert_eq!((from(61), from(3600)), (Err(TokenError::NotYetValid), Err(TokenError::NotYetValid)));
    assert!(claims_of(json!({"nbf": null})).is_ok());
    for wrong in [json!("0"), json!([]), json!(false), json!(1e300)] {
        assert!(is_refused_for(claims_of(json!({"nbf": wrong})), "nbf"), "{wrong}");
    }
}

#[test]
fn a_payload_that_is_no_plain_object_is_malformed() {
    let wrong = [
        "",
        "null",
        "7",
        "\"sub\"",
        "[7,7,7,null,null,null,4102444800]",
        "{",
        r#"{"sub":7,"exp":4102444800}x"#,
        r#"{"sub":7,"sub":8,"exp":4102444800}"#,
        r#"{"sub":7,"exp":1,"exp":4102444800}"#,
        r#"{"sub":7,"exp":1e999}"#,
        r#"{"sub":7,"exp":4102444800,"name":"\ud800"}"#,
    ];
    for text in wrong {
        assert_eq!(verify(&with_secret(), &hs256(text)), Err(TokenError::Malformed), "{text:.40}");
    }
}

#[test]
fn a_payload_that_is_not_utf_8_where_nobody_looks_is_malformed() {
    let payload = [br#"{"sub":7,"exp":4102444800,"other":""#.as_slice(), b"\xff", br#""}"#].concat();
    let key = EncodingKey::from_secret(SECRET.as_bytes());
    let token = signed(r#"{"alg":"HS256"}"#, payload, &key, Algorithm::HS256);
    assert_eq!(verify(&with_secret(), &token), Err(TokenError::Malformed));
}

#[test]
fn space_and_unknown_members_do_not_matter() {
    let text = " \n{\"aud\":[\"x\"],\"iss\":{\"a\":{}},\"sub\" : 7,\t\"exp\":4102444800} ";
    assert_eq!(verify(&with_secret(), &hs256(text)).map(|claims| claims.user_id), Ok(7));
}

#[test]
fn deep_nesting_is_skipped_without_exhausting_the_stack() {
    let deep = format!("{}{}", "[".repeat(5000), "]".repeat(5000));
    let unknown = format!(r#"{{"sub":7,"exp":{YEAR_2100},"x":{deep}}}"#);
    assert_eq!(verify(&with_secret(), &hs256(&unknown)).map(|claims| claims.user_id), Ok(7));
    let known = format!(r#"{{"sub":{deep},"exp":{YEAR_2100}}}"#);
    assert!(is_refused_for(verify(&with_secret(), &hs256(&known)), "the user's id"));
}
