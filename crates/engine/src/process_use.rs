//! What a process has cost so far, where the system tells.

use std::time::Duration;

/// Processor time and memory of a worker process since it was started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProcessUse {
    /// Of all its threads, to the nanosecond.
    pub cpu: Duration,
    /// The most that was ever in memory at once.
    pub peak_memory_bytes: u64,
}

/// `None` where the process is gone, and on systems other than Linux.
#[cfg(target_os = "linux")]
pub(crate) fn of(process_id: u32) -> Option<ProcessUse> {
    // `/proc/PID/stat` counts in hundredths of a second, which is too coarse for a run of a quarter second.
    let mut clock: libc::clockid_t = 0;
    let mut time = libc::timespec { tv_sec: 0, tv_nsec: 0 };
    let id = libc::pid_t::try_from(process_id).ok()?;
    // SAFETY: both only write to the places that they are given, which live until after the calls.
    let told = unsafe {
        libc::clock_getcpuclockid(id, &raw mut clock) == 0 && libc::clock_gettime(clock, &raw mut time) == 0
    };
    if !told {
        return None;
    }
    let cpu = Duration::new(u64::try_from(time.tv_sec).ok()?, u32::try_from(time.tv_nsec).ok()?);
    let status = std::fs::read_to_string(format!("/proc/{process_id}/status")).ok()?;
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kib: u64 = peak.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(ProcessUse { cpu, peak_memory_bytes: kib * 1024 })
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn of(_process_id: u32) -> Option<ProcessUse> {
    None
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn work_shows_in_the_own_process_and_a_process_that_is_not_there_shows_nothing() {
        let id = std::process::id();
        let before = of(id).expect("this process is there");
        let work: Vec<u64> = (0..400_000).map(|n| std::hint::black_box(n * n)).collect();
        let after = of(id).expect("this process is there");
        assert!(after.cpu > before.cpu);
        assert!(after.peak_memory_bytes > std::mem::size_of_val(work.as_slice()) as u64);
        assert_eq!(of(u32::MAX), None);
    }
}
