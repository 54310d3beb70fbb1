//! A further column of a list of items: what it is called, whether it has numbers, and what they count.
//!
//! A column has numbers where at least nineteen of twenty filled cells are one and all name the same unit. The
//! others, and all cells of a column of text, keep their words: `TRUE` stays `TRUE`. A column with two decimal marks
//! is text, because a number that may be wrong is worse than none.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use sextant_domain::Attribute;

use super::headers::{plain_name, words};
use super::number::{NumberParts, is_absent};
use super::number_column::NumberColumn;
use super::table::{Row, Table, one_line};
use super::{Note, Source, Wanted};

/// One cell in this many may be no number.
const CELLS_PER_EXCEPTION: usize = 20;

/// Units as headers and cells write them, and as the person sees them.
const UNITS: [(&str, &str); 60] = [
    ("%", "%"),
    ("percent", "%"),
    ("pct", "%"),
    ("mg", "mg"),
    ("g", "g"),
    ("gr", "g"),
    ("gram", "g"),
    ("grams", "g"),
    ("kg", "kg"),
    ("oz", "oz"),
    ("ounces", "oz"),
    ("lb", "lb"),
    ("lbs", "lb"),
    ("pounds", "lb"),
    ("ml", "ml"),
    ("cl", "cl"),
    ("l", "l"),
    ("litre", "l"),
    ("litres", "l"),
    ("liter", "l"),
    ("liters", "l"),
    ("mm", "mm"),
    ("cm", "cm"),
    ("m", "m"),
    ("metres", "m"),
    ("meters", "m"),
    ("km", "km"),
    ("in", "in"),
    ("inch", "in"),
    ("inches", "in"),
    ("\"", "in"),
    ("ft", "ft"),
    ("feet", "ft"),
    ("w", "W"),
    ("watt", "W"),
    ("watts", "W"),
    ("kw", "kW"),
    ("kwh", "kWh"),
    ("v", "V"),
    ("volts", "V"),
    ("mah", "mAh"),
    ("gb", "GB"),
    ("tb", "TB"),
    ("mb", "MB"),
    ("mhz", "MHz"),
    ("ghz", "GHz"),
    ("hz", "Hz"),
    ("kcal", "kcal"),
    ("min", "min"),
    ("mins", "min"),
    ("minutes", "min"),
    ("hours", "hours"),
    ("days", "days"),
    ("weeks", "weeks"),
    ("months", "months"),
    ("years", "years"),
    ("°c", "°C"),
    ("usd", "USD"),
    ("eur", "EUR"),
    ("sar", "SAR"),
];

static UNIT_WORDS: LazyLock<Vec<&'static str>> =
    LazyLock::new(|| UNITS.iter().map(|(word, _)| *word).collect());

/// A column that becomes an attribute of each item.
pub(super) struct AttributeColumn {
    index: usize,
    name: String,
    /// What the header or the cells say that its numbers count.
    unit: &'static str,
    numbers: Option<NumberColumn>,
}

impl AttributeColumn {
    /// `taken` has the names that other attributes have, and gets this one's.
    pub(super) fn decide(
        table: &Table<'_>,
        index: usize,
        taken: &mut BTreeSet<String>,
        source: &Source,
        notes: &mut Vec<Note>,
    ) -> Self {
        let header = table.headers[index].as_str();
        let mut name = humanised(header);
        let mut unit = "";
        let mut numbers = None;
        if let Some(in_cells) = unit_of_numbers(table, index) {
            let in_header = unit_in_header(header);
            let stated = in_header.as_ref().map_or("", |(_, unit)| *unit);
            let agree = stated.is_empty() || in_cells.is_empty() || stated == in_cells;
            let mut remarks = Vec::new();
            let column = NumberColumn::decide(
                table,
                index,
                Wanted::Amount,
                UNIT_WORDS.as_slice(),
                source,
                &mut remarks,
            );
            if let (true, Ok(column)) = (agree, column) {
                numbers = Some(column);
                unit = if stated.is_empty() { in_cells } else { stated };
                notes.append(&mut remarks);
                if let Some((without_unit, _)) = in_header
                    && !taken.contains(&without_unit.to_lowercase())
                {
                    name = without_unit;
                }
            }
        }
        if !taken.insert(name.to_lowercase()) {
            name = format!("{name} (column {})", index + 1);
            taken.insert(name.to_lowercase());
        }
        Self { index, name, unit, numbers }
    }

    /// `None` where the cell says nothing.
    pub(super) fn read(&self, row: &Row<'_>) -> Option<Attribute> {
        let cell = row.cell(self.index);
        if is_absent(cell) {
            return None;
        }
        let attribute = |value: String, number, unit: &str| Attribute {
            name: self.name.clone(),
            value,
            number,
            unit: unit.to_owned(),
        };
        let read = self.numbers.as_ref().and_then(|column| column.read_parts(cell, row.line).ok().flatten());
        Some(match read {
            // The unit stands in `unit` and not in the value a second time.
            Some((number, parts)) => {
                let written = cell.strip_suffix(parts.after).unwrap_or(cell).trim_end();
                attribute(written.to_owned(), Some(number), self.unit)
            }
            None => attribute(one_line(cell), None, ""),
        })
    }
}

/// Whether a column only counts the rows and is called like it: `X1`, `Unnamed: 0`, no name at all.
pub(super) fn counts_rows(table: &Table<'_>, index: usize) -> bool {
    const NAMES: [&str; 10] =
        ["x", "x1", "index", "idx", "row", "rownumber", "rownum", "no", "nr", "unnamed0"];
    let header = table.headers[index].as_str();
    // An empty header was given the name `column 1` by the table.
    let unnamed = header == format!("column {}", index + 1) || plain_name(header).is_empty();
    let named = NAMES.contains(&plain_name(header).as_str());
    let number = |row: &Row<'_>| row.cell(index).parse::<usize>().ok();
    let first = table.rows.first().and_then(number);
    (unnamed || named)
        && first.is_some_and(|first| {
            first <= 1 && table.rows.iter().enumerate().all(|(at, row)| number(row) == Some(first + at))
        })
}

/// Whether every filled cell is an address on the web.
pub(super) fn has_addresses(table: &Table<'_>, index: usize) -> bool {
    let mut filled = table.rows.iter().map(|row| row.cell(index)).filter(|cell| !cell.is_empty()).peekable();
    filled.peek().is_some() && filled.all(|cell| cell.starts_with("http://") || cell.starts_with("https://"))
}

/// The unit that the cells of a column of numbers name, empty where none does; `None` for a column of text.
fn unit_of_numbers(table: &Table<'_>, index: usize) -> Option<&'static str> {
    let mut unit = "";
    let (mut filled, mut others) = (0, 0);
    for row in &table.rows {
        let cell = row.cell(index);
        if is_absent(cell) {
            continue;
        }
        filled += 1;
        let parts = NumberParts::split(cell).filter(|parts| parts.has_only_units(UNIT_WORDS.as_slice()));
        match parts.map(|parts| unit_word(parts.after)) {
            // Two units in one column can't be compared.
            Some(found) if !found.is_empty() && !unit.is_empty() && found != unit => return None,
            Some(found) => unit = if found.is_empty() { unit } else { found },
            None => others += 1,
        }
        if others * CELLS_PER_EXCEPTION > table.rows.len() {
            return None;
        }
    }
    (filled > 0 && others * CELLS_PER_EXCEPTION <= filled).then_some(unit)
}

/// A name for the person: `origin_1` is `Origin 1`, `roasterCountry` is `Roaster Country`.
fn humanised(header: &str) -> String {
    let mut name = String::with_capacity(header.len() + 2);
    let mut before = ' ';
    for character in header.trim_matches(|c| matches!(c, '[' | ']')).chars() {
        let character = if character == '_' { ' ' } else { character };
        if character.is_uppercase() && before.is_lowercase() {
            name.push(' ');
        }
        name.push(character);
        before = character;
    }
    let name = one_line(&name);
    let mut characters = name.chars();
    match characters.next() {
        Some(first) => first.to_uppercase().chain(characters).collect(),
        None => header.to_owned(),
    }
}

/// `("Weight", "g")` from `weight_g` and `Weight (g)`. `in` is a word in a header, and `size_l` is no litre.
fn unit_in_header(header: &str) -> Option<(String, &'static str)> {
    let named = words(header);
    let (last, before) = named.split_last()?;
    let unit =
        if header.trim_end().ends_with(['%', ')']) && header.contains('%') { "%" } else { last.as_str() };
    let is_word = unit == "in" || before.last().is_some_and(|word| word == "size");
    let found = unit_word(unit);
    let rest = header.trim_end_matches([')', ']', ' ']);
    let rest = rest.get(..rest.len().checked_sub(unit.len())?)?;
    let rest = humanised(rest.trim_end_matches(|c: char| !c.is_alphanumeric()));
    (!found.is_empty() && !is_word && rest.contains(char::is_alphanumeric)).then_some((rest, found))
}

/// Empty where a word is no unit.
fn unit_word(word: &str) -> &'static str {
    if word.is_empty() {
        return "";
    }
    let word = word.trim_end_matches('.');
    UNITS.iter().find(|(written, _)| word.eq_ignore_ascii_case(written)).map_or("", |(_, unit)| unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_is_written_for_a_person() {
        let check = |header: &str, name: &str| assert_eq!(humanised(header), name);
        check("origin_1", "Origin 1");
        check("roasterCountry", "Roaster Country");
        check("Category Corrected", "Category Corrected");
        check("[TermValue]", "Term Value");
        check("SKU", "SKU");
    }

    #[test]
    fn a_header_says_what_its_numbers_count() {
        let check = |header: &str, expected: Option<(&str, &str)>| {
            let found = unit_in_header(header);
            let found = found.as_ref().map(|(name, unit)| (name.as_str(), *unit));
            assert_eq!(found, expected, "{header}");
        };
        check("weight_g", Some(("Weight", "g")));
        check("Weight (g)", Some(("Weight", "g")));
        check("caffeine mg", Some(("Caffeine", "mg")));
        check("Renewable %", Some(("Renewable", "%")));
        check("Cocoa (%)", Some(("Cocoa", "%")));
        check("term_months", Some(("Term", "months")));
        check("made_in", None);
        check("size_l", None);
        check("g", None);
        check("width", None);
    }
}
