//! `sextant history`: runs, their stages, percentiles, cache hits, and the report to hand on.

mod export;
mod report;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};
use sextant_advisor::rfc3339;
use sextant_domain::{ModelSeries, PerformanceQuery, RunId, StageSeries, StageTiming, millis};
use sextant_store::{PerfLines, RunRow, Store};

use super::{Format, print_csv, print_json, print_line, table};
use crate::app;
use crate::failure::Failure;
use crate::files::write_whole;

#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Args {
    /// How far back: 30m, 12h, 7d
    #[arg(long, value_name = "TIME", default_value = "7d", value_parser = span)]
    since: Duration,
    /// One run with its stages
    #[arg(long, value_name = "ID", value_parser = run_id)]
    run: Option<RunId>,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Table)]
    pub(super) format: Format,
    #[command(subcommand)]
    to_hand_on: Option<ToHandOn>,
}

#[derive(Debug, clap::Subcommand)]
enum ToHandOn {
    /// One self-contained HTML file with plots, tables and the machine, to hand to somebody else
    Report {
        /// How far back: 30m, 12h, 7d
        #[arg(long, value_name = "TIME", default_value = "7d", value_parser = span)]
        since: Duration,
        /// Where to write it; standard output without it
        #[arg(long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// The history in the format of another tool
    Export {
        /// OpenTelemetry lines, a CSV line for each stage, or Prometheus' text format
        #[arg(value_enum)]
        format: export::ExportFormat,
        /// How far back: 30m, 12h, 7d
        #[arg(long, value_name = "TIME", default_value = "30d", value_parser = span)]
        since: Duration,
        /// Where to write it; standard output without it
        #[arg(long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
}

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let store = app::store_with_history(PerfLines::Off)?.tell();
    match (&args.to_hand_on, args.run) {
        (Some(ToHandOn::Report { since, output }), _) => report::write(&store, *since, output.as_deref()),
        (Some(ToHandOn::Export { format, since, output }), _) => {
            export::write(&store, *format, *since, output.as_deref())
        }
        (None, Some(id)) => one(&store, id, args.format),
        (None, None) => all(&store, args.since, args.format),
    }
}

fn all(store: &Store, since: Duration, format: Format) -> Result<(), Failure> {
    let now = SystemTime::now();
    let runs = store.runs(now.checked_sub(since))?;
    let performance = store.performance(&query(since), now)?;
    match format {
        Format::Json => {
            let cache: Vec<Value> = performance
                .caches
                .iter()
                .map(|cache| {
                    json!({ "tier": cache.tier, "hits": cache.hits, "misses": cache.misses, "evictions": cache.evictions })
                })
                .collect();
            print_json(&json!({
                "runs": runs.iter().map(run_json).collect::<Vec<_>>(),
                "stages": performance.stages.iter().map(figures_json).collect::<Vec<_>>(),
                "models": performance.models.iter().map(model_json).collect::<Vec<_>>(),
                "cache": cache,
                "alerts": performance.alerts,
            }))
        }
        Format::Csv => {
            let header = [
                "run_id",
                "started_at",
                "pipeline",
                "pack",
                "model",
                "engine",
                "device",
                "threads",
                "total_ms",
                "outcome",
                "cache_hit",
                "errors",
            ];
            print_csv(&header, runs.iter().map(run_cells));
            Ok(())
        }
        Format::Table => {
            if runs.is_empty() {
                print_line("Nothing ran in this time. `sextant recommend` is a run.");
                return Ok(());
            }
            let rows: Vec<Vec<String>> = runs
                .iter()
                .map(|run| {
                    vec![
                        run.id.to_string(),
                        rfc3339(run.started_at),
                        run.pipeline.clone(),
                        run.model.clone(),
                        run.device.clone(),
                        table::ms(run.total_ms),
                        run.outcome.as_str().into(),
                        if run.cache_hit { "hit".into() } else { String::new() },
                    ]
                })
                .collect();
            print_line(&table::render(
                &["run", "started", "pipeline", "model", "device", "ms", "outcome", "cache"],
                &rows,
            ));
            print_line("");
            print_line(&table::render(&FIGURES, &figures_rows(&performance.stages)));
            print_line("");
            print_line(&table::render(&MODELS, &models_rows(&performance.models)));
            for cache in &performance.caches {
                print_line(&format!(
                    "\ncache: {} hits, {} misses, {} evictions",
                    cache.hits, cache.misses, cache.evictions
                ));
            }
            for alert in &performance.alerts {
                print_line(&format!("\n{} {}", alert.message, alert.advice));
            }
            Ok(())
        }
    }
}

/// To the file, whole or not at all, or to standard output, where a reader that closed the pipe early is no
/// failure.
fn hand_on(output: Option<&Path>, bytes: &[u8]) -> Result<(), Failure> {
    let Some(path) = output else {
        let _ = std::io::stdout().lock().write_all(bytes);
        return Ok(());
    };
    write_whole(path, bytes).map_err(|error| {
        Failure::work("not_written", format!("{} can't be written: {error}", path.display()))
    })?;
    eprintln!("{} written", path.display());
    Ok(())
}

/// Everything in this window.
fn query(since: Duration) -> PerformanceQuery {
    PerformanceQuery { window_ms: millis(since), ..PerformanceQuery::default() }
}

fn one(store: &Store, id: RunId, format: Format) -> Result<(), Failure> {
    let Some((run, stages)) = store.run(id)? else {
        return Err(Failure::call(
            "unknown_run",
            format!("there is no run {id} in the history; `sextant history` lists them"),
        ));
    };
    match format {
        Format::Json => {
            let mut document = run_json(&run);
            document["stages"] = json!(stages);
            print_json(&document)
        }
        Format::Csv => {
            let header = [
                "stage",
                "start_ms",
                "queue_ms",
                "prompt_build_ms",
                "prefill_ms",
                "decode_ms",
                "parse_ms",
                "total_ms",
                "prompt_tokens",
                "cached_tokens",
                "completion_tokens",
                "attempts",
                "error",
            ];
            print_csv(&header, stages.iter().map(stage_cells));
            Ok(())
        }
        Format::Table => {
            let rows: Vec<Vec<String>> = stages.iter().map(|stage| stage_cells(stage).to_vec()).collect();
            print_line(&format!(
                "{} {} by {} on {}, {} ms, {}",
                run.pipeline,
                run.model,
                run.engine,
                ran_on(&run.device, run.threads),
                table::ms(run.total_ms),
                run.outcome.as_str()
            ));
            print_line(&table::render(
                &[
                    "stage", "start", "queue", "prompt", "prefill", "decode", "parse", "total", "in",
                    "cached", "out", "tries", "error",
                ],
                &rows,
            ));
            Ok(())
        }
    }
}

/// The columns of [`figures_rows`].
pub(super) const FIGURES: [&str; 7] = ["stage", "n", "p50 ms", "p90 ms", "p95 ms", "p99 ms", "errors"];

pub(super) fn figures_rows(stages: &[StageSeries]) -> Vec<Vec<String>> {
    stages
        .iter()
        .map(|stage| {
            vec![
                stage.stage.clone(),
                stage.n.to_string(),
                table::ms(stage.p50_ms),
                table::ms(stage.p90_ms),
                table::ms(stage.p95_ms),
                table::ms(stage.p99_ms),
                stage.errors.to_string(),
            ]
        })
        .collect()
}

pub(super) fn figures_json(stage: &StageSeries) -> Value {
    json!({
        "name": stage.stage,
        "n": stage.n,
        "p50_ms": stage.p50_ms,
        "p90_ms": stage.p90_ms,
        "p95_ms": stage.p95_ms,
        "p99_ms": stage.p99_ms,
        "errors": stage.errors,
    })
}

/// The columns of [`models_rows`].
const MODELS: [&str; 7] =
    ["model", "n", "first token p50 ms", "p95 ms", "prefill tokens/s", "decode tokens/s", "tokens written"];

fn models_rows(models: &[ModelSeries]) -> Vec<Vec<String>> {
    models
        .iter()
        .map(|model| {
            vec![
                model.model.clone(),
                model.n.to_string(),
                table::ms(model.first_token_p50_ms),
                table::ms(model.first_token_p95_ms),
                format!("{:.0}", model.prefill_tokens_per_s),
                format!("{:.0}", model.decode_tokens_per_s),
                model.completion_tokens.to_string(),
            ]
        })
        .collect()
}

fn model_json(model: &ModelSeries) -> Value {
    json!({
        "model": model.model,
        "n": model.n,
        "first_token_p50_ms": model.first_token_p50_ms,
        "first_token_p95_ms": model.first_token_p95_ms,
        "prefill_tokens_per_s": model.prefill_tokens_per_s,
        "decode_tokens_per_s": model.decode_tokens_per_s,
        "prompt_tokens": model.prompt_tokens,
        "cached_tokens": model.cached_tokens,
        "completion_tokens": model.completion_tokens,
    })
}

fn run_json(run: &RunRow) -> Value {
    json!({
        "run_id": run.id,
        "started_at": rfc3339(run.started_at),
        "pipeline": run.pipeline,
        "pack": run.pack,
        "model": run.model,
        "engine": run.engine,
        "device": run.device,
        "threads": run.threads,
        "total_ms": run.total_ms,
        "outcome": run.outcome.as_str(),
        "cache_hit": run.cache_hit,
        "errors": run.errors,
    })
}

/// `cpu, 2 threads`.
fn ran_on(device: &str, threads: u32) -> String {
    match threads {
        0 => device.to_owned(),
        1 => format!("{device}, 1 thread"),
        threads => format!("{device}, {threads} threads"),
    }
}

fn run_cells(run: &RunRow) -> [String; 12] {
    [
        run.id.to_string(),
        rfc3339(run.started_at),
        run.pipeline.clone(),
        run.pack.clone(),
        run.model.clone(),
        run.engine.clone(),
        run.device.clone(),
        run.threads.to_string(),
        run.total_ms.to_string(),
        run.outcome.as_str().into(),
        run.cache_hit.to_string(),
        run.errors.to_string(),
    ]
}

fn stage_cells(stage: &StageTiming) -> [String; 13] {
    [
        stage.name.clone(),
        stage.start_ms.to_string(),
        stage.queue_ms.to_string(),
        stage.prompt_build_ms.to_string(),
        stage.prefill_ms.to_string(),
        stage.decode_ms.to_string(),
        stage.parse_ms.to_string(),
        stage.total_ms.to_string(),
        stage.prompt_tokens.to_string(),
        stage.cached_tokens.to_string(),
        stage.completion_tokens.to_string(),
        stage.attempts.to_string(),
        stage.error.as_ref().map(|error| error.code.clone()).unwrap_or_default(),
    ]
}

fn span(text: &str) -> Result<Duration, String> {
    let wrong = || format!("{text:?} is no span of time; write 30m, 12h or 7d");
    let unit = text.chars().last().ok_or_else(wrong)?;
    let seconds = match unit {
        's' => 1,
        'm' => 60,
        'h' => 3600,
        'd' => 86_400,
        _ => return Err(wrong()),
    };
    let count: u64 = text.strip_suffix(unit).unwrap_or_default().parse().map_err(|_| wrong())?;
    count.checked_mul(seconds).map(Duration::from_secs).ok_or_else(wrong)
}

fn run_id(text: &str) -> Result<RunId, String> {
    RunId::parse(text).ok_or_else(|| format!("{text:?} is no run's id; `sextant history` lists them"))
}
