//! One row per hour, pipeline, model, device and stage, from all stages of the runs that began in the hour.

use rusqlite::{Connection, Transaction, params};

use super::{bad_samples, count, packed_samples, text};
use crate::parts::{AddParts, Group, HOUR_US, Samples, StagePart, StageSums};

/// The samples are sorted microseconds, as `samples.rs` packs them. Clustered by hour through the row's
/// number: a table with a key of its own, `WITHOUT ROWID`, would keep rows of this size in pages apart, and
/// took twice the room.
pub(crate) const CREATE: &str = "\
CREATE TABLE stage_rollups (
    number INTEGER NOT NULL PRIMARY KEY, -- the hour since 1970 * 2^20 + the position among the hour's
    pipeline TEXT NOT NULL,
    model TEXT NOT NULL,
    device TEXT NOT NULL,
    stage TEXT NOT NULL,               -- without its number
    errors INTEGER NOT NULL,
    fallbacks INTEGER NOT NULL,
    prompt_tokens INTEGER NOT NULL,
    cached_tokens INTEGER NOT NULL,
    completion_tokens INTEGER NOT NULL,
    prefill_us INTEGER NOT NULL,
    decode_us INTEGER NOT NULL,
    n INTEGER NOT NULL,
    good BLOB NOT NULL,                -- totals of those without an error
    bad BLOB NOT NULL,                 -- totals of the others
    first_token BLOB NOT NULL
) STRICT;
";

/// Numbers for one hour's rows.
const NUMBERS: i64 = 1 << 20;

/// Of the rows of the hours from the first to the last.
fn numbers(first: i64, last: i64) -> [i64; 2] {
    [first.saturating_mul(NUMBERS), last.saturating_mul(NUMBERS).saturating_add(NUMBERS - 1)]
}

pub(crate) fn insert(
    transaction: &Transaction,
    hour: i64,
    position: usize,
    n: usize,
    part: &StagePart,
) -> rusqlite::Result<()> {
    let position = i64::try_from(position).unwrap_or(i64::MAX).min(NUMBERS - 1);
    let StagePart { group, stage, sums, .. } = part;
    transaction
        .prepare_cached(
            "INSERT INTO stage_rollups (number, pipeline, model, device, stage, errors, fallbacks,
                 prompt_tokens, cached_tokens, completion_tokens, prefill_us, decode_us, n, good, bad,
                 first_token)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)",
        )?
        .execute(params![
            hour * NUMBERS + position,
            group.pipeline,
            group.model,
            group.device,
            stage,
            sums.errors.cast_signed(),
            sums.fallbacks.cast_signed(),
            sums.prompt_tokens.cast_signed(),
            sums.cached_tokens.cast_signed(),
            sums.completion_tokens.cast_signed(),
            sums.prefill_us.cast_signed(),
            sums.decode_us.cast_signed(),
            i64::try_from(n).unwrap_or(i64::MAX),
            packed(part.good),
            packed(part.bad),
            packed(part.first_token),
        ])?;
    Ok(())
}

fn packed(samples: Samples<'_>) -> &[u8] {
    match samples {
        Samples::Packed(bytes) => bytes,
        Samples::None | Samples::One(_) => &[],
    }
}

/// Those of `first..=last`.
pub(crate) fn read(
    connection: &Connection,
    first: i64,
    last: i64,
    to: &mut impl AddParts,
) -> rusqlite::Result<()> {
    let mut query = connection.prepare_cached(
        "SELECT number, pipeline, model, device, stage, errors, fallbacks, prompt_tokens, cached_tokens,
                completion_tokens, prefill_us, decode_us, good, bad, first_token
         FROM stage_rollups WHERE number BETWEEN ?1 AND ?2",
    )?;
    let mut rows = query.query(numbers(first, last))?;
    while let Some(row) = rows.next()? {
        let part = StagePart {
            at_us: row.get::<_, i64>(0)?.div_euclid(NUMBERS).saturating_mul(HOUR_US),
            group: Group { pipeline: text(row, 1)?, model: text(row, 2)?, device: text(row, 3)? },
            stage: text(row, 4)?,
            sums: StageSums {
                errors: count(row, 5)?,
                fallbacks: count(row, 6)?,
                prompt_tokens: count(row, 7)?,
                cached_tokens: count(row, 8)?,
                completion_tokens: count(row, 9)?,
                prefill_us: count(row, 10)?,
                decode_us: count(row, 11)?,
            },
            good: packed_samples(row, 12)?,
            bad: packed_samples(row, 13)?,
            first_token: packed_samples(row, 14)?,
        };
        to.add_stage(&part).map_err(|bad| bad_samples("stage_rollups", bad))?;
    }
    Ok(())
}

/// Those of the hour.
pub(crate) fn delete(transaction: &Transaction, hour: i64) -> rusqlite::Result<()> {
    transaction
        .prepare_cached("DELETE FROM stage_rollups WHERE number BETWEEN ?1 AND ?2")?
        .execute(numbers(hour, hour))?;
    Ok(())
}
