//! `sextant history`: runs, their stages, percentiles, cache hits.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};
use sextant_advisor::rfc3339;
use sextant_domain::{RunId, StageTiming};
use sextant_store::{PerfLines, RunRow, Store, percentile_nearest_rank};

use super::{Format, print_json, print_line, table};
use crate::app;
use crate::failure::Failure;

#[derive(Debug, clap::Args)]
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
}

/// One stage's figures over a window.
pub(super) struct StageFigures {
    pub(super) stage: String,
    pub(super) n: usize,
    pub(super) p50_ms: f64,
    pub(super) p90_ms: f64,
    pub(super) p95_ms: f64,
    pub(super) p99_ms: f64,
    pub(super) errors: usize,
}

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let store = app::store_with_history(PerfLines::Off)?.tell();
    match args.run {
        Some(id) => one(&store, id, args.format),
        None => all(&store, args.since, args.format),
    }
}

fn all(store: &Store, since: Duration, format: Format) -> Result<(), Failure> {
    let since = SystemTime::now().checked_sub(since);
    let runs = store.runs(since)?;
    let figures = stage_figures(store.stage_samples(since)?);
    match format {
        Format::Json => {
            let cache: Vec<Value> = store
                .cache_counts(since)?
                .iter()
                .map(|count| {
                    json!({ "tier": count.tier, "hits": count.hits, "misses": count.misses, "evictions": count.evictions })
                })
                .collect();
            print_json(&json!({
                "runs": runs.iter().map(run_json).collect::<Vec<_>>(),
                "stages": figures.iter().map(figures_json).collect::<Vec<_>>(),
                "cache": cache,
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
            print_line(&figures_table(&figures));
            for count in store.cache_counts(since)? {
                print_line(&format!(
                    "\ncache: {} hits, {} misses, {} evictions",
                    count.hits, count.misses, count.evictions
                ));
            }
            Ok(())
        }
    }
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

/// Nearest-rank percentiles of each stage's total, in the order in which stages are first seen.
pub(super) fn stage_figures(samples: Vec<(String, StageTiming)>) -> Vec<StageFigures> {
    let mut stages: BTreeMap<String, Vec<StageTiming>> = BTreeMap::new();
    for (stage, timing) in samples {
        stages.entry(stage).or_default().push(timing);
    }
    stages
        .into_iter()
        .map(|(stage, timings)| {
            let mut totals: Vec<f64> = timings.iter().map(|timing| timing.total_ms).collect();
            totals.sort_by(f64::total_cmp);
            let at = |p: f64| percentile_nearest_rank(&totals, p).unwrap_or_default();
            StageFigures {
                stage,
                n: totals.len(),
                p50_ms: at(50.0),
                p90_ms: at(90.0),
                p95_ms: at(95.0),
                p99_ms: at(99.0),
                errors: timings.iter().filter(|timing| timing.error.is_some()).count(),
            }
        })
        .collect()
}

pub(super) fn figures_table(figures: &[StageFigures]) -> String {
    let rows: Vec<Vec<String>> = figures
        .iter()
        .map(|figures| {
            vec![
                figures.stage.clone(),
                figures.n.to_string(),
                table::ms(figures.p50_ms),
                table::ms(figures.p90_ms),
                table::ms(figures.p95_ms),
                table::ms(figures.p99_ms),
                figures.errors.to_string(),
            ]
        })
        .collect();
    table::render(&["stage", "n", "p50 ms", "p90 ms", "p95 ms", "p99 ms", "errors"], &rows)
}

pub(super) fn figures_json(figures: &StageFigures) -> Value {
    json!({
        "name": figures.stage,
        "n": figures.n,
        "p50_ms": figures.p50_ms,
        "p90_ms": figures.p90_ms,
        "p95_ms": figures.p95_ms,
        "p99_ms": figures.p99_ms,
        "errors": figures.errors,
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

/// As RFC 4180 has it; a reader that closed the pipe early is no failure.
fn print_csv<Row: IntoIterator<Item = String>>(header: &[&str], rows: impl Iterator<Item = Row>) {
    let mut writer = csv::Writer::from_writer(std::io::stdout().lock());
    let _ = writer.write_record(header);
    for row in rows {
        let _ = writer.write_record(row);
    }
    let _ = writer.flush();
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
