//! `sextant bench`: measurements on this machine, warmed up, interleaved, with medians and spread.

mod cache;
mod engine;
mod pipeline;

use std::path::PathBuf;

use clap::ValueEnum;
use serde_json::Value;

use super::{print_json, print_line, table};
use crate::app::{self, ModelChoice};
use crate::failure::Failure;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// What to measure
    #[arg(value_enum)]
    suite: Suite,
    /// How often each scenario is repeated
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=10_000))]
    iterations: u32,
    /// An earlier `--json` document; prints the ratio of medians and fails where one is 1.25 or more
    #[arg(long, value_name = "FILE")]
    compare: Option<PathBuf>,
    /// Which model writes
    #[arg(long, value_name = "ID")]
    model: Option<String>,
    /// Which engine runs it
    #[arg(long, value_name = "NAME")]
    engine: Option<String>,
    #[command(flatten)]
    lengths: engine::Lengths,
    /// Print one JSON document
    #[arg(long)]
    pub(super) json: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Suite {
    /// A recommendation in six scenarios, stage by stage
    Pipeline,
    /// A repeated request, answered from the cache
    Cache,
    /// Both libraries that run models, on this machine and one model
    Engine,
    All,
}

/// Slower than this against the file compared with is a failure.
const STATED_LOSS: f64 = 1.25;

/// A suite's result: a document for scripts, and the same for people.
struct Report {
    document: Value,
    text: String,
}

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let choice = ModelChoice { model: args.model.clone(), engine: args.engine.clone() };
    let baseline = args.compare.as_ref().map(read_baseline).transpose()?;
    let mut document = serde_json::Map::new();
    let mut text = Vec::new();
    if matches!(args.suite, Suite::Pipeline | Suite::All) {
        let report = pipeline::measure(&choice, args.iterations)?;
        document.insert("pipeline".into(), report.document);
        text.push(report.text);
    }
    if matches!(args.suite, Suite::Cache | Suite::All) {
        let report = cache::measure(&choice, args.iterations)?;
        document.insert("cache".into(), report.document);
        text.push(report.text);
    }
    if matches!(args.suite, Suite::Engine | Suite::All) {
        let report = engine::measure(&choice, args.iterations, args.lengths)?;
        document.insert("engine".into(), report.document);
        text.push(report.text);
    }
    let comparison = baseline.map(|baseline| compare(&document, &baseline));
    if let Some(rows) = &comparison {
        let cells: Vec<Vec<String>> = rows
            .iter()
            .map(|row| {
                vec![
                    row.name.clone(),
                    table::ms(row.before_ms),
                    table::ms(row.after_ms),
                    format!("{:.2}", row.ratio()),
                ]
            })
            .collect();
        text.push(table::render(&["stage", "before ms", "now ms", "ratio"], &cells));
        document.insert(
            "comparison".into(),
            rows.iter()
                .map(|row| {
                    serde_json::json!({
                        "name": row.name, "before_ms": row.before_ms, "now_ms": row.after_ms, "ratio": row.ratio(),
                    })
                })
                .collect(),
        );
    }
    if args.json {
        print_json(&document)?;
    } else {
        print_line(&text.join("\n\n"));
    }
    let slower: Vec<String> = comparison
        .unwrap_or_default()
        .iter()
        .filter(|row| row.ratio() >= STATED_LOSS)
        .map(|row| format!("{} ({:.2})", row.name, row.ratio()))
        .collect();
    if slower.is_empty() {
        Ok(())
    } else {
        Err(Failure::work("slower", format!("slower than before: {}", slower.join(", "))))
    }
}

struct Compared {
    name: String,
    before_ms: f64,
    after_ms: f64,
}

impl Compared {
    fn ratio(&self) -> f64 {
        self.after_ms / self.before_ms
    }
}

/// The medians that both documents have.
fn compare(now: &serde_json::Map<String, Value>, before: &Value) -> Vec<Compared> {
    let mut rows = Vec::new();
    for (suite, document) in now {
        let stages = |document: &Value| document["stages"].as_array().cloned().unwrap_or_default();
        for stage in stages(document) {
            let same = stages(&before[suite]).into_iter().find(|other| other["name"] == stage["name"]);
            if let (Some(name), Some(after_ms), Some(before_ms)) = (
                stage["name"].as_str(),
                stage["p50_ms"].as_f64(),
                same.and_then(|other| other["p50_ms"].as_f64()).filter(|ms| *ms > 0.0),
            ) {
                rows.push(Compared { name: format!("{suite}: {name}"), before_ms, after_ms });
            }
        }
    }
    rows
}

fn read_baseline(path: &PathBuf) -> Result<Value, Failure> {
    let bad = |detail: String| {
        Failure::input(
            "bad_baseline",
            format!("{}: {detail}; give a document that `sextant bench --json` printed", path.display()),
        )
    };
    let text = std::fs::read_to_string(path).map_err(|error| bad(error.to_string()))?;
    serde_json::from_str(&text).map_err(|error| bad(error.to_string()))
}

/// The sample's advisor, recording nothing into the person's own history.
fn bench_advisor(choice: &ModelChoice) -> Result<(sextant_advisor::Advisor, sextant_store::Store), Failure> {
    let store = app::temporary_store_with_history()?;
    let advisor = app::advisor(app::pack("energy")?, Some(store.clone()), choice)?;
    Ok((advisor, store))
}
