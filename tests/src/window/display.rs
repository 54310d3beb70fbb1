//! A screen and a session bus that exist for one window only: nothing of the developer's desktop takes
//! part in a test, and nothing of a test is left on it.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, ensure};

pub(super) struct Display {
    screen: Child,
    bus: Child,
    /// `:17`
    pub(super) name: String,
    pub(super) bus_address: String,
}

impl Display {
    pub(super) fn start() -> Result<Self> {
        // The server picks a free number itself and says it on the descriptor that it is given.
        let (screen, number) = first_line_of(Command::new("Xvfb").args([
            "-displayfd",
            "1",
            "-screen",
            "0",
            "1440x900x24",
            "-nolisten",
            "tcp",
            "-noreset",
        ]))?;
        let (bus, bus_address) = first_line_of(Command::new("dbus-daemon").args([
            "--session",
            "--nofork",
            "--nopidfile",
            "--print-address=1",
        ]))?;
        Ok(Self { screen, bus, name: format!(":{number}"), bus_address })
    }
}

impl Drop for Display {
    fn drop(&mut self) {
        for child in [&mut self.bus, &mut self.screen] {
            // Either may have ended by itself, which is what is wanted.
            drop(child.kill());
            drop(child.wait());
        }
    }
}

/// Both programs say when they are ready by writing one line.
fn first_line_of(command: &mut Command) -> Result<(Child, String)> {
    let name = command.get_program().to_string_lossy().into_owned();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .with_context(|| format!("can't start {name}"))?;
    let stdout = child.stdout.take().context("standard output is piped")?;
    let mut line = String::new();
    BufReader::new(stdout).read_line(&mut line)?;
    ensure!(!line.trim().is_empty(), "{name} ended without saying where it listens");
    Ok((child, line.trim().to_owned()))
}
