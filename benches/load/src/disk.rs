//! The limit that the disk sets: how often a second it makes an append durable.

use std::{
    fs::File,
    io::Write,
    path::Path,
    time::{Duration, Instant},
};

use crate::{Result, stats};

const BLOCK: usize = 4096;
const TIME: Duration = Duration::from_secs(2);

/// Appends of 4 KiB with fdatasync: how many a second, and the median of one in microseconds.
pub(crate) fn appends(folder: &Path) -> Result<(f64, f64)> {
    let path = folder.join("fdatasync");
    let mut file = File::create(&path)?;
    let (begun, mut times) = (Instant::now(), Vec::new());
    while begun.elapsed() < TIME {
        let one = Instant::now();
        file.write_all(&[1; BLOCK])?;
        file.sync_data()?;
        times.push(one.elapsed().as_secs_f64() * 1e6);
    }
    let rate = times.len() as f64 / begun.elapsed().as_secs_f64();
    std::fs::remove_file(path)?;
    Ok((rate, stats::median(&times)))
}
