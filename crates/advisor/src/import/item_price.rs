//! The price column of a list of items: its currency, what a price is for, and each cell as money.
//!
//! The header decides the currency, then what most cells say, then the person. A sign that several currencies share,
//! such as `$`, is the person's currency where it can be. A price that can't be read never stops an import: a list
//! with `on request` in a cell is a good list.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use rust_decimal::Decimal;
use sextant_domain::Money;

use super::headers::plain_name;
use super::number::NumberParts;
use super::number_column::NumberColumn;
use super::plan_price::{PriceUnit, cell_unit, header_unit, in_currency_units};
use super::table::{Row, Table};
use super::{HeaderRules, ImportError, Note, Source, Wanted};

/// Signs and words, each with the ISO 4217 codes that it can mean, the usual one first.
const SIGNS: [(&str, &[&str]); 33] = [
    ("$", &["USD", "CAD", "AUD", "NZD", "SGD", "HKD", "TWD", "MXN"]),
    ("us$", &["USD"]),
    ("dollar", &["USD", "CAD", "AUD", "NZD", "SGD", "HKD", "TWD"]),
    ("dollars", &["USD", "CAD", "AUD", "NZD", "SGD", "HKD", "TWD"]),
    ("c$", &["CAD"]),
    ("ca$", &["CAD"]),
    ("a$", &["AUD"]),
    ("au$", &["AUD"]),
    ("nz$", &["NZD"]),
    ("s$", &["SGD"]),
    ("hk$", &["HKD"]),
    ("nt$", &["TWD"]),
    ("mx$", &["MXN"]),
    ("r$", &["BRL"]),
    ("€", &["EUR"]),
    ("euro", &["EUR"]),
    ("euros", &["EUR"]),
    ("£", &["GBP", "EGP"]),
    ("pounds", &["GBP"]),
    ("¥", &["JPY", "CNY"]),
    ("yen", &["JPY"]),
    ("yuan", &["CNY"]),
    ("₹", &["INR"]),
    ("rs", &["INR", "PKR", "LKR", "NPR"]),
    ("₩", &["KRW"]),
    ("₺", &["TRY"]),
    ("₽", &["RUB"]),
    ("zł", &["PLN"]),
    ("kč", &["CZK"]),
    ("ft", &["HUF"]),
    ("kr", &["SEK", "NOK", "DKK", "ISK"]),
    ("sr", &["SAR"]),
    ("riyals", &["SAR", "QAR", "OMR"]),
];

/// Codes that lists write beside their prices.
const CODES: [&str; 44] = [
    "USD", "EUR", "GBP", "JPY", "CNY", "INR", "CAD", "AUD", "NZD", "CHF", "SEK", "NOK", "DKK", "ISK", "PLN",
    "CZK", "HUF", "RON", "BGN", "TRY", "RUB", "UAH", "SAR", "AED", "QAR", "KWD", "BHD", "OMR", "ILS", "EGP",
    "ZAR", "NGN", "KES", "BRL", "MXN", "ARS", "CLP", "COP", "KRW", "TWD", "HKD", "SGD", "THB", "IDR",
];

/// Words that may stand around a price besides its currency.
const OTHER_WORDS: [&str; 12] =
    ["¢", "ct", "cts", "cent", "cents", "pence", "each", "ea", "only", "incl", "vat", "-"];

static PRICE_WORDS: LazyLock<Vec<&'static str>> =
    LazyLock::new(|| SIGNS.iter().map(|(sign, _)| *sign).chain(CODES).chain(OTHER_WORDS).collect());

/// Whether a price is read, and why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum PriceCell {
    Absent,
    Price(Money),
    Unreadable,
    BelowZero,
    OtherCurrency,
}

/// Reads the cells of the price column.
pub(super) struct ItemPrices {
    column: NumberColumn,
    unit: PriceUnit,
    /// ISO 4217.
    pub(super) currency: String,
    /// `per 100 g`; empty where a price is for the item.
    pub(super) price_unit: String,
}

impl ItemPrices {
    /// `persons` is the currency where the file says nothing.
    pub(super) fn decide(
        table: &Table<'_>,
        index: usize,
        persons: &str,
        source: &Source,
        notes: &mut Vec<Note>,
    ) -> Result<Self, ImportError> {
        let column =
            NumberColumn::decide(table, index, Wanted::Amount, PRICE_WORDS.as_slice(), source, notes)?;
        let header = table.headers[index].as_str();
        let in_header = header_words(header).iter().find_map(|word| code_of(word, persons));
        let stated = in_header.or_else(|| {
            let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
            for row in &table.rows {
                if let Some(code) = currency_in(row.cell(index), persons) {
                    *counts.entry(code).or_default() += 1;
                }
            }
            counts.into_iter().max_by_key(|(_, count)| *count).map(|(code, _)| code)
        });
        if stated.is_none() {
            let message = format!("{header} has no currency: its prices were taken as {persons}");
            notes.push(Note::about_file(message));
        }
        Ok(Self {
            column,
            unit: header_unit(header).unwrap_or(PriceUnit::Units),
            currency: stated.unwrap_or(persons).to_owned(),
            price_unit: price_unit(header),
        })
    }

    pub(super) fn read(&self, row: &Row<'_>) -> PriceCell {
        let cell = row.cell(self.column.index);
        let (value, parts) = match self.column.read_parts(cell, row.line) {
            Ok(Some(read)) => read,
            Ok(None) => return PriceCell::Absent,
            Err(_) => return PriceCell::Unreadable,
        };
        let stated = currency_of_parts(&parts, &self.currency);
        if stated.is_some_and(|code| code != self.currency) {
            return PriceCell::OtherCurrency;
        }
        let amount = in_currency_units(value, cell_unit(&parts).unwrap_or(self.unit));
        match amount {
            Some(amount) if amount < Decimal::ZERO => PriceCell::BelowZero,
            Some(amount) => Money::round_half_up(amount).map_or(PriceCell::Unreadable, PriceCell::Price),
            None => PriceCell::Unreadable,
        }
    }
}

/// The first column whose header is a usual one with a currency and what the price is for: `price_sar_per_kg`.
pub(super) fn price_column(
    headers: &[String],
    is_free: impl Fn(usize) -> bool,
    rules: &HeaderRules,
) -> Option<usize> {
    let synonyms: Vec<String> = rules
        .get("price")
        .into_iter()
        .flatten()
        .map(|name| plain_name(name))
        .chain(["price".into()])
        .collect();
    (0..headers.len()).filter(|index| is_free(*index)).find(|index| {
        let words = header_words(&headers[*index]);
        let named: String = words
            .iter()
            .take_while(|word| *word != "per")
            .filter(|word| code_of(word, "").is_none())
            .map(String::as_str)
            .collect();
        synonyms.contains(&named)
    })
}

/// `per 100 g` from `price_usd_per_100g`, `Price / 100 g` and `100g_USD`.
fn price_unit(header: &str) -> String {
    let words = header_words(header);
    let after_per = words.iter().position(|word| word == "per").map(|at| at + 1);
    let start =
        after_per.or_else(|| words.iter().position(|word| word.starts_with(|c: char| c.is_ascii_digit())));
    let Some(start) = start else {
        return String::new();
    };
    let measure = words[start..].iter().filter(|word| code_of(word, "").is_none());
    let mut unit = String::from("per");
    for word in measure {
        let digits = word.trim_start_matches(|c: char| c.is_ascii_digit());
        let (count, rest) = word.split_at(word.len() - digits.len());
        for part in [count, rest] {
            if !part.is_empty() {
                unit.push(' ');
                unit.push_str(part);
            }
        }
    }
    if unit == "per" { String::new() } else { unit }
}

/// The words of a header, signs included, a slash being `per`.
fn header_words(header: &str) -> Vec<String> {
    let mut spaced = String::with_capacity(header.len() + 8);
    for character in header.chars() {
        match character {
            '/' => spaced.push_str(" per "),
            '€' | '£' | '¥' | '₹' | '$' => {
                spaced.push(' ');
                spaced.push(character);
                spaced.push(' ');
            }
            _ if character.is_alphanumeric() => spaced.push(character),
            _ => spaced.push(' '),
        }
    }
    spaced.split_whitespace().map(str::to_lowercase).collect()
}

/// The currency that a cell says.
fn currency_in(cell: &str, persons: &str) -> Option<&'static str> {
    // Most prices are digits alone.
    if cell.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b',')) {
        return None;
    }
    currency_of_parts(&NumberParts::split(cell)?, persons)
}

/// A code wins over a sign: `$12 CAD`.
fn currency_of_parts(parts: &NumberParts<'_>, persons: &str) -> Option<&'static str> {
    if parts.before.is_empty() && parts.after.is_empty() {
        return None;
    }
    let around = || parts.after.split_whitespace().chain(parts.before.split_whitespace());
    let code =
        || around().find_map(|word| CODES.iter().find(|code| word.eq_ignore_ascii_case(code)).copied());
    code().or_else(|| around().find_map(|word| code_of(&word.to_lowercase(), persons)))
}

/// The code that a lower-case word stands for; of several, `preferred` where it is among them.
fn code_of(word: &str, preferred: &str) -> Option<&'static str> {
    if let Some(code) = CODES.iter().find(|code| word.eq_ignore_ascii_case(code)) {
        return Some(code);
    }
    let word = word.trim_end_matches('.');
    let (_, codes) = SIGNS.iter().find(|(sign, _)| *sign == word)?;
    codes.iter().find(|code| **code == preferred).or(codes.first()).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_says_what_a_price_is_for() {
        let check = |header: &str, unit: &str| assert_eq!(price_unit(header), unit, "{header}");
        check("price_usd_per_100g", "per 100 g");
        check("Price / 100 g", "per 100 g");
        check("100g_USD", "per 100 g");
        check("Price (€/kg)", "per kg");
        check("price_per_item", "per item");
        check("Price in SAR", "");
        check("price", "");
    }

    #[test]
    fn a_shared_sign_is_the_persons_currency_where_it_can_be() {
        let check = |cell: &str, persons: &str, code: Option<&str>| {
            assert_eq!(currency_in(cell, persons), code, "{cell} for {persons}");
        };
        check("$12", "USD", Some("USD"));
        check("$12", "CAD", Some("CAD"));
        check("$12", "EUR", Some("USD"));
        check("$12 CAD", "USD", Some("CAD"));
        check("SR 1,295", "USD", Some("SAR"));
        check("12,50 €", "USD", Some("EUR"));
        check("1 299 kr", "NOK", Some("NOK"));
        check("12.50", "USD", None);
    }
}
