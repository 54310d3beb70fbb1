//! Numbers in a text, with their units and the precision that they are written in.

use std::ops::Range;

use rust_decimal::Decimal;

use super::token::Token;
use crate::facts::{Unit, Value};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Number,
    /// `one` as in "this one", which counts nothing.
    Pronoun,
}

/// A number as it is written: `$1.3k` is 1300 to the nearest 100.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Number {
    pub(super) range: Range<usize>,
    pub(super) kind: Kind,
    pub(super) unit: Unit,
    amount: Decimal,
    /// The size of the last digit that is written.
    step: Decimal,
    /// Digits without leading zeros.
    significant: usize,
    shortened: bool,
}

/// Words for numbers. "one" is left out where it stands for a thing.
const WORDS: &[(&str, i64)] = &[
    ("zero", 0),
    ("two", 2),
    ("three", 3),
    ("four", 4),
    ("five", 5),
    ("six", 6),
    ("seven", 7),
    ("eight", 8),
    ("nine", 9),
    ("ten", 10),
    ("eleven", 11),
    ("twelve", 12),
    ("thirteen", 13),
    ("fourteen", 14),
    ("fifteen", 15),
    ("sixteen", 16),
    ("seventeen", 17),
    ("eighteen", 18),
    ("nineteen", 19),
    ("twenty", 20),
    ("thirty", 30),
    ("forty", 40),
    ("fifty", 50),
    ("sixty", 60),
    ("seventy", 70),
    ("eighty", 80),
    ("ninety", 90),
    ("hundred", 100),
    ("thousand", 1000),
    ("million", 1_000_000),
];

/// Reads the token at `i` as a number with the unit around it; `None` when it isn't one.
pub(super) fn read(text: &str, tokens: &[Token], i: usize) -> Option<Number> {
    let token = &tokens[i];
    let word = &text[token.range.clone()];
    let next = tokens.get(i + 1);
    let before = text[..token.range.start].trim_end().chars().next_back();
    let after = unit_after(text, token, next);
    let (unit, end) = after.unwrap_or((Unit::Plain, token.range.end));
    let range = token.range.start..end;
    if let Some((_, amount)) = WORDS.iter().find(|(name, _)| word.eq_ignore_ascii_case(name)) {
        return Some(Number {
            range,
            kind: Kind::Number,
            unit,
            amount: Decimal::from(*amount),
            step: Decimal::ONE,
            significant: 3,
            shortened: false,
        });
    }
    if word.eq_ignore_ascii_case("one") {
        return Some(Number {
            range,
            kind: if after.is_some() { Kind::Number } else { Kind::Pronoun },
            unit,
            amount: Decimal::ONE,
            step: Decimal::ONE,
            significant: 1,
            shortened: false,
        });
    }
    let (digits, scale) = match word.strip_suffix(['k', 'K']) {
        Some(digits) => (digits, 1_000),
        None => match word.strip_suffix('M') {
            Some(digits) => (digits, 1_000_000),
            None => (word, 1),
        },
    };
    if digits.is_empty() || !digits.chars().all(|c| c.is_ascii_digit() || c == ',' || c == '.') {
        return None;
    }
    let plain: String = digits.chars().filter(|c| *c != ',').collect();
    let amount: Decimal = plain.parse().ok()?;
    let scale = Decimal::from(scale);
    let step = Decimal::new(1, amount.scale()).checked_mul(scale)?;
    let mut number = Number {
        range,
        kind: Kind::Number,
        unit,
        amount: amount.checked_mul(scale)?,
        step,
        significant: plain.trim_start_matches(['0', '.']).chars().filter(char::is_ascii_digit).count(),
        shortened: scale != Decimal::ONE,
    };
    let money = before.is_some_and(|c| matches!(c, '$' | '€' | '£'));
    if money && unit == Unit::Energy && text[token.range.end..].starts_with('/') {
        // `$0.134/kWh` is a rate in whole currency units.
        number.amount = number.amount.checked_mul(Decimal::ONE_HUNDRED)?;
        number.step = number.step.checked_mul(Decimal::ONE_HUNDRED)?;
        number.unit = Unit::Rate;
    } else if money {
        number.unit = Unit::Money;
    }
    if money {
        let sign = text[..token.range.start].trim_end();
        number.range.start = sign.char_indices().next_back().map_or(token.range.start, |(at, _)| at);
    }
    Some(number)
}

/// The unit that follows a number and where it ends: a sign right after it or the next word.
fn unit_after(text: &str, token: &Token, next: Option<&Token>) -> Option<(Unit, usize)> {
    let rest = &text[token.range.end..];
    let blanks = rest.len() - rest.trim_start().len();
    for (sign, unit) in [('%', Unit::Percent), ('¢', Unit::Rate)] {
        if rest[blanks..].starts_with(sign) {
            return Some((unit, token.range.end + blanks + sign.len_utf8()));
        }
    }
    let next = next?;
    let gap = &text[token.range.end..next.range.start];
    if !gap.chars().all(|c| matches!(c, ' ' | '-' | '/' | '\u{a0}')) {
        return None;
    }
    let end = next.range.end;
    match text[next.range.clone()].to_lowercase().as_str() {
        "percent" => Some((Unit::Percent, end)),
        "kwh" => Some((Unit::Energy, end)),
        "ct" | "cent" | "cents" | "c" | "p" | "pence" => {
            let per_kwh = text[end..].get(..4).is_some_and(|tail| tail.eq_ignore_ascii_case("/kwh"));
            Some((Unit::Rate, if per_kwh { end + 4 } else { end }))
        }
        "month" | "months" => Some((Unit::Months, end)),
        "dollar" | "dollars" | "euro" | "euros" | "pound" | "pounds" => Some((Unit::Money, end)),
        _ => None,
    }
}

impl Number {
    /// The number as a fact states it.
    pub(super) fn value(&self) -> Value {
        Value { exact: self.amount, unit: self.unit }
    }

    /// Whether this is a way to write `value`: the same unit, and equal to it, or to it rounded to the
    /// digits written where these are at least three (two with `k` or `M`).
    pub(super) fn matches(&self, value: &Value) -> bool {
        if self.unit != value.unit && self.unit != Unit::Plain && value.unit != Unit::Plain {
            return false;
        }
        let exact = value.exact.abs();
        if exact == self.amount {
            return true;
        }
        let enough = self.significant >= if self.shortened { 2 } else { 3 };
        let Some(distance) = exact.checked_sub(self.amount) else { return false };
        enough && distance.abs().checked_mul(Decimal::TWO).is_some_and(|twice| twice <= self.step)
    }
}
