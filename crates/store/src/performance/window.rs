//! A stretch of time up to now, cut into the buckets of a series.
//!
//! Buckets begin at whole multiples of their width since 1970, so that they don't move with the clock.

use std::time::SystemTime;

use rusqlite::Connection;

use crate::parts::HOUR_US;
use crate::table::{micros, rolled_hour, run};

const SECOND_US: i64 = 1_000_000;
const MINUTE_US: i64 = 60 * SECOND_US;

/// Up to this long, a window is read from rows.
pub(crate) const FINE_WINDOW_US: i64 = 6 * HOUR_US;

/// More points than this are no clearer. The first and the last bucket may be cut off by the window.
const BUCKETS: i64 = 120;

/// Of a window whose history is young; they are counted, and left out of the series.
const MOST_EMPTY_BUCKETS: i64 = 2000;

const FINE_WIDTHS_US: [i64; 11] = [
    SECOND_US,
    2 * SECOND_US,
    5 * SECOND_US,
    10 * SECOND_US,
    15 * SECOND_US,
    30 * SECOND_US,
    MINUTE_US,
    2 * MINUTE_US,
    3 * MINUTE_US,
    5 * MINUTE_US,
    10 * MINUTE_US,
];

const WIDTHS_US: [i64; 9] = [
    HOUR_US,
    2 * HOUR_US,
    3 * HOUR_US,
    6 * HOUR_US,
    12 * HOUR_US,
    24 * HOUR_US,
    48 * HOUR_US,
    96 * HOUR_US,
    168 * HOUR_US,
];

/// Both ends are included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::struct_field_names, reason = "units are in names")]
pub(crate) struct Window {
    pub(crate) since_us: i64,
    pub(crate) until_us: i64,
    pub(crate) bucket_us: i64,
}

impl Window {
    pub(crate) fn new(window_ms: f64, now: SystemTime) -> Self {
        let until_us = micros(now);
        let since_us = until_us
            .saturating_sub(crate::parts::whole_micros(window_ms).min(i64::MAX as u64).cast_signed())
            .max(0);
        let length_us = until_us - since_us;
        let enough = |width: &&i64| **width * BUCKETS >= length_us;
        let widths = if length_us <= FINE_WINDOW_US { &FINE_WIDTHS_US[..] } else { &WIDTHS_US[..] };
        let bucket_us = widths.iter().find(enough).copied().unwrap_or_else(|| {
            let week = 168 * HOUR_US;
            // Whole weeks, as many as it takes.
            (length_us / (BUCKETS * week) + 1) * week
        });
        Self { since_us, until_us, bucket_us }
    }

    /// Whether buckets are shorter than the hours that are rolled up.
    pub(crate) fn is_fine(self) -> bool {
        self.bucket_us < HOUR_US
    }

    /// Begins with a whole hour if it begins in one whose rows are gone.
    pub(crate) fn within_what_is_kept(self, connection: &Connection) -> rusqlite::Result<Self> {
        let hour = self.since_us.div_euclid(HOUR_US);
        let gone = rolled_hour::get(connection, hour)?.is_some_and(|mark| !mark.rows_kept);
        Ok(if gone { Self { since_us: hour * HOUR_US, ..self } } else { self })
    }

    /// With shorter buckets where all that is in it is young, as in somebody's first hours: a point an hour
    /// would be a point in all. Wide windows keep theirs, since buckets are counted from their beginning.
    pub(crate) fn finer_for_a_young_history(self, connection: &Connection) -> rusqlite::Result<Self> {
        if self.is_fine() {
            return Ok(self);
        }
        let first = self.since_us.div_euclid(HOUR_US);
        if rolled_hour::is_without_rows(connection, first)? {
            return Ok(self);
        }
        let rolled = rolled_hour::oldest(connection, first)?;
        let row = run::oldest(connection, self.since_us)?;
        let oldest_us = rolled.map(|hour| hour * HOUR_US).into_iter().chain(row).min();
        let Some(age_us) =
            oldest_us.map(|oldest| self.until_us - oldest).filter(|age| *age <= FINE_WINDOW_US)
        else {
            return Ok(self);
        };
        let fits = |width: &&i64| {
            **width * BUCKETS >= age_us && (self.until_us - self.since_us) / **width <= MOST_EMPTY_BUCKETS
        };
        let bucket_us = FINE_WIDTHS_US.iter().find(fits).copied().unwrap_or(self.bucket_us);
        Ok(Self { bucket_us, ..self })
    }

    /// The number of the bucket, from the first; what lies outside is in the first or the last.
    pub(crate) fn bucket(self, at_us: i64) -> usize {
        let at_us = at_us.clamp(self.since_us, self.until_us);
        let bucket = at_us.div_euclid(self.bucket_us) - self.since_us.div_euclid(self.bucket_us);
        usize::try_from(bucket).unwrap_or(0)
    }

    pub(crate) fn buckets(self) -> usize {
        self.bucket(self.until_us) + 1
    }

    /// Where a bucket begins.
    pub(crate) fn bucket_start_us(self, bucket: usize) -> i64 {
        let bucket = i64::try_from(bucket).unwrap_or(i64::MAX);
        (self.since_us.div_euclid(self.bucket_us) + bucket) * self.bucket_us
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, UNIX_EPOCH};

    const NOW_US: i64 = 1_800_000_123_456_789;

    fn window(window_ms: f64) -> Window {
        Window::new(window_ms, UNIX_EPOCH + Duration::from_micros(NOW_US.unsigned_abs()))
    }

    #[test]
    fn widths_are_from_the_list_and_aligned() {
        let hour = 3_600_000.0;
        for (hours, width_us) in [
            (0.02, SECOND_US),
            (1.0, 30 * SECOND_US),
            (6.0, 3 * MINUTE_US),
            (6.1, HOUR_US),
            (24.0, HOUR_US),
            (168.0, 2 * HOUR_US),
            (720.0, 6 * HOUR_US),
            (8760.0, 96 * HOUR_US),
            (87_600.0, 5 * 168 * HOUR_US),
        ] {
            let window = window(hours * hour);
            assert_eq!(window.bucket_us, width_us, "{hours} h");
            assert!(window.buckets() <= 122, "{hours} h: {}", window.buckets());
            for bucket in 0..window.buckets() {
                let start = window.bucket_start_us(bucket);
                assert_eq!(start % width_us, 0);
                assert_eq!(window.bucket(start), bucket);
            }
        }
    }

    #[test]
    fn odd_windows_are_held_within_time() {
        for ms in [0.0, -1.0, f64::NAN, f64::NEG_INFINITY] {
            assert_eq!((window(ms).since_us, window(ms).until_us), (NOW_US, NOW_US), "{ms}");
        }
        for ms in [f64::INFINITY, f64::MAX, 1e18] {
            assert_eq!((window(ms).since_us, window(ms).until_us), (0, NOW_US), "{ms}");
            assert!(window(ms).buckets() <= 122);
        }
        let before = Window::new(1e9, UNIX_EPOCH - Duration::from_secs(5));
        assert_eq!((before.since_us, before.until_us, before.buckets()), (0, 0, 1));
    }
}
