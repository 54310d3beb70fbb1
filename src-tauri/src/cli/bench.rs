//! `sextant bench`: measurements on this machine, warmed up, interleaved, with medians and spread.

mod cache;
mod chat;
mod compare;
mod engine;
mod history;
mod pipeline;
mod questions;
mod report;
mod retrieval;

use std::path::PathBuf;
use std::time::Duration;

use clap::ValueEnum;
use serde_json::json;

use self::compare::Compared;
pub(super) use self::report::Print;
use self::report::Report;
use super::{print_json, print_line, table};
use crate::app::{self, ModelChoice};
use crate::failure::Failure;

/// Even the slowest engine is measured to its end.
const PATIENCE: Duration = Duration::from_hours(1);

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// What to measure
    #[arg(value_enum)]
    suite: Suite,
    /// How often each scenario is repeated
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    iterations: u32,
    /// An earlier `--json` document; prints the ratio of medians with its 95% interval. Without a file, only what
    /// the suite itself compares is printed, as always
    #[arg(long, value_name = "FILE", num_args = 0..=1)]
    compare: Vec<PathBuf>,
    /// With `--compare`: fail where the ratio is this or more, and not by chance
    #[arg(long, value_name = "RATIO", default_value_t = 1.25)]
    max_loss: f64,
    /// Which model writes
    #[arg(long, value_name = "ID")]
    model: Option<String>,
    /// Which engine runs it
    #[arg(long, value_name = "NAME")]
    engine: Option<String>,
    #[command(flatten)]
    lengths: engine::Lengths,
    /// How to print it; CSV has every raw sample
    #[arg(long, value_enum, default_value_t = Print::Table)]
    format: Print,
    /// Print one JSON document
    #[arg(long, conflicts_with = "format")]
    json: bool,
}

impl Args {
    pub(super) fn print(&self) -> Print {
        if self.json { Print::Json } else { self.format }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Suite {
    /// A recommendation in eight scenarios, stage by stage
    Pipeline,
    /// A chat in which questions repeat, against the same one worked off step by step
    Chat,
    /// Records of a list of 50,000, found for questions: reading, embedding, database and indexes
    Retrieval,
    /// A repeated request, answered from the cache
    Cache,
    /// Both libraries that run models, on this machine and one model
    Engine,
    /// A recommendation recorded in the history against one that is not
    History,
    /// Questions whose right answer is known, and whether the same answer comes again
    Questions,
    All,
}

impl Suite {
    /// The suites that it stands for, by their names.
    fn named(self) -> Vec<(&'static str, Self)> {
        let all = [
            ("pipeline", Self::Pipeline),
            ("chat", Self::Chat),
            ("retrieval", Self::Retrieval),
            ("cache", Self::Cache),
            ("engine", Self::Engine),
            ("history", Self::History),
            ("questions", Self::Questions),
        ];
        all.into_iter().filter(|(_, suite)| self == Self::All || self == *suite).collect()
    }

    fn measure(self, choice: &ModelChoice, args: &Args) -> Result<Report, Failure> {
        match self {
            Self::Pipeline => pipeline::measure(choice, args.iterations),
            Self::Chat => chat::measure(choice, args.iterations),
            Self::Retrieval => retrieval::measure(choice, args.iterations),
            Self::Cache => cache::measure(choice, args.iterations),
            Self::Engine => engine::measure(choice, args.iterations, args.lengths),
            Self::History => history::measure(choice, args.iterations),
            Self::Questions => questions::measure(choice),
            Self::All => unreachable!("it stands for the others"),
        }
    }
}

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let choice = ModelChoice::of(args.model.clone(), args.engine.clone());
    let baseline = args.compare.first().map(|file| compare::read_baseline(file)).transpose()?;
    let mut reports = Vec::new();
    let mut compared = Vec::new();
    for (name, suite) in args.suite.named() {
        let report = suite.measure(&choice, args)?;
        if let Some(baseline) = &baseline {
            compared.extend(compare::compare(name, &report.samples, baseline));
        }
        reports.push((name, report));
    }
    if baseline.is_some() {
        reports.push(("comparison", comparison(&compared)));
    }
    print(args.print(), &reports)?;
    let slower: Vec<String> = compared
        .iter()
        .filter(|row| row.is_loss(args.max_loss))
        .map(|row| format!("{} ({:.2})", row.name, row.ratio))
        .collect();
    if slower.is_empty() {
        Ok(())
    } else {
        Err(Failure::result("slower", format!("slower than before: {}", slower.join(", "))))
    }
}

fn comparison(compared: &[Compared]) -> Report {
    let rows = compared
        .iter()
        .map(|row| {
            vec![
                row.name.clone(),
                table::ms(row.before_ms),
                table::ms(row.now_ms),
                format!("{:.2}", row.ratio),
                format!("{:.2} to {:.2}", row.low, row.high),
            ]
        })
        .collect();
    Report::new(json!({ "rows": compared }))
        .table(&["median of", "before ms", "now ms", "ratio", "95%"], rows)
}

fn print(how: Print, reports: &[(&str, Report)]) -> Result<(), Failure> {
    match how {
        Print::Json => {
            let document: serde_json::Map<_, _> =
                reports.iter().map(|(name, report)| ((*name).to_owned(), report.document())).collect();
            return print_json(&document);
        }
        Print::Csv => {
            let rows = reports.iter().flat_map(|(suite, report)| {
                report.samples.iter().flat_map(move |(name, samples)| {
                    (1..).zip(samples).map(move |(at, ms): (usize, _)| {
                        [(*suite).to_owned(), name.clone(), at.to_string(), ms.to_string()]
                    })
                })
            });
            super::print_csv(&["suite", "what", "repetition", "ms"], rows);
        }
        Print::Markdown => {
            let texts: Vec<String> =
                reports.iter().map(|(name, report)| format!("## {name}\n\n{}", report.markdown())).collect();
            print_line(&texts.join("\n\n"));
        }
        Print::Table => {
            let texts: Vec<String> = reports.iter().map(|(_, report)| report.text()).collect();
            print_line(&texts.join("\n\n"));
        }
    }
    Ok(())
}

/// The sample's advisor, recording nothing into the person's own history.
fn bench_advisor(choice: &ModelChoice) -> Result<(sextant_advisor::Advisor, sextant_store::Store), Failure> {
    let store = app::temporary_store_with_history()?;
    let mut advisor = app::advisor(app::pack("energy")?, Some(store.clone()), choice)?;
    advisor.slots.stage_limit = PATIENCE;
    Ok((advisor, store))
}
