//! Vectors of texts by the model that made them. A cache: every row may be deleted.

use std::time::{Duration, SystemTime};

use rusqlite::{Connection, OptionalExtension as _, Transaction, params};

use super::{micros, time};

/// The index has each row's size, so that the sum of all is quick.
pub(crate) const CREATE: &str = "\
CREATE TABLE vectors (
    model TEXT NOT NULL,
    text_hash BLOB NOT NULL,           -- sha256
    vector BLOB NOT NULL,              -- four bytes each, the lowest first
    stored_at_us INTEGER NOT NULL,
    used_at_us INTEGER NOT NULL,       -- to the hour
    PRIMARY KEY (model, text_hash)
) STRICT;
CREATE INDEX vectors_by_use ON vectors (used_at_us, length(vector));
CREATE INDEX vectors_by_age ON vectors (stored_at_us);
";

/// Vectors take at most this much together: those of 150,000 texts of 384 numbers each. The least recently
/// used ones go first.
const MOST_BYTES: i64 = 256 * 1024 * 1024;

/// How exactly uses are known, so that a look-up of many seldom writes.
const USE_STEP: Duration = Duration::from_hours(1);

/// What is kept for the text, if it is no older than `time_to_live`; and whether its use is to be noted.
pub(crate) fn get(
    connection: &Connection,
    model: &str,
    text_hash: &[u8; 32],
    time_to_live: Duration,
    now: SystemTime,
) -> rusqlite::Result<Option<(Vec<f32>, bool)>> {
    let found: Option<(Option<Vec<f32>>, i64, i64)> = connection
        .prepare_cached(
            "SELECT vector, stored_at_us, used_at_us FROM vectors WHERE model = ?1 AND text_hash = ?2",
        )?
        .query_row((model, text_hash), |row| {
            Ok((unpacked(row.get_ref(0)?.as_blob()?), row.get(1)?, row.get(2)?))
        })
        .optional()?;
    Ok(found.and_then(|(vector, stored_at, used_at)| {
        // A clock that was set back makes a vector fresh, not an error.
        let since = |then| now.duration_since(time(then)).unwrap_or_default();
        let is_fresh = since(stored_at) <= time_to_live;
        Some((vector.filter(|_| is_fresh)?, since(used_at) >= USE_STEP))
    }))
}

pub(crate) fn touch(
    transaction: &Transaction,
    model: &str,
    text_hashes: &[[u8; 32]],
    now: SystemTime,
) -> rusqlite::Result<()> {
    let mut update = transaction
        .prepare_cached("UPDATE vectors SET used_at_us = ?3 WHERE model = ?1 AND text_hash = ?2")?;
    text_hashes.iter().try_for_each(|hash| update.execute(params![model, hash, micros(now)]).map(|_| ()))
}

/// Keeps vectors and drops what is over the bound; how many went.
pub(crate) fn put(
    transaction: &Transaction,
    model: &str,
    vectors: &[([u8; 32], Vec<f32>)],
    now: SystemTime,
) -> rusqlite::Result<usize> {
    let mut insert = transaction.prepare_cached(
        "INSERT INTO vectors (model, text_hash, vector, stored_at_us, used_at_us) VALUES (?1, ?2, ?3, ?4, ?4)
         ON CONFLICT (model, text_hash) DO UPDATE SET
             vector = excluded.vector, stored_at_us = excluded.stored_at_us, used_at_us = excluded.used_at_us",
    )?;
    for (hash, vector) in vectors {
        insert.execute(params![model, hash, packed(vector), micros(now)])?;
    }
    drop_over(transaction, MOST_BYTES)
}

fn drop_over(transaction: &Transaction, most_bytes: i64) -> rusqlite::Result<usize> {
    let bytes: i64 = transaction
        .prepare_cached("SELECT coalesce(sum(length(vector)), 0) FROM vectors INDEXED BY vectors_by_use")?
        .query_row([], |row| row.get(0))?;
    if bytes <= most_bytes {
        return Ok(0);
    }
    transaction
        .prepare_cached(
            "DELETE FROM vectors WHERE rowid IN (
                 SELECT rowid FROM (
                     SELECT rowid, sum(length(vector)) OVER (ORDER BY used_at_us DESC, rowid DESC) AS bytes
                     FROM vectors
                 ) WHERE bytes > ?1
             )",
        )?
        .execute([most_bytes])
}

/// Drops what is older than `time_to_live`; how many went.
pub(crate) fn drop_expired(
    transaction: &Transaction,
    time_to_live: Duration,
    now: SystemTime,
) -> rusqlite::Result<usize> {
    let cutoff = now.checked_sub(time_to_live).unwrap_or(SystemTime::UNIX_EPOCH);
    transaction.prepare_cached("DELETE FROM vectors WHERE stored_at_us < ?1")?.execute([micros(cutoff)])
}

fn packed(vector: &[f32]) -> Vec<u8> {
    vector.iter().flat_map(|number| number.to_le_bytes()).collect()
}

/// `None` where it can't be whole numbers of four bytes.
fn unpacked(packed: &[u8]) -> Option<Vec<f32>> {
    let (numbers, rest) = packed.as_chunks();
    let is_whole = rest.is_empty() && !numbers.is_empty();
    is_whole.then(|| numbers.iter().copied().map(f32::from_le_bytes).collect())
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use super::*;
    use crate::testing;

    #[test]
    fn the_least_recently_used_go_first() {
        let store = testing::store();
        let hours = |hours| UNIX_EPOCH + Duration::from_hours(1000 + hours);
        let dropped = store
            .write(move |transaction| {
                for number in 0..4_u8 {
                    let one = [([number; 32], vec![1.0, 2.0, 3.0])];
                    assert_eq!(put(transaction, "m", &one, hours(u64::from(number)))?, 0);
                }
                touch(transaction, "m", &[[0; 32]], hours(9))?;
                drop_over(transaction, 30)
            })
            .expect("written");
        assert_eq!(dropped, 2);
        let kept = |number: u8| {
            let day = Duration::from_hours(24);
            store.read(|connection| get(connection, "m", &[number; 32], day, hours(9))).expect("readable")
        };
        let there: Vec<bool> = (0..4).map(|number| kept(number).is_some()).collect();
        assert_eq!(there, [true, false, false, true]);
        assert_eq!(kept(0).map(|(_, is_old)| is_old), Some(false));
        assert_eq!(kept(3).map(|(_, is_old)| is_old), Some(true));
    }
}
