//! The compiler for WebAssembly: rustup's, or, where rustup can't reach its server, Debian's.
//!
//! Debian's packages are unpacked into the cache folder and never installed, so they can't get in the
//! way of the Rust that builds everything else. They carry no standard library for a browser; it's
//! compiled from their sources, which needs the unstable `-Zbuild-std`, hence `RUSTC_BOOTSTRAP`.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};

use super::TARGET;
use crate::cache::Cache;
use crate::program;
use crate::workspace::Workspace;

/// The compiler, its libraries, its linker and the sources of its standard library. Our own Cargo calls
/// it: Debian's would need half a dozen libraries more, whose names differ between releases.
const DEBIAN_PACKAGES: [&str; 7] = [
    "rustc-web",
    "rust-web-src",
    "rust-web-llvm",
    "libstd-rust-web-dev",
    "libstd-rust-web-1.96",
    "libllvm22",
    "lld-22",
];

/// rustup without a network tries for minutes; with one, the target is there in seconds.
const RUSTUP_PATIENCE: Duration = Duration::from_secs(45);

const BY_HAND: &str = "run `rustup target add wasm32-unknown-unknown` and try again; \
    with a Rust that isn't rustup's, install its standard library for wasm32-unknown-unknown";

pub(super) enum Compiler {
    /// The Rust that xtask itself was built with.
    Own,
    /// Debian's, unpacked into this folder.
    Debian { root: PathBuf },
}

impl Compiler {
    pub(super) fn find(workspace: &Workspace, cache: &Cache) -> Result<Self> {
        if own_has_the_target(workspace) || (rustup_adds_it(workspace)? && own_has_the_target(workspace)) {
            return Ok(Self::Own);
        }
        if program::find("apt-get").is_none() || program::find("dpkg").is_none() {
            bail!(
                "Rust can't compile WebAssembly here, and rustup couldn't fetch what is missing: {BY_HAND}"
            );
        }
        let root = unpacked_from_debian(&cache.root().join("wasm-toolchain")).with_context(|| {
            format!("Rust can't compile WebAssembly here, and neither rustup nor Debian's packages helped: {BY_HAND}")
        })?;
        Ok(Self::Debian { root })
    }

    /// Our own Cargo with this compiler and a target folder of its own.
    pub(super) fn cargo(&self, workspace: &Workspace, target_folder: &Path) -> Command {
        let mut cargo = workspace.cargo_in(target_folder);
        let Self::Debian { root } = self else {
            return cargo;
        };
        let libraries =
            ["usr/lib", "usr/lib/x86_64-linux-gnu", "usr/lib/aarch64-linux-gnu", "usr/lib/llvm-22/lib"]
                .map(|folder| root.join(folder).display().to_string());
        cargo
            .env("LD_LIBRARY_PATH", libraries.join(":"))
            .env("RUSTC", root.join("usr/bin/rustc"))
            .env("RUSTC_BOOTSTRAP", "1")
            .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", root.join("usr/lib/llvm-22/bin/wasm-ld"));
        cargo
    }

    pub(super) fn arguments(&self) -> &'static [&'static str] {
        match self {
            Self::Own => &[],
            Self::Debian { .. } => &["-Zbuild-std=std,panic_abort"],
        }
    }
}

fn own_has_the_target(workspace: &Workspace) -> bool {
    let mut rustc = Command::new("rustc");
    rustc.args(["--print", "target-libdir", "--target", TARGET]).current_dir(&workspace.root);
    let has_core = |folder: &str| {
        let files = std::fs::read_dir(folder).into_iter().flatten().flatten();
        files.map(|file| file.file_name()).any(|name| name.to_string_lossy().starts_with("libcore-"))
    };
    program::output(&mut rustc).is_ok_and(|folder| has_core(folder.trim()))
}

/// Whether rustup says so; it's ended where it takes too long.
fn rustup_adds_it(workspace: &Workspace) -> Result<bool> {
    if program::find("rustup").is_none() {
        return Ok(false);
    }
    println!("  $ rustup target add {TARGET}");
    let mut rustup = Command::new("rustup");
    rustup.args(["target", "add", TARGET]).current_dir(&workspace.root);
    rustup.env("RUSTUP_MAX_RETRIES", "0").stdin(Stdio::null()).stderr(Stdio::null());
    let succeeded = within(rustup.spawn().context("can't start rustup")?, RUSTUP_PATIENCE)?;
    if !succeeded {
        println!("rustup can't fetch it");
    }
    Ok(succeeded)
}

/// Whether it succeeds in time. What doesn't is ended.
fn within(mut child: Child, patience: Duration) -> Result<bool> {
    let started = Instant::now();
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(status.success());
        }
        if started.elapsed() >= patience {
            child.kill()?;
            child.wait()?;
            return Ok(false);
        }
        std::thread::sleep(Duration::from_millis(100));
    }
}

fn unpacked_from_debian(folder: &Path) -> Result<PathBuf> {
    let root = folder.join("root");
    let mark = folder.join("complete");
    let wanted = DEBIAN_PACKAGES.join("\n");
    if std::fs::read_to_string(&mark).is_ok_and(|unpacked| unpacked == wanted) {
        return Ok(root);
    }
    println!("Debian's Rust for WebAssembly: about 140 MB, unpacked into {}", folder.display());
    let packages = folder.join("packages");
    for place in [&packages, &root] {
        if place.exists() {
            std::fs::remove_dir_all(place)?;
        }
        std::fs::create_dir_all(place)
            .with_context(|| format!("can't make the folder {}", place.display()))?;
    }
    download(&packages)?;
    for entry in std::fs::read_dir(&packages)? {
        program::run(Command::new("dpkg").arg("-x").arg(entry?.path()).arg(&root))?;
    }
    std::fs::remove_dir_all(&packages)?;
    std::fs::write(&mark, wanted).with_context(|| format!("can't write {}", mark.display()))?;
    Ok(root)
}

fn download(folder: &Path) -> Result<()> {
    let apt_get = |arguments: &[&str]| {
        let mut command = Command::new("apt-get");
        // As root it would fetch as the user _apt, who may not write into a cache folder.
        command.args(["--quiet", "-o", "APT::Sandbox::User=root"]).args(arguments).current_dir(folder);
        program::run(&mut command)
    };
    let mut fetch = vec!["download"];
    fetch.extend(DEBIAN_PACKAGES);
    if apt_get(&fetch).is_ok() {
        return Ok(());
    }
    // A list that is older than the last security update names files that are no longer there.
    apt_get(&["update"])
        .context("apt-get's lists are out of date; run `sudo apt-get update`, then try again")?;
    apt_get(&fetch)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_takes_too_long_is_ended() -> Result<()> {
        let started = Instant::now();
        let sleeping = Command::new("sleep").arg("60").spawn()?;
        assert!(!within(sleeping, Duration::from_millis(200))?);
        assert!(started.elapsed() < Duration::from_secs(30));
        assert!(within(Command::new("true").spawn()?, Duration::from_secs(30))?);
        Ok(())
    }
}
