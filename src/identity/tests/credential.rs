//! Where a token is looked for, and in which order.

use secrecy::ExposeSecret;

use crate::identity::{Credential, Source, find};

const V4: &str = "next-auth.session-token";
const V5: &str = "authjs.session-token";
const V4_SECURE: &str = "__Secure-next-auth.session-token";
const V5_SECURE: &str = "__Secure-authjs.session-token";

fn found(
    authorization: Option<&str>,
    cookies: &[(&str, &str)],
    query: Option<&str>,
) -> Option<(Source, String, Option<&'static str>)> {
    find(authorization, cookies.iter().copied(), query, true).map(seen)
}

fn seen(credential: Credential) -> (Source, String, Option<&'static str>) {
    (credential.source, credential.token.expose_secret().to_owned(), credential.cookie_name)
}

fn session(name: &'static str, token: &str) -> Option<(Source, String, Option<&'static str>)> {
    Some((Source::SessionCookie, token.to_owned(), Some(name)))
}

#[test]
fn the_places_are_looked_at_in_the_order_of_the_contract() {
    let cookies = [("theme", "dark"), (V5_SECURE, "f"), (V4_SECURE, "e"), (V5, "d"), (V4, "c"), ("token", "b")];
    assert_eq!(found(Some("Bearer a"), &cookies, Some("q")), Some((Source::Bearer, "a".into(), None)));
    assert_eq!(found(None, &cookies, Some("q")), Some((Source::Cookie, "b".into(), Some("token"))));
    assert_eq!(found(None, &cookies[..5], Some("q")), session(V4, "c"));
    assert_eq!(found(None, &cookies[..4], Some("q")), session(V5, "d"));
    assert_eq!(found(None, &cookies[..3], Some("q")), session(V4_SECURE, "e"));
    assert_eq!(found(None, &cookies[..2], Some("q")), session(V5_SECURE, "f"));
    assert_eq!(found(None, &cookies[..1], Some("q")), Some((Source::Query, "q".into(), None)));
    assert_eq!(found(None, &cookies[..1], None), None);
}

#[test]
fn the_bearer_scheme_is_read_in_any_case() {
    for header in ["Bearer t", "bearer t", "BEARER t", "bEaReR   t", " Bearer t "] {
        assert_eq!(found(Some(header), &[], None), Some((Source::Bearer, "t".into(), None)), "{header}");
    }
}

#[test]
fn another_scheme_or_an_empty_bearer_is_no_bearer() {
    let cookie = Some((Source::Cookie, "b".to_owned(), Some("token")));
    for header in
        ["Basic dXNlcjpwYXNz", "Bearer", "Bearer ", "", "Bearert", "Token t", "Digest username=x", "Bearer\tt"]
    {
        assert_eq!(found(Some(header), &[("token", "b")], None), cookie, "{header}");
        assert_eq!(found(Some(header), &[], None), None, "{header}");
    }
}

#[test]
fn a_bad_token_is_not_skipped() {
    assert_eq!(
        found(Some("Bearer undefined"), &[("token", "b")], None),
        Some((Source::Bearer, "undefined".into(), None))
    );
    assert_eq!(found(None, &[("token", "?"), (V4, "c")], Some("q")).map(|seen| seen.1), Some("?".into()));
}

#[test]
fn an_empty_value_counts_as_absent() {
    let cookies = [("token", ""), (V4, ""), ("authjs.session-token.0", ""), (V5_SECURE, "f")];
    assert_eq!(found(None, &cookies, None), session(V5_SECURE, "f"));
    assert_eq!(found(None, &cookies[..3], Some("")), None);
}

#[test]
fn cookie_names_are_exact() {
    let others = [
        ("Token", "x"),
        ("token.0", "x"),
        ("xnext-auth.session-token", "x"),
        ("next-auth.session-tokens", "x"),
        ("next-auth.session-token.", "x"),
        ("next-auth.session-token.a", "x"),
        ("next-auth.session-token.+1", "x"),
        ("next-auth.session-token.01", "x"),
        ("next-auth.session-token.-1", "x"),
        ("next-auth.session-token.0.0", "x"),
        ("next-auth.session-token.256", "x"),
        ("next-auth.csrf-token", "x"),
        ("__Host-authjs.session-token", "x"),
    ];
    assert_eq!(found(None, &others, None), None);
}

#[test]
fn session_cookies_are_not_looked_at_without_their_secret() {
    let cookies = [(V4, "c"), ("authjs.session-token.0", "d")];
    assert!(find(None, cookies, None, false).is_none());
    assert_eq!(find(None, cookies, Some("q"), false).map(|credential| credential.source), Some(Source::Query));
}

#[test]
fn chunks_are_joined_by_number_not_by_name_or_order() {
    let names: Vec<String> = (0..12).map(|number| format!("{V5_SECURE}.{number}")).collect();
    let values: Vec<String> = (0..12).map(|number| format!("<{number}>")).collect();
    let mut cookies: Vec<_> = names.iter().map(String::as_str).zip(values.iter().map(String::as_str)).collect();
    cookies.sort();
    cookies.reverse();
    assert_eq!(found(None, &cookies, None), session(V5_SECURE, &values.concat()));
}

#[test]
fn chunks_of_different_cookies_do_not_mix() {
    let cookies =
        [("authjs.session-token.0", "a"), ("__Secure-authjs.session-token.1", "b"), ("next-auth.session-token.1", "c")];
    assert_eq!(found(None, &cookies, None), session(V4, "c"));
    assert_eq!(found(None, &cookies[..2], None), session(V5, "a"));
}

#[test]
fn the_whole_cookie_comes_before_leftover_chunks() {
    let cookies = [("authjs.session-token.0", "old"), (V5, "new"), ("authjs.session-token.1", "old")];
    assert_eq!(found(None, &cookies, None), session(V5, "new"));
}

#[test]
fn of_two_cookies_of_one_name_the_first_counts() {
    assert_eq!(found(None, &[("token", "a"), ("token", "b")], None).map(|seen| seen.1), Some("a".into()));
    assert_eq!(found(None, &[(V4, "a"), (V4, "b")], None).map(|seen| seen.1), Some("a".into()));
    let chunks = [("authjs.session-token.1", "b"), ("authjs.session-token.0", "a"), ("authjs.session-token.1", "x")];
    assert_eq!(found(None, &chunks, None), session(V5, "ab"));
}

#[test]
fn chunks_beyond_the_thirty_second_are_ignored() {
    let names: Vec<String> = (0..200).map(|number| format!("{V5}.{number}")).collect();
    let cookies: Vec<_> = names.iter().map(|name| (name.as_str(), "x")).collect();
    assert_eq!(found(None, &cookies, None), session(V5, &"x".repeat(32)));
    assert_eq!(found(None, &cookies[32..], None), None);
}

#[test]
fn only_cookies_are_ambient() {
    let sources = [Source::Bearer, Source::Cookie, Source::SessionCookie, Source::Query, Source::Handshake];
    assert_eq!(sources.map(Source::is_ambient), [false, true, true, false, false]);
}

#[test]
fn a_handshake_without_a_token_has_no_credential() {
    assert!(Credential::from_handshake("").is_none());
    assert_eq!(Credential::from_handshake("t").map(seen), Some((Source::Handshake, "t".into(), None)));
}

#[test]
fn debug_output_does_not_hold_the_token() {
    let credential = find(Some("Bearer very.private.token"), [], None, false).expect("found");
    let shown = format!("{credential:?}");
    assert!(shown.contains("Bearer") && !shown.contains("private"), "{shown}");
}
