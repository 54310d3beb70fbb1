//! Figures over a window: the same from rows, from roll-ups and once the rows are gone.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, SystemTime};

use proptest::prelude::*;
use sextant_domain::{CacheTier, Performance, PerformanceQuery, RunId, StageError};

use crate::parts::HOUR_US;
use crate::testing::{HOUR, ask, at, delete_rows, hours, keep, mark, roll, run, stage, store};
use crate::{CacheEvent, RunOutcome, RunRow, Store};

const MINUTE_US: i64 = 60_000_000;

/// What must not depend on where the figures come from.
fn figures(mut performance: Performance) -> Performance {
    performance.recent.clear();
    performance.timeline = None;
    performance
}

/// The definition, by counting: the smallest sample that covers so many percent.
fn nearest_rank(samples: &[u32], percent: usize) -> f64 {
    let covers =
        |value: u32| samples.iter().filter(|&&other| other <= value).count() * 100 >= percent * samples.len();
    let sample = samples.iter().copied().filter(|&value| covers(value)).min();
    f64::from(sample.expect("there are samples")) / 1e3
}

/// One store for all cases, each with hours of its own.
static STORE: LazyLock<Store> = LazyLock::new(store);
static NEXT_HOUR: AtomicI64 = AtomicI64::new(1000);

/// Total in microseconds, and when its run starts, in microseconds after the first hour's beginning.
fn sample() -> impl Strategy<Value = (u32, i64)> {
    let total = prop_oneof![Just(5000_u32), 0_u32..20, 1_u32..90_000_000];
    (total, 0..3 * HOUR_US)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn percentiles_are_exact_from_rows_from_roll_ups_and_without_rows(
        series in prop::collection::vec(sample(), 1..60),
        begin_us in 0..HOUR_US,
    ) {
        let first = NEXT_HOUR.fetch_add(24, Ordering::Relaxed);
        let offset_us = first * HOUR_US;
        let store = &*STORE;
        for (total_us, at_us) in &series {
            let name = if at_us % 2 == 0 { "narrative" } else { "narrative_2" };
            let mut row = run(at(offset_us + at_us));
            row.total_ms = 0.0;
            keep(store, row, vec![stage(name, f64::from(*total_us) / 1e3)]);
        }
        // Half a day and a bit: whole hours are rolled up, the first is cut, and nothing is young.
        let now_us = offset_us + 13 * HOUR_US + begin_us;
        let query = PerformanceQuery { window_ms: 13.0 * 3.6e6, ..PerformanceQuery::default() };
        let from_rows = ask(store, &query, at(now_us));
        let within: Vec<u32> =
            series.iter().filter(|(_, at_us)| *at_us >= begin_us).map(|(total_us, _)| *total_us).collect();
        prop_assert_eq!(from_rows.runs, within.len() as u64);
        if let [series] = &from_rows.stages[..] {
            prop_assert_eq!(series.n, within.len() as u64);
            let found = [series.p50_ms, series.p90_ms, series.p95_ms, series.p99_ms];
            let expected = [50, 90, 95, 99].map(|percent| nearest_rank(&within, percent));
            prop_assert_eq!(found.map(f64::to_bits), expected.map(f64::to_bits));
            let points = &series.points;
            prop_assert_eq!(points.iter().map(|point| point.n).sum::<u64>(), series.n);
            prop_assert!(points.iter().all(|p| p.min_ms <= p.p50_ms && p.p50_ms <= p.p95_ms && p.p95_ms <= p.max_ms));
        } else {
            prop_assert!(within.is_empty() && from_rows.stages.is_empty());
        }

        roll(store, HOUR + first, 3);
        let from_roll_ups = ask(store, &query, at(now_us));
        prop_assert_eq!(figures(from_roll_ups), figures(from_rows));

        // Without rows, windows begin with whole hours.
        let whole = at(now_us - begin_us);
        let before = ask(store, &query, whole);
        prop_assert_eq!(before.runs, series.len() as u64);
        delete_rows(store, HOUR + first, 3);
        let without_rows = ask(store, &query, whole);
        prop_assert_eq!(figures(without_rows), figures(before.clone()));
        let cut = ask(store, &query, at(now_us));
        prop_assert_eq!(cut.runs, before.runs);
        prop_assert_eq!(cut.since_ms.to_bits(), before.since_ms.to_bits());
    }
}

/// Two models, two pipelines, all outcomes, over two hours and a bit.
fn mixed() -> Store {
    let store = store();
    let outcomes = [RunOutcome::Done, RunOutcome::Degraded, RunOutcome::Failed, RunOutcome::Stopped];
    for number in 0..40_i32 {
        let mut row = run(at(i64::from(number) * 3 * MINUTE_US));
        if number % 2 == 0 {
            row.model = "small".into();
        }
        if number % 5 == 0 {
            row.pipeline = "council".into();
            row.device = "cuda".into();
        }
        row.outcome = outcomes[usize::try_from(number % 4).expect("small")];
        let mut second = stage("narrative_3", f64::from(number) + 0.125);
        if number % 8 == 1 {
            second.attempts = 2;
            second.error = Some(StageError { code: "timed_out".into(), message: "Too long.".into() });
        }
        if number % 8 == 3 {
            second.error = Some(StageError { code: "stopped".into(), message: "Stopped.".into() });
        }
        keep(&store, row, vec![stage("usage_summary", 1.0), second]);
        let event = match number % 4 {
            0 => CacheEvent::Hit { age: Duration::from_secs(1) },
            1 | 2 => CacheEvent::Miss,
            _ => CacheEvent::Evicted,
        };
        store.record_cache_event(None, CacheTier::Answer, event, at(i64::from(number) * 3 * MINUTE_US));
    }
    store
}

const NOW_US: i64 = 2 * HOUR_US + MINUTE_US;

#[test]
fn everything_of_the_window_is_counted() {
    let all = ask(&mixed(), &hours(24.0), at(NOW_US));
    assert_eq!(all.runs, 40);
    let [narrative, usage] = &all.stages[..] else { panic!("two stages: {:?}", all.stages) };
    assert_eq!((narrative.stage.as_str(), narrative.n, narrative.errors), ("narrative", 40, 5));
    assert_eq!(
        (usage.stage.as_str(), usage.n, usage.p99_ms.to_bits()),
        ("usage_summary", 40, 1.0_f64.to_bits())
    );
    assert_eq!(narrative.p50_ms.to_bits(), 19.125_f64.to_bits());
    let [nano, small] = &all.models[..] else { panic!("two models: {:?}", all.models) };
    assert_eq!((nano.model.as_str(), nano.n, small.n), ("nano", 40, 40));
    assert_eq!((nano.prompt_tokens, nano.cached_tokens, nano.completion_tokens), (1200, 400, 280));
    let speeds = [nano.decode_tokens_per_s, nano.prefill_tokens_per_s];
    assert_eq!(speeds.map(f64::to_bits), [500.0_f64, 4000.0].map(f64::to_bits));
    let sum = |count: fn(&sextant_domain::OutcomePoint) -> u64| all.outcomes.iter().map(count).sum::<u64>();
    assert_eq!([sum(|o| o.done), sum(|o| o.degraded), sum(|o| o.failed), sum(|o| o.stopped)], [10; 4]);
    assert_eq!([sum(|o| o.stage_errors), sum(|o| o.fallbacks)], [5, 5]);
    let [cache] = &all.caches[..] else { panic!("one cache: {:?}", all.caches) };
    assert_eq!((cache.hits, cache.misses, cache.evictions), (10, 20, 10));
    assert_eq!(cache.points.iter().map(|point| point.misses).sum::<u64>(), 20);
    assert_eq!(all.choices.pipelines, ["council", "recommend"]);
    assert_eq!(all.choices.models, ["nano", "small"]);
    assert_eq!(all.choices.devices, ["cpu", "cuda"]);
    assert_eq!(all.recent.len(), 40);
    assert!(all.recent.is_sorted_by(|a, b| a.started_at_ms > b.started_at_ms));
    let timeline = all.timeline.expect("a timeline");
    assert_eq!((&timeline.run, timeline.stages.len()), (&all.recent[0], 2));
    assert_eq!(all.clock_set_back, 0);
}

#[test]
fn filters_leave_out_everything_but_caches_and_choices() {
    let store = mixed();
    for rolled in [false, true] {
        if rolled {
            roll(&store, HOUR, 2);
        }
        for window in [5.0, 24.0] {
            let all = ask(&store, &hours(window), at(NOW_US));
            let query = PerformanceQuery { model: Some("nano".into()), ..hours(window) };
            let nano = ask(&store, &query, at(NOW_US));
            assert_eq!((nano.runs, nano.recent.len()), (20, 20));
            assert_eq!(nano.stages[0].n, 20);
            assert_eq!(nano.models, [all.models[0].clone()]);
            assert_eq!((nano.caches, nano.choices), (all.caches.clone(), all.choices.clone()));
            assert!(nano.recent.iter().all(|run| run.model == "nano"));
            let asked = all.recent.last().expect("a run").run_id;
            let query = PerformanceQuery {
                pipeline: Some("council".into()),
                device: Some("cuda".into()),
                run: Some(asked),
                ..hours(window)
            };
            let council = ask(&store, &query, at(NOW_US));
            assert_eq!((council.runs, council.recent.len()), (8, 8));
            assert_eq!(council.timeline.expect("a timeline").run.run_id, asked);
            let nobody = PerformanceQuery { model: Some("nobody".into()), ..hours(window) };
            let nobody = ask(&store, &nobody, at(NOW_US));
            assert_eq!((nobody.runs, nobody.stages.len(), nobody.models.len()), (0, 0, 0));
            assert!(nobody.outcomes.is_empty() && nobody.recent.is_empty() && nobody.timeline.is_none());
            assert_eq!(nobody.choices, all.choices);
        }
    }
}

#[test]
fn windows_end_exactly_where_they_say() {
    let store = store();
    for us in [0, 1, HOUR_US - 1, HOUR_US, 8 * HOUR_US] {
        keep(&store, run(at(us)), vec![stage("narrative", 1.0)]);
        store.record_cache_event(None, CacheTier::Answer, CacheEvent::Miss, at(us));
    }
    let count = |hours_back: f64, now: SystemTime| {
        let performance = ask(&store, &hours(hours_back), now);
        let stages = performance.stages.first().map_or(0, |series| series.n);
        let misses = performance.caches.first().map_or(0, |cache| cache.misses);
        assert_eq!((performance.runs, stages, misses), (stages, stages, stages));
        stages
    };
    for rolled in [false, true] {
        if rolled {
            roll(&store, HOUR, 8);
        }
        assert_eq!(count(8.0, at(8 * HOUR_US)), 5);
        assert_eq!(count(8.0, at(8 * HOUR_US + 1)), 4);
        assert_eq!(count(8.0, at(8 * HOUR_US - 1)), 4);
        assert_eq!(count(7.0, at(8 * HOUR_US)), 2);
        assert_eq!(count(1.0, at(HOUR_US - 1)), 3);
        assert_eq!(count(1.0, at(HOUR_US + 1)), 3);
        assert_eq!(count(0.0, at(1)), 1);
        assert_eq!(count(0.0, at(2)), 0);
        assert_eq!(count(-5.0, at(2)), 0);
        assert_eq!(count(f64::NAN, at(1)), 1);
        assert_eq!(count(f64::INFINITY, at(9 * HOUR_US)), 5);
        assert_eq!(count(1e300, SystemTime::UNIX_EPOCH), 0);
    }
}

#[test]
fn a_run_that_comes_late_is_counted_wherever_its_hour_is() {
    let store = store();
    let one = |total_ms| vec![stage("narrative", total_ms)];
    keep(&store, run(at(5)), one(1.0));
    roll(&store, HOUR, 8);
    assert_eq!(mark(&store, HOUR), Some(true));

    keep(&store, run(at(6)), one(3.0));
    store.record_cache_event(None, CacheTier::Answer, CacheEvent::Miss, at(HOUR_US + 1));
    assert_eq!(
        (mark(&store, HOUR), mark(&store, HOUR + 1), mark(&store, HOUR + 2)),
        (None, None, Some(true))
    );
    let check = |runs: u64, max_ms: f64, misses: u64| {
        let performance = ask(&store, &hours(8.0), at(8 * HOUR_US));
        assert_eq!((performance.runs, performance.stages[0].n), (runs, runs));
        assert_eq!(performance.stages[0].p99_ms.to_bits(), max_ms.to_bits());
        assert_eq!(performance.caches[0].misses, misses);
    };
    check(2, 3.0, 1);
    roll(&store, HOUR, 2);
    check(2, 3.0, 1);

    delete_rows(&store, HOUR, 2);
    check(2, 3.0, 1);
    keep(&store, run(at(7)), one(9.0));
    store.record_cache_event(None, CacheTier::Answer, CacheEvent::Miss, at(HOUR_US + 2));
    check(3, 9.0, 2);
    assert_eq!(mark(&store, HOUR), Some(false), "its rows stay gone");
    assert!(store.runs(None).expect("readable").is_empty());
}

#[test]
fn a_stage_that_outlives_its_run_has_its_hour_rolled_again() {
    let store = store();
    let row = run(at(5));
    let id = row.id;
    keep(&store, row, vec![stage("narrative", 1.0)]);
    roll(&store, HOUR, 1);
    let late =
        |run| crate::writer::HistoryWrite::LateStage { run, position: 1, stage: stage("narrative_2", 2.0) };
    store.record(late(id));
    store.record(late(RunId::generate()));
    assert_eq!(mark(&store, HOUR), None);
    roll(&store, HOUR, 1);
    assert_eq!(ask(&store, &hours(8.0), at(8 * HOUR_US - 1)).stages[0].n, 2);
}

#[test]
fn a_clock_that_is_set_back_is_counted_once_for_each_time() {
    let store = store();
    let start = |us: i64, total_ms: f64| {
        let row = RunRow { total_ms, ..run(at(us)) };
        keep(&store, row, vec![]);
    };
    start(0, 5000.0);
    start(10_000_000, 1000.0);
    // Under way at the same time, and stored in the other order: no suspicion.
    start(9_500_000, 1000.0);
    // Within the slack.
    start(9_000_000, 600.0);
    assert_eq!(ask(&store, &hours(9.0), at(9 * HOUR_US)).clock_set_back, 0);
    start(-HOUR_US / 2, 100.0);
    start(-HOUR_US / 2 + 200_000, 100.0);
    start(-HOUR_US / 2 + 400_000, 100.0);
    assert_eq!(ask(&store, &hours(9.6), at(9 * HOUR_US)).clock_set_back, 1);
    roll(&store, HOUR - 1, 4);
    assert_eq!(ask(&store, &hours(9.6), at(9 * HOUR_US)).clock_set_back, 1);
    let filtered = PerformanceQuery { model: Some("nobody".into()), ..hours(9.6) };
    assert_eq!(ask(&store, &filtered, at(9 * HOUR_US)).clock_set_back, 1);
}

/// Somebody's first hours, looked at through a day.
#[test]
fn a_young_history_has_points_closer_than_an_hour() {
    let store = store();
    let minute = 60_000_000;
    for us in [0, 10 * minute, 70 * minute] {
        keep(&store, run(at(us)), vec![stage("narrative", 1.0)]);
    }
    for rolled in [false, true] {
        if rolled {
            roll(&store, HOUR, 1);
        }
        let day = ask(&store, &hours(24.0), at(80 * minute));
        assert_eq!((day.runs, day.stages[0].points.len(), day.bucket_ms), (3, 3, 60_000.0));
        // A year would have too many buckets to count.
        assert!(ask(&store, &hours(8760.0), at(80 * minute)).bucket_ms >= 3.6e6);
    }
    let later = ask(&store, &hours(24.0), at(7 * HOUR_US));
    assert_eq!((later.runs, later.bucket_ms), (3, 3.6e6));
}

#[test]
fn the_timeline_is_that_of_the_newest_run_that_computed_something() {
    let store = store();
    let computed = run(at(0));
    keep(&store, computed.clone(), vec![stage("narrative", 1.0)]);
    keep(&store, RunRow { cache_hit: true, ..run(at(5)) }, Vec::new());
    let shown = ask(&store, &hours(1.0), at(10)).timeline.map(|timeline| timeline.run.run_id);
    assert_eq!(shown, Some(computed.id));
}
