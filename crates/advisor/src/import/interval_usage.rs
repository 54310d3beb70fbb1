//! A year from readings of a day or less: exact sums by calendar month, the latest twelve complete months.
//!
//! A month is complete if it has all readings that its days and the interval call for, give or take the hour that the
//! clocks skip or repeat. A gap is an error and never filled in.

use std::collections::{BTreeMap, HashMap};

use rust_decimal::Decimal;
use sextant_domain::{HomeUsage, MonthUsage};

use super::calendar::{CalendarMonth, MINUTES_PER_DAY, Moment, days_in_month, month_name};
use super::monthly_usage::MonthWhen;
use super::usage_file::{HomeReadings, Reading, add_exactly, finish};
use super::{ImportError, Note};

const MONTHS_IN_A_YEAR: usize = 12;

pub(super) fn has_one_reading_a_month(readings: &[Reading<Moment>]) -> bool {
    let mut months: Vec<CalendarMonth> = readings.iter().map(|reading| reading.when.month()).collect();
    months.sort_unstable();
    months.dedup();
    // Thirteen bills may fall into twelve months; the monthly reading then says which.
    readings.len() <= months.len() + 1 && months.len() > 1
}

struct MonthSum {
    kwh: Decimal,
    count: usize,
    first_line: u64,
    /// Sum of the positions of its readings, for the mean.
    positions: usize,
}

/// Readings with dates.
pub(super) fn year(
    home: &mut HomeReadings<'_, Moment>,
    notes: &mut Vec<Note>,
) -> Result<HomeUsage, ImportError> {
    home.readings
        .sort_by_key(|reading| (reading.when.minute - reading.when.offset.unwrap_or(0), reading.when.minute));
    let interval = interval_minutes(home)?;
    require_distinct_times(home, interval)?;
    let per_day = MINUTES_PER_DAY / interval;
    // Meters that stamp the end of an interval have their first reading one interval after midnight and their last
    // at midnight; that last one belongs to the day before.
    let first = home.readings.first().map_or(0, |reading| reading.when.minute);
    let last = home.readings.last().map_or(0, |reading| reading.when.minute);
    let stamps_end = interval < MINUTES_PER_DAY
        && first.rem_euclid(MINUTES_PER_DAY) == interval
        && last.rem_euclid(MINUTES_PER_DAY) == 0;
    let shift = if stamps_end { interval } else { 0 };

    let mut sums: BTreeMap<i32, MonthSum> = BTreeMap::new();
    for (position, reading) in home.readings.iter().enumerate() {
        let moment = Moment { minute: reading.when.minute - shift, ..reading.when };
        add(&mut sums, moment.month().number(), position, reading, home)?;
    }
    let expected = |number: i32| {
        let days = i64::from(CalendarMonth::from_number(number).days());
        usize::try_from(days * per_day).unwrap_or(usize::MAX)
    };
    let hour = usize::try_from(per_day / 24).unwrap_or(0);
    let is_complete = |number: i32| sums.get(&number).is_some_and(|sum| sum.count + hour >= expected(number));

    let (Some(first), Some(mut last)) = (sums.keys().next().copied(), sums.keys().next_back().copied())
    else {
        return Err(missing_months(home, 0, Vec::new()));
    };
    let mut incomplete_end = None;
    if !is_complete(last) && last > first {
        incomplete_end = Some(last);
        last -= 1;
    }
    let wanted: Vec<i32> = (last - 11..=last).collect();
    for number in &wanted {
        let month = CalendarMonth::from_number(*number);
        if is_complete(*number) {
            continue;
        }
        let Some(sum) = sums.get(number).filter(|_| *number > first) else {
            let missing: Vec<String> = wanted
                .iter()
                .filter(|number| !is_complete(**number))
                .map(|number| CalendarMonth::from_number(*number).name())
                .collect();
            return Err(missing_months(home, MONTHS_IN_A_YEAR - missing.len(), missing));
        };
        return Err(ImportError::ReadingCount {
            place: home.at(sum.first_line),
            home: home.home.to_owned(),
            month: month.name(),
            found: sum.count,
            expected: expected(*number),
        });
    }
    if let Some(number) = incomplete_end {
        let message = format!(
            "Home {}: {} is not complete and was left out",
            home.home,
            CalendarMonth::from_number(number).name()
        );
        notes.push(Note::about_file(message));
    }
    if first < wanted[0] {
        let (from, to) = (CalendarMonth::from_number(wanted[0]), CalendarMonth::from_number(last));
        let message = format!(
            "Home {}: the latest twelve complete months were taken, {} to {}",
            home.home,
            from.name(),
            to.name()
        );
        notes.push(Note::about_file(message));
    }
    let months = wanted
        .iter()
        .filter_map(|number| {
            let month = CalendarMonth::from_number(*number).month;
            Some(MonthUsage { month, kwh: sums.get(number)?.kwh })
        })
        .collect();
    finish(home, months, notes)
}

/// Readings that have a month and an hour but no date. The year starts where most of a month's readings come first:
/// a single reading of July ahead of August belongs to the July that ends the year.
pub(super) fn year_without_dates(
    home: &mut HomeReadings<'_, MonthWhen>,
    notes: &mut Vec<Note>,
) -> Result<HomeUsage, ImportError> {
    if home.readings.iter().all(|reading| reading.when.1.is_some()) {
        home.readings.sort_by_key(|reading| reading.when.1);
        if let Some(pair) = home.readings.windows(2).find(|pair| pair[0].when.1 == pair[1].when.1) {
            return Err(ImportError::RepeatedReading {
                place: home.at(pair[1].line),
                home: home.home.to_owned(),
                value: pair[1].when.1.unwrap_or_default().normalize().to_string(),
            });
        }
    }
    let mut sums: BTreeMap<i32, MonthSum> = BTreeMap::new();
    for (position, reading) in home.readings.iter().enumerate() {
        let month = reading.when.0;
        let number = if month.year.is_some() { month.number() } else { i32::from(month.month) - 1 };
        add(&mut sums, number, position, reading, home)?;
    }
    let present = |month: u8| sums.keys().any(|number| number.rem_euclid(12) == i32::from(month) - 1);
    let missing: Vec<String> =
        (1..=12).filter(|month| !present(*month)).map(|month| month_name(month).to_owned()).collect();
    if !missing.is_empty() {
        return Err(missing_months(home, MONTHS_IN_A_YEAR - missing.len(), missing));
    }
    if sums.len() > MONTHS_IN_A_YEAR {
        let surplus = sums.iter().next_back().map(|(number, sum)| (*number, sum.first_line));
        let (number, line) = surplus.unwrap_or((0, 0));
        let earlier = sums.get(&(number - 12)).map_or(line, |sum| sum.first_line);
        return Err(ImportError::TooManyMonths {
            place: home.at(line),
            home: home.home.to_owned(),
            count: sums.len(),
            month: month_name(CalendarMonth::from_number(number).month).to_owned(),
            first_line: earlier,
        });
    }
    let mut in_order: Vec<(u8, MonthSum)> =
        sums.into_iter().map(|(number, sum)| (CalendarMonth::from_number(number).month, sum)).collect();
    // Mean positions compared without division: a/b < c/d where a·d < c·b.
    in_order.sort_by(|(_, one), (_, other)| {
        let left = one.positions as u128 * other.count as u128;
        left.cmp(&(other.positions as u128 * one.count as u128))
    });
    let mut per_day: Vec<usize> = in_order
        .iter()
        .map(|(month, sum)| {
            let days = days_in_month(*month, None) as usize;
            (sum.count + days / 2) / days
        })
        .collect();
    per_day.sort_unstable();
    let per_day = per_day[per_day.len() / 2].max(1);
    for (month, sum) in &in_order {
        let expected = days_in_month(*month, None) as usize * per_day;
        let leap_day = if *month == 2 { per_day } else { 0 };
        let hour = per_day / 24;
        if sum.count + hour < expected || sum.count > expected + leap_day + hour {
            return Err(ImportError::ReadingCount {
                place: home.at(sum.first_line),
                home: home.home.to_owned(),
                month: month_name(*month).to_owned(),
                found: sum.count,
                expected,
            });
        }
    }
    let months = in_order.into_iter().map(|(month, sum)| MonthUsage { month, kwh: sum.kwh }).collect();
    finish(home, months, notes)
}

fn add<When>(
    sums: &mut BTreeMap<i32, MonthSum>,
    month: i32,
    position: usize,
    reading: &Reading<When>,
    home: &HomeReadings<'_, When>,
) -> Result<(), ImportError> {
    let sum = sums.entry(month).or_insert(MonthSum {
        kwh: Decimal::ZERO,
        count: 0,
        first_line: reading.line,
        positions: 0,
    });
    sum.kwh = add_exactly(sum.kwh, reading.kwh).ok_or_else(|| ImportError::UsageTooLarge {
        file: home.place.file.to_string(),
        home: home.home.to_owned(),
        month: month_name(CalendarMonth::from_number(month).month).to_owned(),
    })?;
    sum.count += 1;
    sum.positions += position;
    Ok(())
}

fn missing_months<When>(home: &HomeReadings<'_, When>, found: usize, missing: Vec<String>) -> ImportError {
    let line = home.readings.iter().map(|reading| reading.line).max().unwrap_or(0);
    ImportError::MissingMonths { place: home.at(line), home: home.home.to_owned(), found, missing }
}

/// The most common distance between readings. Expects them sorted.
fn interval_minutes(home: &HomeReadings<'_, Moment>) -> Result<i64, ImportError> {
    let mut counts: HashMap<i64, usize> = HashMap::new();
    for pair in home.readings.windows(2) {
        let distance = pair[1].when.minute - pair[0].when.minute;
        if distance > 0 {
            *counts.entry(distance).or_default() += 1;
        }
    }
    let most = counts.iter().max_by_key(|(distance, count)| (**count, -**distance));
    let interval = most.map_or(MINUTES_PER_DAY, |(distance, _)| *distance);
    if interval > MINUTES_PER_DAY || MINUTES_PER_DAY % interval != 0 {
        return Err(ImportError::Spacing {
            place: home.at(home.readings.first().map_or(0, |reading| reading.line)),
            home: home.home.to_owned(),
            minutes: interval,
        });
    }
    Ok(interval)
}

/// The same time twice is a mistake, but for the hour that comes twice when clocks go back: in autumn, at night,
/// once a year, in files that don't say the distance to UTC.
fn require_distinct_times(home: &HomeReadings<'_, Moment>, interval: i64) -> Result<(), ImportError> {
    const LATEST_CHANGE_MINUTE: i64 = 4 * 60;
    let mut repeated_in: BTreeMap<i64, i64> = BTreeMap::new();
    for pair in home.readings.windows(2).filter(|pair| pair[0].when == pair[1].when) {
        let moment = pair[1].when;
        let repeated = repeated_in.entry(moment.minute.div_euclid(MINUTES_PER_DAY)).or_default();
        *repeated += 1;
        let clocks_go_back = moment.offset.is_none()
            && interval <= 60
            && *repeated * interval <= 60
            && matches!(moment.month().month, 3 | 4 | 9..=11)
            && moment.minute.rem_euclid(MINUTES_PER_DAY) < LATEST_CHANGE_MINUTE;
        if !clocks_go_back || repeated_in.len() > 2 {
            let line = pair[1].line;
            return Err(ImportError::RepeatedReading {
                place: home.at(line),
                home: home.home.to_owned(),
                value: written(moment),
            });
        }
    }
    Ok(())
}

fn written(moment: Moment) -> String {
    let minute_of_day = moment.minute.rem_euclid(MINUTES_PER_DAY);
    let (day, month) = (moment.day_of_month(), moment.month());
    format!(
        "{}-{:02}-{day:02} {:02}:{:02}",
        month.year.unwrap_or(0),
        month.month,
        minute_of_day / 60,
        minute_of_day % 60
    )
}
