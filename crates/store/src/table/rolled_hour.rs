//! Which hours are rolled up: `stage_rollup`, `run_rollup` and `cache_rollup` hold all that was stored of
//! them, even if that is nothing. An hour that isn't here has no roll-ups.

use rusqlite::{Connection, OptionalExtension as _, Transaction, params};

pub(crate) const CREATE: &str = "\
CREATE TABLE rolled_hours (
    hour INTEGER NOT NULL PRIMARY KEY, -- since 1970
    rows_kept INTEGER NOT NULL         -- 0 once deleting its runs and events has begun
) STRICT;
";

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct RolledHour {
    pub(crate) hour: i64,
    /// Where they aren't, those that are left over don't count.
    pub(crate) rows_kept: bool,
}

pub(crate) fn get(connection: &Connection, hour: i64) -> rusqlite::Result<Option<RolledHour>> {
    connection
        .prepare_cached("SELECT rows_kept FROM rolled_hours WHERE hour = ?1")?
        .query_row([hour], |row| Ok(RolledHour { hour, rows_kept: row.get(0)? }))
        .optional()
}

/// The first one of those from `first` on.
pub(crate) fn oldest(connection: &Connection, first: i64) -> rusqlite::Result<Option<i64>> {
    connection
        .prepare_cached("SELECT min(hour) FROM rolled_hours WHERE hour >= ?1")?
        .query_row([first], |row| row.get(0))
}

/// Whether there is one from `first` on whose rows may be gone.
pub(crate) fn is_without_rows(connection: &Connection, first: i64) -> rusqlite::Result<bool> {
    connection
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM rolled_hours WHERE hour >= ?1 AND rows_kept = 0)")?
        .query_row([first], |row| row.get(0))
}

/// By time, those of `first..=last`.
pub(crate) fn list(connection: &Connection, first: i64, last: i64) -> rusqlite::Result<Vec<RolledHour>> {
    connection
        .prepare_cached(
            "SELECT hour, rows_kept FROM rolled_hours WHERE hour BETWEEN ?1 AND ?2 ORDER BY hour",
        )?
        .query_map([first, last], |row| Ok(RolledHour { hour: row.get(0)?, rows_kept: row.get(1)? }))?
        .collect()
}

pub(crate) fn put(transaction: &Transaction, mark: RolledHour) -> rusqlite::Result<()> {
    transaction
        .prepare_cached("INSERT OR REPLACE INTO rolled_hours (hour, rows_kept) VALUES (?1, ?2)")?
        .execute(params![mark.hour, mark.rows_kept])?;
    Ok(())
}

/// With its roll-ups.
pub(crate) fn delete(transaction: &Transaction, hour: i64) -> rusqlite::Result<()> {
    super::stage_rollup::delete(transaction, hour)?;
    for table in ["rolled_hours", "run_rollups", "cache_rollups"] {
        transaction.prepare_cached(&format!("DELETE FROM {table} WHERE hour = ?1"))?.execute([hour])?;
    }
    Ok(())
}
