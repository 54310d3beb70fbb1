//! Months, dates and times as people write them in usage files, without time zones: a bill follows the wall clock.
//!
//! A point in time is a number of minutes on the wall clock since 1970; nothing here asks what time it is now.

/// English names, January first.
pub(super) const MONTH_NAMES: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

pub(super) const MINUTES_PER_DAY: i64 = 24 * 60;

/// A calendar month, of a known year or of any.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct CalendarMonth {
    pub(super) year: Option<i32>,
    /// 1 to 12.
    pub(super) month: u8,
}

impl CalendarMonth {
    /// `July` or `July 2025`.
    pub(super) fn name(self) -> String {
        let name = month_name(self.month);
        self.year.map_or_else(|| name.to_owned(), |year| format!("{name} {year}"))
    }

    /// Months since year 0, to count with; the month alone where the year is unknown.
    pub(super) fn number(self) -> i32 {
        self.year.unwrap_or(0) * 12 + i32::from(self.month) - 1
    }

    pub(super) fn from_number(number: i32) -> Self {
        let month = u8::try_from(number.rem_euclid(12) + 1).unwrap_or(1);
        Self { year: Some(number.div_euclid(12)), month }
    }

    pub(super) fn days(self) -> u32 {
        days_in_month(self.month, self.year)
    }
}

pub(super) fn month_name(month: u8) -> &'static str {
    MONTH_NAMES[usize::from(month.clamp(1, 12)) - 1]
}

/// February has 28 days where the year is unknown.
pub(super) fn days_in_month(month: u8, year: Option<i32>) -> u32 {
    let leap = year.is_some_and(|year| year % 4 == 0 && (year % 100 != 0 || year % 400 == 0));
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if leap => 29,
        2 => 28,
        _ => 31,
    }
}

/// `7`, `Jul`, `July`, `2025-07`, `07/2025`, `July 2025`, `Jul-25`, `202507`. Not a full date.
pub(super) fn read_month(cell: &str) -> Option<CalendarMonth> {
    let parts: Vec<&str> =
        cell.split(|c: char| !c.is_alphanumeric()).filter(|part| !part.is_empty()).collect();
    let number = |part: &str| part.parse::<i32>().ok();
    let month_number = |part: &str| {
        let month = if part.len() <= 2 {
            number(part)?
        } else {
            return None;
        };
        u8::try_from(month).ok().filter(|month| (1..=12).contains(month))
    };
    let month = |part: &str| month_number(part).or_else(|| named_month(part));
    let with_year = |year: &str, part: &str| {
        Some(CalendarMonth { year: Some(number(year).filter(|year| is_year(*year))?), month: month(part)? })
    };
    match parts[..] {
        // A whole number that a spreadsheet wrote as `7.0`.
        [one, "0"] if cell.contains('.') => Some(CalendarMonth { year: None, month: month_number(one)? }),
        [one] if one.len() == 6 && one.bytes().all(|byte| byte.is_ascii_digit()) => {
            with_year(&one[..4], &one[4..])
        }
        [one] => Some(CalendarMonth { year: None, month: month(one)? }),
        [first, second] if first.len() == 4 && number(first).is_some() => with_year(first, second),
        [first, second] if second.len() == 4 => with_year(second, first),
        [name, year] if year.len() == 2 => {
            Some(CalendarMonth { year: Some(2000 + number(year)?), month: named_month(name)? })
        }
        _ => None,
    }
}

/// `Jan`, `January`, `Sept`: at least three letters of the English name.
fn named_month(text: &str) -> Option<u8> {
    let text = text.to_ascii_lowercase();
    let index = MONTH_NAMES.iter().position(|name| {
        let name = name.to_ascii_lowercase();
        text.len() >= 3 && name.starts_with(&text)
    })?;
    u8::try_from(index + 1).ok()
}

fn is_year(year: i32) -> bool {
    (1900..=2200).contains(&year)
}

/// How `04/05/2025` is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DayOrder {
    MonthFirst,
    DayFirst,
}

/// A point in time on the wall clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Moment {
    /// Wall-clock minutes since 1970-01-01 00:00.
    pub(super) minute: i64,
    /// Minutes that the clock is ahead of UTC, where the text says it.
    pub(super) offset: Option<i64>,
}

impl Moment {
    pub(super) fn month(self) -> CalendarMonth {
        let (year, month, _) = date_of_day(self.minute.div_euclid(MINUTES_PER_DAY));
        CalendarMonth { year: Some(year), month }
    }

    pub(super) fn day_of_month(self) -> u32 {
        date_of_day(self.minute.div_euclid(MINUTES_PER_DAY)).2
    }
}

/// Which order the dates with slashes have: the one that all of them allow, month first where both do.
pub(super) fn day_order<'a>(cells: impl Iterator<Item = &'a str>) -> DayOrder {
    for cell in cells {
        let mut numbers = cell.split('/').map(|part| part.trim().parse::<u32>().unwrap_or(0));
        if numbers.next().is_some_and(|first| (13..=31).contains(&first)) {
            return DayOrder::DayFirst;
        }
    }
    DayOrder::MonthFirst
}

/// `2025-01-31`, `2025-01-31T14:00:00Z`, `01/31/2025 2:00 PM`, `31.01.2025 14:00`.
pub(super) fn read_moment(cell: &str, order: DayOrder) -> Option<Moment> {
    let cell = cell.trim();
    let date_end = cell.find(|c: char| c.is_whitespace() || c == 'T' || c == 't').unwrap_or(cell.len());
    let day = read_date(&cell[..date_end], order)?;
    let time = cell[date_end..].trim_start_matches(|c: char| c.is_whitespace() || c == 'T' || c == 't');
    let (minute_of_day, offset) = if time.is_empty() { (0, None) } else { read_time(time)? };
    Some(Moment { minute: day * MINUTES_PER_DAY + minute_of_day, offset })
}

/// Minutes since midnight and the distance to UTC. Hour 24 is the end of the day.
pub(super) fn read_time(text: &str) -> Option<(i64, Option<i64>)> {
    let lower = text.trim().to_ascii_lowercase();
    let (lower, half_day) = if let Some(rest) = lower.strip_suffix("pm") {
        (rest.trim_end().to_owned(), Some(12))
    } else if let Some(rest) = lower.strip_suffix("am") {
        (rest.trim_end().to_owned(), Some(0))
    } else {
        (lower, None)
    };
    let (clock, offset) = match lower.strip_suffix('z') {
        Some(clock) => (clock, Some(0)),
        None => match lower.find(['+', '-']) {
            Some(at) => (&lower[..at], Some(read_offset(&lower[at..])?)),
            None => (lower.as_str(), None),
        },
    };
    let mut parts = clock.trim().split(':');
    let mut next = |limit: i64| -> Option<i64> {
        let part = parts.next()?;
        let whole = part.split('.').next()?;
        (whole.len() <= 2).then_some(())?;
        whole.parse().ok().filter(|value| (0..=limit).contains(value))
    };
    let hour = next(24)?;
    let minute = next(59).unwrap_or(0);
    let hour = match half_day {
        Some(shift) if (1..=12).contains(&hour) => hour % 12 + shift,
        Some(_) => return None,
        None => hour,
    };
    clock.trim().bytes().all(|b| b.is_ascii_digit() || b == b':' || b == b'.').then_some(())?;
    Some((hour * 60 + minute, offset)).filter(|(minutes, _)| *minutes <= MINUTES_PER_DAY)
}

fn read_offset(text: &str) -> Option<i64> {
    let sign = if text.starts_with('-') { -1 } else { 1 };
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let (hours, minutes) = match digits.len() {
        1 | 2 => (digits.as_str(), "0"),
        4 => digits.split_at(2),
        _ => return None,
    };
    Some(sign * (hours.parse::<i64>().ok()? * 60 + minutes.parse::<i64>().ok()?))
}

/// Days since 1970-01-01.
fn read_date(text: &str, order: DayOrder) -> Option<i64> {
    let separator = text.chars().find(|c| matches!(c, '-' | '/' | '.'))?;
    let parts: Vec<&str> = text.split(separator).collect();
    let [first, second, third] = parts[..] else {
        return None;
    };
    let number = |part: &str| {
        (part.len() <= 4 && !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit()))
            .then(|| part.parse::<i32>().ok())
            .flatten()
    };
    let (year, month, day) = if first.len() == 4 {
        (number(first)?, number(second)?, number(third)?)
    } else {
        let year = match (third.len(), number(third)?) {
            (2, short) => 2000 + short,
            (_, year) => year,
        };
        let (first, second) = (number(first)?, number(second)?);
        // Points are written where the day comes first.
        if separator == '.' || order == DayOrder::DayFirst {
            (year, second, first)
        } else {
            (year, first, second)
        }
    };
    let month = u8::try_from(month).ok().filter(|month| (1..=12).contains(month))?;
    let day = u32::try_from(day).ok()?;
    let in_month = is_year(year) && (1..=days_in_month(month, Some(year))).contains(&day);
    in_month.then(|| day_number(year, month, day))
}

/// Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms": `days_from_civil`.
fn day_number(year: i32, month: u8, day: u32) -> i64 {
    let year = i64::from(year) - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let month_from_march = (i64::from(month) + 9) % 12;
    let day_of_year = (153 * month_from_march + 2) / 5 + i64::from(day) - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

/// The same source: `civil_from_days`.
fn date_of_day(day: i64) -> (i32, u8, u32) {
    let shifted = day + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let narrow = "a date within the years that are read";
    (
        i32::try_from(year).expect(narrow),
        u8::try_from(month).expect(narrow),
        u32::try_from(day).expect(narrow),
    )
}
