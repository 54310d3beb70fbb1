//! One number cell to an exact `Decimal`: signs, currency, units, thousands separators, either decimal mark.
//!
//! Which mark a column uses is decided by `number_column`, which sees all of its cells.
//! `NaN`, `inf` and words have no digits and are no numbers.

use rust_decimal::Decimal;

/// The character between a number's whole part and its fraction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DecimalMark {
    Point,
    Comma,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum NumberProblem {
    NotANumber,
    /// `Decimal` keeps 28 digits; a number is refused rather than rounded.
    TooManyDigits,
}

/// A cell taken apart: `-$12.50 per month` has the digits `12.50` between `$` and `per month`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct NumberParts<'a> {
    pub(super) negative: bool,
    pub(super) before: &'a str,
    digits: &'a str,
    pub(super) after: &'a str,
    exponent: i32,
}

/// Whether a cell says that there is no figure.
pub(super) fn is_absent(cell: &str) -> bool {
    const WORDS: [&str; 12] = [
        "",
        "-",
        "--",
        "–",
        "—",
        "n/a",
        "na",
        "null",
        "unknown",
        "not disclosed",
        "undisclosed",
        "see terms",
    ];
    // Most cells are figures, and lists have hundreds of thousands of cells.
    !cell.starts_with(|c: char| c.is_ascii_digit())
        && WORDS.iter().any(|word| cell.eq_ignore_ascii_case(word))
}

impl<'a> NumberParts<'a> {
    /// `None` where there is no number, or more than one.
    pub(super) fn split(cell: &'a str) -> Option<Self> {
        let cell = cell.trim();
        if is_plain(cell) {
            let digits = cell.trim_end_matches('.');
            return Some(Self { negative: false, before: "", digits, after: "", exponent: 0 });
        }
        let (cell, in_parentheses) = match cell.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
            Some(inner) => (inner, true),
            None => (cell, false),
        };
        let first_digit = cell.find(|c: char| c.is_ascii_digit())?;
        // A mark right before the digits belongs to them: `.5`.
        let start = match cell[..first_digit].chars().next_back() {
            Some('.' | ',') => first_digit - 1,
            _ => first_digit,
        };
        let mut end = start;
        let mut characters = cell[start..].char_indices().peekable();
        while let Some((offset, character)) = characters.next() {
            let next_is_digit = characters.peek().is_some_and(|(_, next)| next.is_ascii_digit());
            let part = match character {
                '0'..='9' | '.' | ',' => true,
                ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}' | '\'' | '’' => next_is_digit,
                _ => false,
            };
            if !part {
                break;
            }
            end = start + offset + character.len_utf8();
        }
        // A mark at the end is punctuation: `12.`
        let digits = cell[start..end].trim_end_matches(['.', ',']);
        let mut after = cell[end..].trim_start();
        let mut exponent = 0;
        if let Some(power) = cell[end..].strip_prefix(['e', 'E']) {
            let length = power.len()
                - power.trim_start_matches(|c: char| c.is_ascii_digit() || c == '-' || c == '+').len();
            if let Ok(value) = power[..length].parse::<i32>() {
                exponent = value;
                after = power[length..].trim_start();
            }
        }
        let mut before = cell[..start].trim();
        let mut negative = in_parentheses;
        for minus in ["-", "\u{2212}", "\u{2013}"] {
            // `-$5`, `$-5` and `- 5`
            if let Some(rest) = before.strip_prefix(minus).or_else(|| before.strip_suffix(minus)) {
                negative = true;
                before = rest.trim();
                break;
            }
        }
        let before = before.strip_prefix('+').unwrap_or(before);
        let more_digits = |text: &str| text.contains(|c: char| c.is_ascii_digit());
        (!more_digits(after)).then_some(Self { negative, before, digits, after, exponent })
    }

    /// Whether nothing but currency signs and the words in `units` stands around the digits.
    pub(super) fn has_only_units(&self, units: &[&str]) -> bool {
        let known = |text: &str| {
            text.split(|c: char| c.is_whitespace() || matches!(c, '/' | '.' | '(' | ')' | '*'))
                .filter(|word| !word.is_empty())
                .all(|word| is_currency(word) || units.iter().any(|unit| word.eq_ignore_ascii_case(unit)))
        };
        known(self.before) && known(self.after)
    }

    /// The mark that this number can only have; `None` where both readings are possible.
    pub(super) fn evident_mark(&self) -> Option<DecimalMark> {
        let digits = self.digits;
        let (point, comma) = (digits.rfind('.'), digits.rfind(','));
        let (at, mark, other) = match (point, comma) {
            (None, None) => return None,
            (Some(point), Some(comma)) if point > comma => return Some(DecimalMark::Point),
            (Some(_), Some(_)) => return Some(DecimalMark::Comma),
            (Some(point), None) => (point, DecimalMark::Point, DecimalMark::Comma),
            (None, Some(comma)) => (comma, DecimalMark::Comma, DecimalMark::Point),
        };
        if digits[..at].contains(['.', ',']) {
            return Some(other);
        }
        let whole = digits[..at].chars().filter(char::is_ascii_digit).count();
        let fraction = digits.len() - at - 1;
        // `1.234` may be a thousand or a fraction; `0.234`, `12.5` and `1234.567` are fractions.
        let may_group = fraction == 3 && (1..=3).contains(&whole) && !digits.starts_with('0');
        (!may_group).then_some(mark)
    }

    pub(super) fn value(&self, mark: DecimalMark) -> Result<Decimal, NumberProblem> {
        if mark == DecimalMark::Point && self.exponent == 0 && is_plain(self.digits) {
            let mut value = Decimal::from_str_exact(self.digits).map_err(|_| NumberProblem::TooManyDigits)?;
            value.set_sign_negative(self.negative && !value.is_zero());
            return Ok(value);
        }
        let (decimal, thousands) = match mark {
            DecimalMark::Point => ('.', ','),
            DecimalMark::Comma => (',', '.'),
        };
        let (whole, fraction) = match self.digits.split_once(decimal) {
            Some((whole, fraction)) => (whole, fraction),
            None => (self.digits, ""),
        };
        if fraction.contains(|c: char| !c.is_ascii_digit()) {
            return Err(NumberProblem::NotANumber);
        }
        let mut text = String::with_capacity(self.digits.len() + 2);
        if self.negative {
            text.push('-');
        }
        let is_blank = |c: char| matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}' | '\'' | '’');
        if whole.contains(|c: char| c == thousands || is_blank(c)) {
            let groups = whole.split(|c: char| c == thousands || is_blank(c));
            for (index, group) in groups.enumerate() {
                let fits = if index == 0 { (1..=3).contains(&group.len()) } else { group.len() == 3 };
                if !fits {
                    return Err(NumberProblem::NotANumber);
                }
                text.push_str(group);
            }
        } else {
            text.push_str(if whole.is_empty() { "0" } else { whole });
        }
        if !fraction.is_empty() {
            text.push('.');
            text.push_str(fraction);
        }
        if !text.bytes().all(|byte| byte.is_ascii_digit() || matches!(byte, b'.' | b'-')) {
            return Err(NumberProblem::NotANumber);
        }
        let value = Decimal::from_str_exact(&text).map_err(|_| NumberProblem::TooManyDigits)?;
        shift(value, self.exponent)
    }
}

/// Digits with one point at most, the first being a digit: read without looking further.
fn is_plain(text: &str) -> bool {
    let mut points = 0;
    text.starts_with(|c: char| c.is_ascii_digit())
        && text.bytes().all(|byte| {
            points += usize::from(byte == b'.');
            byte.is_ascii_digit() || byte == b'.'
        })
        && points <= 1
}

/// `value` times ten to the power of `exponent`, exactly.
fn shift(value: Decimal, exponent: i32) -> Result<Decimal, NumberProblem> {
    if exponent == 0 || value.is_zero() {
        return Ok(value);
    }
    let normal = value.normalize();
    let scale = i64::from(normal.scale()) - i64::from(exponent);
    let exact = if scale >= 0 {
        u32::try_from(scale)
            .ok()
            .and_then(|scale| Decimal::try_from_i128_with_scale(normal.mantissa(), scale).ok())
    } else {
        u32::try_from(-scale)
            .ok()
            .and_then(|power| 10i128.checked_pow(power))
            .and_then(|factor| normal.mantissa().checked_mul(factor))
            .and_then(|mantissa| Decimal::try_from_i128_with_scale(mantissa, 0).ok())
    };
    exact.ok_or(NumberProblem::TooManyDigits)
}

fn is_currency(word: &str) -> bool {
    matches!(word, "$" | "€" | "£" | "¢" | "US$" | "USD" | "EUR" | "GBP" | "usd" | "eur" | "gbp")
}
