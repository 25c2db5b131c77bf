//! The program as a child process: its log, its end, its memory.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};

use tokio::sync::watch;

use super::wait::{PATIENCE, eventually};

/// The program under test; `SAPA_BIN` names another one.
pub(crate) fn program() -> PathBuf {
    if let Some(path) = std::env::var_os("SAPA_BIN") {
        return path.into();
    }
    option_env!("CARGO_BIN_EXE_sapa").map_or_else(|| panic!("neither cargo nor SAPA_BIN names the program"), Into::into)
}

/// A command that sees nothing of the environment the tests run in. A file that may not grow is an error to it, as a full
/// disk is, and not its end.
pub(crate) fn command(folder: &Path, environment: &[(String, String)]) -> Command {
    let mut command = Command::new("env");
    command.arg("--ignore-signal=XFSZ").arg(program()).current_dir(folder).env_clear();
    for inherited in ["PATH", "LLVM_PROFILE_FILE"] {
        if let Some(value) = std::env::var_os(inherited) {
            command.env(inherited, value);
        }
    }
    command.envs(environment.iter().map(|(key, value)| (key, value)));
    command
}

/// A running server; killed when it is dropped.
pub(crate) struct Process {
    child: Child,
    log: watch::Receiver<Vec<String>>,
}

impl Process {
    pub(crate) fn start(folder: &Path, environment: &[(String, String)]) -> Self {
        let mut child = command(folder, environment)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let stderr = child.stderr.take().expect("stderr is piped");
        let (lines, log) = watch::channel(Vec::new());
        std::thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                lines.send_modify(|log: &mut Vec<String>| log.push(line));
            }
        });
        Self { child, log }
    }

    /// Waits for the line that says where the server listens.
    pub(crate) async fn address(&mut self) -> String {
        let mut log = self.log.clone();
        let listening = log.wait_for(|lines| lines.iter().any(|line| address_in(line).is_some()));
        let found = match tokio::time::timeout(PATIENCE, listening).await {
            Ok(Ok(lines)) => lines.iter().find_map(|line| address_in(line)),
            _ => None,
        };
        found.unwrap_or_else(|| panic!("no `listening` line in the log:\n{}", self.log()))
    }

    pub(crate) fn log(&self) -> String {
        self.log.borrow().join("\n")
    }

    pub(crate) fn kill(&mut self) {
        // Both fail only when it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    pub(crate) fn signal(&self, name: &str) {
        let sent =
            Command::new("sh").args(["-c", &format!("kill -{name} {}", self.child.id())]).status().expect("sh runs");
        assert!(sent.success(), "the signal {name} was not delivered");
    }

    /// How large files may become, in bytes or `unlimited`; beyond that nothing can be written.
    pub(crate) fn allow_file_sizes(&self, most: &str) {
        let process = self.child.id().to_string();
        let limited = Command::new("prlimit").args(["--pid", &process, &format!("--fsize={most}:")]).status();
        assert!(limited.expect("prlimit runs").success(), "the limit was not set");
    }

    pub(crate) async fn ended(&mut self) -> ExitStatus {
        let child = std::sync::Mutex::new(&mut self.child);
        eventually("the process ends", || async {
            child.lock().expect("nobody else waits").try_wait().expect("the child can be asked")
        })
        .await
    }

    /// How many files and sockets it has open.
    pub(crate) fn open_files(&self) -> usize {
        std::fs::read_dir(format!("/proc/{}/fd", self.child.id())).expect("the process runs").count()
    }

    /// Resident memory in KiB.
    pub(crate) fn memory(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("the process runs");
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("VmRSS is told");
        line.split_whitespace().nth(1).and_then(|number| number.parse().ok()).expect("VmRSS is a number")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.kill();
    }
}

fn address_in(line: &str) -> Option<String> {
    if !line.contains("listening") {
        return None;
    }
    let start = line.find("://")? + "://".len();
    let rest = &line[start..];
    let end = rest.find(|sign: char| !(sign.is_ascii_alphanumeric() || ".:-[]".contains(sign))).unwrap_or(rest.len());
    Some(rest[..end].to_owned())
}
