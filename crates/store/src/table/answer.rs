//! What was found or said before, by the hash of all that could change it. A cache of several tiers, which
//! know nothing of each other: every row may be deleted.

use std::time::{Duration, SystemTime};

use rusqlite::{Connection, OptionalExtension as _, Transaction};
use sextant_domain::CacheTier;

use super::cache_event::tier_name;
use super::{micros, time};

pub(crate) const CREATE: &str = "\
CREATE TABLE answers (
    key TEXT NOT NULL PRIMARY KEY,     -- sha256 of the request
    body TEXT NOT NULL,                -- JSON
    stored_at_us INTEGER NOT NULL,
    used_at_us INTEGER NOT NULL
) STRICT;
CREATE INDEX answers_by_use ON answers (used_at_us);
";

/// There were only recommendations before, which are soon made again.
pub(crate) const ADD_TIERS: &str = "\
DROP TABLE answers;
CREATE TABLE answers (
    tier TEXT NOT NULL,                -- CacheTier, as in cache_events
    key TEXT NOT NULL,                 -- sha256 of the request
    body TEXT NOT NULL,                -- JSON
    stored_at_us INTEGER NOT NULL,
    used_at_us INTEGER NOT NULL,
    PRIMARY KEY (tier, key)
) STRICT;
CREATE INDEX answers_by_use ON answers (tier, used_at_us);
";

/// Bodies of one tier take at most this much together; the least recently used ones go first.
const MOST_BYTES: i64 = 16 * 1024 * 1024;

/// The answer and how long it has been stored, if that is at most `time_to_live`.
pub(crate) fn get(
    connection: &Connection,
    tier: CacheTier,
    key: &str,
    time_to_live: Duration,
    now: SystemTime,
) -> rusqlite::Result<Option<(String, Duration)>> {
    let found: Option<(String, i64)> = connection
        .prepare_cached("SELECT body, stored_at_us FROM answers WHERE tier = ?1 AND key = ?2")?
        .query_row((tier_name(tier), key), |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    Ok(found.and_then(|(body, stored_at)| {
        // A clock that was set back makes an answer fresh, not an error.
        let age = now.duration_since(time(stored_at)).unwrap_or_default();
        (age <= time_to_live).then_some((body, age))
    }))
}

/// Marks an answer as used now.
pub(crate) fn touch(
    transaction: &Transaction,
    tier: CacheTier,
    key: &str,
    now: SystemTime,
) -> rusqlite::Result<()> {
    transaction
        .prepare_cached("UPDATE answers SET used_at_us = ?3 WHERE tier = ?1 AND key = ?2")?
        .execute((tier_name(tier), key, micros(now)))?;
    Ok(())
}

/// Keeps an answer, drops those of its tier that are older than `time_to_live` and what is over the bound; how many went.
pub(crate) fn put(
    transaction: &Transaction,
    tier: CacheTier,
    key: &str,
    body: &str,
    time_to_live: Duration,
    now: SystemTime,
) -> rusqlite::Result<usize> {
    transaction
        .prepare_cached(
            "INSERT INTO answers (tier, key, body, stored_at_us, used_at_us) VALUES (?1, ?2, ?3, ?4, ?4)
             ON CONFLICT (tier, key) DO UPDATE SET
                 body = excluded.body, stored_at_us = excluded.stored_at_us, used_at_us = excluded.used_at_us",
        )?
        .execute((tier_name(tier), key, body, micros(now)))?;
    let cutoff = now.checked_sub(time_to_live).unwrap_or(SystemTime::UNIX_EPOCH);
    let expired = transaction
        .prepare_cached("DELETE FROM answers WHERE tier = ?1 AND stored_at_us < ?2")?
        .execute((tier_name(tier), micros(cutoff)))?;
    let over = transaction
        .prepare_cached(
            "DELETE FROM answers WHERE tier = ?1 AND key IN (
                 SELECT key FROM (
                     SELECT key, sum(length(body)) OVER (ORDER BY used_at_us DESC, key) AS bytes
                     FROM answers WHERE tier = ?1
                 ) WHERE bytes > ?2
             )",
        )?
        .execute((tier_name(tier), MOST_BYTES))?;
    Ok(expired + over)
}
