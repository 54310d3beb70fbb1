//! What the caches did: hits with their age, misses, evictions.

use std::time::{Duration, SystemTime};

use rusqlite::{Connection, Transaction, params};
use sextant_domain::{CacheTier, RunId, millis};

use super::{micros, since_micros, unreadable};
use crate::parts::{AddParts, CachePart, CacheSums};

/// `run_id` refers to a run that is stored later, or never; so it is no foreign key.
pub(crate) const CREATE: &str = "\
CREATE TABLE cache_events (
    at_us INTEGER NOT NULL,
    run_id TEXT,                       -- RunId
    tier TEXT NOT NULL,
    event TEXT NOT NULL,               -- hit, miss, evicted
    age_ms REAL                        -- of the entry that was hit
) STRICT;
CREATE INDEX cache_events_by_time ON cache_events (at_us, tier, event);
";

/// What a cache did with one look-up or entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CacheEvent {
    /// The entry had been stored this long ago.
    Hit {
        age: Duration,
    },
    Miss,
    /// An entry was dropped: too old, or to make room.
    Evicted,
}

/// One tier's events in a window of time. Hits and misses add up to the look-ups.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CacheCount {
    pub tier: CacheTier,
    pub hits: u64,
    pub misses: u64,
    pub evictions: u64,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct CacheEventRow {
    pub(crate) at: SystemTime,
    pub(crate) run: Option<RunId>,
    pub(crate) tier: CacheTier,
    pub(crate) event: CacheEvent,
}

pub(crate) fn insert(transaction: &Transaction, row: &CacheEventRow) -> rusqlite::Result<()> {
    let (event, age_ms) = match row.event {
        CacheEvent::Hit { age } => ("hit", Some(millis(age))),
        CacheEvent::Miss => ("miss", None),
        CacheEvent::Evicted => ("evicted", None),
    };
    transaction
        .prepare_cached(
            "INSERT INTO cache_events (at_us, run_id, tier, event, age_ms) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![
            micros(row.at),
            row.run.map(|run| run.to_string()),
            tier_name(row.tier),
            event,
            age_ms,
        ])?;
    Ok(())
}

/// Tiers without events are left out.
pub(crate) fn counts(
    connection: &Connection,
    since: Option<SystemTime>,
) -> rusqlite::Result<Vec<CacheCount>> {
    connection
        .prepare_cached(
            "SELECT tier, sum(event = 'hit'), sum(event = 'miss'), sum(event = 'evicted')
             FROM cache_events WHERE at_us >= ?1 GROUP BY tier ORDER BY tier",
        )?
        .query_map([since_micros(since)], |row| {
            let tier: String = row.get(0)?;
            let count = |column| row.get(column).map(i64::unsigned_abs);
            Ok(CacheCount { tier: tier_of(&tier)?, hits: count(1)?, misses: count(2)?, evictions: count(3)? })
        })?
        .collect()
}

/// Every event of `since_us..=until_us`.
pub(crate) fn read_parts(
    connection: &Connection,
    since_us: i64,
    until_us: i64,
    to: &mut impl AddParts,
) -> rusqlite::Result<()> {
    let mut query = connection
        .prepare_cached("SELECT at_us, tier, event FROM cache_events WHERE at_us BETWEEN ?1 AND ?2")?;
    let mut rows = query.query([since_us, until_us])?;
    while let Some(row) = rows.next()? {
        let event = row.get_ref(2)?.as_str()?;
        to.add_cache(&CachePart {
            at_us: row.get(0)?,
            tier: tier_of(row.get_ref(1)?.as_str()?)?,
            sums: CacheSums {
                hits: (event == "hit").into(),
                misses: (event == "miss").into(),
                evictions: (event == "evicted").into(),
            },
        });
    }
    Ok(())
}

/// Of the oldest.
pub(crate) fn first_us(connection: &Connection, from_us: i64) -> rusqlite::Result<Option<i64>> {
    connection
        .prepare_cached("SELECT min(at_us) FROM cache_events WHERE at_us >= ?1")?
        .query_row([from_us], |row| row.get(0))
}

/// Deletes at most `limit` of the events of `since_us..=until_us`; how many it deleted.
pub(crate) fn delete(
    transaction: &Transaction,
    since_us: i64,
    until_us: i64,
    limit: u32,
) -> rusqlite::Result<usize> {
    transaction
        .prepare_cached(
            "DELETE FROM cache_events WHERE rowid IN
             (SELECT rowid FROM cache_events WHERE at_us BETWEEN ?1 AND ?2 LIMIT ?3)",
        )?
        .execute((since_us, until_us, limit))
}

impl CacheEventRow {
    pub(crate) fn part(&self, at_us: i64) -> CachePart {
        let mut sums = CacheSums::default();
        *match self.event {
            CacheEvent::Hit { .. } => &mut sums.hits,
            CacheEvent::Miss => &mut sums.misses,
            CacheEvent::Evicted => &mut sums.evictions,
        } = 1;
        CachePart { at_us, tier: self.tier, sums }
    }
}

pub(crate) fn tier_of(name: &str) -> rusqlite::Result<CacheTier> {
    [CacheTier::Answer, CacheTier::Lookup, CacheTier::Evidence, CacheTier::Embedding]
        .into_iter()
        .find(|known| tier_name(*known) == name)
        .ok_or_else(|| unreadable("cache_events", format!("tier is {name:?}")))
}

pub(crate) fn tier_name(tier: CacheTier) -> &'static str {
    match tier {
        CacheTier::Answer => "answer",
        CacheTier::Lookup => "lookup",
        CacheTier::Evidence => "evidence",
        CacheTier::Embedding => "embedding",
    }
}
