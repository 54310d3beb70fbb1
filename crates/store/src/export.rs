//! The history in the formats of other tools. Pure: runs in, text out. [`crate::Store::each_run`] gives the
//! runs one after the other, and [`crate::Store::performance`] what Prometheus is told.
//!
//! Attributes are named as OpenTelemetry's conventions for generative AI have them, where they have one,
//! and `sextant.…` otherwise, as on the spans that the history comes from.

mod csv;
mod otlp;
mod prometheus;

use std::fmt::Write as _;

pub use csv::{write_csv_header, write_csv_runs};
pub use otlp::write_otlp;
pub use prometheus::write_prometheus;

use sextant_domain::StageTiming;

use crate::RunRow;

/// A run and its stages in the order in which they started.
pub type RunWithStages = (RunRow, Vec<StageTiming>);

/// RFC 3339 in UTC, to the microsecond.
fn rfc3339(unix_us: u64) -> String {
    let (seconds, us) = (unix_us / 1_000_000, unix_us % 1_000_000);
    let (year, month, day) = date_of(seconds / 86_400);
    let second = seconds % 86_400;
    let mut text = format!("{year:04}-{month:02}-{day:02}T");
    let _ = write!(text, "{:02}:{:02}:{:02}.{us:06}Z", second / 3600, second / 60 % 60, second % 60);
    text
}

/// The Gregorian date so many days after 1 January 1970: years begin in March, so that the leap day is
/// their last (Richards, "Calendars", in the Explanatory Supplement to the Astronomical Almanac, 2013).
fn date_of(days: u64) -> (u64, u64, u64) {
    let days = days + 719_468;
    let era = days / 146_097;
    let day_of_era = days % 146_097;
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    (era * 400 + year_of_era + u64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests;
