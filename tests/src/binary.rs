//! Where the real executable and the real model are.
//!
//! Cargo doesn't build a binary of another package for a test, so a missing one is an error that says
//! how to build it; building from here would wait for the lock that runs the test.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The executable `sextant`: what `SEXTANT_BIN` names, else the one beside this test's own folder.
///
/// # Panics
/// When there is none.
#[must_use]
pub fn sextant() -> PathBuf {
    if let Some(named) = std::env::var_os("SEXTANT_BIN") {
        let path = PathBuf::from(named);
        assert!(path.is_file(), "SEXTANT_BIN names {}, which is no file", path.display());
        return path;
    }
    let test = std::env::current_exe().expect("a test knows where it is");
    built(&test.parent().and_then(Path::parent).expect("tests are built into target/*/deps").join("sextant"))
}

/// Runs `sextant` with its own data folder and no display.
///
/// # Panics
/// When it can't be started.
#[must_use]
pub fn run(home: &Path, args: &[&str]) -> Output {
    Command::new(sextant())
        .args(args)
        .env("SEXTANT_HOME", home)
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .output()
        .expect("the executable starts")
}

/// The executable that models run in, beside `sextant`.
///
/// # Panics
/// When there is none.
#[must_use]
pub fn worker() -> PathBuf {
    built(&sextant().with_file_name("sextant-worker"))
}

fn built(program: &Path) -> PathBuf {
    let path = program.with_extension(std::env::consts::EXE_EXTENSION);
    assert!(path.is_file(), "{} is missing; build it first: cargo build --workspace", path.display());
    path
}

/// The repository's root.
#[must_use]
pub fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("tests/ is in the repository").to_owned()
}

/// The folder with the catalogue and the bundled model.
#[must_use]
pub fn models_dir() -> PathBuf {
    repository().join("models")
}
