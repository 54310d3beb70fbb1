//! `ui/src/protocol.ts`, the TypeScript twin of `crates/protocol`: generated, committed, compared.
//!
//! The text comes from an example of that crate, run as a program, so that xtask doesn't link it.

use std::process::{Command, ExitCode};

use anyhow::{Context, Result};

use crate::cache::Cache;
use crate::program;
use crate::workspace::Workspace;

const FILE: &str = "ui/src/protocol.ts";

/// Writes the file, or with `check` only says whether it is current.
pub(crate) fn bindings(workspace: &Workspace, cache: &Cache, check: bool) -> Result<ExitCode> {
    // The whole workspace takes part in choosing features: see `run.rs`.
    program::run(workspace.building_cargo(cache).args([
        "build",
        "--quiet",
        "--workspace",
        "--example",
        "bindings",
    ]))?;
    if check {
        return Ok(match check_built(workspace, cache)? {
            None => ExitCode::SUCCESS,
            Some(message) => {
                println!("{message}");
                ExitCode::FAILURE
            }
        });
    }
    let generated = generated(cache)?;
    if workspace.read(FILE).is_ok_and(|committed| committed == generated) {
        println!("{FILE} is current");
    } else {
        std::fs::write(workspace.root.join(FILE), generated)
            .with_context(|| format!("can't write {FILE}"))?;
        println!("{FILE} written");
    }
    Ok(ExitCode::SUCCESS)
}

/// What differs, by the example that a build has just made.
pub(crate) fn check_built(workspace: &Workspace, cache: &Cache) -> Result<Option<String>> {
    Ok(difference(&generated(cache)?, &workspace.read(FILE)?))
}

fn generated(cache: &Cache) -> Result<String> {
    let example = cache
        .target()
        .join("debug")
        .join("examples")
        .join(format!("bindings{}", std::env::consts::EXE_SUFFIX));
    program::output(&mut Command::new(example))
}

fn difference(generated: &str, committed: &str) -> Option<String> {
    if generated == committed {
        return None;
    }
    let same = generated.lines().zip(committed.lines()).take_while(|(left, right)| left == right).count();
    Some(format!(
        "{FILE} differs from what crates/protocol generates, first in line {}: run `cargo xtask bindings` and commit it\n  \
         committed: {}\n  generated: {}",
        same + 1,
        committed.lines().nth(same).unwrap_or("(the end)"),
        generated.lines().nth(same).unwrap_or("(the end)"),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_differing_line_is_shown() {
        assert_eq!(difference("a\nb\n", "a\nb\n"), None);
        let message = difference("a\nb\n", "a\nc\n").expect("they differ");
        assert!(message.contains("line 2"), "{message}");
        assert!(message.contains("committed: c") && message.contains("generated: b"), "{message}");
    }
}
