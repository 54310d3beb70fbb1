//! `cargo xtask test`: every check and every test of the repository, in one run.
//!
//! A suite that fails doesn't stop the others, so one run shows everything that is wrong; only what
//! stands on a failed build is left out, and says so. Everything is compiled once: clippy acts as
//! the compiler, so the lints come from the same build whose artefacts the tests run.

mod report;

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use self::report::{Counts, Report, Suite, TestRun};
use crate::cache::Cache;
use crate::setup::{self, Consent, Purpose};
use crate::workspace::Workspace;
use crate::{bindings, panel, program, run, tidy};

pub(crate) fn test(
    workspace: &Workspace,
    cache: &Cache,
    consent: Consent,
    filter: Option<&str>,
) -> Result<ExitCode> {
    let _lock = cache.lock()?;
    let mut report = Report::default();
    let wanted = |suite: &str| filter.is_none_or(|filter| filter == suite);

    if wanted("format") {
        report.check("format", || formatted(workspace, cache));
    }
    if wanted("tidy") {
        report.check("tidy", || {
            let findings = tidy::tidy(workspace)?;
            tidy::report(&findings);
            Ok(findings.is_empty())
        });
    }
    if matches!(filter, Some("format" | "tidy")) {
        return Ok(report.conclude());
    }

    setup::set_up(workspace, cache, Purpose::Test, consent)?;
    // Before all that reads the UI: its types and its build import the panel.
    report.check("panel", || panel::build(workspace, cache).map(|()| true));
    if wanted("panel") && filter.is_some() {
        return Ok(report.conclude());
    }
    if wanted("ui types") {
        report.check("ui types", || npm(workspace, &["run", "--silent", "check"]));
    }
    if filter.is_none_or(|filter| filter == "ui") {
        report.add(ui_tests(workspace)?);
    }
    if matches!(filter, Some("ui" | "ui types")) {
        return Ok(report.conclude());
    }
    report.check("ui build", || run::build_ui(workspace, cache).map(|()| true));

    cache.take_over(workspace)?;
    let linting = workspace.linting_cargo(cache);
    if linting.is_none() {
        println!("clippy is not installed (`rustup component add clippy`): building without lints");
    }
    let cargo = || workspace.building_cargo(cache);
    let build = build_everything(&mut cargo())?;
    let is_built = build.is_built;
    report.add(Suite::new("build", Counts::of(is_built), is_built, build.took));
    report.check("lints", || Ok(linting.is_some() && build.warnings == 0));
    if !is_built {
        println!("the tests of the Rust code were left out, because it doesn't compile");
        return Ok(report.conclude());
    }
    if wanted("bindings") {
        report.check("bindings", || {
            let difference = bindings::check_built(workspace, cache)?;
            if let Some(message) = &difference {
                println!("{message}");
            }
            Ok(difference.is_none())
        });
    }
    if !matches!(filter, Some("ui build" | "build" | "lints" | "bindings")) {
        rust_tests(workspace, cache, &mut cargo(), filter, &mut report)?;
    }
    Ok(report.conclude())
}

fn formatted(workspace: &Workspace, cache: &Cache) -> Result<bool> {
    let status =
        workspace.cargo(cache).args(["fmt", "--all", "--check"]).status().context("can't start cargo fmt")?;
    if !status.success() {
        println!("`cargo fmt --all` puts this right (`rustup component add rustfmt` where it's missing)");
    }
    Ok(status.success())
}

fn npm(workspace: &Workspace, args: &[&str]) -> Result<bool> {
    let status = program::npm().args(args).current_dir(workspace.ui()).status().context("can't start npm")?;
    Ok(status.success())
}

fn ui_tests(workspace: &Workspace) -> Result<Suite> {
    println!("\n== ui");
    let started = Instant::now();
    let mut counts = None;
    // Colour codes would stand inside the summary's numbers.
    let mut command = program::npm();
    command.args(["run", "--silent", "test"]).current_dir(workspace.ui()).env("NO_COLOR", "1");
    let success = for_each_line(&mut command, |line| {
        println!("{line}");
        counts = report::vitest_counts(line).or(counts);
    })?;
    Ok(Suite::new("ui", counts.unwrap_or_default(), success, started.elapsed()))
}

struct Build {
    is_built: bool,
    warnings: u32,
    took: Duration,
}

fn build_everything(cargo: &mut Command) -> Result<Build> {
    println!("\n== build");
    let started = Instant::now();
    let mut warnings = 0;
    cargo.args(["build", "--workspace", "--all-targets"]);
    let is_built = for_each_line(cargo, |line| {
        println!("{line}");
        warnings += report::warnings_in(line);
    })?;
    Ok(Build { is_built, warnings, took: started.elapsed() })
}

fn rust_tests(
    workspace: &Workspace,
    cache: &Cache,
    cargo: &mut Command,
    filter: Option<&str>,
    report: &mut Report,
) -> Result<()> {
    println!("\n== rust tests");
    // No test may find, or leave, anything in the home folder of who runs it.
    let home = std::env::temp_dir().join(format!("sextant-test-{}", std::process::id()));
    std::fs::create_dir_all(&home).with_context(|| format!("can't make {}", home.display()))?;
    let mut path = vec![cache.tools_bin()];
    path.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));

    cargo
        .args(["test", "--workspace", "--no-fail-fast"])
        .env("SEXTANT_BIN", cache.executable())
        .env("SEXTANT_HOME", &home)
        .env("SEXTANT_MODELS", cache.models())
        .env("PATH", std::env::join_paths(path)?);
    if let Some(filter) = filter {
        if workspace.root.join("tests/tests").join(format!("{filter}.rs")).is_file() {
            // Who asks for one file wants to see what it prints: times, pictures, texts.
            cargo.args(["--test", filter, "--", "--nocapture"]);
        } else {
            cargo.arg(filter);
        }
    }
    let mut runs = TestRun::default();
    // Cargo repeats every warning of the build before the first test program: of interest only when
    // there is none.
    let mut before_the_first = Vec::new();
    let success = for_each_line(cargo, |line| {
        runs.read(line);
        if runs.has_begun() {
            println!("{line}");
        } else {
            before_the_first.push(line.to_owned());
        }
    })?;
    if !runs.has_begun() {
        println!("{}", before_the_first.join("\n"));
    }
    let suites = runs.finish();
    let has_failure = suites.iter().any(|suite| !suite.is_ok());
    for suite in suites {
        report.add(suite);
    }
    if !success && !has_failure {
        // A test program that was killed, or one that didn't link, prints no result line.
        report.check("rust tests", || Ok(false));
    }
    std::fs::remove_dir_all(&home).with_context(|| format!("can't remove {}", home.display()))
}

/// Runs it with standard output and standard error in one stream, as they would stand in a terminal.
fn for_each_line(command: &mut Command, mut each: impl FnMut(&str)) -> Result<bool> {
    let (reader, writer) = std::io::pipe()?;
    let mut child = command
        .stdin(Stdio::null())
        .stdout(writer.try_clone()?)
        .stderr(writer)
        .spawn()
        .with_context(|| format!("can't start `{}`", program::shown(command)))?;
    // `command` keeps its ends of the pipe open, and the stream would never end.
    command.stdout(Stdio::null()).stderr(Stdio::null());
    for line in BufReader::new(reader).split(b'\n') {
        each(&String::from_utf8_lossy(&line?));
        std::io::stdout().flush()?;
    }
    Ok(child.wait()?.success())
}
