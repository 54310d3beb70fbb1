//! A usage file to one year for each home: which columns it has, and whether its rows are months or shorter readings.
//!
//! What makes a year complete is decided in `monthly_usage` and `interval_usage`. Sums are exact: a figure that
//! `Decimal` would have to round is an error.

use std::collections::{BTreeMap, HashMap};

use rust_decimal::Decimal;
use sextant_domain::{HomeUsage, MonthUsage};

use super::calendar::{
    CalendarMonth, DayOrder, MINUTES_PER_DAY, Moment, day_order, month_name, read_moment, read_month,
    read_time,
};
use super::error::ColumnHint;
use super::headers::{self, Roles, words};
use super::number_column::{NumberColumn, shortened};
use super::table::{Row, Table};
use super::{CellPlace, ImportError, Imported, Note, Source, Wanted, interval_usage, monthly_usage, text};

const USAGE_ROLES: [&str; 10] =
    ["home", "timestamp", "date", "time", "year", "month", "order", "hour", "kwh", "direction"];

/// Usual headers, the most telling first.
const USAGE_HEADERS: &[(&str, &[&str])] = &[
    (
        "home",
        &[
            "house",
            "household",
            "building",
            "home_id",
            "house_id",
            "building_id",
            "esiid",
            "meter",
            "meter_id",
            "customer",
            "customer_id",
            "site",
            "account",
            "account_number",
            "location",
        ],
    ),
    (
        "timestamp",
        &[
            "datetime",
            "date_time",
            "time_stamp",
            "interval_start",
            "interval_start_time",
            "start_datetime",
            "reading_time",
            "read_time",
            "start",
            "from",
            "utc",
        ],
    ),
    (
        "date",
        &["usage_date", "reading_date", "read_date", "bill_date", "billing_date", "day_date", "month_start"],
    ),
    ("time", &["start_time", "usage_start_time", "time_of_day"]),
    (
        "month",
        &[
            "billing_month",
            "bill_month",
            "month_name",
            "year_month",
            "month_year",
            "period",
            "billing_period",
            "mon",
        ],
    ),
    ("order", &["seq", "sequence", "hour_index", "index", "position", "row", "n"]),
    ("hour", &["hour_of_day", "hour_ending", "hr", "interval"]),
    (
        "kwh",
        &[
            "usage_kwh",
            "load_kwh",
            "kwh_used",
            "kwh_usage",
            "consumption_kwh",
            "energy_kwh",
            "total_kwh",
            "electricity_kwh",
            "import_kwh",
            "usage",
            "consumption",
            "energy",
            "electricity",
            "electricity_use",
            "energy_use",
            "energy_consumption",
            "electricity_consumption",
            "load",
            "demand_kwh",
            "total_usage",
            "monthly_usage",
            "wh",
            "mwh",
            "usage_wh",
            "usage_mwh",
            "value",
            "reading",
            "amount",
        ],
    ),
    ("direction", &["consumption_surplusgeneration", "consumption_generation", "flow_direction"]),
];

const ENERGY_WORDS: &[&str] = &["kwh", "wh", "mwh"];

/// A reading of one home, as its file has it.
pub(super) struct Reading<When> {
    pub(super) when: When,
    pub(super) kwh: Decimal,
    pub(super) line: u64,
}

/// A home's readings with what messages about them need.
pub(super) struct HomeReadings<'a, When> {
    pub(super) home: &'a str,
    pub(super) readings: Vec<Reading<When>>,
    /// The column that says when; its line is filled in by each message.
    pub(super) place: &'a CellPlace,
    /// The column of figures.
    pub(super) kwh_place: &'a CellPlace,
}

impl<When> HomeReadings<'_, When> {
    pub(super) fn at(&self, line: u64) -> CellPlace {
        CellPlace { line, ..self.place.clone() }
    }
}

pub(super) fn read(bytes: &[u8], source: &Source) -> Result<Imported<Vec<HomeUsage>>, ImportError> {
    let decoded = text::decode(bytes, source)?;
    let table = Table::parse(&decoded.text, source)?;
    let roles = headers::resolve(
        &headers::rules_of_table(USAGE_HEADERS),
        &USAGE_ROLES,
        &BTreeMap::new(),
        &table.headers,
        source,
    )?;
    let mut notes = Vec::new();
    let columns = UsageColumns::decide(&table, &roles, source, &mut notes)?;
    let value = match columns.when {
        WhenColumn::Month { index } => columns.by_month(&table, index, &roles, &mut notes)?,
        WhenColumn::Moment { index } => columns.by_moment(&table, index, &roles, &mut notes)?,
    };
    let lines = &columns.skipped_lines(&table);
    notes.extend(Note::about_lines("Fed into the grid, not used: left out", lines));
    Ok(Imported {
        recognised: roles.recognised(&USAGE_ROLES, &table.headers),
        notes,
        encoding: decoded.encoding.to_owned(),
        delimiter: table.delimiter,
        value,
    })
}

enum WhenColumn {
    Month {
        index: usize,
    },
    /// A date with or without a time.
    Moment {
        index: usize,
    },
}

struct UsageColumns<'a> {
    source: &'a Source,
    home: Option<usize>,
    direction: Option<usize>,
    kwh: NumberColumn,
    /// To kWh from what the header says: Wh or `MWh`.
    factor: Decimal,
    when: WhenColumn,
    when_place: CellPlace,
    kwh_place: CellPlace,
}

impl<'a> UsageColumns<'a> {
    fn decide(
        table: &Table<'_>,
        roles: &Roles,
        source: &'a Source,
        notes: &mut Vec<Note>,
    ) -> Result<Self, ImportError> {
        let when = ["timestamp", "date", "month"].into_iter().find_map(|role| roles.column(role));
        let kwh = roles.column("kwh");
        let (Some(found_when), Some(kwh)) = (when, kwh) else {
            let missing = [("month", when), ("kwh", kwh)];
            let missing = missing.iter().filter(|(_, column)| column.is_none());
            return Err(ImportError::MissingColumns {
                file: source.name.clone(),
                line: table.header_line,
                roles: missing.map(|(role, _)| (*role).to_owned()).collect(),
                columns: table.headers.clone(),
                hint: ColumnHint::RenameUsage,
            });
        };
        let first_cell = |index: usize| table.rows.first().map_or("", |row| row.cell(index));
        let is_month = |index: usize| read_month(first_cell(index)).is_some();
        let is_moment = |index: usize| {
            read_moment(first_cell(index), DayOrder::MonthFirst).is_some()
                || read_moment(first_cell(index), DayOrder::DayFirst).is_some()
        };
        // Content decides: a column called `date` may have months, one called `month` may have dates.
        let candidates = ["timestamp", "date", "month"].into_iter().filter_map(|role| roles.column(role));
        let when = candidates
            .clone()
            .find(|index| is_moment(*index))
            .map(|index| WhenColumn::Moment { index })
            .or_else(|| {
                candidates.clone().find(|index| is_month(*index)).map(|index| WhenColumn::Month { index })
            })
            .unwrap_or_else(|| match roles.column("month") {
                Some(index) => WhenColumn::Month { index },
                None => WhenColumn::Moment { index: found_when },
            });
        let (WhenColumn::Month { index } | WhenColumn::Moment { index }) = when;
        let place = |index: usize| CellPlace::new(source, table.header_line, &table.headers[index]);
        let header_words = words(&table.headers[kwh]);
        let has = |unit: &str| header_words.iter().any(|word| word == unit);
        let factor = if has("kwh") {
            Decimal::ONE
        } else if has("wh") {
            notes.push(Note::about_file(format!("{} read as Wh: 1000 are one kWh", table.headers[kwh])));
            Decimal::new(1, 3)
        } else if has("mwh") {
            notes.push(Note::about_file(format!("{} read as MWh: one is 1000 kWh", table.headers[kwh])));
            Decimal::ONE_THOUSAND
        } else {
            Decimal::ONE
        };
        Ok(Self {
            source,
            home: roles.column("home"),
            direction: roles.column("direction"),
            kwh: NumberColumn::decide(table, kwh, Wanted::Kwh, ENERGY_WORDS, source, notes)?,
            factor,
            when,
            when_place: place(index),
            kwh_place: place(kwh),
        })
    }

    fn by_month(
        &self,
        table: &Table<'_>,
        index: usize,
        roles: &Roles,
        notes: &mut Vec<Note>,
    ) -> Result<Vec<HomeUsage>, ImportError> {
        let mut year = None;
        if let Some(index) = roles.column("year") {
            year = Some(NumberColumn::decide(table, index, Wanted::Year, &[], self.source, notes)?);
        }
        let mut order = None;
        if let Some(index) = roles.column("order") {
            order = Some(NumberColumn::decide(table, index, Wanted::Position, &[], self.source, notes)?);
        }
        let mut homes = self.by_home(table, |row| {
            let mut month = self.month_in(row, index)?;
            if let (Some(year), None) = (&year, month.year) {
                let cell = row.cell(year.index);
                if let Some(value) = year.read(cell, row.line)? {
                    let known = i32::try_from(value).ok().filter(|year| (1900..=2200).contains(year));
                    month.year = Some(known.ok_or_else(|| year.out_of_range(cell, row.line))?);
                }
            }
            let position = match &order {
                Some(order) => order.read(row.cell(order.index), row.line)?,
                None => None,
            };
            Ok((month, position))
        })?;
        let has_hours = roles.column("hour").is_some() || roles.column("time").is_some();
        let is_interval = has_hours || homes.iter().any(monthly_usage::is_too_dense);
        homes
            .iter_mut()
            .map(|home| {
                if is_interval {
                    interval_usage::year_without_dates(home, notes)
                } else {
                    monthly_usage::year(home, notes)
                }
            })
            .collect()
    }

    fn by_moment(
        &self,
        table: &Table<'_>,
        index: usize,
        roles: &Roles,
        notes: &mut Vec<Note>,
    ) -> Result<Vec<HomeUsage>, ImportError> {
        let order = day_order(table.rows.iter().map(|row| row.cell(index)));
        let time = roles.column("time").filter(|time| *time != index);
        let mut homes = self.by_home(table, |row| {
            let cell = row.cell(index);
            let not_a_time = |index: usize, cell: &str| ImportError::NotATime {
                place: self.place(table, index, row.line),
                value: shortened(cell),
            };
            let mut moment = read_moment(cell, order).ok_or_else(|| not_a_time(index, cell))?;
            if let Some(time) = time
                && moment.minute.rem_euclid(MINUTES_PER_DAY) == 0
                && !row.cell(time).is_empty()
            {
                let cell = row.cell(time);
                let (minute, offset) = read_time(cell).ok_or_else(|| not_a_time(time, cell))?;
                moment = Moment { minute: moment.minute + minute, offset };
            }
            Ok(moment)
        })?;
        if homes.iter().all(|home| interval_usage::has_one_reading_a_month(&home.readings)) {
            return homes
                .into_iter()
                .map(|home| {
                    let to_month = |reading: Reading<Moment>| Reading {
                        when: (reading.when.month(), None),
                        kwh: reading.kwh,
                        line: reading.line,
                    };
                    let mut home = HomeReadings {
                        home: home.home,
                        readings: home.readings.into_iter().map(to_month).collect(),
                        place: home.place,
                        kwh_place: home.kwh_place,
                    };
                    monthly_usage::year(&mut home, notes)
                })
                .collect();
        }
        homes.iter_mut().map(|home| interval_usage::year(home, notes)).collect()
    }

    /// Homes in the order of their first rows, each with its readings in the order of the file.
    fn by_home<'t, When>(
        &'t self,
        table: &'t Table<'_>,
        when: impl Fn(&Row<'_>) -> Result<When, ImportError>,
    ) -> Result<Vec<HomeReadings<'t, When>>, ImportError> {
        let unnamed = self.source.name.rsplit_once('.').map_or(self.source.name.as_str(), |(stem, _)| stem);
        let mut homes: Vec<HomeReadings<'t, When>> = Vec::new();
        let mut index_of: HashMap<&str, usize> = HashMap::new();
        for row in table.rows.iter().filter(|row| !self.is_skipped(row)) {
            let home = self.home.map_or("", |index| row.cell(index));
            let home = if home.is_empty() { unnamed } else { home };
            let when = when(row)?;
            let reading = Reading { when, kwh: self.kwh_in(row, home)?, line: row.line };
            let index = *index_of.entry(home).or_insert_with(|| {
                homes.push(HomeReadings {
                    home,
                    readings: Vec::new(),
                    place: &self.when_place,
                    kwh_place: &self.kwh_place,
                });
                homes.len() - 1
            });
            homes[index].readings.push(reading);
        }
        if homes.is_empty() {
            return Err(ImportError::NoRows { file: self.source.name.clone(), line: table.header_line });
        }
        Ok(homes)
    }

    fn month_in(&self, row: &Row<'_>, index: usize) -> Result<CalendarMonth, ImportError> {
        let cell = row.cell(index);
        read_month(cell).ok_or_else(|| ImportError::NotAMonth {
            place: CellPlace { line: row.line, ..self.when_place.clone() },
            value: shortened(cell),
        })
    }

    fn kwh_in(&self, row: &Row<'_>, home: &str) -> Result<Decimal, ImportError> {
        let cell = row.cell(self.kwh.index);
        let value = self
            .kwh
            .read(cell, row.line)?
            .ok_or_else(|| ImportError::NoUsage { place: self.kwh.place(row.line), home: home.to_owned() })?;
        if value.is_sign_negative() && !value.is_zero() {
            return Err(ImportError::NegativeUsage {
                place: self.kwh.place(row.line),
                home: home.to_owned(),
                value: shortened(cell),
            });
        }
        if self.factor == Decimal::ONE {
            return Ok(value);
        }
        value.checked_mul(self.factor).ok_or_else(|| self.kwh.out_of_range(cell, row.line))
    }

    fn place(&self, table: &Table<'_>, index: usize, line: u64) -> CellPlace {
        CellPlace::new(self.source, line, &table.headers[index])
    }

    /// A meter with two directions has rows for what the home fed in.
    fn is_skipped(&self, row: &Row<'_>) -> bool {
        let direction = self.direction.map_or("", |index| row.cell(index)).to_lowercase();
        direction.contains("generation") || direction.contains("surplus") || direction.contains("export")
    }

    fn skipped_lines(&self, table: &Table<'_>) -> Vec<u64> {
        table.rows.iter().filter(|row| self.is_skipped(row)).map(|row| row.line).collect()
    }
}

/// The finished year, after the checks that both kinds of file share.
pub(super) fn finish<When>(
    home: &HomeReadings<'_, When>,
    months: Vec<MonthUsage>,
    notes: &mut Vec<Note>,
) -> Result<HomeUsage, ImportError> {
    let zero: Vec<&str> =
        months.iter().filter(|month| month.kwh.is_zero()).map(|month| month_name(month.month)).collect();
    if zero.len() == months.len() {
        let line = home.readings.first().map_or(0, |reading| reading.line);
        return Err(ImportError::ZeroYear {
            place: CellPlace { line, ..home.kwh_place.clone() },
            home: home.home.to_owned(),
        });
    }
    if !zero.is_empty() {
        let message = format!("Home {} used nothing in {}", home.home, zero.join(", "));
        notes.push(Note::about_file(message));
    }
    Ok(HomeUsage { home: home.home.to_owned(), months })
}

/// The sum, or an error where `Decimal` would round it.
pub(super) fn add_exactly(sum: Decimal, kwh: Decimal) -> Option<Decimal> {
    sum.checked_add(kwh).filter(|total| total.scale() >= sum.scale().max(kwh.scale()))
}
