//! One row per hour, pipeline, model and device, from all runs that began in the hour.

use rusqlite::{Connection, Transaction, params};

use super::{bad_samples, count, packed_samples, text};
use crate::parts::{AddParts, Group, HOUR_US, RunPart, RunSums};

/// The samples are sorted microseconds, as `samples.rs` packs them.
pub(crate) const CREATE: &str = "\
CREATE TABLE run_rollups (
    hour INTEGER NOT NULL,             -- since 1970
    pipeline TEXT NOT NULL,
    model TEXT NOT NULL,
    device TEXT NOT NULL,
    done INTEGER NOT NULL,
    degraded INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    stopped INTEGER NOT NULL,
    clock_set_back INTEGER NOT NULL,
    good BLOB NOT NULL,                -- totals of those that computed an answer
    other BLOB NOT NULL,               -- totals of the others
    PRIMARY KEY (hour, pipeline, model, device)
) STRICT, WITHOUT ROWID;
";

pub(crate) fn insert(
    transaction: &Transaction,
    hour: i64,
    group: Group<'_>,
    sums: &RunSums,
    good: &[u8],
    other: &[u8],
) -> rusqlite::Result<()> {
    transaction
        .prepare_cached(
            "INSERT INTO run_rollups (hour, pipeline, model, device, done, degraded, failed, stopped,
                                      clock_set_back, good, other)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        )?
        .execute(params![
            hour,
            group.pipeline,
            group.model,
            group.device,
            sums.done.cast_signed(),
            sums.degraded.cast_signed(),
            sums.failed.cast_signed(),
            sums.stopped.cast_signed(),
            sums.clock_set_back.cast_signed(),
            good,
            other,
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
        "SELECT hour, pipeline, model, device, done, degraded, failed, stopped, clock_set_back, good, other
         FROM run_rollups WHERE hour BETWEEN ?1 AND ?2",
    )?;
    let mut rows = query.query([first, last])?;
    while let Some(row) = rows.next()? {
        let part = RunPart {
            at_us: row.get::<_, i64>(0)?.saturating_mul(HOUR_US),
            group: Group { pipeline: text(row, 1)?, model: text(row, 2)?, device: text(row, 3)? },
            sums: RunSums {
                done: count(row, 4)?,
                degraded: count(row, 5)?,
                failed: count(row, 6)?,
                stopped: count(row, 7)?,
                clock_set_back: count(row, 8)?,
            },
            good: packed_samples(row, 9)?,
            other: packed_samples(row, 10)?,
        };
        to.add_run(&part).map_err(|bad| bad_samples("run_rollups", bad))?;
    }
    Ok(())
}
