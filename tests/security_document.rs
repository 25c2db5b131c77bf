//! `docs/SECURITY.md` names what holds each of its promises, and this holds the document to that.

#![allow(clippy::expect_used, reason = "a test may stop at what it did not expect")]

use std::{
    collections::HashSet,
    fs,
    path::{Path, PathBuf},
};

/// Where tests stand.
const FOLDERS: [&str; 5] = ["src", "tests", "deploy", "web/e2e", "fuzz/src"];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The rows of the tables of threats, by their cells.
fn threats() -> Vec<Vec<String>> {
    let text = fs::read_to_string(root().join("docs/SECURITY.md")).expect("the document");
    let (_, threats) = text.split_once("\n## Threats\n").expect("the threats");
    let (threats, _) = threats.split_once("\n## ").expect("an end of the threats");
    let rows = threats.lines().filter(|line| line.starts_with("| "));
    let cells = |row: &str| row.trim_matches('|').split(" | ").map(|cell| cell.trim().to_owned()).collect();
    rows.map(cells).filter(|cells: &Vec<String>| cells[0] != "threat" && !cells[0].starts_with("---")).collect()
}

/// What stands between backticks.
fn quoted(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

/// The names of all functions and the titles of all tests in the tree.
fn tests() -> (HashSet<String>, String) {
    let (mut functions, mut titles) = (HashSet::new(), String::new());
    let mut folders: Vec<PathBuf> = FOLDERS.iter().map(|folder| root().join(folder)).collect();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            let kind = path.extension().and_then(|kind| kind.to_str()).unwrap_or_default();
            if path.is_dir() && !path.ends_with("node_modules") {
                folders.push(path);
            } else if kind == "rs" {
                let text = fs::read_to_string(&path).expect("a source");
                functions
                    .extend(text.split("#[test]").chain(text.split("#[tokio::test")).skip(1).filter_map(name_after));
            } else if kind == "mjs" {
                titles.push_str(&fs::read_to_string(&path).expect("a script"));
            }
        }
    }
    (functions, titles)
}

/// The name of the function that follows; also of those in a block of `proptest!`.
fn name_after(text: &str) -> Option<String> {
    let (_, rest) = text.split_once("fn ")?;
    rest.split('(').next().map(ToOwned::to_owned)
}

#[test]
fn every_threat_has_a_place_in_the_code_and_a_test_that_holds_it() {
    let (functions, titles) = tests();
    let threats = threats();
    assert!(threats.len() > 30, "only {} rows were found", threats.len());
    let mut wrong = Vec::new();
    for cells in threats {
        let [threat, done, places, held] = cells.as_slice() else { panic!("a row has four cells: {cells:?}") };
        assert!(!threat.is_empty() && !done.is_empty(), "{cells:?}");
        let (places, held) = (quoted(places), quoted(held));
        if places.is_empty() || held.is_empty() {
            wrong.push(format!("{threat} has no place or no test"));
        }
        wrong.extend(
            places.iter().filter(|place| !root().join(place).is_file()).map(|place| format!("{place} is no file")),
        );
        let is_there = |name: &str| match name {
            path if path.starts_with("fuzz/src/") => root().join(path).is_file(),
            title if title.contains(' ') => titles.contains(&format!("(\"{title}\"")),
            function => functions.contains(function),
        };
        wrong.extend(held.iter().filter(|name| !is_there(name)).map(|name| format!("{name} is no test")));
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
