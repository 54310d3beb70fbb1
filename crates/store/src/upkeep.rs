//! What the writer does while nobody waits: rolling finished hours up, then deleting what has had its time.
//!
//! In steps of some milliseconds, each a transaction of its own, so that a write never waits long. Rows are
//! deleted by whole hours and only once their hour is rolled up, so no figure is lost before its time.

use std::time::{Duration, Instant, SystemTime};

use rusqlite::{Connection, Transaction};

use crate::parts::HOUR_US;
use crate::rolling;
use crate::table::rolled_hour::{self, RolledHour};
use crate::table::{cache_event, micros, run};

/// How long one step rolls; an hour once begun is finished.
const STEP: Duration = Duration::from_millis(10);

/// Of rows that one step deletes.
const DELETED_ROWS: u32 = 1000;

/// After an hour's end, for runs that began in it: most have ended by then, and needn't be rolled twice.
const GRACE_US: i64 = 120_000_000;

/// How long what is kept, and how often that is looked after.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Keeping {
    pub(crate) history: Duration,
    pub(crate) rollups: Duration,
    pub(crate) every: Duration,
}

/// What is to be done next.
#[derive(Debug)]
pub(crate) enum Upkeep {
    Looking,
    /// The last is the next.
    Rolling(Vec<i64>),
    Deleting,
    /// Until it is time to look again.
    Waiting(Instant),
}

impl Upkeep {
    /// How long there is nothing to do; zero where there is.
    pub(crate) fn idle(&self) -> Duration {
        match self {
            Self::Waiting(until) => until.saturating_duration_since(Instant::now()),
            _ => Duration::ZERO,
        }
    }

    /// A little of what is to be done.
    pub(crate) fn step(
        &mut self,
        connection: &mut Connection,
        keeping: &Keeping,
        now: SystemTime,
    ) -> rusqlite::Result<()> {
        let now_us = micros(now);
        *self = match std::mem::replace(self, Self::Looking) {
            Self::Looking => match finished_hours(connection, keeping, now_us)? {
                hours if hours.is_empty() => Self::Deleting,
                hours => Self::Rolling(hours),
            },
            Self::Waiting(until) if until > Instant::now() => Self::Waiting(until),
            Self::Waiting(_) => Self::Looking,
            Self::Rolling(mut hours) => {
                crate::writer::in_transaction(connection, |transaction| {
                    let started = Instant::now();
                    while let Some(hour) = hours.pop() {
                        if rolled_hour::get(transaction, hour)?.is_none() {
                            rolling::roll(transaction, hour)?;
                        }
                        if started.elapsed() > STEP {
                            break;
                        }
                    }
                    Ok(())
                })?;
                if hours.is_empty() { Self::Deleting } else { Self::Rolling(hours) }
            }
            Self::Deleting => {
                let more = crate::writer::in_transaction(connection, |transaction| {
                    Ok(delete_rows(transaction, keeping, now_us)?
                        || delete_rollups(transaction, keeping, now_us)?)
                })?;
                if more { Self::Deleting } else { Self::wait(keeping) }
            }
        };
        Ok(())
    }

    /// Nothing until it is time to look again.
    pub(crate) fn wait(keeping: &Keeping) -> Self {
        let now = Instant::now();
        Self::Waiting(now.checked_add(keeping.every).unwrap_or(now + Duration::from_hours(24)))
    }
}

/// Those that aren't rolled up yet, the newest first, so that what was lately looked at is read quickly
/// soon; hours without anything are among them, so that a window is one stretch of rolled hours.
fn finished_hours(connection: &Connection, keeping: &Keeping, now_us: i64) -> rusqlite::Result<Vec<i64>> {
    let end = (now_us - GRACE_US).div_euclid(HOUR_US);
    let from_us = cutoff_hour(now_us, keeping.rollups).saturating_mul(HOUR_US);
    let first_run = run::first_start_us(connection, from_us)?;
    let first_event = cache_event::first_us(connection, from_us)?;
    let Some(first_us) = first_run.into_iter().chain(first_event).min() else {
        return Ok(Vec::new());
    };
    let first = first_us.div_euclid(HOUR_US);
    let mut rolled = rolled_hour::list(connection, first, end)?.into_iter().map(|mark| mark.hour).peekable();
    // Ascending, so that the last one, which is the next, is the newest.
    Ok((first..end).filter(|&hour| rolled.next_if_eq(&hour).is_none()).collect())
}

/// The first hour of which something is kept.
fn cutoff_hour(now_us: i64, keep: Duration) -> i64 {
    let keep_us = i64::try_from(keep.as_micros()).unwrap_or(i64::MAX);
    now_us.saturating_sub(keep_us).max(0).div_euclid(HOUR_US)
}

/// Some rows of the oldest hour, if it has had its time; whether there was anything to delete.
fn delete_rows(transaction: &Transaction, keeping: &Keeping, now_us: i64) -> rusqlite::Result<bool> {
    let cutoff = cutoff_hour(now_us, keeping.history);
    let rolled_from = cutoff_hour(now_us, keeping.rollups);
    let first_run = run::first_start_us(transaction, i64::MIN)?;
    let first_event = cache_event::first_us(transaction, i64::MIN)?;
    let Some(hour) = first_run.into_iter().chain(first_event).min().map(|us| us.div_euclid(HOUR_US)) else {
        return Ok(false);
    };
    if hour >= cutoff {
        return Ok(false);
    }
    if hour >= rolled_from && rolled_hour::get(transaction, hour)?.is_none_or(|mark| mark.rows_kept) {
        if rolled_hour::get(transaction, hour)?.is_none() {
            // Something came in late, after the hours had been rolled.
            rolling::roll(transaction, hour)?;
        }
        rolled_hour::put(transaction, RolledHour { hour, rows_kept: false })?;
    }
    let (since_us, until_us) = (hour * HOUR_US, (hour + 1) * HOUR_US - 1);
    run::delete(transaction, since_us, until_us, DELETED_ROWS)?;
    cache_event::delete(transaction, since_us, until_us, DELETED_ROWS)?;
    Ok(true)
}

/// Some of the roll-ups that have had their time; whether there were any. Their rows went before.
fn delete_rollups(transaction: &Transaction, keeping: &Keeping, now_us: i64) -> rusqlite::Result<bool> {
    let cutoff = cutoff_hour(now_us, keeping.rollups);
    let expired: Vec<RolledHour> = rolled_hour::list(transaction, i64::MIN, cutoff - 1)?;
    expired.iter().take(100).try_for_each(|mark| rolled_hour::delete(transaction, mark.hour))?;
    Ok(!expired.is_empty())
}

#[cfg(test)]
mod tests;
