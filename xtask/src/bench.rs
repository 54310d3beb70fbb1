//! `cargo xtask bench`: the app's llama.cpp engine against llama.cpp itself, on this machine.
//!
//! The other side comes from the Python registry and is built for this very processor, so it is what
//! people have elsewhere. It lives in the cache folder and is never needed to build, run or test.

use std::process::{Command, ExitCode};

use anyhow::{Context, Result};

use crate::cache::Cache;
use crate::workspace::Workspace;
use crate::{program, random_model, run};

const PACKAGE: &str = "llama-cpp-python==0.3.36";

/// Shape, quantisation, and the lengths of prompt and answer.
const CASES: [(&str, &str, &str); 4] = [
    ("qwen3-0.6b", "q4_k_m", "256:64"),
    ("qwen3-0.6b", "q8_0", "256:64"),
    ("nano", "q8_0", "200:80"),
    ("nano", "f16", "200:80"),
];

/// Builds what is missing, measures `rounds` times and prints the table. Leave the machine alone meanwhile.
pub(crate) fn bench(workspace: &Workspace, cache: &Cache, rounds: &str) -> Result<ExitCode> {
    let python = other_side(cache)?;
    let mut cases = Vec::new();
    for (shape, quantisation, lengths) in CASES {
        let file = random_model::write(cache, &["--shape", shape, "--quant", quantisation])?;
        cases.push(format!("{}:{lengths}", file.display()));
    }
    cache.take_over(workspace)?;
    program::run(workspace.building_cargo(cache).args(run::BUILD_EXECUTABLES))?;
    let status = Command::new(python)
        .arg(workspace.root.join("tests/bench/against_llama_cpp.py"))
        .arg("--sextant")
        .arg(cache.executable())
        .args(["--rounds", rounds])
        .args(cases)
        .status()
        .context("can't start Python")?;
    Ok(if status.success() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Python with llama.cpp in it.
fn other_side(cache: &Cache) -> Result<std::path::PathBuf> {
    let folder = cache.root().join("python");
    let python = folder.join("bin/python");
    let has_package = Command::new(&python).args(["-c", "import llama_cpp"]).output();
    if !has_package.is_ok_and(|output| output.status.success()) {
        println!("{PACKAGE}: llama.cpp itself, to measure against; it is built from source, some minutes");
        program::run(Command::new("python3").args(["-m", "venv"]).arg(&folder))?;
        program::run(Command::new(&python).args(["-m", "pip", "install", "--quiet", PACKAGE]))?;
    }
    Ok(python)
}
