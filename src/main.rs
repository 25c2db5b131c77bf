//! The `sapa` program.

use std::process::ExitCode;

/// Instead of glibc's: 10 to 18 % less CPU for each delivery of a busy chat, a quarter less for each connect, 3.5 MB more from
/// the start. SQLite keeps glibc's.
#[cfg(target_os = "linux")]
#[global_allocator]
static ALLOCATOR: tikv_jemallocator::Jemalloc = tikv_jemallocator::Jemalloc;

fn main() -> ExitCode {
    sapa::cli::run()
}
