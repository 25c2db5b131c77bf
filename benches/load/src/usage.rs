//! What processes have used, as Linux counts it.

use std::fs;

use crate::Result;

/// Clock ticks of a second in `/proc`, on every Linux.
const MICROSECONDS_PER_TICK: u64 = 10_000;

/// What a process and its descendants have used.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Usage {
    /// CPU time of all threads, user and system, in microseconds; those that have ended included.
    pub(crate) cpu: u64,
    /// Anonymous and shared memory, each page counted once over the processes that share it, in bytes.
    pub(crate) memory: u64,
}

impl Usage {
    /// What the tree of processes below `pid` has used until this moment.
    pub(crate) fn of(pid: u32) -> Result<Self> {
        let mut usage = Self::default();
        for pid in tree(pid)? {
            // A process may end between two looks.
            let Ok(stat) = fs::read_to_string(format!("/proc/{pid}/stat")) else { continue };
            let fields: Vec<&str> = stat.rsplit_once(") ").ok_or("a strange /proc/PID/stat")?.1.split(' ').collect();
            let ticks = |index: usize| fields.get(index).and_then(|ticks| ticks.parse::<u64>().ok()).unwrap_or(0);
            usage.cpu += (11..15).map(ticks).sum::<u64>() * MICROSECONDS_PER_TICK;
            let Ok(rollup) = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")) else { continue };
            usage.memory += rollup
                .lines()
                .filter(|line| line.starts_with("Pss_Anon:") || line.starts_with("Pss_Shmem:"))
                .filter_map(|line| line.split_whitespace().nth(1)?.parse::<u64>().ok())
                .map(|kilobytes| kilobytes * 1024)
                .sum::<u64>();
        }
        Ok(usage)
    }
}

fn tree(root: u32) -> Result<Vec<u32>> {
    let mut parents = Vec::new();
    for entry in fs::read_dir("/proc")? {
        let Some(pid) = entry?.file_name().to_str().and_then(|name| name.parse::<u32>().ok()) else { continue };
        let Ok(stat) = fs::read_to_string(format!("/proc/{pid}/stat")) else { continue };
        let parent = stat.rsplit_once(") ").and_then(|(_, rest)| rest.split(' ').nth(1)?.parse::<u32>().ok());
        parents.push((pid, parent.unwrap_or(0)));
    }
    let mut found = vec![root];
    let mut at = 0;
    while let Some(parent) = found.get(at).copied() {
        found.extend(parents.iter().filter(|(_, of)| *of == parent).map(|(pid, _)| *pid));
        at += 1;
    }
    Ok(found)
}
