//! The keys of the settings: what is taken, what stops the start, and what is never printed.

use super::{SECRET, key_path, key_text, settings};
use crate::identity::{KeyError, KeySettings, Verifier};

fn public_key(value: &str) -> Result<Verifier, KeyError> {
    Verifier::new(&KeySettings { jwt_public_key: Some(value.to_owned()), ..KeySettings::default() })
}

fn problem(value: &str) -> String {
    public_key(value).expect_err("refused").to_string()
}

#[test]
fn a_public_key_is_given_as_text_as_one_line_or_as_a_file() {
    for name in ["rsa.public", "rsa.public.pkcs1", "p256.public", "ed25519.public"] {
        let text = key_text(name);
        let one_line = text.replace('\n', "\\n");
        let windows = text.replace('\n', "\\r\\n");
        let commented = format!("# our key\n{text}");
        let (path, padded) = (key_path(name), format!(" {}\n", key_path(name)));
        for value in [&text, &one_line, &windows, &commented, &path, &padded] {
            assert!(public_key(value).is_ok(), "{name} as {value:.40}");
        }
    }
}

#[test]
fn the_kind_of_key_decides_the_algorithm() {
    for (name, algorithm) in [("rsa.public", "RS256"), ("p256.public", "ES256"), ("ed25519.public", "EdDSA")] {
        let shown = format!("{:?}", public_key(&key_path(name)).expect("a key"));
        assert_eq!(shown, format!("Verifier {{ algorithms: [{algorithm}], sessions: false }}"));
    }
}

#[test]
fn unusable_public_keys_stop_the_start() {
    for name in ["p384.public", "secp256k1.public", "x25519.public", "p256.compressed.public"] {
        assert!(problem(&key_text(name)).contains("no usable key"), "{name}");
    }
    for name in ["rsa.private", "p256.private", "ed25519.private"] {
        assert!(problem(&key_text(name)).contains("private key"), "{name}");
    }
    assert!(problem(&key_text("rsa1024.public")).contains("1024 bits"));
    assert!(problem(&key_text("rsa.certificate")).contains("certificate"));
}

#[test]
fn damaged_public_keys_stop_the_start() {
    for name in ["rsa.public", "rsa.public.pkcs1", "p256.public", "ed25519.public"] {
        let text = key_text(name);
        let lines: Vec<_> = text.lines().collect();
        let shorter = [&lines[..1], &lines[2..]].concat().join("\n");
        let headless = text.replace(lines[lines.len() - 1], "");
        for damaged in [shorter, headless, text.replace("PUBLIC KEY", "ELLIPTIC KEY")] {
            assert!(problem(&damaged).contains("no usable key"), "{name}: {damaged}");
        }
    }
    // An Ed25519 key of two bytes, which the library would index past.
    let short = "-----BEGIN PUBLIC KEY-----\nMAwwBQYDK2VwAwMAEOk=\n-----END PUBLIC KEY-----\n";
    assert!(problem(short).contains("no usable key"));
}

#[test]
fn every_cut_of_a_key_is_refused_without_a_panic() {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    for name in ["rsa.public", "rsa.public.pkcs1", "p256.public", "ed25519.public"] {
        let text = key_text(name);
        let label = if name.ends_with("pkcs1") { "RSA PUBLIC KEY" } else { "PUBLIC KEY" };
        let body: String = text.lines().filter(|line| !line.starts_with("-----")).collect();
        let der = STANDARD.decode(body).expect("base64");
        for length in 0..der.len() {
            let cut = STANDARD.encode(&der[..length]);
            assert!(public_key(&format!("-----BEGIN {label}-----\n{cut}\n-----END {label}-----\n")).is_err());
        }
    }
}

#[test]
fn a_file_that_is_missing_or_no_key_is_named_as_such() {
    assert!(problem("/no/such/key.pem").contains("JWT_PUBLIC_KEY is neither PEM text nor the path"));
    assert!(problem("path\0with nul").contains("JWT_PUBLIC_KEY"));
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), "not a key").expect("written");
    assert!(problem(&file.path().to_string_lossy()).contains("no PEM block"));
}

#[test]
fn a_public_key_as_shared_secret_stops_the_start() {
    let settings = KeySettings { jwt_secret: Some(key_text("rsa.public").into()), ..KeySettings::default() };
    let problem = Verifier::new(&settings).expect_err("refused").to_string();
    assert!(problem.contains("JWT_SECRET"), "{problem}");
}

#[test]
fn messages_and_debug_output_hold_no_value() {
    let misplaced = "correct-horse-battery-staple";
    assert!(!problem(misplaced).contains(misplaced));
    let secret = key_text("ed25519.private");
    let body = secret.lines().nth(1).expect("a line");
    assert!(!problem(&secret).contains(body));
    let keys = KeySettings {
        jwt_secret: Some(SECRET.into()),
        jwt_public_key: Some(secret.clone()),
        nextauth_secret: Some(misplaced.into()),
    };
    let shown = format!("{keys:?} {:?}", settings(Some(SECRET), None, Some(misplaced)));
    assert!(shown.contains("jwt_secret: true") && shown.contains("algorithms: [HS256], sessions: true"), "{shown}");
    assert!(!shown.contains(SECRET) && !shown.contains(body) && !shown.contains(misplaced));
}
