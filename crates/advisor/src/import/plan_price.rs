//! Prices per kWh: whether a column is in cents or in whole currency units, and each cell in currency units, exactly.
//!
//! The header decides, a sign in the cell wins over it, and where neither says anything the median does:
//! nobody pays one dollar for a kWh, and nobody pays one cent.

use rust_decimal::Decimal;

use super::headers::words;
use super::number::{DecimalMark, NumberParts, NumberProblem};
use super::number_column::{NumberColumn, shortened};
use super::table::{Row, Table};
use super::{ImportError, Note, Source, Wanted};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PriceUnit {
    Cents,
    Units,
}

/// Words that may stand around a price or a fee.
const PRICE_WORDS: &[&str] = &[
    "c", "ct", "cts", "cent", "cents", "p", "pence", "per", "kwh", "dollars", "dollar", "euro", "euros", "a",
    "month", "mo", "monthly", "day", "daily", "¢",
];

pub(super) struct PriceColumn {
    column: NumberColumn,
    unit: PriceUnit,
}

impl PriceColumn {
    /// Columns that share a unit where their headers don't say one: the three average prices.
    pub(super) fn decide_together(
        table: &Table<'_>,
        indices: &[usize],
        source: &Source,
        notes: &mut Vec<Note>,
    ) -> Result<Vec<Self>, ImportError> {
        let mut unlabelled = Vec::new();
        for &index in indices {
            if header_unit(&table.headers[index]).is_some() {
                continue;
            }
            let column = NumberColumn::decide(
                table,
                index,
                Wanted::UnitsPerKwh,
                PRICE_WORDS,
                source,
                &mut Vec::new(),
            )?;
            // Cells that are wrong are left to the reading proper, which names them.
            unlabelled.extend(table.rows.iter().filter_map(|row| {
                let (value, parts) = column.read_parts(row.cell(index), row.line).ok()??;
                cell_unit(&parts).is_none().then_some(value)
            }));
        }
        let guess = unit_by_magnitude(&mut unlabelled);
        if let Some((unit, median)) = guess {
            let names: Vec<&str> = indices.iter().map(|index| table.headers[*index].as_str()).collect();
            let unit = match unit {
                PriceUnit::Cents => "cents",
                PriceUnit::Units => "whole currency units",
            };
            notes.push(Note::about_file(format!(
                "{} read as {unit} per kWh, because the middle value is {}",
                names.join(", "),
                median.round_dp(4).normalize()
            )));
        }
        let fallback = guess.map_or(PriceUnit::Units, |(unit, _)| unit);
        indices
            .iter()
            .map(|&index| {
                let unit = header_unit(&table.headers[index]).unwrap_or(fallback);
                let wanted = match unit {
                    PriceUnit::Cents => Wanted::CentsPerKwh,
                    PriceUnit::Units => Wanted::UnitsPerKwh,
                };
                let column = NumberColumn::decide(table, index, wanted, PRICE_WORDS, source, notes)?;
                Ok(Self { column, unit })
            })
            .collect()
    }

    /// A fee: in whole currency units unless the header or the cell says cents.
    pub(super) fn fee(
        table: &Table<'_>,
        index: usize,
        source: &Source,
        notes: &mut Vec<Note>,
    ) -> Result<Self, ImportError> {
        let unit = header_unit(&table.headers[index]).unwrap_or(PriceUnit::Units);
        let column = NumberColumn::decide(table, index, Wanted::Amount, PRICE_WORDS, source, notes)?;
        Ok(Self { column, unit })
    }

    pub(super) fn index(&self) -> usize {
        self.column.index
    }

    pub(super) fn column(&self) -> &NumberColumn {
        &self.column
    }

    pub(super) fn unit(&self) -> PriceUnit {
        self.unit
    }

    /// In currency units; `None` where the cell is empty.
    pub(super) fn read(&self, row: &Row<'_>) -> Result<Option<Decimal>, ImportError> {
        let cell = row.cell(self.column.index);
        let Some((value, parts)) = self.column.read_parts(cell, row.line)? else {
            return Ok(None);
        };
        in_currency_units(value, cell_unit(&parts).unwrap_or(self.unit)).map(Some).ok_or_else(|| {
            ImportError::TooManyDigits { place: self.column.place(row.line), value: shortened(cell) }
        })
    }
}

/// `0:0.12;1000:0.10`: pairs of a kWh figure and an amount, ascending by the first. `None` where it can't be read.
pub(super) fn read_steps(cell: &str, unit: Option<PriceUnit>) -> Option<Vec<(Decimal, Decimal)>> {
    let number = |text: &str| -> Option<(Decimal, Option<PriceUnit>)> {
        let parts = NumberParts::split(text)?;
        if !parts.has_only_units(PRICE_WORDS) {
            return None;
        }
        let mark = parts.evident_mark().unwrap_or(DecimalMark::Point);
        Some((parts.value(mark).ok()?, cell_unit(&parts)))
    };
    let mut steps = Vec::new();
    for step in cell.split([';', '|']).filter(|step| !step.trim().is_empty()) {
        let (from, amount) = step.split_once(':')?;
        let (from, _) = number(from)?;
        let (amount, own_unit) = number(amount)?;
        let unit = own_unit.or(unit).unwrap_or(PriceUnit::Units);
        steps.push((from, in_currency_units(amount, unit)?));
    }
    steps.sort_by_key(|(from, _)| *from);
    let distinct = steps.windows(2).all(|pair| pair[0].0 < pair[1].0);
    let from_zero_up = steps.first().is_some_and(|(from, _)| !from.is_sign_negative());
    (distinct && from_zero_up).then_some(steps)
}

/// The unit of prices that nothing labels, and the median that told it.
pub(super) fn unit_by_magnitude(values: &mut [Decimal]) -> Option<(PriceUnit, Decimal)> {
    let middle = values.len() / 2;
    if values.is_empty() {
        return None;
    }
    let (_, median, _) = values.select_nth_unstable(middle);
    let unit = if median.abs() >= Decimal::ONE { PriceUnit::Cents } else { PriceUnit::Units };
    Some((unit, *median))
}

pub(super) fn header_unit(header: &str) -> Option<PriceUnit> {
    let words = words(header);
    let has = |wanted: &[&str]| words.iter().any(|word| wanted.contains(&word.as_str()));
    let small_per_kwh = words
        .windows(2)
        .any(|pair| matches!(pair[0].as_str(), "c" | "p") && matches!(pair[1].as_str(), "kwh" | "per"));
    if header.contains('¢') || has(&["cent", "cents", "ct", "cts", "pence"]) || small_per_kwh {
        return Some(PriceUnit::Cents);
    }
    let units = ["dollar", "dollars", "usd", "eur", "euro", "euros", "gbp"];
    (header.contains(['$', '€', '£']) || has(&units)).then_some(PriceUnit::Units)
}

/// ISO 4217 code of the sign or word in a header or a cell.
pub(super) fn currency_of(text: &str) -> Option<&'static str> {
    let words = words(text);
    let has = |wanted: &[&str]| words.iter().any(|word| wanted.contains(&word.as_str()));
    if text.contains('€') || has(&["eur", "euro", "euros"]) {
        Some("EUR")
    } else if text.contains('£') || has(&["gbp", "pence"]) {
        Some("GBP")
    } else if text.contains('$') || has(&["usd", "dollar", "dollars"]) {
        Some("USD")
    } else {
        None
    }
}

pub(super) fn cell_unit(parts: &NumberParts<'_>) -> Option<PriceUnit> {
    if parts.before.is_empty() && parts.after.is_empty() {
        return None;
    }
    header_unit(parts.after).or_else(|| header_unit(parts.before))
}

/// A price per hundred is the same digits with the point two places further left.
pub(super) fn in_currency_units(value: Decimal, unit: PriceUnit) -> Option<Decimal> {
    match unit {
        PriceUnit::Units => Some(value),
        PriceUnit::Cents => {
            let value = if value.scale() > 26 { value.normalize() } else { value };
            Decimal::try_from_i128_with_scale(value.mantissa(), value.scale() + 2).ok()
        }
    }
}

/// An amount of money inside a sentence, such as `$15 per remaining month`: the only number that it has.
pub(super) fn amount_in_words(cell: &str) -> Option<Result<Decimal, NumberProblem>> {
    let parts = NumberParts::split(cell)?;
    let mark = parts.evident_mark().unwrap_or(DecimalMark::Point);
    Some(parts.value(mark))
}
