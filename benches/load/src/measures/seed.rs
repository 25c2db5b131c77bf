//! A desk with many rooms, written into the database directly.

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};

use super::Context;
use crate::{
    Result,
    servers::{Postgres, program},
    token,
};

const SQLITE: &str = include_str!("seed/sqlite.sql");
const POSTGRES: &str = include_str!("seed/postgres.sql");

/// The URL of an SQLite file with so many rooms and messages; it is kept for the next time.
pub(super) fn sqlite(context: &Context, rooms: u64, messages: u64) -> Result<String> {
    let folder = context.places.folder.join("seed");
    fs::create_dir_all(&folder)?;
    let file = folder.join(format!("{rooms}-{messages}.db"));
    let url = format!("sqlite:{}", file.display());
    if file.exists() {
        return Ok(url);
    }
    let unfinished = folder.join("unfinished.db");
    for suffix in ["", "-wal", "-shm"] {
        // What an earlier try has left.
        let _ = fs::remove_file(folder.join(format!("unfinished.db{suffix}")));
    }
    migrate(context, &format!("sqlite:{}", unfinished.display()))?;
    let mut shell = Command::new("sqlite3");
    shell.arg("-bail").arg(&unfinished);
    feed(&mut shell, SQLITE, rooms, messages, &folder)?;
    fs::rename(unfinished, file)?;
    Ok(url)
}

/// The URL of a database with so many rooms and messages.
pub(super) fn postgres(context: &Context, postgres: &Postgres, rooms: u64, messages: u64) -> Result<String> {
    let url = postgres.url("postgres");
    migrate(context, &url)?;
    let mut shell = program("psql");
    shell.args(["--quiet", "--set", "ON_ERROR_STOP=1", &url]);
    feed(&mut shell, POSTGRES, rooms, messages, &context.places.folder)?;
    Ok(url)
}

fn migrate(context: &Context, url: &str) -> Result<()> {
    let mut command = Command::new(&context.places.sapa);
    command.arg("migrate").current_dir(&context.places.folder).stdout(Stdio::null());
    command.envs([("SAPA_ENV", "production"), ("DATABASE_URL", url), ("JWT_SECRET", token::SECRET)]);
    match command.status()?.success() {
        true => Ok(()),
        false => Err("the seeded database could not be migrated".into()),
    }
}

fn feed(shell: &mut Command, script: &str, rooms: u64, messages: u64, folder: &Path) -> Result<()> {
    let script = script.replace("@ROOMS@", &rooms.to_string()).replace("@MESSAGES@", &messages.to_string());
    let path = folder.join("seed.sql");
    fs::write(&path, script)?;
    match shell.stdin(fs::File::open(path)?).stdout(Stdio::null()).status()?.success() {
        true => Ok(()),
        false => Err("the database could not be seeded".into()),
    }
}
