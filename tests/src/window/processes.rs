//! The processes behind the window, as Linux's `/proc` shows them.
//!
//! A process is ended only when it was started by the test itself, or by something that it started.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, ensure};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Process {
    pub pid: u32,
    /// In clock ticks since the machine started: a later process with the same number is another one.
    started: String,
}

impl Process {
    pub fn is_alive(&self) -> bool {
        Stat::of(self.pid).is_some_and(|stat| stat.started == self.started && stat.state != "Z")
    }

    /// The command line; empty when it has ended.
    pub fn arguments(&self) -> Vec<String> {
        let line = std::fs::read(format!("/proc/{}/cmdline", self.pid)).unwrap_or_default();
        line.split(|byte| *byte == 0)
            .filter(|argument| !argument.is_empty())
            .map(|argument| String::from_utf8_lossy(argument).into_owned())
            .collect()
    }

    pub fn runs(&self, executable: &Path) -> bool {
        std::fs::read_link(format!("/proc/{}/exe", self.pid)).is_ok_and(|path| path == executable)
    }

    /// `SIGKILL`: it gets no chance to say goodbye.
    pub fn kill(&self) -> Result<()> {
        ensure!(self.is_alive(), "process {} has ended already", self.pid);
        ensure!(signal("KILL", &self.pid.to_string()), "process {} can't be killed", self.pid);
        Ok(())
    }
}

/// Children, their children, and on.
pub(super) fn descendants(pid: u32) -> Vec<Process> {
    let all: Vec<Stat> = std::fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok())
        .filter_map(Stat::of)
        .collect();
    let mut family = vec![pid];
    let mut at = 0;
    while at < family.len() {
        let parent = family[at];
        family.extend(all.iter().filter(|stat| stat.parent == parent).map(|stat| stat.pid));
        at += 1;
    }
    all.into_iter()
        .filter(|stat| family[1..].contains(&stat.pid))
        .map(|stat| Process { pid: stat.pid, started: stat.started })
        .collect()
}

/// Ends a process group that the test started.
pub(super) fn kill_group(leader: u32) {
    signal("KILL", &format!("-{leader}"));
}

/// In `PATH`, or where `cargo xtask setup` puts the tools it builds.
pub(super) fn find_program(name: &str) -> Option<PathBuf> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let cache = set("SEXTANT_CACHE")
        .or_else(|| set("XDG_CACHE_HOME"))
        .or_else(|| std::env::home_dir().map(|home| home.join(".cache")));
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path)
        .chain(cache.map(|cache| cache.join("sextant").join("bin")))
        .map(|folder| folder.join(name))
        .find(|path| path.is_file())
}

struct Stat {
    pid: u32,
    state: String,
    parent: u32,
    started: String,
}

impl Stat {
    fn of(pid: u32) -> Option<Self> {
        let text = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        // The second field is the name in parentheses, and may hold anything.
        let mut fields = text.rsplit_once(") ")?.1.split_whitespace();
        let state = fields.next()?.to_owned();
        let parent = fields.next()?.parse().ok()?;
        let started = fields.nth(17)?.to_owned();
        Some(Self { pid, state, parent, started })
    }
}

/// The shell has `kill` built in; as a program of its own it isn't everywhere.
fn signal(name: &str, target: &str) -> bool {
    Command::new("sh")
        .args(["-c", &format!("kill -s {name} -- {target} 2>/dev/null")])
        .status()
        .is_ok_and(|status| status.success())
}
