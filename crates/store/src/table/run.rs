//! One row per finished run. Its stages are in `stage`.

use std::time::SystemTime;

use rusqlite::{Connection, OptionalExtension as _, Row, Transaction, named_params};
use sextant_domain::{PerformanceQuery, RunId, RunSummary};

use super::{bad_samples, micros, since_micros, text, time, unreadable};
use crate::history::RunOutcome;
use crate::parts::{AddParts, Group, RunPart, RunSums, in_millis, run_samples, whole_micros};

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

/// What is not known of rows from before.
pub(crate) const ADD_RESOURCES: &str = "\
ALTER TABLE runs ADD COLUMN quantisation TEXT NOT NULL DEFAULT '';
ALTER TABLE runs ADD COLUMN cpu_ms REAL;
ALTER TABLE runs ADD COLUMN peak_memory_bytes INTEGER;
ALTER TABLE runs ADD COLUMN cache_age_ms REAL; -- of the answer that was kept
ALTER TABLE runs ADD COLUMN clock_set_back INTEGER NOT NULL DEFAULT 0; -- since the row before
";

/// How much earlier than its predecessor a run may have ended without the clock being suspected:
/// rows of two processes, or of two threads, may be stored in the other order.
const CLOCK_SLACK_US: i64 = 1_000_000;

/// The columns that a window's query filters by, so that it needn't visit the rows that it leaves out.
pub(crate) const WIDEN_INDEX: &str = "\
DROP INDEX runs_by_start;
CREATE INDEX runs_by_start ON runs (started_at_us, pipeline, model, device);
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
    /// How long the answer had been kept; `None` where it was computed.
    pub cache_age_ms: Option<f64>,
    /// The model's weights as its file has them: `q8_0`; empty where it isn't known.
    pub quantisation: String,
    /// Of the process that computed, over all its processors; `None` where nobody asked it.
    pub cpu_ms: Option<f64>,
    /// The most that the process that computed had in memory; `None` where nobody asked it.
    pub peak_memory_bytes: Option<u64>,
    /// How many stages failed; those that were stopped don't count.
    pub errors: u32,
}

/// `errors` is counted from the stages when it is read.
const COLUMNS: &str = "\
    number, id, pipeline, pack, model, engine, device, threads, started_at_us, total_ms, outcome, cache_hit,
    cache_age_ms, quantisation, cpu_ms, peak_memory_bytes,
    (SELECT count(*) FROM stages
     WHERE stages.run = runs.number AND error_code IS NOT NULL AND error_code <> 'stopped') AS errors";

/// Whether the clock was set back between the last run's start and this one's. Rows are stored when runs
/// end, so their ends (by the clock at the start, and a monotonic duration) are in order for as long as
/// nobody does that, and the machine doesn't sleep during one of two runs that overlap (a sleep is not in
/// the duration). Each row is compared with the one before only: one step back is found once, or once
/// more for every run that was under way.
pub(crate) fn clock_was_set_back(transaction: &Transaction, run: &RunRow) -> rusqlite::Result<bool> {
    let before: Option<(i64, f64)> = transaction
        .prepare_cached("SELECT started_at_us, total_ms FROM runs ORDER BY number DESC LIMIT 1")?
        .query_row([], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let end = |start_us: i64, total_ms| start_us.saturating_add_unsigned(whole_micros(total_ms));
    Ok(before.is_some_and(|(start_us, total_ms)| {
        end(micros(run.started_at), run.total_ms).saturating_add(CLOCK_SLACK_US) < end(start_us, total_ms)
    }))
}

/// The number by which its stages refer to it; `None` where a run with this id is already kept.
pub(crate) fn insert(
    transaction: &Transaction,
    run: &RunRow,
    clock_set_back: bool,
) -> rusqlite::Result<Option<i64>> {
    transaction
        .prepare_cached(
            "INSERT INTO runs (id, pipeline, pack, model, engine, device, threads, started_at_us, total_ms,
                               outcome, cache_hit, cache_age_ms, quantisation, cpu_ms,
                               peak_memory_bytes, clock_set_back)
             VALUES (:id, :pipeline, :pack, :model, :engine, :device, :threads, :started_at_us, :total_ms,
                     :outcome, :cache_hit, :cache_age_ms, :quantisation, :cpu_ms, :peak_memory_bytes,
                     :clock_set_back)
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
                ":cache_age_ms": run.cache_age_ms,
                ":quantisation": run.quantisation,
                ":cpu_ms": run.cpu_ms,
                ":peak_memory_bytes": run.peak_memory_bytes.map(|bytes| i64::try_from(bytes).unwrap_or(i64::MAX)),
                ":clock_set_back": clock_set_back,
            },
            |row| row.get(0),
        )
        .optional()
}

/// And its start; `None` where the run was not kept.
pub(crate) fn number(connection: &Connection, id: RunId) -> rusqlite::Result<Option<(i64, i64)>> {
    connection
        .prepare_cached("SELECT number, started_at_us FROM runs WHERE id = ?1")?
        .query_row([id.to_string()], |row| Ok((row.get(0)?, row.get(1)?)))
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

/// Of the runs that started in the window, oldest first.
pub(crate) fn numbers(connection: &Connection, since: Option<SystemTime>) -> rusqlite::Result<Vec<i64>> {
    connection
        .prepare_cached("SELECT number FROM runs WHERE started_at_us >= ?1 ORDER BY started_at_us, number")?
        .query_map([since_micros(since)], |row| row.get(0))?
        .collect()
}

pub(crate) fn by_number(connection: &Connection, number: i64) -> rusqlite::Result<Option<RunRow>> {
    connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM runs WHERE number = ?1"))?
        .query_row([number], read)
        .optional()
}

/// The run and its number.
pub(crate) fn get(connection: &Connection, id: RunId) -> rusqlite::Result<Option<(RunRow, i64)>> {
    connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM runs WHERE id = ?1"))?
        .query_row([id.to_string()], |row| Ok((read(row)?, row.get("number")?)))
        .optional()
}

/// Every run that started in `since_us..=until_us`.
pub(crate) fn read_parts(
    connection: &Connection,
    since_us: i64,
    until_us: i64,
    to: &mut impl AddParts,
) -> rusqlite::Result<()> {
    let mut query = connection.prepare_cached(
        "SELECT started_at_us, pipeline, model, device, outcome, cache_hit, total_ms, clock_set_back
         FROM runs WHERE started_at_us BETWEEN ?1 AND ?2",
    )?;
    let mut rows = query.query([since_us, until_us])?;
    while let Some(row) = rows.next()? {
        let outcome = outcome(text(row, 4)?)?;
        let (good, other) = run_samples(outcome, row.get(5)?, row.get(6)?);
        let part = RunPart {
            at_us: row.get(0)?,
            group: Group { pipeline: text(row, 1)?, model: text(row, 2)?, device: text(row, 3)? },
            sums: RunSums::of(outcome, row.get(7)?),
            good,
            other,
        };
        to.add_run(&part).map_err(|bad| bad_samples("runs", bad))?;
    }
    Ok(())
}

/// The newest of those that started in `since_us..=until_us` and pass the query's filters.
/// When the oldest one started that started then or later.
pub(crate) fn oldest(connection: &Connection, since_us: i64) -> rusqlite::Result<Option<i64>> {
    connection
        .prepare_cached("SELECT min(started_at_us) FROM runs WHERE started_at_us >= ?1")?
        .query_row([since_us], |row| row.get(0))
}

pub(crate) fn newest(
    connection: &Connection,
    (since_us, until_us): (i64, i64),
    query: &PerformanceQuery,
    limit: usize,
) -> rusqlite::Result<Vec<RunSummary>> {
    connection
        .prepare_cached(
            "SELECT id, pipeline, model, device, started_at_us, total_ms, outcome, cache_hit FROM runs
             WHERE started_at_us BETWEEN :since AND :until AND (:pipeline IS NULL OR pipeline = :pipeline)
                 AND (:model IS NULL OR model = :model) AND (:device IS NULL OR device = :device)
             ORDER BY started_at_us DESC, number DESC LIMIT :limit",
        )?
        .query_map(
            named_params! {
                ":since": since_us,
                ":until": until_us,
                ":pipeline": query.pipeline,
                ":model": query.model,
                ":device": query.device,
                ":limit": i64::try_from(limit).unwrap_or(i64::MAX),
            },
            |row| {
                Ok(RunSummary {
                    run_id: run_id(row)?,
                    pipeline: row.get(1)?,
                    model: row.get(2)?,
                    device: row.get(3)?,
                    started_at_ms: in_millis(u64::try_from(row.get::<_, i64>(4)?).unwrap_or(0)),
                    total_ms: row.get(5)?,
                    outcome: row.get(6)?,
                    cache_hit: row.get(7)?,
                })
            },
        )?
        .collect()
}

impl RunRow {
    pub(crate) fn summary(&self) -> RunSummary {
        RunSummary {
            run_id: self.id,
            pipeline: self.pipeline.clone(),
            model: self.model.clone(),
            device: self.device.clone(),
            started_at_ms: in_millis(u64::try_from(micros(self.started_at)).unwrap_or(0)),
            total_ms: self.total_ms,
            outcome: self.outcome.as_str().into(),
            cache_hit: self.cache_hit,
        }
    }
}

/// Of the oldest.
pub(crate) fn first_start_us(connection: &Connection, from_us: i64) -> rusqlite::Result<Option<i64>> {
    connection
        .prepare_cached("SELECT min(started_at_us) FROM runs WHERE started_at_us >= ?1")?
        .query_row([from_us], |row| row.get(0))
}

/// Deletes at most `limit` of the runs that started in `since_us..=until_us`, with their stages; how many
/// it deleted.
pub(crate) fn delete(
    transaction: &Transaction,
    since_us: i64,
    until_us: i64,
    limit: u32,
) -> rusqlite::Result<usize> {
    transaction
        .prepare_cached(
            "DELETE FROM runs WHERE number IN
             (SELECT number FROM runs WHERE started_at_us BETWEEN ?1 AND ?2 LIMIT ?3)",
        )?
        .execute((since_us, until_us, limit))
}

fn run_id(row: &Row) -> rusqlite::Result<RunId> {
    let id = row.get_ref("id")?.as_str()?;
    RunId::parse(id).ok_or_else(|| unreadable("runs", format!("id is {id:?}")))
}

fn outcome(text: &str) -> rusqlite::Result<RunOutcome> {
    RunOutcome::parse(text).ok_or_else(|| unreadable("runs", format!("outcome is {text:?}")))
}

fn read(row: &Row) -> rusqlite::Result<RunRow> {
    Ok(RunRow {
        id: run_id(row)?,
        pipeline: row.get("pipeline")?,
        pack: row.get("pack")?,
        model: row.get("model")?,
        engine: row.get("engine")?,
        device: row.get("device")?,
        threads: row.get("threads")?,
        started_at: time(row.get("started_at_us")?),
        total_ms: row.get("total_ms")?,
        outcome: outcome(row.get_ref("outcome")?.as_str()?)?,
        cache_hit: row.get("cache_hit")?,
        cache_age_ms: row.get("cache_age_ms")?,
        quantisation: row.get("quantisation")?,
        cpu_ms: row.get("cpu_ms")?,
        peak_memory_bytes: row.get::<_, Option<i64>>("peak_memory_bytes")?.map(i64::unsigned_abs),
        errors: row.get("errors")?,
    })
}
