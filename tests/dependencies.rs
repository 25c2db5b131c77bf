//! What comes in with the dependencies: `deny.toml`, held without `cargo deny` and without its downloads.

#![allow(clippy::expect_used, reason = "a test may stop at what it did not expect")]

use std::{path::Path, process::Command};

use config::{Config, File, FileFormat};
use serde::Deserialize;

const CRATES_IO: &str = "registry+https://github.com/rust-lang/crates.io-index";

/// Every `Cargo.lock`: that of the workspace, and that of the fuzzers' engine.
const LOCKED: [&str; 2] = ["Cargo.toml", "fuzz/engine/Cargo.toml"];

/// As much of `deny.toml` as is held here.
#[derive(Deserialize)]
struct Rules {
    licenses: Licenses,
    bans: Bans,
}

#[derive(Deserialize)]
struct Licenses {
    allow: Vec<String>,
    exceptions: Vec<Exception>,
}

#[derive(Deserialize)]
struct Exception {
    #[serde(rename = "crate")]
    name: String,
    allow: Vec<String>,
}

#[derive(Deserialize)]
struct Bans {
    deny: Vec<Ban>,
}

#[derive(Deserialize)]
struct Ban {
    #[serde(rename = "crate")]
    name: String,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    version: String,
    license: Option<String>,
    source: Option<String>,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    req: String,
    path: Option<String>,
}

fn rules() -> Rules {
    let text = include_str!("../deny.toml");
    let parsed = Config::builder().add_source(File::from_str(text, FileFormat::Toml)).build().expect("TOML");
    parsed.try_deserialize().expect("the sections that are held here")
}

/// All packages of all platforms, with every feature.
fn packages() -> Vec<Package> {
    let read = |manifest: &str| {
        let manifest = Path::new(env!("CARGO_MANIFEST_DIR")).join(manifest);
        let mut command = Command::new(env!("CARGO"));
        command
            .args(["metadata", "--locked", "--all-features", "--format-version", "1", "--manifest-path"])
            .arg(manifest);
        let output = command.output().expect("cargo runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice::<Metadata>(&output.stdout).expect("metadata").packages
    };
    LOCKED.into_iter().flat_map(read).collect()
}

/// Whether a licence expression (SPDX) can be met with these licences; some crates still write `/` for `OR`.
fn is_met(expression: &str, allowed: &dyn Fn(&str) -> bool) -> bool {
    let spaced = expression.replace('(', " ( ").replace(')', " ) ").replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut rest = words.as_slice();
    let met = either(&mut rest, allowed);
    met && rest.is_empty()
}

fn either(rest: &mut &[&str], allowed: &dyn Fn(&str) -> bool) -> bool {
    let mut met = both(rest, allowed);
    while let ["OR", after @ ..] = *rest {
        *rest = after;
        met |= both(rest, allowed);
    }
    met
}

fn both(rest: &mut &[&str], allowed: &dyn Fn(&str) -> bool) -> bool {
    let mut met = one(rest, allowed);
    while let ["AND", after @ ..] = *rest {
        *rest = after;
        met &= one(rest, allowed);
    }
    met
}

fn one(rest: &mut &[&str], allowed: &dyn Fn(&str) -> bool) -> bool {
    match *rest {
        ["(", after @ ..] => {
            *rest = after;
            let met = either(rest, allowed);
            let [")", after @ ..] = *rest else { return false };
            *rest = after;
            met
        }
        [licence, "WITH", exception, after @ ..] => {
            *rest = after;
            allowed(&format!("{licence} WITH {exception}"))
        }
        [licence, after @ ..] => {
            *rest = after;
            allowed(licence)
        }
        [] => false,
    }
}

#[test]
fn every_licence_is_one_that_was_allowed() {
    let Licenses { allow, exceptions } = rules().licenses;
    let refused = |package: &Package| {
        let excepted = exceptions.iter().filter(|exception| exception.name == package.name);
        let of_crate: Vec<&String> = excepted.flat_map(|exception| &exception.allow).collect();
        let allowed = |licence: &str| allow.iter().chain(of_crate.iter().copied()).any(|known| known == licence);
        !package.license.as_deref().is_some_and(|expression| is_met(expression, &allowed))
    };
    let refused: Vec<String> = packages()
        .iter()
        .filter(|package| refused(package))
        .map(|package| format!("{} {}: {:?}", package.name, package.version, package.license))
        .collect();
    assert!(refused.is_empty(), "not allowed by deny.toml: {refused:#?}");
}

#[test]
fn every_dependency_comes_from_where_it_may() {
    let mut wrong = Vec::new();
    for package in packages() {
        match package.source.as_deref() {
            Some(CRATES_IO) => {}
            Some(source) => wrong.push(format!("{} comes from {source}", package.name)),
            None => wrong.extend(
                package
                    .dependencies
                    .iter()
                    .filter(|dependency| dependency.req == "*" && dependency.path.is_none())
                    .map(|dependency| format!("{} takes any version of {}", package.name, dependency.name)),
            ),
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn what_is_banned_is_not_there() {
    let banned = rules().bans.deny;
    assert!(!banned.is_empty());
    let found: Vec<String> = packages()
        .into_iter()
        .map(|package| package.name)
        .filter(|name| banned.iter().any(|ban| ban.name == *name))
        .collect();
    assert!(found.is_empty(), "banned by deny.toml: {found:?}");
}

#[test]
fn an_expression_is_met_by_what_it_says_and_by_nothing_else() {
    let allowed = |licence: &str| ["MIT", "ISC", "Apache-2.0 WITH LLVM-exception"].contains(&licence);
    for expression in [
        "MIT",
        "MIT OR GPL-3.0",
        "GPL-3.0/MIT",
        "(GPL-2.0 OR MIT) AND ISC",
        "Apache-2.0 WITH LLVM-exception OR Apache-2.0",
    ] {
        assert!(is_met(expression, &allowed), "{expression}");
    }
    for expression in
        ["", "GPL-3.0", "MIT AND GPL-3.0", "(MIT", "MIT GPL-3.0", "Apache-2.0", "MIT AND (GPL-3.0 OR", "MIT WITH x"]
    {
        assert!(!is_met(expression, &allowed), "{expression}");
    }
}
