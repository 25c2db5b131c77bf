//! The program run as a command that ends by itself.

use std::path::Path;
use std::process::Stdio;

use super::process;
use super::wait::PATIENCE;

/// What a finished command left behind.
pub(crate) struct Finished {
    success: bool,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Finished {
    #[track_caller]
    pub(crate) fn succeeded(self) -> Self {
        assert!(self.success, "the command failed: {}", self.stderr);
        self
    }

    /// The message of a command that had to fail.
    #[track_caller]
    pub(crate) fn refused(self) -> String {
        assert!(!self.success, "the command went well, and should not have: {}", self.stdout);
        assert!(!self.stderr.contains("panicked"), "a panic is no message: {}", self.stderr);
        self.stderr
    }
}

/// Runs the program to its end.
pub(crate) async fn run(folder: &Path, environment: &[(&str, &str)], arguments: &[&str]) -> Finished {
    let owned = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
    let environment: Vec<_> = environment.iter().map(owned).collect();
    let mut command = tokio::process::Command::from(process::command(folder, &environment));
    command.args(arguments).stdin(Stdio::null()).kill_on_drop(true);
    let output = tokio::time::timeout(PATIENCE, command.output()).await;
    let output = output.unwrap_or_else(|_| panic!("sapa {arguments:?} with {environment:?} does not end"));
    let output = output.expect("the program starts");
    Finished {
        success: output.status.success(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}
