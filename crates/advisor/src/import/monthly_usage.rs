//! A year from rows that are months: each calendar month exactly once, put into the order of time.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use sextant_domain::{HomeUsage, MonthUsage};

use super::calendar::{CalendarMonth, month_name};
use super::usage_file::{HomeReadings, Reading, finish};
use super::{ImportError, Note};

/// The month of a row, and its place in time where a column says so.
pub(super) type MonthWhen = (CalendarMonth, Option<Decimal>);

/// Whether a home has so many rows for its months that they must be shorter readings.
pub(super) fn is_too_dense(home: &HomeReadings<'_, MonthWhen>) -> bool {
    const ROWS_PER_MONTH: usize = 20;
    let mut months: Vec<CalendarMonth> = home.readings.iter().map(|reading| reading.when.0).collect();
    months.sort_unstable();
    months.dedup();
    home.readings.len() >= ROWS_PER_MONTH * months.len()
}

pub(super) fn year(
    home: &mut HomeReadings<'_, MonthWhen>,
    notes: &mut Vec<Note>,
) -> Result<HomeUsage, ImportError> {
    require_each_month_once(home)?;
    let years_known = home.readings.iter().all(|reading| reading.when.0.year.is_some());
    let positions_known = home.readings.iter().all(|reading| reading.when.1.is_some());
    if years_known {
        home.readings.sort_by_key(|reading| reading.when.0);
        require_no_gap(home)?;
    } else if positions_known {
        home.readings.sort_by_key(|reading| reading.when.1);
    } else {
        put_in_calendar_order(home, notes);
    }
    let months = home
        .readings
        .iter()
        .map(|reading| MonthUsage { month: reading.when.0.month, kwh: reading.kwh })
        .collect();
    finish(home, months, notes)
}

fn require_each_month_once(home: &HomeReadings<'_, MonthWhen>) -> Result<(), ImportError> {
    let count = home.readings.len();
    let mut first_lines = BTreeMap::new();
    let mut repeated = None;
    for reading in &home.readings {
        let month = reading.when.0.month;
        match first_lines.get(&month) {
            Some(first_line) => repeated = repeated.or(Some((reading, *first_line))),
            None => {
                first_lines.insert(month, reading.line);
            }
        }
    }
    let missing: Vec<String> = (1..=12)
        .filter(|month| !first_lines.contains_key(month))
        .map(|month| month_name(month).to_owned())
        .collect();
    let home_name = home.home.to_owned();
    match repeated {
        Some((reading, first_line)) if count > 12 && missing.is_empty() => Err(ImportError::TooManyMonths {
            place: home.at(reading.line),
            home: home_name,
            count,
            month: month_name(reading.when.0.month).to_owned(),
            first_line,
        }),
        Some((reading, first_line)) => Err(ImportError::RepeatedMonth {
            place: home.at(reading.line),
            home: home_name,
            month: month_name(reading.when.0.month).to_owned(),
            first_line,
            missing,
        }),
        None if missing.is_empty() => Ok(()),
        None => Err(ImportError::MissingMonths {
            place: home.at(home.readings.last().map_or(0, |reading| reading.line)),
            home: home_name,
            found: count,
            missing,
        }),
    }
}

/// Twelve different months of known years must follow each other. Expects them sorted.
fn require_no_gap(home: &HomeReadings<'_, MonthWhen>) -> Result<(), ImportError> {
    let Some(last) = home.readings.last() else {
        return Ok(());
    };
    let last_number = last.when.0.number();
    let has = |number: i32| home.readings.iter().any(|reading| reading.when.0.number() == number);
    let missing: Vec<String> = (last_number - 11..=last_number)
        .filter(|number| !has(*number))
        .map(|number| CalendarMonth::from_number(number).name())
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    Err(ImportError::MissingMonths {
        place: home.at(last.line),
        home: home.home.to_owned(),
        found: 12 - missing.len(),
        missing,
    })
}

/// Without years, rows that follow the calendar are oldest first, rows that run against it newest first,
/// and rows in any other order, the alphabet's for one, are taken from January on.
fn put_in_calendar_order(home: &mut HomeReadings<'_, MonthWhen>, notes: &mut Vec<Note>) {
    let month = |reading: &Reading<MonthWhen>| reading.when.0.month;
    let runs = |first: u8, second: u8| second == first % 12 + 1;
    if home.readings.windows(2).all(|pair| runs(month(&pair[0]), month(&pair[1]))) {
        return;
    }
    if home.readings.windows(2).all(|pair| runs(month(&pair[1]), month(&pair[0]))) {
        home.readings.reverse();
        return;
    }
    home.readings.sort_by_key(month);
    let message =
        format!("Home {}: the months are in no order of time; taken as January to December", home.home);
    notes.push(Note::about_file(message));
}
