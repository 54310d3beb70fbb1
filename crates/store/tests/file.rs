//! The database as a file: made, refused, set aside, full, locked, cut off, and cleaned up.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use sextant_domain::{CacheTier, Catalog, HomeUsage, ItemId, MonthUsage, Plan, RunId, Tariff};
use sextant_store::{
    CacheEvent, HistoryLayer, PerfLines, RunMeta, RunOutcome, RunTrace, Store, StoreError, StoreOptions,
};
use tempfile::TempDir;
use tracing_subscriber::layer::SubscriberExt as _;

fn folder() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("data").join("sextant.db");
    (folder, path)
}

fn home(name: &str) -> HomeUsage {
    let months = (1..=12).map(|month| MonthUsage { month, kwh: 500.into() }).collect();
    HomeUsage { home: name.into(), months }
}

fn catalog(plans: u64) -> Catalog {
    let plan = |line: u64| Plan {
        id: ItemId(line.to_string()),
        name: "A plan with a name".into(),
        supplier: "A supplier".into(),
        area: None,
        tariff: Tariff::AveragePrices { at_500: 1.into(), at_1000: 1.into(), at_2000: 1.into() },
        term_months: None,
        exit_fee: None,
        renewable_percent: None,
        fixed_price: None,
        terms: "Terms that take some room in the file. ".repeat(4),
        flags: vec![],
        columns: [("name".to_owned(), "value".to_owned())].into(),
        line,
    };
    Catalog {
        name: "plans.csv".into(),
        hash: "hash".into(),
        currency: "USD".into(),
        headers: vec![],
        plans: (0..plans).map(plan).collect(),
    }
}

/// Records one run with two stages, and gives its id.
fn record_run() -> RunId {
    let run_id = RunId::generate();
    let run = RunTrace::start(RunMeta {
        run_id,
        pipeline: "recommend",
        pack: "energy".into(),
        model: "nano".into(),
        engine: "scripted".into(),
        device: "cpu".into(),
        quantisation: "q8_0".into(),
    });
    run.stage("usage_summary").finish();
    run.stage("narrative").finish();
    run.finish(RunOutcome::Done, false);
    run_id
}

fn record_runs(store: &Store, count: usize) -> Vec<RunId> {
    let layer = HistoryLayer::new(Some(store.clone()), PerfLines::Off);
    let subscriber = tracing_subscriber::registry().with(layer);
    tracing::subscriber::with_default(subscriber, || (0..count).map(|_| record_run()).collect())
}

/// What `open` says about the file, as the person reads it.
fn refusal(path: &Path, options: &StoreOptions) -> (StoreError, String) {
    let error = Store::open_with(path, options).expect_err("it can't be opened");
    let text = error.to_string();
    assert!(text.contains(&path.display().to_string()), "the path is missing in: {text}");
    (error, text)
}

fn files_beside(path: &Path) -> Vec<String> {
    let folder = path.parent().expect("the file is in a folder");
    let mut names: Vec<String> = fs::read_dir(folder)
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

#[test]
fn what_was_written_is_there_after_opening_again() {
    let (_folder, path) = folder();
    let store = Store::open(&path).expect("a new file with its folder");
    store.put_home("homes.csv", &home("A"), UNIX_EPOCH).expect("kept");
    let ids = record_runs(&store, 3);
    drop(store);
    assert_eq!(files_beside(&path), ["sextant.db"], "closing leaves one file");
    let store = Store::open(&path).expect("the same file");
    assert_eq!(store.homes().expect("readable").len(), 1);
    let mut newest_first: Vec<RunId> =
        store.runs(None).expect("readable").into_iter().map(|run| run.id).collect();
    newest_first.reverse();
    assert_eq!(newest_first, ids);
    assert!(store.notices().is_empty());
}

#[test]
fn a_database_from_a_newer_version_is_refused_and_not_touched() {
    let (_folder, path) = folder();
    drop(Store::open(&path).expect("a new file"));
    let connection = rusqlite::Connection::open(&path).expect("the file");
    connection.execute_batch("PRAGMA user_version = 4711").expect("a newer version");
    drop(connection);
    let before = fs::read(&path).expect("readable");
    let (error, text) = refusal(&path, &StoreOptions::default());
    assert!(matches!(error, StoreError::NewerVersion { found: 4711, .. }), "{error:?}");
    assert!(text.contains("update Sextant"), "{text}");
    assert_eq!(fs::read(&path).expect("readable"), before);
    assert_eq!(files_beside(&path), ["sextant.db"]);
}

#[test]
fn a_newer_version_that_is_still_in_the_log_is_refused_and_not_touched() {
    let (_folder, path) = folder();
    drop(Store::open(&path).expect("a new file"));
    let newer = rusqlite::Connection::open(&path).expect("the file");
    newer.execute_batch("PRAGMA user_version = 4711").expect("a newer version, in the log");
    // What a crash leaves: the file and the log, but nobody who has them open.
    let copy = path.with_file_name("copy.db");
    fs::copy(&path, &copy).expect("copied");
    let log = path.with_file_name("sextant.db-wal");
    fs::copy(&log, path.with_file_name("copy.db-wal")).expect("copied");
    let before = (fs::read(&copy).expect("readable"), fs::read(&log).expect("readable"));
    let (error, _) = refusal(&copy, &StoreOptions::default());
    assert!(matches!(error, StoreError::NewerVersion { found: 4711, .. }), "{error:?}");
    let after = fs::read(path.with_file_name("copy.db-wal")).expect("the log is still there");
    assert_eq!((fs::read(&copy).expect("readable"), after), before);
}

/// Damages the file, and expects it to be kept aside, a usable new one, and one notice.
fn check_set_aside(damage: impl FnOnce(&mut Vec<u8>)) {
    let (_folder, path) = folder();
    let store = Store::open(&path).expect("a new file");
    store.put_catalog("energy", &catalog(200), UNIX_EPOCH).expect("kept");
    drop(store);
    let mut bytes = fs::read(&path).expect("readable");
    damage(&mut bytes);
    fs::write(&path, &bytes).expect("written");

    let now = UNIX_EPOCH + Duration::from_secs(1_800_000_001);
    let store = Store::open_with(&path, &StoreOptions { now, ..StoreOptions::default() })
        .expect("a new file in its place");
    let aside = path.with_file_name("sextant.db.corrupt-1800000001");
    assert_eq!(fs::read(&aside).expect("kept aside"), bytes);
    let notices = store.notices();
    assert_eq!(notices.len(), 1);
    assert!(notices[0].contains(&aside.display().to_string()), "{notices:?}");
    assert!(store.catalogs("energy").expect("readable").is_empty());
    store.put_home("homes.csv", &home("A"), now).expect("the new file takes writes");
}

#[test]
fn a_file_that_is_no_database_is_set_aside() {
    check_set_aside(|bytes| *bytes = b"not a database at all; ".repeat(400));
}

#[test]
fn a_truncated_file_is_set_aside() {
    check_set_aside(|bytes| bytes.truncate(bytes.len() / 2));
}

#[test]
fn a_file_with_a_damaged_page_is_set_aside() {
    check_set_aside(|bytes| {
        let middle = bytes.len() / 2 / 4096 * 4096;
        bytes[middle..middle + 4096].fill(0xA5);
    });
}

#[test]
fn an_empty_file_is_a_new_database() {
    let (_folder, path) = folder();
    fs::create_dir_all(path.parent().expect("a folder")).expect("made");
    fs::write(&path, b"").expect("written");
    let store = Store::open(&path).expect("a database");
    assert!(store.notices().is_empty());
}

#[test]
fn a_folder_in_the_place_of_the_file_is_refused() {
    let (_folder, path) = folder();
    fs::create_dir_all(&path).expect("made");
    let (error, _) = refusal(&path, &StoreOptions::default());
    assert!(matches!(error, StoreError::NotOpened { .. }), "{error:?}");
}

#[test]
fn a_file_in_the_place_of_the_folder_is_refused() {
    let (_folder, path) = folder();
    fs::write(path.parent().expect("a folder"), b"").expect("written");
    let (error, _) = refusal(&path, &StoreOptions::default());
    assert!(matches!(error, StoreError::NotOpened { .. }), "{error:?}");
}

#[test]
fn a_file_that_another_program_has_locked_is_refused() {
    let (_folder, path) = folder();
    drop(Store::open(&path).expect("a new file"));
    let other = rusqlite::Connection::open(&path).expect("the file");
    other
        .execute_batch("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE; CREATE TABLE t (x)")
        .expect("locked");
    let options = StoreOptions { lock_timeout: Duration::from_millis(20), ..StoreOptions::default() };
    let (error, text) = refusal(&path, &options);
    assert!(matches!(error, StoreError::Locked { .. }), "{error:?}");
    assert!(text.contains("close it"), "{text}");
    drop(other);
    Store::open(&path).expect("free again");
}

#[test]
fn a_full_disk_keeps_nothing_half_imported() {
    let (_folder, path) = folder();
    let options = StoreOptions { size_limit_bytes: Some(400 << 10), ..StoreOptions::default() };
    let store = Store::open_with(&path, &options).expect("a small file");
    store.put_home("homes.csv", &home("A"), UNIX_EPOCH).expect("there is room");
    let error = store.put_catalog("energy", &catalog(5000), UNIX_EPOCH).expect_err("no room");
    assert!(matches!(error, StoreError::DiskFull { .. }), "{error:?}");
    assert!(error.to_string().contains("free some space"), "{error}");
    assert!(store.catalogs("energy").expect("readable").is_empty());
    assert_eq!(store.catalog("hash").expect("readable"), None);
    store.put_catalog("energy", &catalog(20), UNIX_EPOCH).expect("a small list has room");
    assert_eq!(store.homes().expect("readable").len(), 1);
}

#[test]
fn a_full_disk_stops_the_history_and_nothing_else() {
    let (_folder, path) = folder();
    let options = StoreOptions { size_limit_bytes: Some(200 << 10), ..StoreOptions::default() };
    let store = Store::open_with(&path, &options).expect("a small file");
    store.put_home("homes.csv", &home("A"), UNIX_EPOCH).expect("there is room");
    for _ in 0..20 {
        record_runs(&store, 500);
        store.flush();
    }
    let notices = store.notices();
    assert_eq!(notices.len(), 2, "{notices:?}");
    assert!(notices[0].contains("history has stopped"), "{notices:?}");
    let kept = store.runs(None).expect("the history is readable").len();
    assert!(notices[1].starts_with(&(20 * 500 - kept).to_string()), "{kept} kept; {notices:?}");
    assert_eq!(store.homes().expect("readable").len(), 1);
    drop(store);
    let store = Store::open(&path).expect("with room again");
    record_runs(&store, 1);
    store.flush();
    assert_eq!(store.runs(None).expect("readable").len(), kept + 1);
}

#[test]
fn many_that_open_a_new_file_at_once_all_get_it() {
    for _ in 0..10 {
        let (_folder, path) = folder();
        std::thread::scope(|scope| {
            let openings: Vec<_> = (0..8)
                .map(|number| {
                    let path = &path;
                    scope.spawn(move || {
                        let store = Store::open(path).expect("opened");
                        store.put_home("homes.csv", &home(&number.to_string()), UNIX_EPOCH)
                    })
                })
                .collect();
            for opening in openings {
                opening.join().expect("no panic").expect("kept");
            }
        });
        let store = Store::open(&path).expect("opened");
        assert_eq!(store.homes().expect("readable").len(), 8);
        assert!(store.notices().is_empty());
    }
}

const CHILD_PATH: &str = "SEXTANT_TEST_STORE";

#[test]
#[ignore = "the child of `a_killed_process_loses_nothing_that_was_flushed`"]
fn child_that_is_killed_while_it_writes() {
    let Some(path) = std::env::var_os(CHILD_PATH) else {
        return;
    };
    let store = Store::open(Path::new(&path)).expect("a new file");
    store.put_home("homes.csv", &home("A"), UNIX_EPOCH).expect("kept");
    record_runs(&store, 700);
    store.flush();
    record_runs(&store, 700);
    std::process::abort();
}

#[test]
fn a_killed_process_loses_nothing_that_was_flushed() {
    let (_folder, path) = folder();
    let child = Command::new(std::env::current_exe().expect("this test"))
        .args(["--exact", "child_that_is_killed_while_it_writes", "--ignored"])
        .env(CHILD_PATH, &path)
        .output()
        .expect("started");
    assert!(!child.status.success(), "the child ended by itself");
    let log = path.with_file_name("sextant.db-wal");
    assert!(fs::metadata(&log).expect("a log was left").len() > 0);

    let store = Store::open(&path).expect("recovered");
    assert!(store.notices().is_empty());
    assert_eq!(store.homes().expect("readable").len(), 1);
    let runs = store.runs(None).expect("readable");
    assert!((700..=1400).contains(&runs.len()), "{} runs", runs.len());
    let whole = runs
        .iter()
        .all(|run| store.run(run.id).expect("readable").is_some_and(|(_, stages)| stages.len() == 2));
    assert!(whole, "every run that is there has all of its stages");
}

#[test]
#[ignore = "the child of `a_killed_process_loses_at_most_the_last_second`"]
fn child_that_is_killed_a_second_later() {
    let Some(path) = std::env::var_os(CHILD_PATH) else {
        return;
    };
    let store = Store::open(Path::new(&path)).expect("a new file");
    record_runs(&store, 700);
    std::thread::sleep(Duration::from_secs(1));
    record_runs(&store, 100);
    std::process::abort();
}

#[test]
fn a_killed_process_loses_at_most_the_last_second() {
    let (_folder, path) = folder();
    let child = Command::new(std::env::current_exe().expect("this test"))
        .args(["--exact", "child_that_is_killed_a_second_later", "--ignored"])
        .env(CHILD_PATH, &path)
        .output()
        .expect("started");
    assert!(!child.status.success(), "the child ended by itself");
    let store = Store::open(&path).expect("recovered");
    let runs = store.runs(None).expect("readable").len();
    assert!((700..=800).contains(&runs), "{runs} runs");
}

#[test]
fn history_beyond_its_time_is_deleted_and_imports_stay() {
    let (_folder, path) = folder();
    let store = Store::open(&path).expect("a new file");
    store.put_home("homes.csv", &home("A"), UNIX_EPOCH).expect("kept");
    record_runs(&store, 2500);
    let now = SystemTime::now();
    for _ in 0..2500 {
        store.record_cache_event(None, CacheTier::Answer, CacheEvent::Miss, now);
    }
    drop(store);

    let soon = StoreOptions { now: now + Duration::from_mins(1), ..StoreOptions::default() };
    let store = Store::open_with(&path, &soon).expect("opened");
    store.flush();
    assert_eq!(store.runs(None).expect("readable").len(), 2500);
    drop(store);

    let days = Duration::from_hours(31 * 24);
    let later = StoreOptions { now: now + days, ..StoreOptions::default() };
    let store = Store::open_with(&path, &later).expect("opened");
    let gone = || {
        store.runs(None).expect("readable").is_empty()
            && store.stage_samples(None).expect("readable").is_empty()
            && store.cache_counts(None).expect("readable").is_empty()
    };
    // It happens behind the writes; the bound only keeps a broken one from hanging.
    let started = Instant::now();
    while !gone() && started.elapsed() < Duration::from_mins(1) {
        std::thread::yield_now();
    }
    assert!(gone(), "expired history is still there");
    assert_eq!(store.homes().expect("readable").len(), 1);
}
