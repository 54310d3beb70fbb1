//! Imported homes. Their months are in `home_month`.

use std::time::SystemTime;

use rusqlite::{Connection, Transaction, params};
use sextant_domain::HomeUsage;

use super::{home_month, micros, time};

pub(crate) const CREATE: &str = "\
CREATE TABLE homes (
    id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, -- never given to another home
    source TEXT NOT NULL,              -- the file's name
    home TEXT NOT NULL,                -- the home's name in the file
    imported_at_us INTEGER NOT NULL,
    UNIQUE (source, home)
) STRICT;
";

/// A stored home.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HomeRow {
    /// Stays the same when the home is imported again.
    pub id: String,
    /// The file's name.
    pub source: String,
    pub usage: HomeUsage,
    pub imported_at: SystemTime,
}

/// The same home of the same file replaces the earlier one and keeps its id.
pub(crate) fn put(
    transaction: &Transaction,
    source: &str,
    usage: &HomeUsage,
    now: SystemTime,
) -> rusqlite::Result<String> {
    let id: i64 = transaction
        .prepare_cached(
            "INSERT INTO homes (source, home, imported_at_us) VALUES (?1, ?2, ?3)
             ON CONFLICT (source, home) DO UPDATE SET imported_at_us = excluded.imported_at_us
             RETURNING id",
        )?
        .query_row(params![source, usage.home, micros(now)], |row| row.get(0))?;
    home_month::replace(transaction, id, &usage.months)?;
    Ok(id.to_string())
}

/// In the order in which they were first imported.
pub(crate) fn list(connection: &Connection) -> rusqlite::Result<Vec<HomeRow>> {
    let mut months = home_month::all(connection)?;
    connection
        .prepare_cached("SELECT id, source, home, imported_at_us FROM homes ORDER BY id")?
        .query_map([], |row| {
            let id: i64 = row.get("id")?;
            Ok(HomeRow {
                id: id.to_string(),
                source: row.get("source")?,
                usage: HomeUsage { home: row.get("home")?, months: months.remove(&id).unwrap_or_default() },
                imported_at: time(row.get("imported_at_us")?),
            })
        })?
        .collect()
}
