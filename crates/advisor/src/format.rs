//! Figures as words have them. The model copies these; the window formats its own.

use rust_decimal::{Decimal, RoundingStrategy};
use sextant_domain::Money;

/// The sign that a currency is written with; its code where it has none of its own.
#[must_use]
pub(crate) fn currency_sign(currency: &str) -> &str {
    match currency {
        "USD" => "$",
        "EUR" => "€",
        "GBP" => "£",
        other => other,
    }
}

/// Whole currency units with grouping: `$1,304`.
#[must_use]
pub(crate) fn money(currency: &str, amount: Money) -> String {
    let whole = round(amount.to_decimal(), 0);
    let sign = if whole.is_sign_negative() && !whole.is_zero() { "-" } else { "" };
    format!("{sign}{}{}", currency_sign(currency), grouped(&whole.abs().to_string()))
}

/// `10,435 kWh`.
#[must_use]
pub(crate) fn energy(kwh: Decimal) -> String {
    format!("{} kWh", grouped(&round(kwh, 0).to_string()))
}

/// Hundredths of the currency unit per kWh: `13.4 ct/kWh`; pence for pounds.
#[must_use]
pub(crate) fn rate(currency: &str, cents_per_kwh: Decimal) -> String {
    let unit = if currency == "GBP" { "p" } else { "ct" };
    format!("{:.1} {unit}/kWh", round(cents_per_kwh, 1))
}

/// `100%`, `12.5%`.
#[must_use]
pub(crate) fn percent(value: Decimal) -> String {
    format!("{}%", round(value, 1).normalize())
}

/// `12 months`, `1 month`, `no contract`.
#[must_use]
pub(crate) fn contract(term_months: Option<u32>) -> String {
    match term_months {
        None => "not stated".into(),
        Some(0) => "no contract".into(),
        Some(1) => "1 month".into(),
        Some(months) => format!("{months} months"),
    }
}

/// Half away from zero, as people round.
#[must_use]
pub(crate) fn round(value: Decimal, places: u32) -> Decimal {
    value.round_dp_with_strategy(places, RoundingStrategy::MidpointAwayFromZero)
}

/// A decimal number's digits with its whole part grouped: `1,234.56`.
#[must_use]
pub(crate) fn grouped_number(digits: &str) -> String {
    match digits.split_once('.') {
        Some((whole, fraction)) => format!("{}.{fraction}", grouped(whole)),
        None => grouped(digits),
    }
}

fn grouped(digits: &str) -> String {
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_read_as_people_write_them() {
        assert_eq!(money("USD", Money::from_cents(130_450)), "$1,305");
        assert_eq!(money("EUR", Money::from_cents(-99_949)), "-€999");
        assert_eq!(energy(Decimal::new(1_043_549, 2)), "10,435 kWh");
        assert_eq!(rate("USD", Decimal::new(1335, 2)), "13.4 ct/kWh");
        assert_eq!(percent(Decimal::ONE_HUNDRED), "100%");
        assert_eq!(contract(Some(1)), "1 month");
    }
}
