//! The run history: what a run's caller gets, what is printed and what is stored are the same figures.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, SystemTime};

use sextant_domain::{CacheTier, PerformanceQuery, RunId, StageError, StageTiming};
use sextant_store::{
    CacheCount, CacheEvent, Generated, HistoryLayer, PerfLines, RunMeta, RunOutcome, RunTiming, RunTrace,
    StageTrace, Store,
};
use tracing::{Dispatch, Instrument as _, dispatcher};
use tracing_subscriber::filter::{LevelFilter, filter_fn};
use tracing_subscriber::layer::{Layer as _, SubscriberExt as _};

fn meta() -> RunMeta {
    RunMeta {
        run_id: RunId::generate(),
        pipeline: "recommend",
        pack: "energy".into(),
        model: "nano".into(),
        engine: "scripted".into(),
        device: "cpu".into(),
        quantisation: "q8_0".into(),
    }
}

fn generated(prefill_us: u64) -> Generated {
    Generated {
        load: Duration::from_micros(2500),
        queue: Duration::from_nanos(1_234_567),
        prefill: Duration::from_micros(prefill_us),
        decode: Duration::from_nanos(333_333_333),
        prompt_tokens: 324,
        cached_tokens: 300,
        completion_tokens: 41,
    }
}

/// A store, a subscriber that fills it, and the lines that it prints.
struct Recording {
    store: Store,
    subscriber: Dispatch,
    lines: Arc<Mutex<Vec<String>>>,
}

impl Recording {
    fn start() -> Self {
        let store = Store::open_in_memory().expect("a store");
        let lines: Arc<Mutex<Vec<String>>> = Arc::default();
        let sink = Arc::clone(&lines);
        let print = PerfLines::To(Arc::new(move |line: &str| {
            sink.lock().expect("no panic").push(line.to_owned());
        }));
        // With a filter on each layer, as the app has it: the log's level doesn't reach the history.
        let log = tracing_subscriber::fmt::layer().with_writer(std::io::sink);
        let history = HistoryLayer::new(Some(store.clone()), print)
            .with_filter(filter_fn(|metadata| metadata.target().starts_with("sextant")));
        let subscriber = Dispatch::new(
            tracing_subscriber::registry().with(log.with_filter(LevelFilter::WARN)).with(history),
        );
        Self { store, subscriber, lines }
    }

    fn record<T>(&self, work: impl FnOnce() -> T) -> T {
        dispatcher::with_default(&self.subscriber, work)
    }

    fn stored(&self, id: RunId) -> (sextant_store::RunRow, Vec<StageTiming>) {
        self.store.flush();
        self.store.run(id).expect("readable").expect("the run is stored")
    }

    /// The row, the lines and the returned timing are the same figures.
    fn check(&self, id: RunId, timing: &RunTiming) {
        let (row, stages) = self.stored(id);
        assert_eq!(row.started_at, timing.started_at);
        assert_eq!(row.total_ms.to_bits(), timing.total_ms.to_bits());
        assert_eq!(stages, timing.stages);
        let lines = self.lines.lock().expect("no panic");
        let of_run = |line: &&String| line.contains(&format!("run={id} "));
        let mut printed: Vec<BTreeMap<String, String>> =
            lines.iter().filter(of_run).map(|line| fields(line)).collect();
        let run = printed.pop().expect("the run's line is the last");
        assert_eq!(run["total_ms"], timing.total_ms.to_string());
        assert_eq!(printed.len(), timing.stages.len());
        for stage in &timing.stages {
            let line = printed.iter().find(|line| line["stage"] == stage.name).expect("a line");
            for (field, value) in [
                ("start_ms", stage.start_ms),
                ("load_ms", stage.load_ms),
                ("queue_ms", stage.queue_ms),
                ("prompt_build_ms", stage.prompt_build_ms),
                ("retrieval_ms", stage.retrieval_ms),
                ("prefill_ms", stage.prefill_ms),
                ("decode_ms", stage.decode_ms),
                ("parse_ms", stage.parse_ms),
                ("check_ms", stage.check_ms),
                ("total_ms", stage.total_ms),
                ("prompt_tokens", stage.prompt_tokens.into()),
                ("cached_tokens", stage.cached_tokens.into()),
                ("completion_tokens", stage.completion_tokens.into()),
                ("attempts", stage.attempts.into()),
            ] {
                assert_eq!(line[field], value.to_string(), "{field} of {}", stage.name);
            }
            let first_token = stage.first_token_ms.map(|ms| ms.to_string());
            assert_eq!(line.get("first_token_ms"), first_token.as_ref());
        }
    }
}

/// `[PERF] [stage] key=value …`
fn fields(line: &str) -> BTreeMap<String, String> {
    let rest = line.strip_prefix("[PERF] [").expect("a PERF line");
    let (stage, rest) = rest.split_once("] ").expect("a stage");
    let pairs = rest.split(' ').map(|pair| pair.split_once('=').expect("key=value"));
    pairs.chain([("stage", stage)]).map(|(key, value)| (key.into(), value.into())).collect()
}

#[test]
fn figures_are_the_same_everywhere_and_attempts_add_up() {
    let recording = Recording::start();
    let meta = meta();
    let id = meta.run_id;
    let (timing, stage) = recording.record(|| {
        let run = RunTrace::start(meta);
        let mut stage = run.stage("plan_scoring");
        stage.prompt_built(Duration::from_micros(1500));
        stage.generated(generated(1000));
        stage.prompt_built(Duration::from_micros(250));
        stage.generated(generated(20));
        stage.parsed(Duration::from_nanos(1_999_600));
        stage.checked(Duration::from_micros(700));
        stage.retrieved(Duration::from_micros(90));
        stage.loaded(Duration::from_micros(1));
        let stage = stage.finish();
        run.used(Duration::from_millis(1234), 77 << 20);
        run.answered_from_cache(Duration::from_secs(3));
        (run.finish(RunOutcome::Done, false), stage)
    });
    recording.check(id, &timing);
    assert_eq!(timing.stages, [stage]);
    let stage = &timing.stages[0];
    assert_eq!(stage.name, "plan_scoring");
    assert_eq!((stage.attempts, stage.prompt_tokens, stage.completion_tokens), (2, 648, 82));
    assert_eq!(stage.cached_tokens, 600);
    let expected = [2.469, 1.75, 1.02, 666.667, 2.0];
    let figures = [stage.queue_ms, stage.prompt_build_ms, stage.prefill_ms, stage.decode_ms, stage.parse_ms];
    assert_eq!(figures.map(f64::to_bits), expected.map(f64::to_bits), "{figures:?}");
    let others = [stage.load_ms, stage.check_ms, stage.retrieval_ms];
    assert_eq!(others.map(f64::to_bits), [5.001_f64, 0.7, 0.09].map(f64::to_bits), "{others:?}");
    // Of the first attempt: its load, its wait and its prefill.
    assert_eq!(stage.first_token_ms, Some(4.735));
    let (row, _) = recording.stored(id);
    assert_eq!((row.outcome, row.cache_hit, row.errors), (RunOutcome::Done, false, 0));
    assert_eq!((row.cpu_ms, row.peak_memory_bytes), (Some(1234.0), Some(77 << 20)));
    assert_eq!((row.cache_age_ms, row.quantisation.as_str()), (Some(3000.0), "q8_0"));
    assert_eq!((row.pipeline.as_str(), row.pack.as_str()), ("recommend", "energy"));
    assert_eq!((row.model.as_str(), row.engine.as_str(), row.device.as_str()), ("nano", "scripted", "cpu"));
}

#[test]
fn overlapping_stages_are_listed_by_their_start() {
    let recording = Recording::start();
    let meta = meta();
    let id = meta.run_id;
    let timing = recording.record(|| {
        let run = RunTrace::start(meta);
        let outer = run.stage("usage_summary");
        let inner = run.stage("plan_scoring");
        std::thread::sleep(Duration::from_millis(2));
        inner.finish();
        outer.finish();
        run.finish(RunOutcome::Done, false)
    });
    recording.check(id, &timing);
    let [outer, inner] = &timing.stages[..] else { panic!("two stages: {timing:?}") };
    assert_eq!((outer.name.as_str(), inner.name.as_str()), ("usage_summary", "plan_scoring"));
    assert!(outer.start_ms <= inner.start_ms && outer.total_ms >= inner.total_ms);
    assert!(outer.total_ms + inner.total_ms > timing.total_ms, "they overlapped");
}

#[test]
fn a_failed_stage_degrades_the_run_and_is_counted() {
    let recording = Recording::start();
    let meta = meta();
    let id = meta.run_id;
    let error = StageError { code: "timed_out".into(), message: "It took too long.".into() };
    let timing = recording.record(|| {
        let run = RunTrace::start(meta);
        let mut stage = run.stage("narrative");
        stage.failed(error.clone());
        stage.finish();
        run.finish(RunOutcome::Degraded, false)
    });
    recording.check(id, &timing);
    assert_eq!(timing.stages[0].error, Some(error));
    let (row, _) = recording.stored(id);
    assert_eq!((row.outcome, row.errors), (RunOutcome::Degraded, 1));
}

#[test]
fn a_dropped_run_is_recorded_as_stopped_with_its_stages() {
    let recording = Recording::start();
    let meta = meta();
    let id = meta.run_id;
    recording.record(|| {
        let run = RunTrace::start(meta);
        run.stage("usage_summary").finish();
        let mut late = run.stage("narrative");
        late.generated(generated(7));
        drop(run);
        // The stage's task notices a little later.
        drop(late);
    });
    let (row, stages) = recording.stored(id);
    assert_eq!((row.outcome, row.errors), (RunOutcome::Stopped, 0));
    let codes: Vec<_> =
        stages.iter().map(|stage| stage.error.as_ref().map(|error| error.code.as_str())).collect();
    assert_eq!(codes, [None, Some("stopped")]);
    assert_eq!(stages[1].completion_tokens, 41, "what it cost until then is kept");
}

#[test]
fn a_cache_hit_is_a_run_without_stages() {
    let recording = Recording::start();
    let meta = meta();
    let id = meta.run_id;
    let timing = recording.record(|| RunTrace::start(meta).finish(RunOutcome::Done, true));
    recording.check(id, &timing);
    assert!(recording.stored(id).0.cache_hit);
}

#[test]
fn stages_on_other_threads_and_in_instrumented_futures_belong_to_their_run() {
    let recording = Recording::start();
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(3).build().expect("a runtime");
    let metas: Vec<RunMeta> = (0..4).map(|_| meta()).collect();
    let ids: Vec<RunId> = metas.iter().map(|meta| meta.run_id).collect();
    // The runs start under the subscriber; the tasks know nothing of it.
    let runs: Vec<RunTrace> = recording.record(|| metas.into_iter().map(RunTrace::start).collect());
    let timings: Vec<RunTiming> = runtime.block_on(async {
        let mut running = Vec::new();
        for run in runs {
            running.push(tokio::spawn(async move {
                let work = |mut stage: StageTrace| {
                    let span = stage.span().clone();
                    tokio::spawn(
                        async move {
                            tokio::task::yield_now().await;
                            stage.generated(generated(11));
                            stage.finish()
                        }
                        .instrument(span),
                    )
                };
                let stages = ["usage_summary", "plan_scoring", "narrative", "narrative_2"];
                let tasks: Vec<_> = stages.map(|name| work(run.stage(name))).into();
                let mut returned = Vec::new();
                for task in tasks {
                    returned.push(task.await.expect("no panic"));
                }
                let timing = run.finish(RunOutcome::Done, false);
                assert_eq!(timing.stages, returned);
                timing
            }));
        }
        let mut timings = Vec::new();
        for run in running {
            timings.push(run.await.expect("no panic"));
        }
        timings
    });
    for (id, timing) in ids.into_iter().zip(&timings) {
        recording.check(id, timing);
    }
}

#[test]
fn without_a_layer_the_timings_are_returned_all_the_same() {
    let run = RunTrace::start(meta());
    let mut first = run.stage("usage_summary");
    let second = run.stage("plan_scoring");
    first.generated(generated(1000));
    let second = second.finish();
    let first = first.finish();
    drop(run.stage("narrative"));
    let elapsed = run.elapsed();
    let timing = run.finish(RunOutcome::Done, false);
    assert_eq!(timing.stages.len(), 3);
    assert_eq!(timing.stages[..2], [first, second]);
    assert_eq!(timing.stages[0].prompt_tokens, 324);
    assert_eq!(timing.stages[2].error.as_ref().map(|error| error.code.as_str()), Some("stopped"));
    assert!(timing.total_ms + 0.001 >= elapsed.as_secs_f64() * 1e3);
}

#[test]
fn eight_writers_at_once_lose_and_change_nothing() {
    const RUNS: usize = 150;
    let recording = Recording::start();
    let started = SystemTime::now();
    let timings: Vec<(RunId, RunTiming)> = std::thread::scope(|scope| {
        let writers: Vec<_> = (0..8_usize)
            .map(|writer| {
                let recording = &recording;
                scope.spawn(move || {
                    recording.record(|| {
                        (0..RUNS).map(|number| one_run(&recording.store, writer, number)).collect()
                    })
                })
            })
            .collect();
        let finished = writers.into_iter();
        finished.flat_map(|writer| -> Vec<_> { writer.join().expect("no panic") }).collect()
    });
    recording.store.flush();
    assert!(recording.store.notices().is_empty(), "{:?}", recording.store.notices());
    assert_eq!(timings.len(), 8 * RUNS);
    assert_eq!(recording.store.runs(Some(started)).expect("readable").len(), 8 * RUNS);
    let lookups = (8 * RUNS) as u64;
    let hits = lookups / 3;
    assert_eq!(
        recording.store.cache_counts(None).expect("readable"),
        [CacheCount { tier: CacheTier::Answer, hits, misses: lookups - hits, evictions: 8 }]
    );
    let whole = PerformanceQuery { window_ms: 3.6e6, ..PerformanceQuery::default() };
    let performance = recording.store.performance(&whole, SystemTime::now()).expect("figures");
    assert_eq!(performance.runs, lookups);
    let [cache] = &performance.caches[..] else { panic!("one cache: {:?}", performance.caches) };
    assert_eq!((cache.hits, cache.hits + cache.misses, cache.evictions), (hits, lookups, 8));
    let in_points = cache.points.iter().map(|point| point.hits + point.misses).sum::<u64>();
    assert_eq!(in_points, lookups);
    for (id, timing) in &timings {
        let (row, stages) = recording.store.run(*id).expect("readable").expect("stored");
        assert_eq!((row.total_ms, row.started_at), (timing.total_ms, timing.started_at));
        assert_eq!(&stages, &timing.stages);
    }
    let samples = recording.store.stage_samples(None).expect("readable");
    assert_eq!(samples.len(), timings.iter().map(|(_, timing)| timing.stages.len()).sum::<usize>());
    assert!(samples.iter().all(|(stage, timing)| timing.name.starts_with(stage.as_str())));
}

/// Every third look-up hits; the others run two stages.
fn one_run(store: &Store, writer: usize, number: usize) -> (RunId, RunTiming) {
    let meta = meta();
    let id = meta.run_id;
    let now = SystemTime::now();
    let run = RunTrace::start(meta);
    if number == 0 {
        store.record_cache_event(None, CacheTier::Answer, CacheEvent::Evicted, now);
    }
    if number.is_multiple_of(3) {
        let hit = CacheEvent::Hit { age: Duration::from_secs(1) };
        store.record_cache_event(Some(id), CacheTier::Answer, hit, now);
        return (id, run.finish(RunOutcome::Done, true));
    }
    store.record_cache_event(Some(id), CacheTier::Answer, CacheEvent::Miss, now);
    let mut first = run.stage("narrative");
    let second = run.stage("narrative_2");
    first.generated(generated((writer * 1000 + number) as u64));
    first.finish();
    second.finish();
    (id, run.finish(RunOutcome::Done, false))
}

#[test]
fn windows_of_time_leave_out_what_came_before() {
    let recording = Recording::start();
    let meta = meta();
    let timing = recording.record(|| {
        let run = RunTrace::start(meta);
        run.stage("narrative_3").finish();
        run.finish(RunOutcome::Done, false)
    });
    recording.store.flush();
    let (store, start) = (&recording.store, timing.started_at);
    let after = start + Duration::from_micros(1);
    assert_eq!(store.runs(Some(start)).expect("readable").len(), 1);
    assert_eq!(store.runs(Some(after)).expect("readable").len(), 0);
    let samples = store.stage_samples(Some(start)).expect("readable");
    assert_eq!(samples, [("narrative".to_owned(), timing.stages[0].clone())]);
    assert!(store.stage_samples(Some(after)).expect("readable").is_empty());
    assert_eq!(store.run(RunId::generate()).expect("readable"), None);
}
