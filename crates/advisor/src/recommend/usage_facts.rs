//! What a usage summary may say.

use rust_decimal::Decimal;
use sextant_domain::HomeUsage;

use crate::facts::{Facts, Unit, Value};
use crate::format;
use crate::usage;

/// The facts of one home's year.
pub(super) fn facts(usage: &HomeUsage) -> Facts {
    let summary = usage::summarise(usage);
    let annual = usage.annual_kwh();
    let average = annual.checked_div(Decimal::from(usage.months.len().max(1))).unwrap_or_default();
    let by_kwh = |month: &&sextant_domain::MonthUsage| month.kwh;
    let most = usage.months.iter().map(|month| month.kwh).max().unwrap_or_default();
    let least = usage.months.iter().min_by_key(by_kwh).map(|month| month.kwh).unwrap_or_default();
    let mut facts = Facts::default();
    facts
        .push("annual", "Annual use", format::energy(annual), energy(annual), Vec::new())
        .push("average", "Monthly average", format::energy(average), energy(average), Vec::new())
        .push(
            "peak",
            "Peak month",
            format!("{}, {}", summary.peak_month, format::energy(most)),
            energy(most),
            vec![summary.peak_month.clone()],
        )
        .push(
            "low",
            "Lowest month",
            format!("{}, {}", summary.low_month, format::energy(least)),
            energy(least),
            vec![summary.low_month.clone()],
        )
        .text("season", "Season", summary.season);
    let percent: String = summary.trend.chars().filter(char::is_ascii_digit).collect();
    match percent.parse::<Decimal>() {
        Ok(percent) => facts.number("trend", "Trend", summary.trend, percent, Unit::Percent),
        Err(_) => facts.text("trend", "Trend", summary.trend),
    };
    // The template's own slots, which the prompt doesn't have as lines.
    facts
        .text("peak_month", "Peak month", summary.peak_month)
        .text("peak_kwh", "Peak month", format::energy(most))
        .text("low_month", "Lowest month", summary.low_month)
        .text("low_kwh", "Lowest month", format::energy(least))
        // `in the last 12 months` is true of every year.
        .number(
            "months",
            "Months",
            usage.months.len().to_string(),
            Decimal::from(usage.months.len()),
            Unit::Months,
        );
    facts
}

/// Exact, and as the facts state it.
fn energy(kwh: Decimal) -> Vec<Value> {
    [kwh, format::round(kwh, 0)].map(|exact| Value { exact, unit: Unit::Energy }).to_vec()
}
