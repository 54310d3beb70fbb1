//! Figures of records as answers have them: exact, never rounded.

use rust_decimal::Decimal;
use sextant_domain::{Attribute, ItemCard};

use crate::format::{currency_sign, grouped_number};

/// `$5.14`, `$1,200`, `SAR 265`.
#[must_use]
pub(super) fn amount(currency: &str, amount: Decimal) -> String {
    let sign = currency_sign(currency);
    let space = if sign.len() > 1 && sign.is_ascii() { " " } else { "" };
    let minus = if amount.is_sign_negative() { "-" } else { "" };
    let amount = amount.abs().normalize();
    // Cents come in twos.
    let places = if amount.scale() == 1 { 2 } else { amount.scale() };
    format!("{minus}{sign}{space}{}", grouped_number(&format!("{amount:.*}", places as usize)))
}

/// `12`, `1,234.5`.
#[must_use]
pub(super) fn number(value: Decimal) -> String {
    let text = value.abs().normalize().to_string();
    let minus = if value.is_sign_negative() { "-" } else { "" };
    format!("{minus}{}", grouped_number(&text))
}

/// `$5.14 per 100 g`; `None` without a price.
#[must_use]
pub(super) fn price(card: &ItemCard) -> Option<String> {
    let amount = amount(&card.currency, card.price?.to_decimal());
    Some(if card.price_unit.is_empty() { amount } else { format!("{amount} {}", card.price_unit) })
}

/// `80 cm`, `Light`, `100%`.
#[must_use]
pub(super) fn value(attribute: &Attribute) -> String {
    match attribute.unit.as_str() {
        "" => attribute.value.clone(),
        unit if attribute.value.ends_with(unit) => attribute.value.clone(),
        "%" => format!("{}%", attribute.value),
        unit if unit.chars().all(|c| matches!(c, '$' | '€' | '£')) => format!("{unit}{}", attribute.value),
        unit => format!("{} {unit}", attribute.value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_exact_and_read_as_people_write_them() {
        assert_eq!(amount("USD", Decimal::new(514, 2)), "$5.14");
        assert_eq!(amount("USD", Decimal::new(55, 1)), "$5.50");
        assert_eq!(amount("SAR", Decimal::new(2_650, 1)), "SAR 265");
        assert_eq!(amount("EUR", Decimal::new(-123_400, 2)), "-€1,234");
        assert_eq!(number(Decimal::new(123_450, 2)), "1,234.5");
    }
}
