//! The command line: everything that the window can do, for scripts.
//!
//! Names, JSON fields and exit codes are a contract with scripts. With `--json`, standard output holds
//! one JSON document and nothing else; progress and `[PERF]` lines go to standard error.

mod bench;
mod chat;
mod doctor;
mod history;
mod models;
mod recommend;
mod settings;
mod table;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};
use serde_json::json;

use crate::failure::Failure;

/// Recommendations you can check, from models on your own machine. Without a command, the window opens.
#[derive(Debug, Parser)]
#[command(name = "sextant", version, about, max_term_width = 100)]
struct Call {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Rank a plan list for a home, with exact figures and reasons in words
    Recommend(Box<recommend::Args>),
    /// Ask about a list or about documents; one question, a batch, or a session
    Chat(Box<chat::Args>),
    /// Measure: `pipeline` (a recommendation, stage by stage), `cache` or `engine`
    Bench(bench::Args),
    /// The models that are known and those that are installed
    Models {
        #[command(subcommand)]
        command: models::Command,
    },
    /// What ran, and where the time went
    History(history::Args),
    /// What is used where a call doesn't say: engine and model
    Settings(settings::Args),
    /// What this machine has, what works, and what to do about the rest
    Doctor(doctor::Args),
}

/// How figures are printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    Table,
    Json,
    Csv,
}

/// Which data a run works on.
#[derive(Debug, clap::Args)]
struct DataArgs {
    /// The domain
    #[arg(long, default_value = "energy")]
    pack: String,
    /// Monthly or hourly usage as CSV; the pack's sample without it
    #[arg(long, value_name = "FILE")]
    usage: Option<PathBuf>,
    /// Which home of the usage file
    #[arg(long, value_name = "ID")]
    home: Option<String>,
    /// A plan list as CSV; the pack's sample without it
    #[arg(long, value_name = "FILE")]
    catalog: Option<PathBuf>,
    /// Which column has which role, where the header doesn't say
    #[arg(long = "map", value_name = "ROLE=COLUMN", value_parser = pair)]
    map: Vec<(String, String)>,
}

/// Runs the command that was asked for, or opens the window.
pub(crate) fn main() -> ExitCode {
    let call = Call::parse();
    let json = match &call.command {
        Some(Command::Recommend(args)) => args.json,
        Some(Command::Chat(args)) => args.json || args.is_batch(),
        Some(Command::Bench(args)) => args.print() == bench::Print::Json,
        Some(Command::Doctor(args)) => args.json,
        Some(Command::Settings(args)) => args.json,
        Some(Command::History(args)) => args.format == Format::Json,
        Some(Command::Models { command }) => command.prints_json(),
        None => false,
    };
    let done = match call.command {
        None => crate::window::open(),
        Some(Command::Recommend(args)) => recommend::run(&args),
        Some(Command::Chat(args)) => chat::run(&args),
        Some(Command::Bench(args)) => bench::run(&args),
        Some(Command::Models { command }) => models::run(&command),
        Some(Command::History(args)) => history::run(&args),
        Some(Command::Doctor(args)) => doctor::run(&args),
        Some(Command::Settings(args)) => settings::run(&args),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            let (code, message) = failure.parts();
            if json && !failure.is_printed() {
                print_line(&json!({ "errors": [{ "code": code, "message": message }] }).to_string());
            }
            eprintln!("sextant: {message}");
            failure.exit_code()
        }
    }
}

fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((left, right)) if !left.trim().is_empty() && !right.trim().is_empty() => {
            Ok((left.trim().to_owned(), right.trim().to_owned()))
        }
        _ => Err("write it as NAME=VALUE".into()),
    }
}

/// A reader that closed the pipe early (`| head`) is no failure of ours.
fn print_line(text: &str) {
    use std::io::Write as _;
    let _ = writeln!(std::io::stdout().lock(), "{text}");
}

/// As RFC 4180 has it; a reader that closed the pipe early is no failure.
fn print_csv<Row: IntoIterator<Item = String>>(header: &[&str], rows: impl Iterator<Item = Row>) {
    let mut writer = csv::Writer::from_writer(std::io::stdout().lock());
    let _ = writer.write_record(header);
    for row in rows {
        let _ = writer.write_record(row);
    }
    let _ = writer.flush();
}

fn print_json(value: &impl serde::Serialize) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(value).map_err(|error| Failure::work("json", error))?;
    print_line(&text);
    Ok(())
}

/// The runtime that runs live on.
pub(crate) fn runtime() -> Result<tokio::runtime::Runtime, Failure> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| Failure::work("runtime", format!("no threads could be started: {error}")))
}
