//! The UI's packages, exactly as `ui/package-lock.json` has them.
//!
//! Node itself is not installed here: distributions carry versions that are too old, and which
//! version manager to use is the developer's choice.

use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::workspace::Workspace;
use crate::{fingerprint, program};

const OLDEST_NODE: u32 = 20;

pub(super) fn install(workspace: &Workspace) -> Result<()> {
    check_node()?;
    let ui = workspace.ui();
    let hash = fingerprint::of_file(&ui.join("package-lock.json"))?;
    let mark = ui.join("node_modules").join(".sextant-lock-hash");
    if std::fs::read_to_string(&mark).is_ok_and(|last| last == hash) {
        return Ok(());
    }
    println!("npm packages: the UI's own, as ui/package-lock.json lists them");
    program::run(program::npm().args(["ci", "--no-audit", "--no-fund", "--prefer-offline"]).current_dir(&ui))
        .context("installing the UI's packages failed")?;
    std::fs::write(&mark, hash).with_context(|| format!("can't write {}", mark.display()))
}

fn check_node() -> Result<()> {
    let need = format!("Node.js {OLDEST_NODE} or newer builds the UI");
    let Ok(version) = program::output(Command::new("node").arg("--version")) else {
        bail!("{need}, and there is no `node` here: install it, then try again");
    };
    let major =
        version.trim().trim_start_matches('v').split('.').next().and_then(|text| text.parse::<u32>().ok());
    match major {
        Some(major) if major >= OLDEST_NODE => Ok(()),
        _ => bail!("{need}, and `node --version` says {}: update it, then try again", version.trim()),
    }
}
