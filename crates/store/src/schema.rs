//! The order in which the tables came to be, and what happens with a database from another version.
//!
//! `user_version` counts the migrations that a file has seen. A released entry is never changed, moved
//! or removed; what comes later is added at the end, in the file of the table that it changes.

use std::path::Path;
use std::sync::LazyLock;

use rusqlite::Connection;
use rusqlite_migration::{M, Migrations};

use crate::StoreError;
use crate::table::{
    answer, cache_event, cache_rollup, catalog, conversation, document, home, home_month, item, item_catalog,
    item_number, item_text, item_word, message, message_part, passage, plan, rolled_hour, run, run_rollup,
    stage, stage_rollup, vector,
};

const MIGRATIONS: [&str; 28] = [
    catalog::CREATE,
    plan::CREATE,
    home::CREATE,
    home_month::CREATE,
    run::CREATE,
    stage::CREATE,
    cache_event::CREATE,
    answer::CREATE,
    run::ADD_THREADS,
    stage::ADD_PHASES,
    run::ADD_RESOURCES,
    run::WIDEN_INDEX,
    rolled_hour::CREATE,
    stage_rollup::CREATE,
    run_rollup::CREATE,
    cache_rollup::CREATE,
    item_catalog::CREATE,
    item::CREATE,
    item_text::CREATE,
    item_number::CREATE,
    item_word::CREATE,
    conversation::CREATE,
    message::CREATE,
    message_part::CREATE,
    document::CREATE,
    passage::CREATE,
    vector::CREATE,
    answer::ADD_TIERS,
];

/// The newest version that this program understands.
#[expect(clippy::cast_possible_wrap, reason = "a handful of migrations")]
pub(crate) const VERSION: i64 = MIGRATIONS.len() as i64;

static PLAN: LazyLock<Migrations<'static>> =
    LazyLock::new(|| Migrations::new(MIGRATIONS.map(M::up).to_vec()));

/// Refuses a file that a newer program has migrated. Reads only.
pub(crate) fn refuse_newer(path: &Path, found: i64) -> Result<(), StoreError> {
    if found > VERSION {
        return Err(StoreError::NewerVersion { path: path.to_path_buf(), found, known: VERSION });
    }
    Ok(())
}

pub(crate) fn user_version(connection: &Connection) -> rusqlite::Result<i64> {
    connection.query_row("PRAGMA user_version", [], |row| row.get(0))
}

/// Brings the file to [`VERSION`] in one transaction.
pub(crate) fn migrate(path: &Path, connection: &mut Connection) -> Result<(), StoreError> {
    let sqlite = |error| StoreError::from_sqlite(path, error);
    let before = user_version(connection).map_err(sqlite)?;
    let Err(error) = PLAN.to_latest(connection) else {
        return Ok(());
    };
    if user_version(connection).map_err(sqlite)? > before {
        // Another process that started at the same moment was quicker; the next try finds its work.
        return Err(StoreError::Locked { path: path.to_path_buf() });
    }
    Err(match error {
        rusqlite_migration::Error::RusqliteError { err, .. } => sqlite(err),
        // The versions were compared before: only the database itself can fail here.
        other => StoreError::NotOpened { path: path.to_path_buf(), detail: other.to_string() },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SNAPSHOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/schema.sql");

    /// The schema as a fresh file has it.
    fn schema() -> String {
        let mut connection = Connection::open_in_memory().expect("a database in memory");
        migrate(Path::new(":memory:"), &mut connection).expect("the migrations are valid");
        let mut text = format!("PRAGMA user_version = {VERSION};\n");
        let mut query = connection
            .prepare("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY rowid")
            .expect("the schema is readable");
        let statements = query.query_map([], |row| row.get::<_, String>(0)).expect("statements");
        for sql in statements {
            text.push('\n');
            text.push_str(&sql.expect("a statement"));
            text.push_str(";\n");
        }
        text
    }

    #[test]
    fn the_schema_equals_the_committed_one() {
        let now = schema();
        if std::env::var_os("SEXTANT_UPDATE_SNAPSHOTS").is_some() {
            std::fs::write(SNAPSHOT, &now).expect("the snapshot is writable");
        }
        let committed = std::fs::read_to_string(SNAPSHOT).unwrap_or_default();
        assert!(
            now == committed,
            "the schema differs from {SNAPSHOT}; if a migration was added at the end, set \
             SEXTANT_UPDATE_SNAPSHOTS=1, run this test again and review the difference.\n{now}"
        );
    }

    #[test]
    fn rows_from_before_read_as_nothing_measured() {
        let mut connection = Connection::open_in_memory().expect("a database in memory");
        PLAN.to_version(&mut connection, 9).expect("the version that was released first");
        connection
            .execute_batch(
                "INSERT INTO runs (id, pipeline, pack, model, engine, device, started_at_us, total_ms, outcome,
                                   cache_hit)
                 VALUES ('018f3f6e-7d2a-7c11-8000-0000000000ff', 'recommend', 'energy', 'nano', 'scripted',
                         'cpu', 1800000000000000, 12.5, 'done', 0);
                 INSERT INTO stages VALUES (1, 0, 'narrative_2', 1, 2, 3, 4, 5, 6, 12.5, 7, 8, 9, 1, NULL, NULL);",
            )
            .expect("a run as it was stored then");
        migrate(Path::new(":memory:"), &mut connection).expect("brought up to date");
        let runs = run::list(&connection, None).expect("readable");
        let [row] = &runs[..] else { panic!("one run: {runs:?}") };
        assert_eq!((row.quantisation.as_str(), row.cpu_ms, row.peak_memory_bytes), ("", None, None));
        assert_eq!(row.cache_age_ms, None);
        let stages = stage::of_run(&connection, 1).expect("readable");
        let [stage] = &stages[..] else { panic!("one stage: {stages:?}") };
        assert_eq!((stage.total_ms, stage.parse_ms, stage.completion_tokens), (12.5, 6.0, 9));
        let phases = [stage.load_ms, stage.retrieval_ms, stage.check_ms];
        assert_eq!(phases.map(f64::to_bits), [0.0_f64; 3].map(f64::to_bits));
        assert_eq!(stage.first_token_ms, None);
    }

    #[test]
    fn the_migrations_are_valid() {
        PLAN.validate().expect("every step works on an empty file");
    }
}
