//! The program run as a command that ends by itself.

use std::io::Read;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use super::process;

/// What a finished command left behind.
pub(crate) struct Finished {
    pub(crate) success: bool,
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

/// Runs the program; one that has not ended after 15 seconds is killed and
/// counts as one that went well, since it serves.
pub(crate) async fn run(folder: &Path, environment: &[(&str, &str)], arguments: &[&str]) -> Finished {
    let environment: Vec<_> = environment.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect();
    let mut command = process::command(folder, &environment);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    tokio::task::spawn_blocking(move || {
        let mut child = command.spawn().expect("the program starts");
        let stdout = drain(child.stdout.take().expect("stdout is piped"));
        let stderr = drain(child.stderr.take().expect("stderr is piped"));
        let started = Instant::now();
        let success = loop {
            if let Some(status) = child.try_wait().expect("the child can be asked") {
                break status.success();
            }
            if started.elapsed() > Duration::from_secs(15) {
                child.kill().expect("the child can be killed");
                child.wait().expect("the child ends");
                break true;
            }
            std::thread::sleep(Duration::from_millis(10));
        };
        Finished {
            success,
            stdout: stdout.join().expect("stdout is read"),
            stderr: stderr.join().expect("stderr is read"),
        }
    })
    .await
    .expect("the command was awaited")
}

fn drain(mut pipe: impl Read + Send + 'static) -> std::thread::JoinHandle<String> {
    std::thread::spawn(move || {
        let mut text = Vec::new();
        pipe.read_to_end(&mut text).expect("the pipe is read");
        String::from_utf8_lossy(&text).into_owned()
    })
}
