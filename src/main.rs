//! The `sapa` program.

use std::process::ExitCode;

fn main() -> ExitCode {
    sapa::cli::run()
}
