//! What the run history costs: `cargo run -p sextant-store --example history_cost [STAGES]`.
//!
//! Prints medians and spread; asserts nothing. With a number of stages, it also fills a file with that
//! many and measures reading it.

use std::hint::black_box;
use std::time::{Duration, Instant};

use sextant_domain::RunId;
use sextant_store::{
    Generated, HistoryLayer, PerfLines, RunMeta, RunOutcome, RunTrace, Store, percentile_nearest_rank,
};
use tracing_subscriber::layer::SubscriberExt as _;

const RUNS_PER_SAMPLE: u32 = 200;
const STAGES_PER_RUN: u32 = 4;
const SAMPLES: usize = 41;

fn main() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let store = Store::open(&folder.path().join("cost.db")).expect("a store");
    let stored = || HistoryLayer::new(Some(store.clone()), PerfLines::Off);
    let unstored = || HistoryLayer::new(None, PerfLines::Off);
    let printed = || {
        HistoryLayer::new(
            None,
            PerfLines::To(std::sync::Arc::new(|line| {
                black_box(line);
            })),
        )
    };

    // Interleaved, so that what else happens on the machine meets all of them.
    let mut span_us: [(&str, Vec<f64>); 4] =
        [("no layer", vec![]), ("layer", vec![]), ("layer, PERF lines", vec![]), ("layer, store", vec![])];
    for _ in 0..=SAMPLES {
        let layers = [None, Some(unstored()), Some(printed()), Some(stored())];
        for ((_, samples), layer) in span_us.iter_mut().zip(layers) {
            let took = match layer {
                None => time_runs(),
                Some(layer) => {
                    let subscriber = tracing_subscriber::registry().with(layer);
                    tracing::subscriber::with_default(subscriber, time_runs)
                }
            };
            // Outside the measured time: the writer's thread would compete for the cores.
            store.flush();
            samples.push(took.as_secs_f64() * 1e6 / f64::from(RUNS_PER_SAMPLE * (STAGES_PER_RUN + 1)));
        }
    }
    println!(
        "microseconds per span, {SAMPLES} samples of {RUNS_PER_SAMPLE} runs with {STAGES_PER_RUN} stages:"
    );
    for (name, mut samples) in span_us {
        samples.remove(0); // warm-up
        samples.sort_by(f64::total_cmp);
        let at = |p| percentile_nearest_rank(&samples, p).unwrap_or(f64::NAN);
        println!("  {name:18} p50 {:6.2}  p5 {:6.2}  p95 {:6.2}", at(50.0), at(5.0), at(95.0));
    }
    println!("notices: {:?}", store.notices());
    drop(store);

    if let Some(stages) = std::env::args().nth(1).and_then(|text| text.parse().ok()) {
        measure_large_file(stages);
    }
}

fn measure_large_file(stages: u32) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("large.db");
    let store = Store::open(&path).expect("a store");
    let layer = HistoryLayer::new(Some(store.clone()), PerfLines::Off);
    let subscriber = tracing_subscriber::registry().with(layer);
    let started = Instant::now();
    tracing::subscriber::with_default(subscriber, || {
        let mut left = stages;
        while left > 0 {
            let runs = (left / STAGES_PER_RUN).clamp(1, 1000);
            (0..runs).for_each(|_| one_run());
            store.flush();
            left = left.saturating_sub(runs * STAGES_PER_RUN);
        }
    });
    println!("filled with {stages} stages in {:.1} s", started.elapsed().as_secs_f64());
    let since = store.runs(None).expect("runs").get(99).map(|run| run.started_at);
    let id = store.runs(since).expect("runs")[50].id;
    drop(store);

    let opened = time("open", || Store::open(&path).expect("a store"));
    println!("  file: {} MB", std::fs::metadata(&path).map_or(0, |file| file.len()) / 1_000_000);
    time("last 100 runs", || opened.runs(since).expect("runs"));
    time("one run", || opened.run(id).expect("a run"));
    time("samples of the last 100 runs", || opened.stage_samples(since).expect("samples"));
    time("all runs", || opened.runs(None).expect("runs"));
    let samples = time("all samples", || opened.stage_samples(None).expect("samples"));
    let mut decode: Vec<f64> = samples.iter().map(|(_, stage)| stage.decode_ms).collect();
    time("sort and three percentiles", || {
        decode.sort_by(f64::total_cmp);
        [50.0, 95.0, 99.0].map(|p| percentile_nearest_rank(&decode, p))
    });
}

fn time<T>(what: &str, work: impl FnOnce() -> T) -> T {
    let started = Instant::now();
    let value = work();
    println!("  {what}: {:.3} ms", started.elapsed().as_secs_f64() * 1e3);
    value
}

fn time_runs() -> Duration {
    let started = Instant::now();
    (0..RUNS_PER_SAMPLE).for_each(|_| one_run());
    started.elapsed()
}

fn one_run() {
    let run = RunTrace::start(RunMeta {
        run_id: RunId::generate(),
        pipeline: "recommend",
        pack: "energy".into(),
        model: "nano".into(),
        engine: "scripted".into(),
        device: "cpu".into(),
        quantisation: "q8_0".into(),
    });
    for name in ["usage_summary", "plan_scoring", "narrative", "narrative_2"] {
        let mut stage = run.stage(name);
        stage.prompt_built(Duration::from_micros(100));
        stage.generated(Generated { decode: Duration::from_millis(9), ..Generated::default() });
        black_box(stage.finish());
    }
    black_box(run.finish(RunOutcome::Done, false));
}
