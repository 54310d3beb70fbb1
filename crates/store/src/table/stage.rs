//! One row per stage of a finished run, with the figures that the run's metadata showed.

use std::time::SystemTime;

use rusqlite::{Connection, Row, Transaction, named_params};
use sextant_domain::{StageError, StageTiming};

use super::{bad_samples, since_micros, text};
use crate::parts::{AddParts, Group, Samples, StagePart, StageSums, stage_samples, whole_micros};

/// Clustered by run, so that a run's stages are read together; a window of time goes through
/// `runs_by_start`.
pub(crate) const CREATE: &str = "\
CREATE TABLE stages (
    run INTEGER NOT NULL REFERENCES runs (number) ON DELETE CASCADE,
    position INTEGER NOT NULL,         -- the order in which they started
    name TEXT NOT NULL,
    start_ms REAL NOT NULL,
    queue_ms REAL NOT NULL,
    prompt_build_ms REAL NOT NULL,
    prefill_ms REAL NOT NULL,
    decode_ms REAL NOT NULL,
    parse_ms REAL NOT NULL,
    total_ms REAL NOT NULL,
    prompt_tokens INTEGER NOT NULL,
    cached_tokens INTEGER NOT NULL,
    completion_tokens INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    error_code TEXT,
    error_message TEXT,
    PRIMARY KEY (run, position)
) STRICT, WITHOUT ROWID;
";

/// `NULL` where there was none of it, and in rows from before.
pub(crate) const ADD_PHASES: &str = "\
ALTER TABLE stages ADD COLUMN load_ms REAL;
ALTER TABLE stages ADD COLUMN retrieval_ms REAL;
ALTER TABLE stages ADD COLUMN check_ms REAL;
ALTER TABLE stages ADD COLUMN first_token_ms REAL;
";

pub(crate) fn insert(
    transaction: &Transaction,
    run: i64,
    position: u32,
    stage: &StageTiming,
) -> rusqlite::Result<()> {
    transaction
        .prepare_cached(
            "INSERT INTO stages (run, position, name, start_ms, queue_ms, prompt_build_ms, prefill_ms,
                                 decode_ms, parse_ms, total_ms, prompt_tokens, cached_tokens,
                                 completion_tokens, attempts, error_code, error_message, load_ms,
                                 retrieval_ms, check_ms, first_token_ms)
             VALUES (:run, :position, :name, :start_ms, :queue_ms, :prompt_build_ms, :prefill_ms,
                     :decode_ms, :parse_ms, :total_ms, :prompt_tokens, :cached_tokens,
                     :completion_tokens, :attempts, :error_code, :error_message, :load_ms, :retrieval_ms,
                     :check_ms, :first_token_ms)",
        )?
        .execute(named_params! {
            ":run": run,
            ":position": position,
            ":name": stage.name,
            ":start_ms": stage.start_ms,
            ":queue_ms": stage.queue_ms,
            ":prompt_build_ms": stage.prompt_build_ms,
            ":prefill_ms": stage.prefill_ms,
            ":decode_ms": stage.decode_ms,
            ":parse_ms": stage.parse_ms,
            ":total_ms": stage.total_ms,
            ":prompt_tokens": stage.prompt_tokens,
            ":cached_tokens": stage.cached_tokens,
            ":completion_tokens": stage.completion_tokens,
            ":attempts": stage.attempts,
            ":error_code": stage.error.as_ref().map(|error| &error.code),
            ":error_message": stage.error.as_ref().map(|error| &error.message),
            ":load_ms": some(stage.load_ms),
            ":retrieval_ms": some(stage.retrieval_ms),
            ":check_ms": some(stage.check_ms),
            ":first_token_ms": stage.first_token_ms,
        })?;
    Ok(())
}

fn some(ms: f64) -> Option<f64> {
    (ms != 0.0).then_some(ms)
}

/// In the order in which they started.
pub(crate) fn of_run(connection: &Connection, run: i64) -> rusqlite::Result<Vec<StageTiming>> {
    connection
        .prepare_cached("SELECT * FROM stages WHERE run = ?1 ORDER BY position")?
        .query_map([run], read)?
        .collect()
}

/// Every stage of the runs that started in the window, oldest run first, under the name that its
/// samples are pooled by: `narrative` for `narrative_2`.
pub(crate) fn samples(
    connection: &Connection,
    since: Option<SystemTime>,
) -> rusqlite::Result<Vec<(String, StageTiming)>> {
    connection
        .prepare_cached(
            "SELECT stages.* FROM runs JOIN stages ON stages.run = runs.number
             WHERE runs.started_at_us >= ?1 ORDER BY runs.started_at_us, stages.run, stages.position",
        )?
        .query_map([since_micros(since)], |row| {
            let stage = read(row)?;
            Ok((pooled_name(&stage.name).to_owned(), stage))
        })?
        .collect()
}

/// Every stage of the runs that started in `since_us..=until_us`.
pub(crate) fn read_parts(
    connection: &Connection,
    since_us: i64,
    until_us: i64,
    to: &mut impl AddParts,
) -> rusqlite::Result<()> {
    let mut query = connection.prepare_cached(
        "SELECT runs.started_at_us, runs.pipeline, runs.model, runs.device, stages.name, stages.error_code,
                stages.attempts, stages.prompt_tokens, stages.cached_tokens, stages.completion_tokens,
                stages.prefill_ms, stages.decode_ms, stages.total_ms, stages.first_token_ms
         FROM runs CROSS JOIN stages ON stages.run = runs.number
         WHERE runs.started_at_us BETWEEN ?1 AND ?2",
    )?;
    let mut rows = query.query([since_us, until_us])?;
    while let Some(row) = rows.next()? {
        let (errors, good, bad) = stage_samples(row.get_ref(5)?.as_str_or_null()?, row.get(12)?);
        let count = |column| row.get::<_, u32>(column).map(u64::from);
        let part = StagePart {
            at_us: row.get(0)?,
            group: Group { pipeline: text(row, 1)?, model: text(row, 2)?, device: text(row, 3)? },
            stage: pooled_name(text(row, 4)?),
            sums: StageSums {
                errors,
                fallbacks: (count(6)? > 1).into(),
                prompt_tokens: count(7)?,
                cached_tokens: count(8)?,
                completion_tokens: count(9)?,
                prefill_us: whole_micros(row.get(10)?),
                decode_us: whole_micros(row.get(11)?),
            },
            good,
            bad,
            first_token: row
                .get::<_, Option<f64>>(13)?
                .map_or(Samples::None, |ms| Samples::One(whole_micros(ms))),
        };
        to.add_stage(&part).map_err(|bad| bad_samples("stages", bad))?;
    }
    Ok(())
}

pub(crate) fn pooled_name(name: &str) -> &str {
    match name.rsplit_once('_') {
        Some((stage, number)) if !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit()) => {
            stage
        }
        _ => name,
    }
}

/// By position, as a million rows by column name take noticeably longer.
fn read(row: &Row) -> rusqlite::Result<StageTiming> {
    let code: Option<String> = row.get(14)?;
    let error = match code {
        Some(code) => {
            let message: Option<String> = row.get(15)?;
            Some(StageError { code, message: message.unwrap_or_default() })
        }
        None => None,
    };
    let phase = |column| row.get::<_, Option<f64>>(column).map(Option::unwrap_or_default);
    Ok(StageTiming {
        name: row.get(2)?,
        start_ms: row.get(3)?,
        load_ms: phase(16)?,
        queue_ms: row.get(4)?,
        prompt_build_ms: row.get(5)?,
        retrieval_ms: phase(17)?,
        prefill_ms: row.get(6)?,
        decode_ms: row.get(7)?,
        parse_ms: row.get(8)?,
        check_ms: phase(18)?,
        total_ms: row.get(9)?,
        first_token_ms: row.get(19)?,
        prompt_tokens: row.get(10)?,
        cached_tokens: row.get(11)?,
        completion_tokens: row.get(12)?,
        attempts: row.get(13)?,
        error,
    })
}

#[cfg(test)]
mod tests {
    use super::pooled_name;

    #[test]
    fn stages_are_pooled_without_their_number() {
        assert_eq!(pooled_name("narrative_2"), "narrative");
        assert_eq!(pooled_name("narrative"), "narrative");
        assert_eq!(pooled_name("usage_summary"), "usage_summary");
        assert_eq!(pooled_name("odd_"), "odd_");
    }
}
