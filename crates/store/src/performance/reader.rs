//! Which hours of a stretch of time come from their roll-ups, and which from rows.

use rusqlite::Connection;

use crate::parts::{AddParts, HOUR_US};
use crate::rolling;
use crate::table::rolled_hour;

/// Everything between the two times, both included. `whole_hours` says that whatever of it is rolled up
/// may come as whole hours; hours whose rows are gone come so in any case, and entirely.
pub(crate) fn read(
    connection: &Connection,
    since_us: i64,
    until_us: i64,
    whole_hours: bool,
    to: &mut impl AddParts,
) -> rusqlite::Result<()> {
    let (first, last) = (since_us.div_euclid(HOUR_US), until_us.div_euclid(HOUR_US));
    let lies_within = |hour: i64| hour * HOUR_US >= since_us && (hour + 1) * HOUR_US - 1 <= until_us;
    let rolled: Vec<i64> = rolled_hour::list(connection, first, last)?
        .into_iter()
        .filter(|mark| !mark.rows_kept || (whole_hours && lies_within(mark.hour)))
        .map(|mark| mark.hour)
        .collect();
    let mut from_us = since_us;
    for hours in rolled.chunk_by(|hour, next| hour + 1 == *next) {
        let (Some(&begin), Some(&end)) = (hours.first(), hours.last()) else {
            continue;
        };
        if from_us < begin * HOUR_US {
            rolling::read_rows(connection, from_us, begin * HOUR_US - 1, to)?;
        }
        rolling::read_rollups(connection, begin, end, to)?;
        from_us = (end + 1) * HOUR_US;
    }
    if from_us <= until_us {
        rolling::read_rows(connection, from_us, until_us, to)?;
    }
    Ok(())
}
