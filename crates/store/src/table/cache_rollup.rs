//! One row per hour and cache tier.

use rusqlite::{Connection, Transaction, params};

use super::cache_event::{tier_name, tier_of};
use super::{count, text};
use crate::parts::{AddParts, CachePart, CacheSums, HOUR_US};

pub(crate) const CREATE: &str = "\
CREATE TABLE cache_rollups (
    hour INTEGER NOT NULL,             -- since 1970
    tier TEXT NOT NULL,
    hits INTEGER NOT NULL,
    misses INTEGER NOT NULL,
    evictions INTEGER NOT NULL,
    PRIMARY KEY (hour, tier)
) STRICT, WITHOUT ROWID;
";

/// Adds to what is there of the hour.
pub(crate) fn add(transaction: &Transaction, hour: i64, part: &CachePart) -> rusqlite::Result<()> {
    let CacheSums { hits, misses, evictions } = part.sums;
    transaction
        .prepare_cached(
            "INSERT INTO cache_rollups (hour, tier, hits, misses, evictions) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (hour, tier) DO UPDATE SET hits = hits + excluded.hits,
                 misses = misses + excluded.misses, evictions = evictions + excluded.evictions",
        )?
        .execute(params![
            hour,
            tier_name(part.tier),
            hits.cast_signed(),
            misses.cast_signed(),
            evictions.cast_signed()
        ])?;
    Ok(())
}

/// Those of `first..=last`.
pub(crate) fn read(
    connection: &Connection,
    first: i64,
    last: i64,
    to: &mut impl AddParts,
) -> rusqlite::Result<()> {
    let mut query = connection.prepare_cached(
        "SELECT hour, tier, hits, misses, evictions FROM cache_rollups WHERE hour BETWEEN ?1 AND ?2",
    )?;
    let mut rows = query.query([first, last])?;
    while let Some(row) = rows.next()? {
        to.add_cache(&CachePart {
            at_us: row.get::<_, i64>(0)?.saturating_mul(HOUR_US),
            tier: tier_of(text(row, 1)?)?,
            sums: CacheSums { hits: count(row, 2)?, misses: count(row, 3)?, evictions: count(row, 4)? },
        });
    }
    Ok(())
}
