//! What the writer does by itself: rolling up and deleting, at the start and while the store is open.

use std::path::Path;
use std::time::{Duration, Instant, SystemTime};

use sextant_domain::CacheTier;

use crate::parts::HOUR_US;
use crate::testing::{HOUR, ask, at, hours, keep, mark, run, stage};
use crate::{CacheEvent, Store, StoreOptions};

/// Waits until it holds; the bound only keeps a broken one from hanging.
fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let started = Instant::now();
    while !holds() {
        assert!(started.elapsed() < Duration::from_mins(1), "{what}");
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn open(path: &Path, now: SystemTime) -> Store {
    let options = StoreOptions { now, look_after_every: Duration::from_millis(5), ..StoreOptions::default() };
    Store::open_with(path, &options).expect("a store")
}

fn fill(store: &Store) {
    for hour in 0..3 {
        for number in 0..50 {
            keep(store, run(at(hour * HOUR_US + number)), vec![stage("narrative", 2.5)]);
            store.record_cache_event(None, CacheTier::Answer, CacheEvent::Miss, at(hour * HOUR_US + number));
        }
    }
    store.flush();
}

#[test]
fn finished_hours_are_rolled_up_while_the_store_is_open() {
    let folder = tempfile::tempdir().expect("a folder");
    let store = open(&folder.path().join("store.db"), at(2 * HOUR_US + HOUR_US / 2));
    fill(&store);
    eventually("two hours are rolled up", || {
        mark(&store, HOUR) == Some(true) && mark(&store, HOUR + 1) == Some(true)
    });
    assert_eq!(mark(&store, HOUR + 2), None, "the hour isn't over");
    keep(&store, run(at(9)), vec![stage("narrative", 2.5)]);
    store.flush();
    eventually("a late run's hour is rolled up again", || mark(&store, HOUR) == Some(true));
    assert_eq!(ask(&store, &hours(12.0), at(3 * HOUR_US)).runs, 151);
    assert!(store.notices().is_empty(), "{:?}", store.notices());
}

#[test]
fn figures_outlive_their_rows_and_go_after_a_year() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("store.db");
    let store = open(&path, at(3 * HOUR_US));
    fill(&store);
    drop(store);

    let month = 31 * 24 * HOUR_US;
    let store = open(&path, at(month));
    eventually("the rows are gone", || store.runs(None).expect("readable").is_empty());
    let year = hours(365.0 * 24.0);
    let kept = ask(&store, &year, at(month));
    assert_eq!((kept.runs, kept.stages[0].n, kept.caches[0].misses), (150, 150, 150));
    assert_eq!(kept.stages[0].p50_ms.to_bits(), 2.5_f64.to_bits());
    assert!(kept.recent.is_empty());
    assert_eq!(mark(&store, HOUR), Some(false));
    assert_eq!(ask(&store, &hours(3.0), at(3 * HOUR_US)).runs, 150, "for short windows too");
    keep(&store, run(at(9)), vec![stage("narrative", 2.5)]);
    assert_eq!(ask(&store, &hours(3.0), at(3 * HOUR_US)).runs, 151);
    drop(store);

    let two_years = 2 * 365 * 24 * HOUR_US;
    let store = open(&path, at(two_years));
    eventually("the figures are gone", || ask(&store, &hours(1e6), at(two_years)).runs == 0);
    eventually("no mark is left", || mark(&store, HOUR).is_none());
    assert!(store.notices().is_empty(), "{:?}", store.notices());
}

#[test]
fn rows_from_before_all_time_are_deleted_without_a_trace() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("store.db");
    let store = open(&path, at(0));
    // A machine whose clock had stopped.
    keep(&store, run(SystemTime::UNIX_EPOCH), vec![stage("narrative", 1.0)]);
    store.flush();
    eventually("it is deleted", || store.runs(None).expect("readable").is_empty());
    assert_eq!(ask(&store, &hours(f64::INFINITY), at(0)).runs, 0);
}
