//! Runs while they are under way, and where the time of a run went.

use std::time::{Duration, Instant, SystemTime};

use proptest::prelude::*;
use sextant_domain::{Performance, PerformanceQuery, RunId, RunSummary, StageTiming, Timeline};
use sextant_store::{Generated, HistoryLayer, PerfLines, RunMeta, RunOutcome, RunTrace, Store};
use tracing_subscriber::layer::SubscriberExt as _;

fn meta(model: &str) -> RunMeta {
    RunMeta {
        run_id: RunId::generate(),
        pipeline: "recommend",
        pack: "energy".into(),
        model: model.into(),
        engine: "scripted".into(),
        device: "auto".into(),
        quantisation: "q8_0".into(),
    }
}

fn recording<T>(work: impl FnOnce(&Store) -> T) -> T {
    let store = Store::open_in_memory().expect("a store");
    let layer = HistoryLayer::new(Some(store.clone()), PerfLines::Off);
    let subscriber = tracing_subscriber::registry().with(layer);
    tracing::subscriber::with_default(subscriber, || work(&store))
}

fn ask(store: &Store, query: &PerformanceQuery) -> Performance {
    store.flush();
    store.performance(query, SystemTime::now()).expect("figures")
}

fn last_hour() -> PerformanceQuery {
    PerformanceQuery { window_ms: 3.6e6, ..PerformanceQuery::default() }
}

#[test]
fn a_run_is_seen_from_its_start_and_stays_when_it_ends() {
    recording(|store| {
        let before = RunTrace::start(meta("small"));
        let stage_before = before.stage("usage_summary").finish();
        before.finish(RunOutcome::Done, false);
        assert!(store.live().is_empty(), "{:?}", store.live());

        let meta = meta("nano");
        let id = meta.run_id;
        let run = RunTrace::start(meta);
        run.ran_on("cpu", 2);
        let mut done = run.stage("usage_summary");
        done.generated(Generated {
            decode: Duration::from_millis(3),
            completion_tokens: 1,
            ..Default::default()
        });
        let done = done.finish();
        let open = run.stage("narrative");
        std::thread::sleep(Duration::from_millis(5));

        let live = store.live();
        let [(summary, stages)] = &live[..] else { panic!("one run: {live:?}") };
        assert_eq!((summary.run_id, summary.outcome.as_str()), (id, "running"));
        assert_eq!((summary.device.as_str(), summary.model.as_str()), ("cpu", "nano"));
        assert!(summary.total_ms >= 5.0);
        assert_eq!((stages.len(), &stages[0]), (2, &done));
        assert_eq!(stages[1].name, "narrative");
        assert!((5.0..=summary.total_ms).contains(&stages[1].total_ms), "{stages:?}");

        let performance = ask(store, &last_hour());
        assert_eq!(performance.runs, 1, "what is under way has no outcome yet");
        let recent: Vec<&str> = performance.recent.iter().map(|run| run.outcome.as_str()).collect();
        assert_eq!(recent, ["running", "done"]);
        let timeline = performance.timeline.expect("a timeline");
        assert_eq!((timeline.run.run_id, timeline.stages.len()), (id, 2));
        assert!(performance.choices.models.contains(&"nano".to_owned()));

        let other = PerformanceQuery { model: Some("small".into()), ..last_hour() };
        let other = ask(store, &other);
        assert_eq!(other.recent.len(), 1);
        assert_eq!(other.timeline.expect("a timeline").stages, [stage_before]);
        let asked = PerformanceQuery { model: Some("small".into()), run: Some(id), ..last_hour() };
        assert_eq!(ask(store, &asked).timeline.expect("a timeline").run.run_id, id);

        drop(open);
        let timing = run.finish(RunOutcome::Done, false);
        assert!(store.live().is_empty());
        let performance = ask(store, &last_hour());
        assert_eq!(performance.recent.len(), 2);
        assert_eq!(performance.recent[0].total_ms.to_bits(), timing.total_ms.to_bits());
        assert_eq!(performance.timeline.expect("a timeline").stages, timing.stages);
    });
}

#[test]
fn who_waits_is_woken_by_every_change_and_only_by_changes() {
    recording(|store| {
        let mut seen = store.version();
        let mut step = |what: &str, work: &mut dyn FnMut()| {
            std::thread::scope(|scope| {
                let waiting = scope.spawn(move || store.wait_for_change(seen, Duration::from_mins(1)));
                work();
                let now = waiting.join().expect("no panic");
                assert_ne!(now, seen, "{what}");
            });
            store.flush();
            seen = store.version();
        };
        let (mut run, mut stage) = (None, None);
        step("a run starts", &mut || run = Some(RunTrace::start(meta("nano"))));
        step("a stage starts", &mut || stage = run.as_ref().map(|run| run.stage("narrative")));
        step("a stage ends", &mut || drop(stage.take()));
        step("a run ends", &mut || drop(run.take()));
        step("a cache is asked", &mut || {
            let miss = sextant_store::CacheEvent::Miss;
            store.record_cache_event(None, sextant_domain::CacheTier::Answer, miss, SystemTime::now());
        });
        let started = Instant::now();
        assert_eq!(store.wait_for_change(seen, Duration::from_millis(20)), seen);
        assert!(started.elapsed() >= Duration::from_millis(20));
    });
}

#[test]
fn a_stored_run_is_woken_for_only_when_it_can_be_read() {
    recording(|store| {
        for _ in 0..200 {
            let run = RunTrace::start(meta("nano"));
            let seen = store.version();
            let id = ask(store, &last_hour()).recent[0].run_id;
            run.finish(RunOutcome::Done, false);
            store.wait_for_change(seen, Duration::from_mins(1));
            assert!(store.run(id).expect("readable").is_some(), "woken before it was stored");
        }
    });
}

/// The united stages and the gaps, by adding up marks on a line of microseconds.
fn united_ms(stages: &[StageTiming]) -> f64 {
    let mut ends: Vec<f64> =
        stages.iter().flat_map(|stage| [stage.start_ms, stage.start_ms + stage.total_ms]).collect();
    ends.sort_by(f64::total_cmp);
    let covered = |from: f64, to: f64| {
        stages.iter().any(|stage| stage.start_ms <= from && to <= stage.start_ms + stage.total_ms)
    };
    ends.windows(2).filter(|pair| covered(pair[0], pair[1])).map(|pair| pair[1] - pair[0]).sum()
}

fn check_adds_up(timeline: &Timeline) {
    let gaps: f64 = timeline.gaps.iter().map(|gap| gap.ms).sum();
    let united = united_ms(&timeline.stages);
    assert!(
        (united + gaps - timeline.run.total_ms).abs() < 1.0,
        "{united} ms in stages and {gaps} ms between, of {} ms",
        timeline.run.total_ms
    );
    for stage in &timeline.stages {
        let phases: f64 = stage.phases().iter().map(|(_, ms)| ms).sum();
        assert!((phases + stage.remainder_ms() - stage.total_ms).abs() < 1e-6);
    }
}

#[test]
fn stages_and_gaps_of_a_recorded_run_add_up_to_its_total() {
    recording(|store| {
        let run = RunTrace::start(meta("nano"));
        let pause = || std::thread::sleep(Duration::from_millis(2));
        pause();
        let mut first = run.stage("usage_summary");
        let second = run.stage("narrative");
        pause();
        first.parsed(Duration::from_millis(1));
        first.checked(Duration::from_micros(300));
        let first = first.finish();
        assert!(first.remainder_ms() >= 0.0, "{first:?}");
        pause();
        second.finish();
        pause();
        run.stage("plan_scoring").finish();
        run.finish(RunOutcome::Done, false);
        let timeline = ask(store, &last_hour()).timeline.expect("a timeline");
        assert_eq!((timeline.stages.len(), timeline.gaps.len() >= 2), (3, true));
        assert!(timeline.gaps.iter().map(|gap| gap.ms).sum::<f64>() >= 4.0, "{timeline:?}");
        check_adds_up(&timeline);
    });
}

proptest! {
    #[test]
    fn stages_and_gaps_add_up_however_they_overlap(
        stages in prop::collection::vec((0_u32..10_000, 0_u32..4000), 0..12),
    ) {
        let stages: Vec<StageTiming> = stages
            .into_iter()
            .map(|(start_us, total_us)| StageTiming {
                start_ms: f64::from(start_us) / 1e3,
                total_ms: f64::from(total_us) / 1e3,
                ..StageTiming::default()
            })
            .collect();
        let run = RunSummary {
            run_id: RunId::generate(),
            pipeline: "recommend".into(),
            model: "nano".into(),
            device: "cpu".into(),
            started_at_ms: 0.0,
            total_ms: 14.0,
            outcome: "done".into(),
            cache_hit: false,
        };
        check_adds_up(&Timeline::new(run, stages));
    }
}
