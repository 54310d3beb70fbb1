//! One row per finished run. Its stages are in `stage`.

use std::time::SystemTime;

use rusqlite::{Connection, OptionalExtension as _, Row, Transaction, named_params};
use sextant_domain::RunId;

use super::{micros, since_micros, time, unreadable};
use crate::history::RunOutcome;

pub(crate) const CREATE: &str = "\
CREATE TABLE runs (
    number INTEGER NOT NULL PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,           -- RunId
    pipeline TEXT NOT NULL,
    pack TEXT NOT NULL,
    model TEXT NOT NULL,
    engine TEXT NOT NULL,
    device TEXT NOT NULL,
    started_at_us INTEGER NOT NULL,
    total_ms REAL NOT NULL,
    outcome TEXT NOT NULL,             -- done, degraded, failed, stopped
    cache_hit INTEGER NOT NULL
) STRICT;
CREATE INDEX runs_by_start ON runs (started_at_us);
";

pub(crate) const ADD_THREADS: &str = "\
ALTER TABLE runs ADD COLUMN threads INTEGER NOT NULL DEFAULT 0; -- 0 where nobody has counted
";

/// A finished run.
#[derive(Debug, Clone, PartialEq)]
pub struct RunRow {
    pub id: RunId,
    /// `recommend`, `chat`, `council`.
    pub pipeline: String,
    pub pack: String,
    pub model: String,
    pub engine: String,
    pub device: String,
    /// How many the model computed with; 0 where it wasn't asked.
    pub threads: u32,
    pub started_at: SystemTime,
    pub total_ms: f64,
    pub outcome: RunOutcome,
    pub cache_hit: bool,
    /// How many stages failed; those that were stopped don't count.
    pub errors: u32,
}

/// `errors` is counted from the stages when it is read.
const COLUMNS: &str = "\
    number, id, pipeline, pack, model, engine, device, threads, started_at_us, total_ms, outcome, cache_hit,
    (SELECT count(*) FROM stages
     WHERE stages.run = runs.number AND error_code IS NOT NULL AND error_code <> 'stopped') AS errors";

/// The number by which its stages refer to it; `None` where a run with this id is already kept.
pub(crate) fn insert(transaction: &Transaction, run: &RunRow) -> rusqlite::Result<Option<i64>> {
    transaction
        .prepare_cached(
            "INSERT INTO runs (id, pipeline, pack, model, engine, device, threads, started_at_us, total_ms,
                               outcome, cache_hit)
             VALUES (:id, :pipeline, :pack, :model, :engine, :device, :threads, :started_at_us, :total_ms,
                     :outcome, :cache_hit)
             ON CONFLICT (id) DO NOTHING RETURNING number",
        )?
        .query_row(
            named_params! {
                ":id": run.id.to_string(),
                ":pipeline": run.pipeline,
                ":pack": run.pack,
                ":model": run.model,
                ":engine": run.engine,
                ":device": run.device,
                ":threads": run.threads,
                ":started_at_us": micros(run.started_at),
                ":total_ms": run.total_ms,
                ":outcome": run.outcome.as_str(),
                ":cache_hit": run.cache_hit,
            },
            |row| row.get(0),
        )
        .optional()
}

/// `None` where the run was not kept.
pub(crate) fn number(connection: &Connection, id: RunId) -> rusqlite::Result<Option<i64>> {
    connection
        .prepare_cached("SELECT number FROM runs WHERE id = ?1")?
        .query_row([id.to_string()], |row| row.get(0))
        .optional()
}

/// Newest first.
pub(crate) fn list(connection: &Connection, since: Option<SystemTime>) -> rusqlite::Result<Vec<RunRow>> {
    connection
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM runs WHERE started_at_us >= ?1
             ORDER BY started_at_us DESC, number DESC"
        ))?
        .query_map([since_micros(since)], read)?
        .collect()
}

/// The run and its number.
pub(crate) fn get(connection: &Connection, id: RunId) -> rusqlite::Result<Option<(RunRow, i64)>> {
    connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM runs WHERE id = ?1"))?
        .query_row([id.to_string()], |row| Ok((read(row)?, row.get("number")?)))
        .optional()
}

/// Deletes at most `limit` runs with their stages; how many it deleted.
pub(crate) fn delete_before(
    transaction: &Transaction,
    cutoff: SystemTime,
    limit: u32,
) -> rusqlite::Result<usize> {
    transaction
        .prepare_cached(
            "DELETE FROM runs WHERE number IN
             (SELECT number FROM runs WHERE started_at_us < ?1 LIMIT ?2)",
        )?
        .execute((micros(cutoff), limit))
}

fn read(row: &Row) -> rusqlite::Result<RunRow> {
    let id: String = row.get("id")?;
    let outcome: String = row.get("outcome")?;
    Ok(RunRow {
        id: RunId::parse(&id).ok_or_else(|| unreadable("runs", format!("id is {id:?}")))?,
        pipeline: row.get("pipeline")?,
        pack: row.get("pack")?,
        model: row.get("model")?,
        engine: row.get("engine")?,
        device: row.get("device")?,
        threads: row.get("threads")?,
        started_at: time(row.get("started_at_us")?),
        total_ms: row.get("total_ms")?,
        outcome: RunOutcome::parse(&outcome)
            .ok_or_else(|| unreadable("runs", format!("outcome is {outcome:?}")))?,
        cache_hit: row.get("cache_hit")?,
        errors: row.get("errors")?,
    })
}
