//! The program between the window tests and the web view's own driver.

use anyhow::{Context, Result};

use crate::cache::Cache;
use crate::program;
use crate::workspace::Workspace;

/// The newest version is an alpha for Tauri 3.
const VERSION: &str = "^2";

pub(super) fn install(workspace: &Workspace, cache: &Cache) -> Result<()> {
    // macOS has no driver for its web view: the window tests say so there.
    if cfg!(target_os = "macos") || cache.tool("tauri-driver").is_file() {
        return Ok(());
    }
    println!("tauri-driver: drives the real window in tests (about a minute)");
    // A program of its own, built in a temporary folder: it shares no crate with the app. Unoptimised,
    // because it only passes requests on.
    program::run(
        workspace
            .cargo(cache)
            .env_remove("CARGO_TARGET_DIR")
            .args([
                "install",
                "tauri-driver",
                "--locked",
                "--version",
                VERSION,
                "--debug",
                "--quiet",
                "--root",
            ])
            .arg(cache.root()),
    )
    .context("building tauri-driver failed")
}
