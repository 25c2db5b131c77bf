//! The layout, as a test: which module may import which, where a third-party crate may be named, how large things may be.

#![allow(clippy::expect_used, reason = "a test may stop at what it did not expect")]

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

/// The rows of `src/lib.rs`. A module imports only from rows below its own; neighbours never import each other.
const ROWS: [&[&str]; 10] = [
    &["config", "domain", "telemetry"],
    &["database", "limit", "identity", "records"],
    &["hub"],
    &["journal"],
    &["state"],
    &["service"],
    &["http"],
    &["socketio"],
    &["dialect", "jobs"],
    &["cli", "startup", "main"],
];

/// The telemetry subscriber reads its section of the settings; the program's own row composes everything.
const NEIGHBOURS_ALLOWED: [(&str, &str); 2] = [("telemetry", "config"), ("cli", "startup")];

/// Where a third-party crate may be named: modules by path below `src/`.
const WALLS: [(&str, &[&str]); 14] = [
    ("rustls", &["startup"]),
    ("actix_tls", &["startup"]),
    ("actix_http", &["socketio/engine"]),
    ("actix_web", &["http", "socketio", "dialect", "startup", "cli", "hub/local.rs", "service/stream/presence.rs"]),
    ("actix_cors", &["http"]),
    ("clap", &["cli"]),
    ("jsonwebtoken", &["identity"]),
    ("prometheus", &["telemetry", "startup"]),
    ("governor", &["limit"]),
    ("hyper", &["socketio/engine/forward.rs"]),
    ("redis", &["hub/redis.rs", "limit/redis.rs"]),
    ("sea_orm", &["database", "records", "journal", "state.rs", "service", "startup"]),
    ("sea_query_sqlx", &["database/writing.rs"]),
    ("utoipa", &["http", "dialect", "startup"]),
];

const MOST_LINES: usize = 400;
const VAGUE_NAMES: [&str; 5] = ["util", "utils", "common", "helper", "misc"];

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

/// Path below `src/`, text without its unit tests.
fn code() -> BTreeMap<String, String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let read = |path: PathBuf| {
        let text = fs::read_to_string(&path).expect("a source");
        let name = path.strip_prefix(&root).expect("below src").to_string_lossy().into_owned();
        let end = text.find("#[cfg(test)]\nmod tests {").unwrap_or(text.len());
        (name, text[..end].to_owned())
    };
    sources(&root).into_iter().map(read).filter(|(name, _)| !name.starts_with("identity/tests")).collect()
}

fn module_of(name: &str) -> &str {
    name.split('/').next().unwrap_or(name).trim_end_matches(".rs")
}

fn row_of(module: &str) -> Option<usize> {
    ROWS.iter().position(|row| row.contains(&module))
}

/// The top-level modules that a text imports from this crate.
fn imports(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let code: String = text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n");
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        if let Some(list) = rest.strip_prefix('{') {
            let mut depth = 0;
            let mut name = String::new();
            for c in list.chars() {
                match c {
                    '{' => depth += 1,
                    '}' if depth == 0 => break,
                    '}' => depth -= 1,
                    ',' if depth == 0 => found.push(std::mem::take(&mut name)),
                    _ if depth == 0 => name.push(c),
                    _ => {}
                }
            }
            found.push(name);
        } else {
            found.push(rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect());
        }
    }
    let first = |path: String| path.trim().split("::").next().unwrap_or_default().trim().to_owned();
    found.into_iter().map(first).filter(|name| !name.is_empty()).collect()
}

#[test]
fn every_module_has_its_row() {
    for name in code().keys().filter(|name| *name != "lib.rs") {
        assert!(row_of(module_of(name)).is_some(), "{name} stands in no row");
    }
}

#[test]
fn imports_point_down() {
    let mut wrong = Vec::new();
    for (name, text) in code().iter().filter(|(name, _)| *name != "lib.rs" && *name != "http/routes.rs") {
        let module = module_of(name);
        for import in imports(text).into_iter().filter(|import| import != module && import != "routes") {
            let allowed = NEIGHBOURS_ALLOWED.contains(&(module, &import)) || row_of(&import) < row_of(module);
            if !allowed || row_of(&import).is_none() {
                wrong.push(format!("{name} imports {import}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn third_party_crates_stay_behind_their_walls() {
    let mut wrong = Vec::new();
    for (name, text) in code() {
        for (dependency, places) in WALLS {
            // A module of ours may be called as the crate that it wraps.
            let text = text.replace(&format!("self::{dependency}::"), "");
            let named = text.contains(&format!("{dependency}::")) && name != "http/routes.rs";
            if named && !places.iter().any(|place| name.starts_with(place)) && name != format!("{}.rs", places[0]) {
                wrong.push(format!("{name} names {dependency}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn files_say_what_they_are_and_stay_small() {
    let mut wrong = Vec::new();
    for (name, text) in code() {
        if !text.starts_with("//!") {
            wrong.push(format!("{name} does not open with what it is"));
        }
        if text.lines().count() > MOST_LINES {
            wrong.push(format!("{name} has {} lines", text.lines().count()));
        }
        if VAGUE_NAMES
            .iter()
            .any(|vague| Path::new(&name).iter().any(|part| part == *vague || part == format!("{vague}.rs").as_str()))
        {
            wrong.push(format!("{name} has a name that says nothing"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn nothing_is_left_open() {
    let marks =
        [["TO", "DO"].concat(), ["FIX", "ME"].concat(), ["unimpl", "emented!("].concat(), ["to", "do!("].concat()];
    for (name, text) in code() {
        assert!(!marks.iter().any(|mark| text.contains(mark)), "{name} has something left open");
    }
}
