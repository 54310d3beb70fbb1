//! Libraries and programs of the operating system. On Debian and its relatives they are installed;
//! elsewhere this says what is needed and goes on, because a guess at another package manager's
//! names does more harm than a sentence.

use std::io::{BufRead, IsTerminal, Write};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::{Consent, Purpose};
use crate::program;

/// Debian package, and why it's needed.
const APP: &[(&str, &str)] = &[
    ("libwebkit2gtk-4.1-dev", "the web view that the window is made of"),
    ("libgtk-3-dev", "the window"),
    ("libxdo-dev", "key events in the window"),
    ("libayatana-appindicator3-dev", "linking Tauri"),
    ("librsvg2-dev", "the window's icons"),
    ("libssl-dev", "linking the model downloader"),
    ("build-essential", "the C compiler and linker"),
    ("cmake", "building llama.cpp, the engine on a processor, from its crate's source"),
    ("clang", "reading llama.cpp's headers"),
    ("libclang-dev", "reading llama.cpp's headers"),
    ("pkg-config", "finding the libraries above"),
    ("file", "recognising binaries while bundling"),
];

const TESTS: &[(&str, &str)] = &[
    ("webkit2gtk-driver", "driving the real window in tests"),
    ("xvfb", "a display without a screen"),
    ("xauth", "access to that display"),
    ("dbus", "the session bus that GTK expects"),
    ("dbus-x11", "the session bus that GTK expects"),
    ("fonts-dejavu-core", "text on screenshots"),
    ("libgl1", "drawing without a graphics card"),
    ("libegl1", "drawing without a graphics card"),
    ("libgl1-mesa-dri", "drawing without a graphics card"),
    ("chromium", "hostile answers in a browser of its own"),
];

const PIP: (&str, &str) = ("python3-pip", "fetching the embedding model");

pub(super) fn install(purpose: Purpose, consent: Consent, embedding_model_is_missing: bool) -> Result<()> {
    if program::find("apt-get").is_none() || program::find("dpkg-query").is_none() {
        return elsewhere();
    }
    let mut wanted = APP.to_vec();
    if purpose == Purpose::Test {
        wanted.extend_from_slice(TESTS);
    }
    if embedding_model_is_missing && !pip_works() {
        wanted.push(PIP);
    }
    let installed = installed_packages(&wanted)?;
    let missing: Vec<_> =
        wanted.into_iter().filter(|(package, _)| !installed.iter().any(|name| name == package)).collect();
    if missing.is_empty() {
        return Ok(());
    }

    println!("system packages to install:");
    for (package, reason) in &missing {
        println!("  {package:<30} {reason}");
    }
    let is_root = program::output(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0");
    if !is_root && consent == Consent::Ask {
        ask_for_sudo(&missing)?;
    }
    apt_get(is_root, &["update"])?;
    let mut install = vec!["install", "--yes", "--no-install-recommends"];
    install.extend(missing.iter().map(|(package, _)| *package));
    apt_get(is_root, &install)
}

fn installed_packages(wanted: &[(&str, &str)]) -> Result<Vec<String>> {
    // It ends with 1 when it doesn't know one of them, and still answers for the others.
    let answer = Command::new("dpkg-query")
        .args(["--show", "--showformat", "${Package} ${db:Status-Abbrev}\n"])
        .args(wanted.iter().map(|(package, _)| package))
        .output()
        .context("can't start dpkg-query")?;
    Ok(String::from_utf8_lossy(&answer.stdout)
        .lines()
        .filter_map(|line| line.trim_end().strip_suffix(" ii").map(str::to_owned))
        .collect())
}

fn apt_get(is_root: bool, args: &[&str]) -> Result<()> {
    // Another apt may hold the lock: a fresh machine updates itself at its first start.
    let words = [
        "env",
        "DEBIAN_FRONTEND=noninteractive",
        "apt-get",
        "--quiet",
        "-o",
        "DPkg::Lock::Timeout=300",
        "-o",
        "Dpkg::Use-Pty=0",
    ];
    let mut command = Command::new(if is_root { words[0] } else { "sudo" });
    command.args(if is_root { &words[1..] } else { &words[..] }).args(args);
    program::run(&mut command).context("installing system packages failed")
}

fn ask_for_sudo(missing: &[(&str, &str)]) -> Result<()> {
    let names: Vec<&str> = missing.iter().map(|(package, _)| *package).collect();
    let by_hand = format!("sudo apt-get install --no-install-recommends {}", names.join(" "));
    if !std::io::stdin().is_terminal() {
        bail!("nobody is here to answer; say --yes, or install them yourself:\n  {by_hand}");
    }
    print!("install them with sudo? [y/N] ");
    std::io::stdout().flush()?;
    let mut answer = String::new();
    std::io::stdin().lock().read_line(&mut answer)?;
    if !matches!(answer.trim(), "y" | "Y" | "yes") {
        bail!("without them there is nothing to build; to install them yourself:\n  {by_hand}");
    }
    Ok(())
}

fn elsewhere() -> Result<()> {
    if cfg!(target_os = "linux") {
        let found = Command::new("pkg-config").args(["--exists", "webkit2gtk-4.1", "gtk+-3.0"]).status();
        if !found.is_ok_and(|status| status.success()) {
            bail!(
                "the development packages of WebKitGTK 4.1 and GTK 3 are missing, and this is no system whose \
                 package names are known here; install them together with those of libxdo, appindicator, \
                 librsvg and OpenSSL, a C++ compiler, CMake, libclang and pkg-config (README.md lists them), then try again"
            );
        }
    } else if cfg!(target_os = "macos") {
        let found = Command::new("xcode-select").arg("--print-path").output();
        if !found.is_ok_and(|output| output.status.success()) {
            bail!("the command line tools are missing: run `xcode-select --install`, then try again");
        }
    }
    // On Windows the web view is part of the system and a missing linker is Rust's own message.
    Ok(())
}

fn pip_works() -> bool {
    program::output(Command::new("python3").args(["-m", "pip", "--version"])).is_ok()
}
