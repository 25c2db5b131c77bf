//! A copy of a database, and its restoration.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use super::{Kind, TestDatabase, administrate, administration, drop_database, kind};

/// A database as it was at one moment.
pub(crate) enum Saved {
    /// SQLite's files; none for one that was not there.
    Files(Vec<(PathBuf, Option<Vec<u8>>)>),
    /// A second database on the same server.
    Copy(String),
    /// The statements that make it.
    Dump(Vec<u8>),
}

impl TestDatabase {
    /// Copies it; nobody may use it meanwhile.
    pub(crate) async fn save(&self) -> Saved {
        match kind() {
            Kind::Sqlite => {
                let copy = |path: PathBuf| (path.clone(), std::fs::read(path).ok());
                Saved::Files(files(&self.file()).map(copy).to_vec())
            }
            Kind::Postgres => {
                let copy = format!("{}_saved", self.name);
                administrate(&format!(r#"CREATE DATABASE "{copy}" TEMPLATE "{}""#, self.name)).await;
                Saved::Copy(copy)
            }
            Kind::MariaDb => Saved::Dump(client("mariadb-dump", &self.name, &[])),
        }
    }

    /// Makes it what it was; nobody may use it meanwhile.
    pub(crate) async fn restore(&self, saved: Saved) {
        match saved {
            Saved::Files(files) => {
                for (path, bytes) in files {
                    match bytes {
                        Some(bytes) => std::fs::write(path, bytes).expect("the file is restored"),
                        None => drop(std::fs::remove_file(path)),
                    }
                }
            }
            Saved::Copy(copy) => {
                drop_database(&self.name).await.expect("the database can be dropped");
                administrate(&format!(r#"ALTER DATABASE "{copy}" RENAME TO "{}""#, self.name)).await;
            }
            Saved::Dump(dump) => {
                self.clear().await;
                client("mariadb", &self.name, &dump);
            }
        }
    }
}

/// The files of an SQLite database.
pub(super) fn files(file: &Path) -> [PathBuf; 3] {
    ["sapa.db", "sapa.db-wal", "sapa.db-shm"].map(|name| file.with_file_name(name))
}

/// Runs one of MariaDB's programs on a database of the server.
fn client(program: &str, database: &str, input: &[u8]) -> Vec<u8> {
    let url = administration();
    let (_, port) = url.rsplit_once(':').expect("the URL has a port");
    let port = port.split('/').next().expect("a part before the slash");
    let mut child = Command::new(program)
        .args(["--no-defaults", "--host=127.0.0.1", "--user=root", "--port", port, database])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("MariaDB's programs are installed");
    let mut stdin = child.stdin.take().expect("stdin is piped");
    std::io::Write::write_all(&mut stdin, input).expect("the program reads");
    drop(stdin);
    let output = child.wait_with_output().expect("the program ends");
    assert!(output.status.success(), "{program} failed");
    output.stdout
}
