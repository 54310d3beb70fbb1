//! The project's own commands, run as `cargo xtask <command>`: set-up, run, test, bindings, tidy.
//!
//! This crate links nothing of the app: it must be built before anything else can be, so every
//! dependency here is a wait in front of the first command that a stranger types.
//! What the app can do for a user belongs in the executable `sextant`, not here.

mod bench;
mod bindings;
mod cache;
mod fingerprint;
mod panel;
mod program;
mod random_model;
mod run;
mod setup;
mod test;
mod tidy;
mod workspace;

use std::process::ExitCode;

use anyhow::Result;

use crate::cache::Cache;
use crate::setup::{Consent, Purpose};
use crate::workspace::Workspace;

const USAGE: &str = "\
cargo xtask <command>

  run [--yes] [-- ARGS…]    set up, build, and open the window on the sample household;
                            without a display the same job runs in the terminal
  test [--yes] [FILTER]     set up and run every check and every test; FILTER is a suite's name
                            (format, tidy, ui, bindings …), a test file's or a part of a test's
  setup [--yes] [--tests]   only the set-up; --tests adds what the window tests need
  bindings [--check]        write ui/src/protocol.ts from crates/protocol, or compare the two
  panel                     build the performance panel as WebAssembly into ui/panel
  bench [ROUNDS]            measure the llama.cpp engine against llama.cpp itself; takes minutes
  models random --shape S --quant Q
                            write a model with random weights in a real one's shape, for measurements
  tidy                      check the rules that the architecture stands on

--yes, or CI=true in the environment, answers yes to every question.
Build outputs, tools and models are kept in $SEXTANT_CACHE/sextant (default ~/.cache/sextant).";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match dispatch(&args) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(args: &[String]) -> Result<ExitCode> {
    // What follows `--` belongs to the executable.
    let split = args.iter().position(|arg| arg == "--").unwrap_or(args.len());
    let forwarded = args.get(split + 1..).unwrap_or_default();
    let mut own: Vec<&str> = args[..split].iter().map(String::as_str).collect();
    let mut flag = |name: &str| {
        let before = own.len();
        own.retain(|arg| *arg != name);
        own.len() < before
    };
    let consent = if flag("--yes") || std::env::var("CI").is_ok_and(|ci| ci == "true" || ci == "1") {
        Consent::Given
    } else {
        Consent::Ask
    };
    let (tests, check) = (flag("--tests"), flag("--check"));
    if own.first() != Some(&"models") && own.iter().any(|arg| arg.starts_with('-')) {
        return Ok(wrong_call());
    }
    if own == ["help"] {
        println!("{USAGE}");
        return Ok(ExitCode::SUCCESS);
    }

    let workspace = Workspace::find()?;
    let cache = Cache::locate()?;
    match own.as_slice() {
        ["setup"] => {
            let _lock = cache.lock()?;
            let purpose = if tests { Purpose::Test } else { Purpose::Run };
            setup::set_up(&workspace, &cache, purpose, consent)?;
            println!("everything that is needed is there");
            Ok(ExitCode::SUCCESS)
        }
        ["run"] => run::run(&workspace, &cache, consent, forwarded),
        ["test"] => test::test(&workspace, &cache, consent, None),
        ["test", filter] => test::test(&workspace, &cache, consent, Some(filter)),
        ["bindings"] => {
            let _lock = cache.lock()?;
            cache.take_over(&workspace)?;
            bindings::bindings(&workspace, &cache, check)
        }
        ["panel"] => {
            let _lock = cache.lock()?;
            panel::build(&workspace, &cache)?;
            Ok(ExitCode::SUCCESS)
        }
        ["models", "random", arguments @ ..] => {
            let _lock = cache.lock()?;
            println!("{}", random_model::write(&cache, arguments)?.display());
            Ok(ExitCode::SUCCESS)
        }
        ["bench"] | ["bench", _] => {
            let _lock = cache.lock()?;
            bench::bench(&workspace, &cache, own.get(1).copied().unwrap_or("15"))
        }
        ["tidy"] => {
            let findings = tidy::tidy(&workspace)?;
            tidy::report(&findings);
            Ok(if findings.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
        }
        _ => Ok(wrong_call()),
    }
}

fn wrong_call() -> ExitCode {
    eprintln!("{USAGE}");
    ExitCode::from(2)
}
