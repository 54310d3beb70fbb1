//! The cache folder that every clone on a machine shares: build outputs, tools, models.
//!
//! Third-party crates (most of a cold build) are compiled once and reused by every clone. Our own
//! crates must not be: Cargo tells whether they are fresh by modification time and by their path
//! inside the workspace, so an older checkout of another clone would pass for up to date. Hence
//! [`Cache::take_over`]: whoever uses the folder after another clone first removes our own
//! packages' outputs, and only those. Use the folder only while holding [`Cache::lock`].

use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use anyhow::{Context, Result};

use crate::program;
use crate::workspace::Workspace;

pub(crate) struct Cache {
    root: PathBuf,
}

/// The folder is ours until this is dropped.
pub(crate) struct CacheLock {
    _file: File,
}

impl Cache {
    pub(crate) fn locate() -> Result<Self> {
        let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let base = set("SEXTANT_CACHE")
            .or_else(|| set("XDG_CACHE_HOME"))
            .or_else(|| set("LOCALAPPDATA").filter(|_| cfg!(windows)))
            .or_else(|| std::env::home_dir().map(|home| home.join(".cache")))
            .context("there is no home folder; say with SEXTANT_CACHE where build outputs can be kept")?;
        let root = std::path::absolute(base.join("sextant"))?;
        std::fs::create_dir_all(&root)
            .with_context(|| format!("can't make the cache folder {}", root.display()))?;
        Ok(Self { root })
    }

    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Cargo's target folder.
    pub(crate) fn target(&self) -> PathBuf {
        self.root.join("target")
    }

    /// The development executable, once it's built.
    pub(crate) fn executable(&self) -> PathBuf {
        self.target().join("debug").join(format!("sextant{}", std::env::consts::EXE_SUFFIX))
    }

    pub(crate) fn tools_bin(&self) -> PathBuf {
        self.root.join("bin")
    }

    pub(crate) fn tool(&self, name: &str) -> PathBuf {
        self.tools_bin().join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
    }

    pub(crate) fn models(&self) -> PathBuf {
        self.root.join("models")
    }

    /// Waits until no other xtask uses the folder.
    pub(crate) fn lock(&self) -> Result<CacheLock> {
        let path = self.root.join("lock");
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .with_context(|| format!("can't open {}", path.display()))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                println!("waiting for another `cargo xtask` that uses {}", self.root.display());
                file.lock()?;
            }
            Err(TryLockError::Error(error)) => {
                return Err(error).context("can't lock the cache folder");
            }
        }
        Ok(CacheLock { _file: file })
    }

    /// Makes the build outputs safe for this clone, as the module's documentation says.
    pub(crate) fn take_over(&self, workspace: &Workspace) -> Result<()> {
        let target = self.target();
        let mark = target.join("last-clone.txt");
        let identity = identity(&workspace.root);
        let last = std::fs::read_to_string(&mark).unwrap_or_default();
        if last == identity {
            return Ok(());
        }
        if target.join("debug").exists() {
            let other = last.lines().next().unwrap_or("an unknown clone");
            println!("build outputs are from {other}: removing those of our own packages, keeping the rest");
            let mut clean = workspace.cargo(self);
            clean.args(["clean", "--quiet"]);
            for package in workspace.packages()? {
                clean.args(["--package", &package]);
            }
            program::run(&mut clean)?;
        }
        std::fs::create_dir_all(&target)?;
        std::fs::write(&mark, identity).with_context(|| format!("can't write {}", mark.display()))
    }
}

/// A path alone could be a deleted clone's: a new one in its place has another birth time.
fn identity(root: &Path) -> String {
    let born = std::fs::metadata(root)
        .and_then(|metadata| metadata.created())
        .ok()
        .and_then(|time| time.duration_since(UNIX_EPOCH).ok())
        .map_or_else(|| "unknown".to_owned(), |since| since.as_nanos().to_string());
    format!("{}\n{born}\n", root.display())
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::*;

    #[test]
    fn two_clones_have_two_identities() -> Result<()> {
        let (first, second) = (tempfile::tempdir()?, tempfile::tempdir()?);
        assert_eq!(identity(first.path()), identity(first.path()));
        assert_ne!(identity(first.path()), identity(second.path()));
        Ok(())
    }

    #[test]
    fn a_second_user_of_the_folder_has_to_wait() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let cache = Cache { root: folder.path().to_path_buf() };
        let held = cache.lock()?;
        let other = File::options().write(true).open(folder.path().join("lock"))?;
        assert!(matches!(other.try_lock(), Err(TryLockError::WouldBlock)));
        drop(held);
        assert!(other.try_lock().is_ok());
        Ok(())
    }

    /// With plain Cargo and one target folder the second clone gets the first one's program.
    #[test]
    fn a_clone_with_older_files_gets_its_own_code() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let cache = Cache { root: folder.path().join("cache") };
        let long_ago = SystemTime::now() - Duration::from_hours(24);
        for (clone, age) in [("first", None), ("second", Some(long_ago)), ("first", None)] {
            let root = folder.path().join(clone);
            let source = root.join("one/src/main.rs");
            if !source.exists() {
                std::fs::create_dir_all(root.join("one/src"))?;
                let manifest = "[workspace]\nresolver = \"3\"\nmembers = [\n    \"one\", # all of it\n]\n";
                std::fs::write(root.join("Cargo.toml"), manifest)?;
                std::fs::write(
                    root.join("one/Cargo.toml"),
                    "[package]\nname = \"one\"\nedition = \"2024\"\n",
                )?;
                std::fs::write(&source, format!("fn main() {{ print!(\"{clone}\"); }}\n"))?;
                if let Some(age) = age {
                    File::options().write(true).open(&source)?.set_modified(age)?;
                }
            }
            let workspace = Workspace { root };
            cache.take_over(&workspace)?;
            let said = program::output(workspace.cargo(&cache).args(["run", "--quiet", "--offline"]))?;
            assert_eq!(said, clone);
        }
        Ok(())
    }
}
