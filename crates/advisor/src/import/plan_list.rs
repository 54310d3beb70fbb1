//! A table of plans to a `Catalog`: which columns are needed, and each row to a `Plan`.
//!
//! Prices and fees are read in `plan_price`, flags given in `plan_flags`. A row is a plan, an error, or left out for
//! want of a price and said so; there is no fourth way.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use sextant_domain::{Catalog, Credit, ItemId, Money, Plan, Tariff, Tier};

use super::error::ColumnHint;
use super::headers::{self, Roles};
use super::number::{NumberParts, is_absent};
use super::number_column::{NumberColumn, shortened};
use super::plan_flags::{StatedTraits, flag_notes, flags_of, mark_duplicates};
use super::plan_price::{
    PriceColumn, PriceUnit, amount_in_words, currency_of, header_unit, read_steps, unit_by_magnitude,
};
use super::table::{Row, Table, one_line};
use super::{CellPlace, HeaderRules, ImportError, Imported, Note, PLAN_ROLES, Source, Wanted, text};

const AVERAGE_ROLES: [&str; 3] = ["price_500", "price_1000", "price_2000"];
const PERCENT_WORDS: &[&str] = &["%", "percent", "pct", "renewable", "green"];
const YEAR_WORDS: &[&str] = &["years", "year", "yr", "yrs"];
const TERM_WORDS: &[&str] = &[
    "months", "month", "mo", "mos", "m", "mth", "mths", "years", "year", "yr", "yrs", "-month", "-months",
    "contract",
];

pub(super) fn read(
    bytes: &[u8],
    source: &Source,
    mapping: &BTreeMap<String, String>,
    rules: &HeaderRules,
) -> Result<Imported<Catalog>, ImportError> {
    let decoded = text::decode(bytes, source)?;
    let table = Table::parse(&decoded.text, source)?;
    let mut notes = Vec::new();
    if decoded.guessed {
        let message = format!("Not UTF-8: read as {}; check names with accents", decoded.encoding);
        notes.push(Note::about_file(message));
    }
    let mut roles = headers::resolve(rules, &PLAN_ROLES, mapping, &table.headers, source)?;
    require_columns(&mut roles, &table, source)?;
    let columns = PlanColumns::decide(&table, &roles, source, &mut notes)?;

    let mut plans = Vec::with_capacity(table.rows.len());
    let mut translated = Vec::with_capacity(table.rows.len());
    let mut without_price = Vec::new();
    for row in &table.rows {
        match columns.plan(&table, row)? {
            Some(plan) => {
                plans.push(plan);
                let language = text_of(row, columns.language);
                let foreign = language.len() > 1 && !language.to_lowercase().starts_with("en");
                translated.push(foreign);
            }
            None => without_price.push(row.line),
        }
    }
    if let Some(&line) = without_price.first()
        && plans.len() <= without_price.len()
    {
        let (role, column) = columns.first_price_column(&table);
        let place = CellPlace::new(source, line, column);
        return Err(ImportError::NoPrice { place, role: role.to_owned() });
    }
    mark_duplicates(&mut plans, columns.id.is_some(), &translated);
    notes.extend(Note::about_lines("No price: left out", &without_price));
    notes.extend(flag_notes(&plans));
    if let Some(line) = table.trailer_line {
        notes.extend(Note::about_lines("The closing line is no plan", &[line]));
    }
    Ok(Imported {
        recognised: roles.recognised(&PLAN_ROLES, &table.headers),
        notes,
        encoding: decoded.encoding.to_owned(),
        delimiter: table.delimiter,
        value: Catalog {
            name: source.name.clone(),
            hash: super::hash(bytes, mapping),
            currency: columns.currency(&table).to_owned(),
            headers: table.headers,
            plans,
        },
    })
}

fn require_columns(roles: &mut Roles, table: &Table<'_>, source: &Source) -> Result<(), ImportError> {
    let missing = |roles: &[&str], hint| ImportError::MissingColumns {
        file: source.name.clone(),
        line: table.header_line,
        roles: roles.iter().map(|role| (*role).to_owned()).collect(),
        columns: table.headers.clone(),
        hint,
    };
    let absent: Vec<&str> = AVERAGE_ROLES.into_iter().filter(|role| roles.column(role).is_none()).collect();
    let has_rate = roles.column("rate").or(roles.column("tiers")).is_some();
    if !absent.is_empty() {
        if !has_rate {
            return Err(missing(&absent, ColumnHint::MapAveragePrices));
        }
        // Two of the three say nothing that can be computed with.
        for role in AVERAGE_ROLES {
            roles.forget(role);
        }
    }
    if roles.column("name").or(roles.column("id")).is_none() {
        return Err(missing(&["name"], ColumnHint::MapName));
    }
    Ok(())
}

/// The columns that a plan is made of, each with its way of being read.
struct PlanColumns {
    id: Option<usize>,
    name: Option<usize>,
    supplier: Option<usize>,
    area: Option<usize>,
    terms: Option<usize>,
    rate_type: Option<usize>,
    fixed_price: Option<usize>,
    prepaid: Option<usize>,
    time_of_use: Option<usize>,
    language: Option<usize>,
    average: Option<[PriceColumn; 3]>,
    rate: Option<PriceColumn>,
    tiers: Option<(usize, Option<PriceUnit>)>,
    credits: Option<usize>,
    fixed_monthly: Option<PriceColumn>,
    fixed_daily: Option<PriceColumn>,
    exit_fee: Option<NumberColumn>,
    term_months: Option<NumberColumn>,
    renewable: Option<(NumberColumn, Decimal)>,
    /// A map is built faster from sorted keys.
    sorted_headers: Vec<(String, usize)>,
    source: Source,
}

impl PlanColumns {
    fn decide(
        table: &Table<'_>,
        roles: &Roles,
        source: &Source,
        notes: &mut Vec<Note>,
    ) -> Result<Self, ImportError> {
        let average: Vec<usize> = AVERAGE_ROLES.iter().filter_map(|role| roles.column(role)).collect();
        let average = PriceColumn::decide_together(table, &average, source, notes)?;
        let rate: Vec<usize> = roles.column("rate").into_iter().collect();
        let rate = PriceColumn::decide_together(table, &rate, source, notes)?.pop();
        let mut fee = |role: &str| {
            roles.column(role).map(|index| PriceColumn::fee(table, index, source, notes)).transpose()
        };
        let fixed_monthly = fee("fixed_monthly")?;
        let fixed_daily = fee("fixed_daily")?;
        let mut number = |role: &str, wanted, words| {
            roles
                .column(role)
                .map(|index| NumberColumn::decide(table, index, wanted, words, source, notes))
                .transpose()
        };
        let exit_fee = number("exit_fee", Wanted::Amount, &[])?;
        let term_months = number("term_months", Wanted::Months, TERM_WORDS)?;
        let renewable = number("renewable_percent", Wanted::Percent, PERCENT_WORDS)?;
        let renewable = renewable.map(|column| {
            let factor = percent_factor(table, &column);
            if factor != Decimal::ONE {
                let name = &table.headers[column.index];
                notes.push(Note::about_file(format!("{name} read as shares of one: 0.24 is 24 %")));
            }
            (column, factor)
        });
        let tiers = roles.column("tiers").map(|index| {
            let unit = header_unit(&table.headers[index]);
            let unit = unit.or(rate.as_ref().map(PriceColumn::unit)).or_else(|| {
                let steps = table.rows.iter().filter_map(|row| read_steps(row.cell(index), None));
                let mut rates: Vec<Decimal> = steps.flatten().map(|(_, rate)| rate).collect();
                unit_by_magnitude(&mut rates).map(|(unit, _)| unit)
            });
            (index, unit)
        });
        let mut sorted_headers: Vec<(String, usize)> =
            table.headers.iter().cloned().enumerate().map(|(index, header)| (header, index)).collect();
        sorted_headers.sort();
        Ok(Self {
            sorted_headers,
            id: roles.column("id"),
            name: roles.column("name"),
            supplier: roles.column("supplier"),
            area: roles.column("area"),
            terms: roles.column("terms"),
            rate_type: roles.column("rate_type"),
            fixed_price: roles.column("fixed_price"),
            prepaid: roles.column("prepaid"),
            time_of_use: roles.column("time_of_use"),
            language: roles.column("language"),
            average: <[PriceColumn; 3]>::try_from(average).ok(),
            rate,
            tiers,
            credits: roles.column("credits"),
            fixed_monthly,
            fixed_daily,
            exit_fee,
            term_months,
            renewable,
            source: source.clone(),
        })
    }

    /// `None` for a row that has no price.
    fn plan(&self, table: &Table<'_>, row: &Row<'_>) -> Result<Option<Plan>, ImportError> {
        let Some(tariff) = self.tariff(table, row)? else {
            return Ok(None);
        };
        let (exit_fee, fee_per_month) = self.exit_fee(row)?;
        let terms = text_of(row, self.terms).to_owned();
        let stated = StatedTraits {
            time_of_use: says_yes(text_of(row, self.time_of_use)),
            prepaid: says_yes(text_of(row, self.prepaid)),
            fee_per_month,
        };
        let own_id = text_of(row, self.id);
        let id = if own_id.is_empty() { format!("row-{}", row.line) } else { own_id.to_owned() };
        let name = one_line(text_of(row, self.name));
        Ok(Some(Plan {
            name: if name.is_empty() { id.clone() } else { name },
            id: ItemId(id),
            supplier: one_line(text_of(row, self.supplier)),
            area: Some(one_line(text_of(row, self.area))).filter(|area| !area.is_empty()),
            term_months: self.term_months(row)?,
            renewable_percent: self.renewable_percent(row)?,
            fixed_price: self.fixed_price(row),
            flags: flags_of(&tariff, exit_fee, self.term_months(row)?, &terms, stated),
            exit_fee,
            tariff,
            terms,
            columns: self
                .sorted_headers
                .iter()
                .map(|(header, index)| (header.clone(), row.cell(*index).to_owned()))
                .collect(),
            line: row.line,
        }))
    }

    /// The average prices where all three are there, else the rate card.
    fn tariff(&self, table: &Table<'_>, row: &Row<'_>) -> Result<Option<Tariff>, ImportError> {
        if let Some([first, second, third]) = &self.average
            && let (Some(at_500), Some(at_1000), Some(at_2000)) =
                (first.read(row)?, second.read(row)?, third.read(row)?)
        {
            return Ok(Some(Tariff::AveragePrices { at_500, at_1000, at_2000 }));
        }
        let optional = |column: &Option<PriceColumn>| match column {
            Some(column) => column.read(row),
            None => Ok(None),
        };
        let rate = optional(&self.rate)?;
        let steps = |column: Option<(usize, Option<PriceUnit>)>, wanted| {
            let cell = column.map_or("", |(index, _)| row.cell(index));
            match column {
                Some((index, unit)) if !is_absent(cell) => {
                    read_steps(cell, unit).ok_or_else(|| ImportError::BadSteps {
                        place: self.place(table, index, row.line),
                        value: shortened(cell),
                        wanted,
                    })
                }
                _ => Ok(Vec::new()),
            }
        };
        let tiers = steps(self.tiers, Wanted::Tiers)?;
        let credits = steps(self.credits.map(|index| (index, None)), Wanted::Credits)?;
        let base = rate.or_else(|| tiers.first().filter(|(from, _)| from.is_zero()).map(|(_, rate)| *rate));
        let Some(rate) = base else {
            return Ok(None);
        };
        Ok(Some(Tariff::RateCard {
            rate,
            fixed_monthly: optional(&self.fixed_monthly)?.unwrap_or_default(),
            fixed_daily: optional(&self.fixed_daily)?.unwrap_or_default(),
            tiers: tiers.into_iter().map(|(from_kwh, rate)| Tier { from_kwh, rate }).collect(),
            credits: credits.into_iter().map(|(from_kwh, amount)| Credit { from_kwh, amount }).collect(),
        }))
    }

    /// The fee, and whether its cell says that it is due for each month.
    fn exit_fee(&self, row: &Row<'_>) -> Result<(Option<Money>, bool), ImportError> {
        let Some(column) = &self.exit_fee else {
            return Ok((None, false));
        };
        let cell = row.cell(column.index);
        if is_absent(cell) {
            return Ok((None, false));
        }
        let in_words = cell.to_lowercase();
        if ["none", "no", "no fee", "free", "$0"].contains(&in_words.as_str()) {
            return Ok((Some(Money::from_cents(0)), false));
        }
        let amount = match NumberParts::split(cell).filter(|parts| parts.has_only_units(&[])) {
            Some(parts) => column.value_of(&parts, cell, row.line)?,
            // State lists have sentences here: `$15 per remaining month`.
            None => amount_in_words(cell)
                .and_then(Result::ok)
                .filter(|_| in_words.contains(['$', '€', '£']) || in_words.contains("month"))
                .ok_or_else(|| column.not_a_number(cell, row.line))?,
        };
        let fee = Money::round_half_up(amount)
            .filter(|fee| fee.cents() >= 0)
            .ok_or_else(|| column.out_of_range(cell, row.line))?;
        Ok((Some(fee), in_words.contains("month") || in_words.contains("remaining")))
    }

    fn term_months(&self, row: &Row<'_>) -> Result<Option<u32>, ImportError> {
        let Some(column) = &self.term_months else {
            return Ok(None);
        };
        let cell = row.cell(column.index);
        let in_words: String = cell.to_lowercase().replace(['-', '_'], " ");
        if ["month to month", "monthly", "mtm", "no contract", "rolling", "none"].contains(&in_words.trim()) {
            return Ok(Some(1));
        }
        let Some((value, parts)) = column.read_parts(cell, row.line)? else {
            return Ok(None);
        };
        let in_years = parts.after.split_whitespace().any(|word| {
            YEAR_WORDS.iter().any(|year| word.trim_start_matches('-').eq_ignore_ascii_case(year))
        });
        let months = if in_years { value.checked_mul(Decimal::from(12)) } else { Some(value) };
        months
            .filter(|months| months.fract().is_zero() && *months <= Decimal::from(600))
            .and_then(|months| months.to_u32())
            .map(Some)
            .ok_or_else(|| column.out_of_range(cell, row.line))
    }

    fn renewable_percent(&self, row: &Row<'_>) -> Result<Option<Decimal>, ImportError> {
        let Some((column, factor)) = &self.renewable else {
            return Ok(None);
        };
        let cell = row.cell(column.index);
        let Some(value) = column.read(cell, row.line)? else {
            return Ok(None);
        };
        value
            .checked_mul(*factor)
            .filter(|percent| !percent.is_sign_negative() || percent.is_zero())
            .filter(|percent| *percent <= Decimal::ONE_HUNDRED)
            .map(Some)
            .ok_or_else(|| column.out_of_range(cell, row.line))
    }

    fn fixed_price(&self, row: &Row<'_>) -> Option<bool> {
        let kind = text_of(row, self.rate_type).to_lowercase();
        if kind.contains("fix") {
            return Some(true);
        }
        let moving = ["variab", "index", "market", "tracker", "spot", "dynamic", "floating"];
        if moving.iter().any(|word| kind.contains(word)) {
            return Some(false);
        }
        let stated = text_of(row, self.fixed_price);
        (!stated.is_empty()).then(|| says_yes(stated))
    }

    fn place(&self, table: &Table<'_>, index: usize, line: u64) -> CellPlace {
        CellPlace::new(&self.source, line, &table.headers[index])
    }

    /// Where a missing price is missed: `(role, header)`.
    fn first_price_column<'t>(&self, table: &'t Table<'_>) -> (&'static str, &'t str) {
        let header = |index: usize| table.headers[index].as_str();
        match (&self.average, &self.rate, &self.tiers) {
            (Some([first, ..]), ..) => ("price_500", header(first.index())),
            (None, Some(rate), _) => ("rate", header(rate.index())),
            (None, None, Some((index, _))) => ("tiers", header(*index)),
            (None, None, None) => ("rate", ""),
        }
    }

    /// What the headers or the first row's cells say; dollars otherwise, because the known lists have them.
    fn currency(&self, table: &Table<'_>) -> &'static str {
        let prices = self.average.iter().flatten().chain(&self.rate).chain(&self.fixed_monthly);
        let indices: Vec<usize> = prices.map(|price| price.column().index).collect();
        let in_headers = indices.iter().find_map(|index| currency_of(&table.headers[*index]));
        let first_row = || table.rows.first();
        in_headers
            .or_else(|| indices.iter().find_map(|index| currency_of(first_row()?.cell(*index))))
            .unwrap_or("USD")
    }
}

/// 100 where the column has shares of one, else 1.
fn percent_factor(table: &Table<'_>, column: &NumberColumn) -> Decimal {
    let mut fraction_seen = false;
    for row in &table.rows {
        let cell = row.cell(column.index);
        if let Ok(Some(value)) = column.read(cell, row.line) {
            if value > Decimal::ONE || cell.contains('%') {
                return Decimal::ONE;
            }
            fraction_seen |= !value.fract().is_zero();
        }
    }
    if fraction_seen { Decimal::ONE_HUNDRED } else { Decimal::ONE }
}

fn text_of<'r>(row: &'r Row<'_>, column: Option<usize>) -> &'r str {
    column.map_or("", |column| row.cell(column))
}

fn says_yes(cell: &str) -> bool {
    const NO: [&str; 7] = ["", "false", "no", "n", "0", "none", "f"];
    !is_absent(cell) && !NO.iter().any(|no| cell.eq_ignore_ascii_case(no))
}
