//! What a month of history takes: `cargo run -p sextant-store --example history_size [FILE [--fill-only]]`.
//!
//! Fills a file with 200,000 runs of five stages over thirty days, has it rolled up, and prints its size and
//! how long the panel's queries take, cold and warm; then what a span costs. Prints medians and maxima of
//! twenty, with the targets beside them; asserts nothing. With a FILE, keeps it, and uses it if it is
//! there; `--fill-only` behind it measures nothing.

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use rusqlite::{Connection, params};
use sextant_domain::{Performance, PerformanceQuery, RunId};
use sextant_store::{
    Generated, HistoryLayer, PerfLines, RunMeta, RunOutcome, RunTrace, Store, StoreOptions,
    percentile_nearest_rank,
};
use tracing_subscriber::layer::SubscriberExt as _;

const RUNS: u32 = 200_000;
const STAGES: [(&str, f64); 5] = [
    ("usage_summary", 900.0),
    ("plan_scoring", 1400.0),
    ("narrative", 1100.0),
    ("narrative_2", 1100.0),
    ("narrative_3", 1100.0),
];
const DAYS: u32 = 30;
const SAMPLES: usize = 20;

fn main() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let kept = std::env::args().nth(1).map(PathBuf::from);
    let path = kept.unwrap_or_else(|| folder.path().join("size.db"));
    let now = SystemTime::now();
    if !path.exists() {
        drop(Store::open(&path).expect("a store"));
        let started = Instant::now();
        fill(&path, now);
        println!("filled with {} stages in {:.1} s", RUNS * 5, started.elapsed().as_secs_f64());
    }
    println!("file without roll-ups: {:.1} MB", megabytes(&path));
    roll_up(&path, now);
    println!("file: {:.1} MB (target: 250)", megabytes(&path));

    if std::env::args().nth(2).as_deref() == Some("--fill-only") {
        return;
    }
    println!("performance(), milliseconds, p50 and max of {SAMPLES}, p50 of processor time (target: 100):");
    for filtered in [false, true] {
        for (name, hours) in [("1 h", 1), ("24 h", 24), ("7 d", 7 * 24), ("30 d", 30 * 24)] {
            let model = filtered.then(|| "nano".to_owned());
            let query = PerformanceQuery {
                window_ms: f64::from(hours) * 3.6e6,
                model,
                ..PerformanceQuery::default()
            };
            measure_query(&path, name, &query, now);
        }
    }
    measure_spans(folder.path());
}

fn measure_query(path: &Path, name: &str, query: &PerformanceQuery, now: SystemTime) {
    let ask = |store: &Store| {
        let (started, started_cpu) = (Instant::now(), cpu_ms());
        let performance = black_box(store.performance(query, now).expect("figures"));
        let took = started.elapsed().as_secs_f64() * 1e3;
        (took, cpu_ms() - started_cpu, performance)
    };
    // Opened anew for each: nothing is in SQLite's cache. The file itself stays in the system's.
    let of_all = |mut ask_once: Box<dyn FnMut() -> (f64, f64, Performance)>| {
        let samples = (0..SAMPLES).map(|_| ask_once());
        let (took, cpu): (Vec<f64>, Vec<f64>) = samples.map(|(took, cpu, _)| (took, cpu)).unzip();
        let (p50, max) = p50_and_max(took);
        format!("{p50:6.1} {max:6.1} ({:5.1})", p50_and_max(cpu).0)
    };
    let cold = of_all(Box::new(|| ask(&Store::open(path).expect("a store"))));
    let store = Store::open(path).expect("a store");
    let (_, _, performance) = ask(&store);
    let warm = of_all(Box::new(|| ask(&store)));
    let stages: u64 = performance.stages.iter().map(|series| series.n).sum();
    let filter = query.model.as_deref().unwrap_or("all models");
    println!(
        "  {name:5} {filter:10} cold {cold}  warm {warm}  \
         ({stages} stages, {} alerts)",
        performance.alerts.len()
    );
}

/// Of this thread, which others on the machine don't lengthen; zero where the system doesn't tell.
fn cpu_ms() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanos = text.split(' ').next().and_then(|number| number.parse::<f64>().ok());
    nanos.unwrap_or_default() / 1e6
}

fn p50_and_max(mut samples: Vec<f64>) -> (f64, f64) {
    samples.sort_by(f64::total_cmp);
    let at = |p| percentile_nearest_rank(&samples, p).unwrap_or(f64::NAN);
    (at(50.0), at(100.0))
}

/// Lets the store roll up all finished hours, and waits for it.
fn roll_up(path: &Path, now: SystemTime) {
    let started = Instant::now();
    let store = Store::open_with(path, &StoreOptions { now, ..StoreOptions::default() }).expect("a store");
    let connection = Connection::open(path).expect("the file");
    let rolled = || -> u32 {
        connection.query_row("SELECT count(*) FROM rolled_hours", [], |row| row.get(0)).expect("a count")
    };
    while rolled() < DAYS * 24 - 2 && started.elapsed() < Duration::from_mins(10) {
        std::thread::sleep(Duration::from_millis(50));
    }
    println!("rolled {} hours up in {:.1} s", rolled(), started.elapsed().as_secs_f64());
    drop(store);
}

/// Straight into the tables: spans can't be given a time.
fn fill(path: &Path, now: SystemTime) {
    let mut connection = Connection::open(path).expect("the file");
    let transaction = connection.transaction().expect("a transaction");
    let now_us = i64::try_from(now.duration_since(SystemTime::UNIX_EPOCH).expect("after 1970").as_micros())
        .expect("before the year 290000");
    let mut run = transaction
        .prepare(
            "INSERT INTO runs (id, pipeline, pack, model, engine, device, threads, started_at_us, total_ms,
                               outcome, cache_hit, quantisation, cpu_ms, peak_memory_bytes)
             VALUES (?1, 'recommend', 'energy', ?2, 'llama.cpp', 'cpu', 8, ?3, ?4, 'done', 0, 'q8_0', ?5, ?6)",
        )
        .expect("the columns");
    let mut stage = transaction
        .prepare(
            "INSERT INTO stages (run, position, name, start_ms, queue_ms, prompt_build_ms, prefill_ms,
                                 decode_ms, parse_ms, total_ms, prompt_tokens, cached_tokens,
                                 completion_tokens, attempts, check_ms, first_token_ms)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, 1, ?14, ?15)",
        )
        .expect("the columns");
    let mut random = Random(7);
    let apart_us = i64::from(DAYS) * 86_400_000_000 / i64::from(RUNS);
    for number in 0..RUNS {
        let start_us = now_us - apart_us * i64::from(RUNS - number);
        let (model, slower) = if number % 3 == 0 { ("small", 2.5) } else { ("nano", 1.0) };
        let total = millis(4000.0 * slower * random.log_normal(0.3));
        run.execute(params![
            RunId::generate().to_string(),
            model,
            start_us,
            total,
            millis(total * 7.0),
            number % 999_983 + 300_000_000
        ])
        .expect("a run");
        let id = transaction.last_insert_rowid();
        for (position, (name, typical)) in (0..).zip(STAGES) {
            let total = millis(typical * slower * random.log_normal(0.3));
            let queue = if position > 1 { millis(total * 0.1) } else { 0.0 };
            let prefill = millis(total * 0.2 * random.log_normal(0.1));
            stage
                .execute(params![
                    id,
                    position,
                    name,
                    millis(0.4 + f64::from(position)),
                    queue,
                    millis(0.2 * random.log_normal(0.2)),
                    prefill,
                    millis(total * 0.6),
                    millis(0.1 * random.log_normal(0.2)),
                    total,
                    900 + number % 300,
                    700 + number % 200,
                    40 + number % 90,
                    millis(0.6 * random.log_normal(0.2)),
                    millis(queue + prefill),
                ])
                .expect("a stage");
        }
    }
    drop((run, stage));
    transaction.commit().expect("committed");
}

fn millis(ms: f64) -> f64 {
    sextant_domain::millis(Duration::from_secs_f64(ms / 1e3))
}

fn megabytes(path: &Path) -> f64 {
    let bytes = std::fs::metadata(path).map_or(0, |file| file.len());
    f64::from(u32::try_from(bytes / 1000).unwrap_or(u32::MAX)) / 1e3
}

/// Splitmix64 (Steele, Lea and Flood 2014), so that every run of this program makes the same file.
struct Random(u64);

impl Random {
    fn uniform(&mut self) -> f64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut bits = self.0;
        bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        bits = (bits ^ (bits >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        let bits = u32::try_from((bits ^ (bits >> 31)) >> 32).expect("32 bits");
        (f64::from(bits) + 0.5) / 4_294_967_296.0
    }

    /// With a median of 1.
    fn log_normal(&mut self, sigma: f64) -> f64 {
        let radius = (-2.0 * self.uniform().ln()).sqrt();
        (sigma * radius * (std::f64::consts::TAU * self.uniform()).cos()).exp()
    }
}

/// With the layer and the store, against no subscriber at all.
fn measure_spans(folder: &Path) {
    let store = Store::open(&folder.join("spans.db")).expect("a store");
    let (mut without, mut with) = (Vec::new(), Vec::new());
    for _ in 0..=SAMPLES {
        without.push(time_runs());
        let layer = HistoryLayer::new(Some(store.clone()), PerfLines::Off);
        let subscriber = tracing_subscriber::registry().with(layer);
        with.push(tracing::subscriber::with_default(subscriber, time_runs));
        // Outside the measured time: the writer's thread would compete for the cores.
        store.flush();
    }
    println!("nanoseconds a span, p50 and max of {SAMPLES} (target: 20000):");
    for (name, mut samples) in [("no subscriber", without), ("history", with)] {
        samples.remove(0); // warm-up
        let (p50, max) = p50_and_max(samples);
        println!("  {name:14} {p50:8.0} {max:8.0}");
    }
}

fn time_runs() -> f64 {
    const RUNS: u32 = 200;
    let started = Instant::now();
    for _ in 0..RUNS {
        let run = RunTrace::start(RunMeta {
            run_id: RunId::generate(),
            pipeline: "recommend",
            pack: "energy".into(),
            model: "nano".into(),
            engine: "scripted".into(),
            device: "cpu".into(),
            quantisation: "q8_0".into(),
        });
        for (name, _) in STAGES {
            let mut stage = run.stage(name);
            stage.prompt_built(Duration::from_micros(100));
            stage.generated(Generated { completion_tokens: 9, ..Generated::default() });
            black_box(stage.finish());
        }
        black_box(run.finish(RunOutcome::Done, false));
    }
    started.elapsed().as_secs_f64() * 1e9 / f64::from(RUNS * 6)
}
