//! `cargo xtask panel`: the performance panel as WebAssembly, in `ui/panel` for the UI's build.
//!
//! It's compiled once for all clones: the result lies in the cache folder under the fingerprint of what
//! it's made of, and is only copied where it's current. Its compiler is whatever this machine has or can
//! get (see `compiler`); where there is none, the build stops and says what to do, because a window
//! without its panel would be found out much later.

mod compiler;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use self::compiler::Compiler;
use crate::cache::Cache;
use crate::workspace::Workspace;
use crate::{fingerprint, program};

const TARGET: &str = "wasm32-unknown-unknown";

/// What the UI imports. The fourth file of the bindings types the WebAssembly's own exports, which
/// nobody calls.
const FILES: [&str; 3] = ["panel.js", "panel.d.ts", "panel_bg.wasm"];

/// The packages of ours that it's compiled from.
const PACKAGES: [&str; 2] = ["sextant-domain", "sextant-panel"];

/// Makes `ui/panel` current. Call it while holding the cache folder's lock.
pub(crate) fn build(workspace: &Workspace, cache: &Cache) -> Result<()> {
    let kept = cache.root().join("panel").join(sources(workspace)?);
    if !FILES.iter().all(|file| kept.join(file).is_file()) {
        println!("the performance panel as WebAssembly (two to five minutes, once for all clones)");
        let wasm = compile(workspace, cache)?;
        write_bindings(workspace, cache, &wasm, &kept)?;
    }
    copy(&kept, &workspace.ui().join("panel"))
}

/// The fingerprint of all that decides over the result: the sources, the versions of libraries, the
/// profile. Pictures and examples are left out, since no byte of them gets into it.
fn sources(workspace: &Workspace) -> Result<String> {
    let root = &workspace.root;
    let parts = [
        fingerprint::of_folder(&root.join("crates/panel"), &["tests", "examples"])?,
        fingerprint::of_folder(&root.join("crates/domain"), &[])?,
        fingerprint::of_file(&root.join("Cargo.toml"))?,
        fingerprint::of_file(&root.join("Cargo.lock"))?,
    ];
    Ok(fingerprint::of_text(&parts.join("\n")))
}

fn compile(workspace: &Workspace, cache: &Cache) -> Result<PathBuf> {
    let compiler = Compiler::find(workspace, cache)?;
    let folder = cache.root().join("panel-target");
    // What another clone has built would pass for up to date: see `cache`.
    let mut clean = compiler.cargo(workspace, &folder);
    clean.args(["clean", "--quiet", "--profile", "panel", "--target", TARGET]);
    clean.args(PACKAGES.iter().flat_map(|package| ["--package", package]));
    program::run(&mut clean)?;

    let mut cargo = compiler.cargo(workspace, &folder);
    // A crate type of this build alone, so that others don't link a library that nobody loads.
    cargo.args(["rustc", "--package", "sextant-panel", "--lib", "--crate-type", "cdylib"]);
    cargo.args(["--profile", "panel", "--target", TARGET]).args(compiler.arguments());
    program::run(&mut cargo).context("compiling the performance panel failed")?;
    Ok(folder.join(TARGET).join("panel").join("sextant_panel.wasm"))
}

/// Writes them beside their place first, so that half of them never passes for all.
fn write_bindings(workspace: &Workspace, cache: &Cache, wasm: &Path, kept: &Path) -> Result<()> {
    cache.take_over(workspace)?;
    // The whole workspace takes part in choosing features: see `run.rs`.
    program::run(workspace.building_cargo(cache).args([
        "build",
        "--quiet",
        "--workspace",
        "--bin",
        "panel-bindings",
    ]))?;
    let tool = format!("panel-bindings{}", std::env::consts::EXE_SUFFIX);
    let unfinished = kept.with_extension("unfinished");
    if unfinished.exists() {
        std::fs::remove_dir_all(&unfinished)?;
    }
    std::fs::create_dir_all(&unfinished)
        .with_context(|| format!("can't make the folder {}", unfinished.display()))?;
    program::run(Command::new(cache.target().join("debug").join(tool)).arg(wasm).arg(&unfinished))?;
    std::fs::rename(&unfinished, kept).with_context(|| format!("can't make the folder {}", kept.display()))
}

/// Leaves files alone that are the same, so that the UI isn't built anew for a date.
fn copy(kept: &Path, place: &Path) -> Result<()> {
    std::fs::create_dir_all(place).with_context(|| format!("can't make the folder {}", place.display()))?;
    for file in FILES {
        let (from, to) = (kept.join(file), place.join(file));
        let new = std::fs::read(&from).with_context(|| format!("can't read {}", from.display()))?;
        if std::fs::read(&to).is_ok_and(|old| old == new) {
            continue;
        }
        std::fs::write(&to, new).with_context(|| format!("can't write {}", to.display()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_changed_is_copied() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let (kept, place) = (folder.path().join("kept"), folder.path().join("ui/panel"));
        std::fs::create_dir(&kept)?;
        for file in FILES {
            std::fs::write(kept.join(file), file)?;
        }
        copy(&kept, &place)?;
        assert_eq!(std::fs::read_to_string(place.join("panel.js"))?, "panel.js");
        let before = std::fs::metadata(place.join("panel.js"))?.modified()?;
        std::fs::write(kept.join("panel.d.ts"), "new")?;
        copy(&kept, &place)?;
        assert_eq!(std::fs::read_to_string(place.join("panel.d.ts"))?, "new");
        assert_eq!(std::fs::metadata(place.join("panel.js"))?.modified()?, before);
        Ok(())
    }
}
