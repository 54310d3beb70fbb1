//! This clone: where its root is, which packages it has, and how Cargo is called in it.
//!
//! Cargo is always called through [`Workspace::cargo`]: it points Cargo to the shared cache folder
//! and takes away what the surrounding `cargo run` put into the environment. Setting `RUSTFLAGS`
//! anywhere would silently override the CPU flags in `.cargo/config.toml`.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::cache::Cache;
use crate::program;

pub(crate) struct Workspace {
    pub(crate) root: PathBuf,
}

/// A line of `[workspace] members`.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Member {
    pub(crate) folder: String,
    /// The comment on the same line; empty where there is none.
    pub(crate) purpose: String,
    /// Of the line in the root Cargo.toml, from 1.
    pub(crate) line: usize,
}

impl Workspace {
    /// Cargo says at run time where xtask's sources are, so a moved clone is no trouble.
    pub(crate) fn find() -> Result<Self> {
        let manifest_dir = std::env::var_os("CARGO_MANIFEST_DIR")
            .context("start this as `cargo xtask`, so that Cargo says where the workspace is")?;
        let root = Path::new(&manifest_dir).parent().context("xtask/ has no folder above it")?;
        Ok(Self { root: root.to_path_buf() })
    }

    pub(crate) fn ui(&self) -> PathBuf {
        self.root.join("ui")
    }

    pub(crate) fn read(&self, path: &str) -> Result<String> {
        std::fs::read_to_string(self.root.join(path)).with_context(|| format!("can't read {path}"))
    }

    /// The names of all packages of this workspace.
    pub(crate) fn packages(&self) -> Result<Vec<String>> {
        members(&self.read("Cargo.toml")?)
            .iter()
            .map(|member| {
                let manifest = format!("{}/Cargo.toml", member.folder);
                package_name(&self.read(&manifest)?).with_context(|| format!("{manifest} names no package"))
            })
            .collect()
    }

    pub(crate) fn cargo(&self, cache: &Cache) -> Command {
        self.cargo_in(&cache.target())
    }

    /// Cargo with another target folder than the shared one.
    pub(crate) fn cargo_in(&self, target_folder: &Path) -> Command {
        let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        command.current_dir(&self.root).env("CARGO_TARGET_DIR", target_folder);
        for (name, _) in std::env::vars_os() {
            let name = name.to_string_lossy();
            if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
                command.env_remove(&*name);
            }
        }
        command
    }

    /// What builds our own packages, for `run` as for `test`, so that they are compiled once for both.
    pub(crate) fn building_cargo(&self, cache: &Cache) -> Command {
        self.linting_cargo(cache).unwrap_or_else(|| self.cargo(cache))
    }

    /// [`Workspace::cargo`] with clippy as the compiler of our own packages, so that one build gives
    /// both the lints and the artefacts that the tests run. `None` where clippy is not installed.
    pub(crate) fn linting_cargo(&self, cache: &Cache) -> Option<Command> {
        let sysroot = program::output(Command::new("rustc").args(["--print", "sysroot"])).ok()?;
        let driver = Path::new(sysroot.trim())
            .join("bin")
            .join(format!("clippy-driver{}", std::env::consts::EXE_SUFFIX));
        driver.is_file().then(|| {
            let mut command = self.cargo(cache);
            command.env("RUSTC_WORKSPACE_WRAPPER", driver);
            command
        })
    }
}

/// The members that a root manifest lists, one a line.
pub(crate) fn members(manifest: &str) -> Vec<Member> {
    manifest
        .lines()
        .enumerate()
        .skip_while(|(_, line)| !line.starts_with("members"))
        .skip(1)
        .take_while(|(_, line)| !line.starts_with(']'))
        .filter_map(|(index, line)| {
            let (folder, rest) = line.trim().strip_prefix('"')?.split_once('"')?;
            let purpose = rest.split_once('#').map_or("", |(_, comment)| comment).trim();
            Some(Member { folder: folder.to_owned(), purpose: purpose.to_owned(), line: index + 1 })
        })
        .collect()
}

fn package_name(manifest: &str) -> Option<String> {
    let line = manifest.lines().find(|line| line.starts_with("name"))?;
    Some(line.split('"').nth(1)?.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_read_with_their_purposes() {
        let manifest = "[workspace]\nmembers = [\n    \"crates/domain\", # plain data\n    \"xtask\",\n]\n";
        assert_eq!(
            members(manifest),
            [
                Member { folder: "crates/domain".into(), purpose: "plain data".into(), line: 3 },
                Member { folder: "xtask".into(), purpose: String::new(), line: 4 },
            ]
        );
    }

    #[test]
    fn a_package_is_named_by_its_manifest() {
        assert_eq!(package_name("[package]\nname = \"sextant\"\n").as_deref(), Some("sextant"));
        assert_eq!(package_name("[workspace]\n"), None);
    }
}
