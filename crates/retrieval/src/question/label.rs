//! How a demand is shown on a chip: `under $20`, `not Ethiopia`, `at least 50 % renewable`.

use rust_decimal::Decimal;

use super::english::Bound;
use super::facet::{Facet, RATING};
use super::lexicon::Lexicon;
use super::quantity::Dimension;

/// The label of a demand on a number.
pub(super) fn bound(lexicon: &Lexicon, facet: usize, bound: Bound, value: Decimal) -> String {
    let index = facet;
    let facet = &lexicon.facets[index];
    let amount = amount(&lexicon.currency, facet, value);
    let is_length = facet.counts_in().is_some_and(|unit| unit.dimension == Dimension::Length);
    let words = |below, above| match bound {
        Bound::Below => below,
        Bound::Above => above,
        Bound::AtMost => "at most",
        Bound::AtLeast => "at least",
        Bound::Around => "around",
        Bound::Is => "exactly",
    };
    let sided = words("under", "over");
    if facet.is_price() {
        format!("{sided} {amount}")
    } else if index == RATING {
        format!("rated {sided} {amount}")
    } else if value.is_zero() && matches!(bound, Bound::Is | Bound::AtMost) {
        format!("no {}", facet.name)
    } else if value.is_zero() && bound == Bound::Above {
        format!("with {}", facet.name)
    } else if facet.unit == "%" {
        format!("{sided} {amount} {}", facet.name)
    } else if let (Some(measure), true) = (facet.rules.measure.first(), is_length) {
        format!("{sided} {amount} {measure}")
    } else {
        format!("{} {sided} {amount}", facet.name)
    }
}

/// A number with its unit: `$1,299.50`, `SAR 500`, `12 months`.
pub(super) fn amount(currency: &str, facet: &Facet, value: Decimal) -> String {
    let number = grouped(value);
    if facet.is_money() {
        match currency {
            "USD" => format!("${number}"),
            "EUR" => format!("€{number}"),
            "GBP" => format!("£{number}"),
            "" => number,
            code => format!("{code} {number}"),
        }
    } else if facet.unit.is_empty() {
        number
    } else {
        format!("{number} {}", facet.unit)
    }
}

/// The label of a demand on a value.
pub(super) fn value(facet: &Facet, labels: &[&str], negated: bool) -> String {
    let joined = labels.join(" or ");
    let chip = facet.rules.chip.as_deref().map_or_else(|| joined.clone(), |chip| chip.replace("{}", &joined));
    if negated { format!("not {chip}") } else { chip }
}

fn grouped(value: Decimal) -> String {
    let text = value.normalize().to_string();
    let (whole, decimals) =
        text.split_once('.').map_or((text.as_str(), None), |(whole, rest)| (whole, Some(rest)));
    let mut grouped = String::new();
    for (place, digit) in whole.chars().enumerate() {
        let left = whole.chars().count() - place;
        if place > 0 && left % 3 == 0 && whole.len() > 3 && !grouped.ends_with('-') {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    match decimals {
        // Cents are written in two digits.
        Some(decimals) if decimals.len() == 1 => format!("{grouped}.{decimals}0"),
        Some(decimals) => format!("{grouped}.{decimals}"),
        None => grouped,
    }
}
