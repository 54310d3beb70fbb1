//! Alarms: found where something has changed, quiet where nothing has.

use std::sync::{Arc, Mutex};
use std::time::{Duration, UNIX_EPOCH};

use sextant_domain::{Alert, AlertKind, PerformanceQuery, StageError};
use tracing_subscriber::layer::{Context, Layer, SubscriberExt as _};

use super::*;
use crate::parts::{Samples, whole_micros};
use crate::testing::HOUR as FIRST_HOUR;
use crate::testing::{Random, ask, at, hours, keep, roll, run, stage, store};

fn narrative() -> Key {
    ["narrative", "nano", "cpu"].map(str::to_owned)
}

/// Microseconds around 300 ms.
fn series(random: &mut Random, n: usize, variation: f64, slower: f64) -> SampleSet {
    scaled_series(random, n, variation, 300.0 * slower)
}

fn scaled_series(random: &mut Random, n: usize, variation: f64, median_ms: f64) -> SampleSet {
    let mut set = SampleSet::default();
    for _ in 0..n {
        let sample = Samples::One(whole_micros(median_ms * random.log_normal(variation)));
        set.append(sample).expect("one sample is fine");
    }
    set
}

fn before(samples: SampleSet) -> Before {
    let [median_us] = percentiles_of_unsorted(&[&samples], [50.0]);
    Before { samples, median_us }
}

/// Of so many hours with `n` samples each, the share that alarms; the week before has `n` an hour too.
fn alarms(hours: u32, n: usize, variation: f64, slower: f64) -> f64 {
    let rule = Thresholds::default().regression;
    let mut random = Random(42);
    let mut found = 0_u32;
    let mut week = Before::default();
    for hour in 0..hours {
        if hour % 50 == 0 {
            week = before(series(&mut random, n * 168, variation, 1.0));
        }
        let samples = series(&mut random, n, variation, slower);
        found += u32::from(regression(&narrative(), &samples, &week, &rule).is_some());
    }
    f64::from(found) / f64::from(hours)
}

#[test]
fn a_shift_by_thirty_percent_is_found() {
    for (n, variation) in [(20, 0.15), (30, 0.2), (60, 0.3), (120, 0.4)] {
        let share = alarms(1000, n, variation, 1.3);
        println!("n {n} an hour, CV {variation}: {share} of the shifted hours found");
        assert!(share >= 0.95, "n {n}, CV {variation}: {share}");
    }
}

#[test]
fn quiet_hours_raise_no_alarm() {
    for (n, variation) in [(20, 0.15), (20, 0.5), (30, 0.3), (60, 0.3), (120, 0.4)] {
        let share = alarms(5000, n, variation, 1.0);
        println!("n {n} an hour, CV {variation}: {share} of the quiet hours alarm");
        assert!(share <= 0.001, "n {n}, CV {variation}: {share}");
    }
}

#[test]
fn trifles_and_small_numbers_raise_no_alarm() {
    let rule = Thresholds::default().regression;
    let mut random = Random(7);
    let mut found = |n, baseline_n, slower: f64, scale: f64| {
        let week = before(scaled_series(&mut random, baseline_n, 0.1, 300.0 * scale));
        let samples = scaled_series(&mut random, n, 0.1, 300.0 * scale * slower);
        regression(&narrative(), &samples, &week, &rule)
    };
    assert_eq!(found(5000, 50_000, 1.1, 1.0), None, "significant, but a trifle");
    assert_eq!(found(19, 5000, 3.0, 1.0), None, "too few this hour");
    assert_eq!(found(500, 19, 3.0, 1.0), None, "too few before");
    assert_eq!(found(500, 5000, 1.5, 0.01), None, "too short to notice");
    assert_eq!(found(500, 5000, 0.5, 1.0), None, "faster");
    assert!(found(20, 20, 3.0, 1.0).is_some());
}

#[test]
fn figures_in_messages_are_grouped() {
    assert_eq!([0, 999, 1432, 1_234_567].map(grouped), ["0", "999", "1,432", "1,234,567"]);
    assert_eq!([0.25, 99.94, 412.4, 7000.0].map(figure), ["0.2", "99.9", "412", "7,000"]);
}

/// A week of 301 ms on one model, then an hour of 412 ms; nothing has changed on another.
fn slowed() -> crate::Store {
    let store = store();
    let week_us = 7 * 24 * HOUR_US;
    for number in 0..2000_i64 {
        for (model, ms) in [("nano", 301.0), ("small", 500.0)] {
            let mut row = run(at(number * week_us / 2000));
            row.model = model.into();
            keep(&store, row, vec![stage("narrative", ms)]);
        }
        if number % 500 == 0 {
            // Before the queue is full.
            store.flush();
        }
    }
    for number in 0..60 {
        for (model, ms) in [("nano", 412.0), ("small", 500.0)] {
            let mut row = run(at(week_us + 60_000_000 * number));
            row.model = model.into();
            keep(&store, row, vec![stage("narrative_2", ms)]);
        }
    }
    store
}

fn regressions(alerts: &[Alert]) -> Vec<&Alert> {
    alerts.iter().filter(|alert| matches!(alert.kind, AlertKind::Regression { .. })).collect()
}

#[test]
fn a_slower_hour_is_told_with_its_figures_from_rows_and_from_roll_ups() {
    let store = slowed();
    let now = at(7 * 24 * HOUR_US + HOUR_US);
    for rolled in [false, true] {
        if rolled {
            roll(&store, FIRST_HOUR, 168);
        }
        let performance = ask(&store, &hours(1.0), now);
        let [alert] = regressions(&performance.alerts)[..] else { panic!("one: {:?}", performance.alerts) };
        assert_eq!((alert.stage.as_str(), alert.model.as_str(), alert.n), ("narrative", "nano", 60));
        assert_eq!(
            alert.message,
            "narrative on nano takes 412 ms at the median this hour (n 60), 301 ms over the last 7 days \
             (n 2,000)"
        );
        let AlertKind::Regression { p_value, baseline_n, .. } = alert.kind else { unreachable!() };
        assert!(p_value < 1e-6 && baseline_n == 2000);
        assert!(!alert.advice.is_empty());
    }
    let other = PerformanceQuery { model: Some("small".into()), ..hours(1.0) };
    assert!(ask(&store, &other, now).alerts.is_empty(), "filters apply to alerts");
    assert!(regressions(&ask(&store, &hours(1.0), at(7 * 24 * HOUR_US)).alerts).is_empty(), "an hour before");
}

#[test]
fn slow_and_failing_stages_are_told() {
    let store = store();
    for number in 0..10 {
        let mut row = run(at(number));
        row.total_ms = 20_001.0;
        let mut failed = stage("plan_scoring", 10.0);
        if number == 0 {
            failed.error = Some(StageError { code: "timed_out".into(), message: "Too long.".into() });
        }
        let slow = if number < 9 { 1.0 } else { 7000.5 };
        keep(
            &store,
            row,
            vec![stage("narrative", slow), failed, stage("synthesis", 7000.0), stage("answer", 5001.0)],
        );
    }
    let told: Vec<(String, String)> = ask(&store, &hours(24.0), at(60_000_000))
        .alerts
        .into_iter()
        .map(|alert| (alert.stage, alert.message))
        .collect();
    let expected = [
        (
            "answer",
            "answer on nano takes 5,001 ms at the 95th percentile this hour (n 10); the limit is 5,000 ms",
        ),
        (
            "narrative",
            "narrative on nano takes 7,001 ms at the 95th percentile this hour (n 10); the limit is 7,000 ms",
        ),
        ("plan_scoring", "plan_scoring on nano failed 1 of 10 times this hour (10.0 %); the limit is 1.0 %"),
        (
            "total",
            "A whole run on nano takes 20,001 ms at the 95th percentile this hour (n 10); the limit is 20,000 ms",
        ),
    ];
    assert_eq!(told, expected.map(|(stage, message)| (stage.to_owned(), message.to_owned())));
    assert!(ask(&store, &hours(24.0), at(2 * HOUR_US)).alerts.is_empty(), "that was another hour");
}

/// Counts warnings.
struct Warnings(Arc<Mutex<u32>>);

impl<S: tracing::Subscriber> Layer<S> for Warnings {
    fn on_event(&self, event: &tracing::Event<'_>, _: Context<'_, S>) {
        if *event.metadata().level() == tracing::Level::WARN {
            *self.0.lock().expect("no panic") += 1;
        }
    }
}

#[test]
fn the_log_hears_of_each_alert_once() {
    let warnings = Arc::new(Mutex::new(0));
    let count = || *warnings.lock().expect("no panic");
    let subscriber = tracing_subscriber::registry().with(Warnings(Arc::clone(&warnings)));
    let alert = |stage: &str| Alert {
        kind: AlertKind::Errors { share: 0.5, limit: 0.01 },
        stage: stage.into(),
        model: "nano".into(),
        n: 9,
        message: "It fails.".into(),
        advice: "Look.".into(),
    };
    let minute = |number: u64| UNIX_EPOCH + Duration::from_mins(1000 + number);
    tracing::subscriber::with_default(subscriber, || {
        let warned = Warned::default();
        warned.warn_of_new(&[alert("a")], minute(0));
        warned.warn_of_new(&[alert("a")], minute(50));
        warned.warn_of_new(&[], minute(51));
        warned.warn_of_new(&[alert("a")], minute(100));
        assert_eq!(count(), 1);
        warned.warn_of_new(&[alert("a"), alert("b")], minute(101));
        assert_eq!(count(), 2);
        warned.warn_of_new(&[alert("a")], minute(200));
        assert_eq!(count(), 3, "after an hour without, it is new again");
    });
}
