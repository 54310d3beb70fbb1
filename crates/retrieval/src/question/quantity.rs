//! A number with what it counts: `$20`, `twenty dollars`, `1.2 m`, `two years`, `50 %`.
//!
//! Which field a quantity is about, and on which side of it, is `bound.rs`'s. Money is never converted:
//! whatever currency a question names, the list's own is meant, and the label says so.

use rust_decimal::Decimal;

use super::draft::phrase_end;
use super::english;
use super::token::{Kind, Token};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Dimension {
    Money,
    Share,
    Length,
    Mass,
    Volume,
    Months,
    Days,
    Points,
    Energy,
}

/// A unit, and how many of its dimension's base unit it is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Unit {
    pub(super) dimension: Dimension,
    factor: Decimal,
}

impl Quantity {
    /// The same number in the unit that stands at the other end of a range: `15 and 17 cents`.
    pub(super) fn with_unit_of(self, other: &Self) -> Self {
        let value = if other.small { Unit::cents_in_money(self.value) } else { Some(self.value) };
        Self { value: value.unwrap_or(self.value), unit: other.unit, small: other.small, ..self }
    }
}

impl Unit {
    fn cents_in_money(cents: Decimal) -> Option<Decimal> {
        cents.checked_div(Decimal::ONE_HUNDRED).map(|money| money.normalize())
    }

    /// Reads `cm`, `months`, `%`, `$`; `None` for anything else.
    pub(super) fn read(text: &str) -> Option<Self> {
        let text = text.trim().to_lowercase();
        let (dimension, thousandths) = match text.as_str() {
            "$" | "€" | "£" | "¥" | "₹" | "﷼" => (Dimension::Money, 1_000),
            "¢" | "cent" | "cents" => (Dimension::Money, 10),
            "%" | "percent" | "pct" => (Dimension::Share, 1_000),
            "mm" | "millimetre" | "millimetres" | "millimeter" | "millimeters" => (Dimension::Length, 1_000),
            "cm" | "centimetre" | "centimetres" | "centimeter" | "centimeters" => (Dimension::Length, 10_000),
            "m" | "metre" | "metres" | "meter" | "meters" => (Dimension::Length, 1_000_000),
            "inch" | "inches" | "\"" => (Dimension::Length, 25_400),
            "ft" | "foot" | "feet" => (Dimension::Length, 304_800),
            "g" | "gram" | "grams" | "gramme" | "grammes" => (Dimension::Mass, 1_000),
            "kg" | "kilo" | "kilos" | "kilogram" | "kilograms" => (Dimension::Mass, 1_000_000),
            "oz" | "ounce" | "ounces" => (Dimension::Mass, 28_350),
            "lb" | "lbs" => (Dimension::Mass, 453_592),
            "ml" => (Dimension::Volume, 1_000),
            "cl" => (Dimension::Volume, 10_000),
            "l" | "litre" | "litres" | "liter" | "liters" => (Dimension::Volume, 1_000_000),
            "month" | "months" | "mo" | "mos" | "mth" | "mths" => (Dimension::Months, 1_000),
            "year" | "years" | "yr" | "yrs" => (Dimension::Months, 12_000),
            "day" | "days" => (Dimension::Days, 1_000),
            "week" | "weeks" => (Dimension::Days, 7_000),
            "point" | "points" | "pts" | "pt" | "star" | "stars" => (Dimension::Points, 1_000),
            "kwh" => (Dimension::Energy, 1_000),
            other if is_currency(other) => (Dimension::Money, 1_000),
            _ => return None,
        };
        Some(Self { dimension, factor: Decimal::new(thousandths, 3) })
    }

    pub(super) fn is_money(self) -> bool {
        self.dimension == Dimension::Money
    }

    /// `value` of this unit in `other`; `None` where they don't measure the same.
    pub(super) fn convert(self, value: Decimal, other: Self) -> Option<Decimal> {
        if self.dimension != other.dimension {
            return None;
        }
        value.checked_mul(self.factor)?.checked_div(other.factor).map(|value| value.round_dp(4).normalize())
    }
}

fn is_currency(text: &str) -> bool {
    matches!(
        text,
        "usd"
            | "dollar"
            | "dollars"
            | "buck"
            | "bucks"
            | "eur"
            | "euro"
            | "euros"
            | "gbp"
            | "quid"
            | "pound"
            | "pounds"
            | "sterling"
            | "sar"
            | "sr"
            | "riyal"
            | "riyals"
            | "rial"
            | "rials"
            | "chf"
            | "franc"
            | "francs"
            | "jpy"
            | "yen"
            | "cny"
            | "yuan"
            | "sek"
            | "nok"
            | "dkk"
            | "krona"
            | "kronor"
            | "kroner"
            | "aed"
            | "dirham"
            | "dirhams"
            | "cad"
            | "aud"
            | "nzd"
            | "inr"
            | "rupee"
            | "rupees"
            | "twd"
            | "pln"
            | "zloty"
            | "czk"
    )
}

/// What a price is for: `per 100 g`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Per {
    amount: Decimal,
    unit: Unit,
}

impl Per {
    /// Reads a list's `price_unit`.
    pub(super) fn read(text: &str) -> Option<Self> {
        let tokens = super::token::tokenize(text);
        per(&tokens, 0).and_then(|(read, _)| read)
    }

    /// A price for this as a price for `other`.
    pub(super) fn convert(self, price: Decimal, other: Self) -> Option<Decimal> {
        let mine = self.unit.convert(self.amount, other.unit)?;
        price.checked_mul(other.amount)?.checked_div(mine).map(|price| price.round_dp(4).normalize())
    }
}

/// A number in a question, with its unit and the tokens that it took.
#[derive(Debug, Clone, Copy)]
pub(super) struct Quantity {
    pub(super) value: Decimal,
    /// The other reading of `1.299`.
    pub(super) grouped: Option<Decimal>,
    pub(super) unit: Option<Unit>,
    /// Whether it was said in hundredths of a currency: `12 cents`.
    pub(super) small: bool,
    /// What a price is for, where the question says.
    pub(super) per: Option<Per>,
    pub(super) end: usize,
}

/// The quantity that begins at `at`. Number words are taken only where `words` says that a number must
/// stand there, because `one` is mostly none; `a year` is one year there.
pub(super) fn quantity(tokens: &[Token], at: usize, words: bool) -> Option<Quantity> {
    let before = currency_at(tokens, at);
    let start = before.map_or(at, |(_, end)| end);
    let (value, grouped, mut end) = number(tokens, start, words || before.is_some())?;
    let mut unit = before.map(|(unit, _)| unit);
    if unit.is_none()
        && let Some((found, next)) = unit_at(tokens, end)
    {
        unit = Some(found);
        end = next;
    } else if unit.is_some()
        && let Some((_, next)) = currency_at(tokens, end)
    {
        end = next;
    }
    let money = unit.is_some_and(Unit::is_money);
    let mut per_what = None;
    if (unit.is_none() || money)
        && let Some((read, next)) = per(tokens, end)
    {
        per_what = read;
        end = next;
    }
    let value = match unit {
        Some(cents) if money => cents.convert(value, Unit::read("$")?)?,
        _ => value,
    };
    let small = unit.is_some_and(|unit| unit.is_money() && unit.factor < Decimal::ONE);
    Some(Quantity { value, grouped, unit, small, per: per_what, end })
}

fn number(tokens: &[Token], at: usize, words: bool) -> Option<(Decimal, Option<Decimal>, usize)> {
    let token = tokens.get(at)?;
    if let Kind::Number { value, grouped } = token.kind {
        let (whole, end) = match half(tokens, at + 1) {
            Some(end) => (value + Decimal::new(5, 1), end),
            None => (value, at + 1),
        };
        let (whole, end) = scaled(tokens, whole, end)?;
        return Some((whole, grouped.filter(|_| whole == value), end));
    }
    if !token.is_word() {
        return None;
    }
    let unit_follows = unit_at(tokens, at + 1).is_some();
    if matches!(token.text.as_str(), "a" | "an") {
        let scale = tokens.get(at + 1).and_then(|next| english::scale_word(&next.text));
        return match scale {
            Some(scale) if words => Some((scale.into(), None, at + 2)),
            None if words && unit_follows => Some((Decimal::ONE, None, at + 1)),
            _ => None,
        };
    }
    let (value, mut end) = spelled(tokens, at)?;
    let mut value = Decimal::from(value);
    if let Some(after) = half(tokens, end) {
        (value, end) = scaled(tokens, value + Decimal::new(5, 1), after)?;
    }
    (words || unit_at(tokens, end).is_some()).then_some((value, None, end))
}

/// A number in words, and where it ends: `two hundred and five`, `twenty-five hundred`.
pub(super) fn spelled(tokens: &[Token], at: usize) -> Option<(u32, usize)> {
    let word = |at: usize| tokens.get(at).map_or("", |token| token.text.as_str());
    let mut sum = english::number_word(word(at))?;
    let mut end = at + 1;
    loop {
        let and = usize::from(word(end) == "and" && sum >= 100);
        // `between one hundred and two hundred`
        let another = and == 1 && english::scale_word(word(end + 2)).is_some();
        match grown(sum, word(end + and)).filter(|_| !another) {
            Some(grown) => sum = grown,
            None => return Some((sum, end)),
        }
        end += and + 1;
    }
}

/// `twenty` with `five`, `two` with `hundred`.
fn grown(sum: u32, next: &str) -> Option<u32> {
    if let Some(scale) = english::scale_word(next) {
        return sum.checked_mul(scale);
    }
    let part = english::number_word(next)?;
    let fits = part < 10 && sum >= 20 && sum.is_multiple_of(10) || part < 100 && sum.is_multiple_of(100);
    (fits && sum > 0).then(|| sum.checked_add(part)).flatten()
}

/// Where `and a half` ends.
fn half(tokens: &[Token], at: usize) -> Option<usize> {
    ["and a half", "and half"].iter().find_map(|words| phrase_end(tokens, at, words))
}

/// A number with the word for hundreds or thousands after it.
fn scaled(tokens: &[Token], value: Decimal, end: usize) -> Option<(Decimal, usize)> {
    let next = tokens.get(end);
    let scale = next.and_then(|next| english::scale_word(&next.text).or((next.text == "k").then_some(1_000)));
    match scale {
        Some(scale) => Some((value.checked_mul(scale.into())?, end + 1)),
        None => Some((value, end)),
    }
}

fn currency_at(tokens: &[Token], at: usize) -> Option<(Unit, usize)> {
    let token = tokens.get(at)?;
    let unit = Unit::read(&token.text)?;
    unit.is_money().then_some((unit, at + 1))
}

fn unit_at(tokens: &[Token], at: usize) -> Option<(Unit, usize)> {
    let token = tokens.get(at)?;
    if token.text == "per" && tokens.get(at + 1).is_some_and(|next| next.text == "cent") {
        return Unit::read("%").map(|unit| (unit, at + 2));
    }
    // `12c`: cents only at their number.
    if matches!(token.text.as_str(), "c" | "ct" | "cts") && token.joined {
        return Unit::read("cents").map(|unit| (unit, at + 1));
    }
    // `in` is an inch only at its number.
    if token.text == "in" && token.joined {
        return Unit::read("inch").map(|unit| (unit, at + 1));
    }
    let unit = Unit::read(&token.text)?;
    Some((unit, at + 1))
}

/// `per 100 g`, `a kilo`, `per year`, `each`.
fn per(tokens: &[Token], at: usize) -> Option<(Option<Per>, usize)> {
    let word = tokens.get(at)?;
    if matches!(word.text.as_str(), "each" | "apiece") {
        return Some((None, at + 1));
    }
    let slash = word.joined && at > 0;
    let said = matches!(word.text.as_str(), "per" | "a" | "an" | "each" | "every");
    let mut next = if said { at + 1 } else { at };
    if !said && !slash {
        return None;
    }
    let amount = tokens.get(next).and_then(Token::number);
    if amount.is_some() {
        next += 1;
    }
    let unit_token = tokens.get(next)?;
    let unit = if unit_token.text == "pound" { Unit::read("lb") } else { Unit::read(&unit_token.text) };
    match unit {
        Some(unit) if !unit.is_money() => {
            let amount = amount.filter(|amount| !amount.is_zero()).unwrap_or(Decimal::ONE);
            Some((Some(Per { amount, unit }), next + 1))
        }
        _ if word.text == "per" && amount.is_none() => Some((None, next + 1)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::question::token::tokenize;

    fn check(text: &str, value: &str, dimension: Option<Dimension>, all: bool) {
        let tokens = tokenize(text);
        let read = quantity(&tokens, 0, true).expect(text);
        assert_eq!(read.value, value.parse().expect("a decimal"), "{text}");
        assert_eq!(read.unit.map(|unit| unit.dimension), dimension, "{text}");
        assert_eq!(read.end == tokens.len(), all, "{text}");
    }

    #[test]
    fn numbers_are_read_with_their_units() {
        check("$20", "20", Some(Dimension::Money), true);
        check("20 bucks", "20", Some(Dimension::Money), true);
        check("SAR 1,299.50", "1299.50", Some(Dimension::Money), true);
        check("twenty five dollars", "25", Some(Dimension::Money), true);
        check("two and a half thousand riyals", "2500", Some(Dimension::Money), true);
        check("1 and a half metres", "1.5", Some(Dimension::Length), true);
        check("two hundred and fifty dollars", "250", Some(Dimension::Money), true);
        check("one hundred and two hundred", "100", None, false);
        check("two hundred riyals", "200", Some(Dimension::Money), true);
        check("50 cents", "0.5", Some(Dimension::Money), true);
        check("2 years", "2", Some(Dimension::Months), true);
        check("a year", "1", Some(Dimension::Months), true);
        check("50 per cent", "50", Some(Dimension::Share), true);
        check("1.2 m", "1.2", Some(Dimension::Length), true);
        check("20k", "20000", None, true);
        check("90 white", "90", None, false);
        check("$5 per 100 g", "5", Some(Dimension::Money), true);
        check("$5/100g", "5", Some(Dimension::Money), true);
        check("$5 a kilo of it", "5", Some(Dimension::Money), false);
    }

    #[test]
    fn a_price_for_a_kilo_is_a_tenth_for_a_hundred_grams() {
        let per = |text| Per::read(text).expect("a unit");
        let price = per("per kg").convert(Decimal::from(50), per("per 100 g"));
        assert_eq!(price, Some(Decimal::from(5)));
    }
}
