//! Builds the pages of `web/` when npm is there, so that `cargo run` alone is enough on a machine with Rust and Node.
//!
//! Without npm, or with `SKIP_WEB_BUILD` set, the program is built without them: the API works all the same.

use std::{
    env, fs, io,
    path::Path,
    process::{Command, ExitCode},
};

/// What the pages are made of. The configurations beside them are found by name.
const SOURCES: [&str; 7] = [
    "web/admin",
    "web/build.mjs",
    "web/demo",
    "web/package-lock.json",
    "web/react-example",
    "web/shared",
    "web/widget",
];

fn main() -> ExitCode {
    for source in SOURCES.into_iter().map(str::to_owned).chain(configurations()) {
        println!("cargo::rerun-if-changed={source}");
    }
    println!("cargo::rerun-if-env-changed=SKIP_WEB_BUILD");
    if let Err(error) = fs::create_dir_all("web/dist") {
        println!("cargo::error=web/dist cannot be made: {error}");
        return ExitCode::FAILURE;
    }
    if env::var_os("SKIP_WEB_BUILD").is_some() {
        return ExitCode::SUCCESS;
    }
    if !npm(&["--version"]).is_ok_and(|done| done) {
        println!(
            "cargo::warning=npm is not there, so this build has no widget and no dashboard; the API works without them"
        );
        return ExitCode::SUCCESS;
    }
    match build() {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            println!("cargo::error={reason}; set SKIP_WEB_BUILD=1 to build without the pages");
            ExitCode::FAILURE
        }
    }
}

/// `package.json` and the `tsconfig*.json` files.
fn configurations() -> Vec<String> {
    let names = fs::read_dir("web").into_iter().flatten().flatten().map(|entry| entry.file_name());
    let names = names.filter_map(|name| name.into_string().ok());
    names
        .filter(|name| name == "package.json" || (name.starts_with("tsconfig") && name.ends_with(".json")))
        .map(|name| format!("web/{name}"))
        .collect()
}

fn build() -> Result<(), String> {
    if !is_installed() {
        step(&["ci", "--no-audit", "--no-fund"])?;
    }
    step(&["run", "build"])
}

/// Whether `node_modules` was installed from the lock file as it is now.
fn is_installed() -> bool {
    let changed = |path: &str| fs::metadata(Path::new("web").join(path)).and_then(|file| file.modified());
    match (changed("node_modules/.package-lock.json"), changed("package-lock.json")) {
        (Ok(installed), Ok(locked)) => installed >= locked,
        _ => false,
    }
}

fn step(arguments: &[&str]) -> Result<(), String> {
    match npm(arguments) {
        Ok(true) => Ok(()),
        Ok(false) => Err(format!("npm {} failed in web/", arguments.join(" "))),
        Err(error) => Err(format!("npm {} cannot be run: {error}", arguments.join(" "))),
    }
}

/// Runs npm in `web/`; its output goes to the build's log.
fn npm(arguments: &[&str]) -> io::Result<bool> {
    Command::new("npm").args(arguments).current_dir("web").status().map(|status| status.success())
}
