//! `cargo xtask run`: from a clone to the window on the sample household.
//!
//! Only the parts that changed are built. The cache folder is given free before the app starts, so
//! that tests can run while the window is open.

use std::process::{Command, ExitCode};

use anyhow::{Context, Result};

use crate::cache::Cache;
use crate::setup::{self, Consent, Purpose};
use crate::workspace::Workspace;
use crate::{fingerprint, panel, program};

pub(crate) fn run(
    workspace: &Workspace,
    cache: &Cache,
    consent: Consent,
    args: &[String],
) -> Result<ExitCode> {
    let lock = cache.lock()?;
    setup::set_up(workspace, cache, Purpose::Run, consent)?;
    build_ui(workspace, cache)?;
    cache.take_over(workspace)?;
    println!("the app (the first build compiles about 900 crates and takes its time)");
    program::run(workspace.building_cargo(cache).args(BUILD_EXECUTABLES))?;
    drop(lock);

    let mut app = Command::new(cache.executable());
    app.args(args).env("SEXTANT_MODELS", cache.models());
    let has_display = !cfg!(target_os = "linux")
        || ["DISPLAY", "WAYLAND_DISPLAY"]
            .iter()
            .any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()));
    if args.is_empty() && !has_display {
        println!(
            "there is no display here (neither DISPLAY nor WAYLAND_DISPLAY is set), so this is the sample in the terminal.\n\
             For the window, run the same command in a desktop session, over `ssh -X`, or under a virtual display\n\
             that you can look into (`xvfb-run`, a VNC server).\n"
        );
        app.arg("recommend");
    }
    let status = app.status().context("can't start the app that was just built")?;
    Ok(status.code().and_then(|code| u8::try_from(code).ok()).map_or(ExitCode::FAILURE, ExitCode::from))
}

/// The whole workspace takes part in choosing the crates' features, so that third-party crates are
/// the same as in the tests' build and are compiled once for both.
pub(crate) const BUILD_EXECUTABLES: [&str; 6] =
    ["build", "--workspace", "--bin", "sextant", "--bin", "sextant-worker"];

/// Builds `ui/dist`, which the executable embeds, unless it was built from the sources as they are; the
/// performance panel, which the UI imports, before it.
pub(crate) fn build_ui(workspace: &Workspace, cache: &Cache) -> Result<()> {
    panel::build(workspace, cache)?;
    let ui = workspace.ui();
    let hash = fingerprint::of_folder(&ui, &["node_modules", "dist"])?;
    let mark = ui.join("node_modules").join(".sextant-built-from");
    let is_current = ui.join("dist").join("index.html").is_file()
        && std::fs::read_to_string(&mark).is_ok_and(|last| last == hash);
    if is_current {
        return Ok(());
    }
    println!("the UI");
    program::run(program::npm().args(["run", "--silent", "build"]).current_dir(&ui))
        .context("building the UI failed")?;
    std::fs::write(&mark, hash).with_context(|| format!("can't write {}", mark.display()))
}
