//! Usage files: the twelve months that a home needs, from months, hours or quarters of an hour.

use std::path::Path;

use sextant_advisor::import::{self, Source, read_usage};
use sextant_domain::HomeUsage;

use super::{check_usage, usage};

/// A year of 1 to 12, each month with the kWh that `kwh` gives it.
fn year(kwh: impl Fn(u32) -> String) -> String {
    let rows: Vec<String> = (1..=12).map(|month| format!("h1,{month},{}", kwh(month))).collect();
    format!("home,month,kwh\n{}\n", rows.join("\n"))
}

fn kwh_of(home: &HomeUsage) -> Vec<String> {
    home.months.iter().map(|month| month.kwh.normalize().to_string()).collect()
}

fn months_of(home: &HomeUsage) -> Vec<u8> {
    home.months.iter().map(|month| month.month).collect()
}

// Usage.

#[test]
fn thirteen_months_are_refused() {
    check_usage(
        (year(|_| "100".to_owned()) + "h1,1,90\n").as_bytes(),
        "usage.csv, line 14, column month: home h1 has 13 months; keep the latest twelve, each calendar month once (January is also on line 2)",
    );
}

#[test]
fn a_gap_names_the_month_that_is_missing() {
    let text = year(|_| "100".to_owned()).replace("h1,7,100\n", "");
    check_usage(
        text.as_bytes(),
        "usage.csv, line 12, column month: home h1 has 11 of 12 months; July is missing; add it",
    );
    let text = year(|_| "100".to_owned()).replace("h1,7,100", "h1,6,100");
    check_usage(
        text.as_bytes(),
        "usage.csv, line 8, column month: home h1 has June twice, on lines 7 and 8, and July is missing; keep each calendar month once",
    );
    check_usage(
        b"month,kwh\n2024-11,5\n2024-12,6\n",
        "usage.csv, line 3, column month: home usage has 2 of 12 months; January, February, March, April, May, June, July, \
         August, September and October are missing; add them",
    );
}

#[test]
fn months_of_different_years_must_follow_each_other() {
    let text = (1..=12)
        .map(|month| format!("{}-{month:02},100\n", if month == 3 { 2022 } else { 2024 }))
        .collect::<Vec<_>>()
        .concat();
    check_usage(
        ("month,kwh\n".to_owned() + &text).as_bytes(),
        "usage.csv, line 13, column month: home usage has 11 of 12 months; March 2024 is missing; add it",
    );
}

#[test]
fn use_that_cannot_be_is_named_by_home_line_and_column() {
    let with = |cell: &str| year(|month| if month == 3 { cell.to_owned() } else { "100".to_owned() });
    check_usage(
        with("-5").as_bytes(),
        "usage.csv, line 4, column kwh: home h1 has -5 kWh, less than zero; give what the home used, without what it fed in",
    );
    check_usage(
        with("lots").as_bytes(),
        "usage.csv, line 4, column kwh: \"lots\" is not a number; put the kWh used there, zero or more",
    );
    check_usage(
        with("NaN").as_bytes(),
        "usage.csv, line 4, column kwh: \"NaN\" is not a number; put the kWh used there, zero or more",
    );
    check_usage(
        with("").as_bytes(),
        "usage.csv, line 4, column kwh: there is no figure for home h1; put the kWh used there, 0 if it was none",
    );
    check_usage(
        with("5").replace("h1,5,", "h1,Mayday,").as_bytes(),
        "usage.csv, line 6, column month: \"Mayday\" is not a month; write 1 to 12, January, 2025-01 or 01/2025",
    );
}

#[test]
fn a_year_of_zero_is_refused_and_a_month_of_zero_is_noted() {
    check_usage(
        year(|_| "0".to_owned()).as_bytes(),
        "usage.csv, line 2, column kwh: home h1 used 0 kWh in the whole year, so there is nothing to compare; check that this column has the use",
    );
    let read = usage(year(|month| if month == 8 { "0".to_owned() } else { "100".to_owned() }).as_bytes());
    assert_eq!(read.notes[0].message, "Home h1 used nothing in August");
}

#[test]
fn months_are_put_into_the_order_of_time() {
    let names = ["Apr", "Aug", "Dec", "Feb", "Jan", "Jul", "Jun", "Mar", "May", "Nov", "Oct", "Sept"];
    let text =
        names.iter().map(|name| format!("{name},\"1,2{:02}.5\"\n", name.len())).collect::<Vec<_>>().concat();
    let read = usage(("Month,Usage (kWh)\n".to_owned() + &text).as_bytes());
    assert_eq!(months_of(&read.value[0]), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    assert_eq!(kwh_of(&read.value[0])[8], "1204.5");
    assert!(read.notes.iter().any(|note| note.message.contains("no order of time")));

    let newest_first =
        (0..12).map(|back| format!("{:02}/2025,{}\n", 12 - back, 100 + back)).collect::<Vec<_>>().concat();
    let read = usage(("month,kwh\n".to_owned() + &newest_first).as_bytes());
    assert_eq!(months_of(&read.value[0])[0], 1);

    let bills = (0..12)
        .map(|i| format!("{}-{:02}-01,{}\n", 2024 + (i + 7) / 12, (i + 7) % 12 + 1, 100 + i))
        .collect::<Vec<_>>()
        .concat();
    let read = usage(("Date,kWh\n".to_owned() + &bills).as_bytes());
    assert_eq!(months_of(&read.value[0]), [8, 9, 10, 11, 12, 1, 2, 3, 4, 5, 6, 7]);
    assert_eq!(kwh_of(&read.value[0])[0], "100");
}

/// One reading of 0.25 kWh each `minutes` minutes of `days` days from 2024-12-20 on.
fn readings(minutes: u32, days: u32, write: impl Fn(i32, u32, u32, u32, u32) -> String) -> String {
    let (mut year, mut month, mut day) = (2024, 12, 20);
    let mut text = "timestamp,kwh\n".to_owned();
    for _ in 0..days {
        for minute in (0..24 * 60).step_by(minutes as usize) {
            text += &write(year, month, day, minute / 60, minute % 60);
            text += ",0.25\n";
        }
        day += 1;
        let length = match month {
            4 | 6 | 9 | 11 => 30,
            2 => 28,
            _ => 31,
        };
        if day > length {
            (day, month) = (1, month + 1);
        }
        if month > 12 {
            (month, year) = (1, year + 1);
        }
    }
    text
}

fn iso(year: i32, month: u32, day: u32, hour: u32, minute: u32) -> String {
    format!("{year}-{month:02}-{day:02}T{hour:02}:{minute:02}:00")
}

#[test]
fn shorter_readings_are_added_up_over_the_latest_twelve_complete_months() {
    // 12 days of December, 365 days, and 5 days of the January after.
    for (minutes, january) in [(15, "744"), (60, "186"), (1440, "7.75")] {
        let read = usage(readings(minutes, 12 + 365 + 5, iso).as_bytes());
        assert_eq!(months_of(&read.value[0]), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], "{minutes} minutes");
        assert_eq!(kwh_of(&read.value[0])[0], january);
        assert!(read.notes.iter().any(|note| note.message.contains("January 2026 is not complete")));
        assert!(read.notes.iter().any(|note| note.message.contains("January 2025 to December 2025")));
    }
    let american = |year, month, day, hour: u32, minute| {
        let half = if hour < 12 { "AM" } else { "PM" };
        format!("{month}/{day}/{year} {}:{minute:02} {half}", (hour + 11) % 12 + 1)
    };
    let read = usage(readings(60, 12 + 365, american).as_bytes());
    assert_eq!(kwh_of(&read.value[0])[1], "168");
}

#[test]
fn readings_stamped_at_their_end_belong_to_the_hour_before() {
    let text = readings(60, 12 + 365, |year, month, day, hour, _| {
        format!("{year}-{month:02}-{day:02} {:02}:00", hour + 1)
    });
    assert_eq!(kwh_of(&usage(text.as_bytes()).value[0])[0], "186");
}

#[test]
fn a_gap_in_the_readings_is_named() {
    let text = readings(60, 12 + 365, iso);
    let without = text
        .lines()
        .filter(|line| !line.starts_with("2025-06-1"))
        .map(|line| format!("{line}\n"))
        .collect::<Vec<_>>()
        .concat();
    check_usage(
        without.as_bytes(),
        "usage.csv, line 3914, column timestamp: home usage has 480 readings in June 2025 where 720 belong; there is a gap: add those that are missing",
    );
    let short = readings(60, 12 + 200, iso);
    let error = read_usage(short.as_bytes(), &Source::new("usage.csv")).expect_err("half a year").to_string();
    assert!(error.contains("has 6 of 12 months; July 2024"), "{error}");
    let twice = text.replacen(
        "2025-03-05T04:00:00,0.25\n",
        "2025-03-05T04:00:00,0.25\n2025-03-05T04:00:00,0.25\n",
        1,
    );
    let error =
        read_usage(twice.as_bytes(), &Source::new("usage.csv")).expect_err("a repetition").to_string();
    assert!(
        error.ends_with("home usage has \"2025-03-05 04:00\" twice; keep one reading for each point in time"),
        "{error}"
    );
}

#[test]
fn a_time_that_is_none_is_named() {
    check_usage(
        b"timestamp,kwh\n2025-01-01 00:00,1\n2025-02-30 00:00,1\n",
        "usage.csv, line 3, column timestamp: \"2025-02-30 00:00\" is not a date or a time; write 2025-01-31 14:00 or 01/31/2025 14:00",
    );
}

#[test]
fn hourly_readings_of_the_shared_homes_add_up_to_their_monthly_figures() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/usage_homes");
    let Ok(hourly) = import::read_file(&folder.join("citylearn_hourly.csv")) else {
        assert!(std::env::var_os("CI").is_none(), "the shared data {} is not here", folder.display());
        eprintln!("skipped, because the shared data {} is not here", folder.display());
        return;
    };
    let monthly = import::read_file(&folder.join("citylearn_monthly.csv")).expect("beside the hourly file");
    let (hourly, monthly) = (usage(&hourly).value, usage(&monthly).value);
    assert_eq!(hourly.len(), 5);
    for (hourly, monthly) in hourly.iter().zip(&monthly) {
        assert_eq!(months_of(hourly), [8, 9, 10, 11, 12, 1, 2, 3, 4, 5, 6, 7]);
        assert_eq!(months_of(hourly), months_of(monthly));
        for (exact, rounded) in hourly.months.iter().zip(&monthly.months) {
            // The monthly file was rounded by a program that computes in binary.
            let difference = (exact.kwh - rounded.kwh).abs();
            assert!(difference <= rust_decimal::Decimal::new(5001, 6), "{} {}", exact.kwh, rounded.kwh);
        }
    }
}
