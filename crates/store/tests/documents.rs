//! Documents come back as they were read, nothing of a replaced or deleted one stays, and vectors and answers
//! are kept for their time.

use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use sextant_domain::{CacheTier, Document, Passage};
use sextant_store::{Store, StoreError, StoreOptions};
use tempfile::TempDir;

const HOUR: Duration = Duration::from_hours(1);

fn folder() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("sextant.db");
    (folder, path)
}

fn at(seconds: u64) -> SystemTime {
    UNIX_EPOCH + Duration::from_secs(1_700_000_000 + seconds)
}

fn document(name: &str, passages: &[&str]) -> Document {
    let mut start = 0;
    let passage = |text: &&str| {
        let end = start + text.chars().count() as u64;
        let passage = Passage { heading: format!("Head {start}"), start, end, text: (*text).to_owned() };
        start = end;
        passage
    };
    Document {
        name: name.into(),
        hash: format!("hash of {name}"),
        format: "markdown".into(),
        passages: passages.iter().map(passage).collect(),
        text: passages.concat(),
    }
}

fn put(store: &Store, document: &Document, seconds: u64) -> (String, bool) {
    store.put_document(document, at(seconds)).expect("kept")
}

/// Rows of every table but the database's own.
fn rows(path: &Path) -> Vec<(String, i64)> {
    let connection = rusqlite::Connection::open(path).expect("the file");
    let mut query = connection
        .prepare("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table'")
        .expect("tables");
    let names =
        query.query_map([], |row| row.get::<_, String>(0)).expect("names").map(|name| name.expect("a name"));
    names
        .filter(|name| !name.starts_with("sqlite_"))
        .map(|name| {
            let count = connection.query_row(&format!("SELECT count(*) FROM {name}"), [], |row| row.get(0));
            (name, count.expect("a count"))
        })
        .collect()
}

#[test]
fn a_document_comes_back_as_it_was_read() {
    let (_folder, path) = folder();
    let store = Store::open(&path).expect("a new file");
    let read = document("guide/b.md", &["Zürich\n", "日本 \0\"quoted\""]);
    let empty = document("a.txt", &[]);
    let (id, replaced) = put(&store, &read, 1);
    assert!(!replaced);
    let (empty_id, _) = put(&store, &empty, 2);
    drop(store);
    let store = Store::open(&path).expect("opened again");
    assert_eq!(store.document(&id).expect("readable"), Some(read.clone()));
    assert_eq!(store.document(&empty_id).expect("readable"), Some(empty));
    for missing in ["4711", "", "x"] {
        assert_eq!(store.document(missing).expect("readable"), None);
        store.delete_document(missing).expect("nothing to delete");
    }
    let rows = store.documents().expect("readable");
    let [first, second] = &rows[..] else { panic!("two: {rows:?}") };
    assert_eq!(
        (&first.id, first.name.as_str(), first.passages, first.characters),
        (&empty_id, "a.txt", 0, 0)
    );
    assert_eq!((&second.id, second.passages, second.characters), (&id, 2, read.text.chars().count() as u64));
    assert_eq!(
        (second.format.as_str(), second.imported_at.as_str()),
        ("markdown", "2023-11-14T22:13:21.000Z")
    );
}

#[test]
fn importing_a_document_again_leaves_nothing_of_the_old_one() {
    let (_folder, path) = folder();
    let store = Store::open(&path).expect("a new file");
    let (id, _) = put(&store, &document("a.md", &["old one", "old two", "old three"]), 0);
    put(&store, &document("b.md", &["other"]), 1);
    let (again, replaced) = put(&store, &document("a.md", &["new"]), 2);
    assert_eq!((&again, replaced), (&id, true));
    let passages = store.passages().expect("readable");
    let texts: Vec<(bool, &str)> =
        passages.iter().map(|(document, passage)| (*document == id, passage.text.as_str())).collect();
    assert_eq!(texts, [(true, "new"), (false, "other")]);
}

#[test]
fn nothing_of_a_deleted_document_stays_and_its_id_is_not_given_again() {
    let (_folder, path) = folder();
    let store = Store::open(&path).expect("a new file");
    let before = rows(&path);
    let (id, _) = put(&store, &document("a.md", &["one", "two"]), 0);
    assert_ne!(rows(&path), before);
    store.delete_document(&id).expect("deleted");
    assert_eq!(rows(&path), before);
    assert_ne!(put(&store, &document("a.md", &["one"]), 1), (id, false));
}

#[test]
fn the_version_changes_with_the_passages_and_with_nothing_else() {
    let store = Store::open_in_memory().expect("a store");
    let version = || store.documents_version().expect("readable");
    let none = version();
    let (id, _) = put(&store, &document("a.md", &["one", "two"]), 0);
    let one = version();
    assert_ne!(one, none);
    put(&store, &document("a.md", &["one", "two"]), 9);
    assert_eq!(version(), one, "the same passages");
    put(&store, &document("a.md", &["onet", "wo"]), 9);
    assert_ne!(version(), one, "the same file, read otherwise");
    put(&store, &document("a.md", &["one", "two"]), 9);
    put(&store, &document("b.md", &[]), 9);
    assert_ne!(version(), one);
    store.delete_document(&id).expect("deleted");
    assert_ne!(version(), one);
}

#[test]
fn a_document_that_does_not_fit_is_not_kept_at_all() {
    let (_folder, path) = folder();
    let options = StoreOptions { size_limit_bytes: Some(500 << 10), ..StoreOptions::default() };
    let store = Store::open_with(&path, &options).expect("a small file");
    let small = document("a.md", &["small"]);
    let (id, _) = put(&store, &small, 0);
    let long = "long ".repeat(1000);
    let error = store.put_document(&document("a.md", &[long.as_str(); 200]), at(1)).expect_err("no room");
    assert!(matches!(error, StoreError::DiskFull { .. }), "{error:?}");
    assert_eq!(store.document(&id).expect("readable"), Some(small), "the earlier one stays");
}

#[test]
fn vectors_are_kept_by_model_and_text_for_their_time() {
    let store = Store::open_in_memory().expect("a store");
    let (one, other, long) = ([1; 32], [2; 32], vec![0.5, -1.25e-30, f32::MAX]);
    store.put_vectors("minilm", &[(one, long.clone()), (other, vec![1.0])], at(0));
    store.put_vectors("other", &[(one, vec![2.0])], at(0));
    store.put_vectors("minilm", &[(other, vec![3.0])], at(60));
    store.flush();
    let look_up =
        |model, seconds| store.vectors(model, &[other, [9; 32], one], HOUR, at(seconds)).expect("readable");
    assert_eq!(look_up("minilm", 60), [Some(vec![3.0]), None, Some(long.clone())]);
    assert_eq!(look_up("other", 60), [None, None, Some(vec![2.0])]);
    assert_eq!(look_up("minilm", 3601), [Some(vec![3.0]), None, None], "the first is an hour old");
    assert_eq!(look_up("minilm", 0), [Some(vec![3.0]), None, Some(long)], "a clock that was set back");
}

#[test]
fn a_vector_of_a_wrong_length_is_a_miss() {
    let (_folder, path) = folder();
    let store = Store::open(&path).expect("a new file");
    let hashes = [[1; 32], [2; 32], [3; 32]];
    store.put_vectors("minilm", &hashes.map(|hash| (hash, vec![1.0, 2.0])), at(0));
    store.put_vectors("minilm", &[([3; 32], vec![])], at(0));
    store.flush();
    let connection = rusqlite::Connection::open(&path).expect("the file");
    connection
        .execute("UPDATE vectors SET vector = x'0000803f00' WHERE text_hash = ?1", [[1_u8; 32]])
        .expect("cut");
    let found = store.vectors("minilm", &hashes, HOUR, at(1)).expect("readable");
    assert_eq!(found, [None, Some(vec![1.0, 2.0]), None]);
}

#[test]
fn tiers_of_answers_know_nothing_of_each_other() {
    let store = Store::open_in_memory().expect("a store");
    let look_up = |tier, seconds| {
        store.flush();
        let found = store.answer(tier, "key", HOUR, at(seconds)).expect("readable");
        found.map(|(body, age)| (body, age.as_secs()))
    };
    store.put_answer(CacheTier::Answer, "key", "one".into(), HOUR, at(0));
    store.put_answer(CacheTier::Lookup, "key", "other".into(), HOUR, at(10));
    assert_eq!(look_up(CacheTier::Answer, 60), Some(("one".into(), 60)));
    assert_eq!(look_up(CacheTier::Lookup, 60), Some(("other".into(), 50)));
    assert_eq!(look_up(CacheTier::Evidence, 60), None);
    // What is too old goes with the next of its tier, and is counted there.
    store.put_answer(CacheTier::Lookup, "next", "third".into(), Duration::from_secs(5), at(100));
    assert_eq!(look_up(CacheTier::Lookup, 100), None);
    assert_eq!(look_up(CacheTier::Answer, 100), Some(("one".into(), 100)));
    let counts = store.cache_counts(None).expect("readable");
    let evictions: Vec<_> = counts.iter().map(|count| (count.tier, count.evictions)).collect();
    assert_eq!(evictions, [(CacheTier::Lookup, 1)]);
}

#[test]
fn a_full_tier_drops_what_was_least_recently_used() {
    let store = Store::open_in_memory().expect("a store");
    let large = || "x".repeat(6 << 20);
    for (number, key) in ["a", "b"].into_iter().enumerate() {
        store.put_answer(CacheTier::Lookup, key, large(), HOUR, at(number as u64));
    }
    store.put_answer(CacheTier::Evidence, "c", large(), HOUR, at(2));
    store.flush();
    let is_there = |tier, key| store.answer(tier, key, HOUR, at(3)).expect("readable").is_some();
    assert!(is_there(CacheTier::Lookup, "a"), "and its use is noted");
    store.put_answer(CacheTier::Lookup, "d", large(), HOUR, at(4));
    store.flush();
    let there = [
        ("a", CacheTier::Lookup),
        ("b", CacheTier::Lookup),
        ("d", CacheTier::Lookup),
        ("c", CacheTier::Evidence),
    ]
    .map(|(key, tier)| is_there(tier, key));
    assert_eq!(there, [true, false, true, true]);
}
