//! What a year of use looks like in a few figures and two phrases, by rules that are stated here.
//!
//! The phrases are facts like the figures: texts repeat them and the faithfulness check looks them up, so their
//! wording is fixed. Seasons are those of the northern hemisphere.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use sextant_domain::{HomeUsage, MonthFigure, MonthUsage, UsageSummary};

const EVEN: &str = "even through the year";

/// English name of a month from 1 to 12.
#[must_use]
pub fn month_name(month: u8) -> &'static str {
    const NAMES: [&str; 12] = [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ];
    NAMES[usize::from(month.clamp(1, 12)) - 1]
}

/// Figures of the year. On ties the first month in the year's order is the peak, or the low.
#[must_use]
pub fn summarise(home: &HomeUsage) -> UsageSummary {
    let months = &home.months;
    let annual = home.annual_kwh();
    let count = Decimal::from(months.len().max(1));
    let average = (annual / count).round_dp(2);
    let mut peak = months.first();
    let mut low = months.first();
    for month in months {
        if peak.is_some_and(|peak| month.kwh > peak.kwh) {
            peak = Some(month);
        }
        if low.is_some_and(|low| month.kwh < low.kwh) {
            low = Some(month);
        }
    }
    let name = |month: Option<&MonthUsage>| month.map_or("", |month| month_name(month.month)).to_owned();
    let kwh = |month: Option<&MonthUsage>| month.map_or(0.0, |month| to_f64(month.kwh));
    UsageSummary {
        home: home.home.clone(),
        months: u32::try_from(months.len()).unwrap_or(u32::MAX),
        annual_kwh: to_f64(annual),
        monthly_average_kwh: to_f64(average),
        peak_month: name(peak),
        peak_kwh: kwh(peak),
        low_month: name(low),
        low_kwh: kwh(low),
        season: season_phrase(months).to_owned(),
        trend: trend_phrase(months),
        monthly: months
            .iter()
            .map(|month| MonthFigure { month: month_name(month.month).to_owned(), kwh: to_f64(month.kwh) })
            .collect(),
    }
}

/// From the mean month of each season:
/// *even* where the highest is less than 15 % of the year's mean month above the lowest;
/// *both* where summer and winter are each at least 5 % above the year's mean and within 15 % of one another;
/// else the highest season, the earlier of winter, spring, summer, autumn on a tie.
fn season_phrase(months: &[MonthUsage]) -> &'static str {
    let mean = |wanted: &[u8]| {
        let of_season: Vec<Decimal> =
            months.iter().filter(|month| wanted.contains(&month.month)).map(|month| month.kwh).collect();
        of_season.iter().sum::<Decimal>() / Decimal::from(of_season.len().max(1))
    };
    let year = mean(&[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
    let (winter, spring) = (mean(&[12, 1, 2]), mean(&[3, 4, 5]));
    let (summer, autumn) = (mean(&[6, 7, 8]), mean(&[9, 10, 11]));
    let highest = winter.max(spring).max(summer).max(autumn);
    let lowest = winter.min(spring).min(summer).min(autumn);
    if highest - lowest < year * Decimal::new(15, 2) || year.is_zero() {
        return EVEN;
    }
    let above_mean = year * Decimal::new(105, 2);
    let close = winter.min(summer) >= winter.max(summer) * Decimal::new(85, 2);
    if winter >= above_mean && summer >= above_mean && close {
        return "high in both winter and summer";
    }
    if highest == winter {
        "highest in winter"
    } else if highest == spring {
        "highest in spring"
    } else if highest == summer {
        "highest in summer"
    } else {
        "highest in autumn"
    }
}

/// The second half of the months against the first, in their order: *stable* within 5 %, else the change in whole
/// per cent, half up.
fn trend_phrase(months: &[MonthUsage]) -> String {
    let (first, second) = months.split_at(months.len() / 2);
    let sum = |months: &[MonthUsage]| months.iter().map(|month| month.kwh).sum::<Decimal>();
    let (first, second) = (sum(first), sum(second));
    if first.is_zero() {
        return if second.is_zero() { "stable" } else { "rising from zero" }.to_owned();
    }
    let percent = (second - first) / first * Decimal::ONE_HUNDRED;
    if percent.abs() <= Decimal::from(5) {
        return "stable".to_owned();
    }
    let direction = if percent.is_sign_negative() { "falling" } else { "rising" };
    let strategy = rust_decimal::RoundingStrategy::MidpointAwayFromZero;
    format!("{direction} by {}%", percent.abs().round_dp_with_strategy(0, strategy).normalize())
}

fn to_f64(value: Decimal) -> f64 {
    value.to_f64().unwrap_or(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(kwh: [i64; 12], season: &str, trend: &str) {
        let months = (1..=12).zip(kwh).map(|(month, kwh)| MonthUsage { month, kwh: kwh.into() });
        let summary = summarise(&HomeUsage { home: "home".to_owned(), months: months.collect() });
        assert_eq!((summary.season.as_str(), summary.trend.as_str()), (season, trend));
    }

    #[test]
    fn seasons_are_named_by_their_mean_months() {
        let summer = [700, 700, 700, 700, 800, 1200, 1300, 1200, 900, 700, 700, 700];
        check(summer, "highest in summer", "rising by 15%");
        let winter = [1300, 1200, 900, 700, 700, 700, 700, 700, 700, 700, 800, 1200];
        check(winter, "highest in winter", "falling by 13%");
        let both = [1200, 1100, 800, 700, 800, 1100, 1200, 1100, 800, 700, 800, 1200];
        check(both, "high in both winter and summer", "stable");
        check([900; 12], "even through the year", "stable");
        check(
            [700, 700, 1100, 1100, 1100, 700, 700, 700, 700, 700, 700, 700],
            "highest in spring",
            "falling by 22%",
        );
        check(
            [700, 700, 700, 700, 700, 700, 700, 700, 1100, 1100, 1100, 700],
            "highest in autumn",
            "rising by 29%",
        );
    }

    #[test]
    fn five_per_cent_is_stable_and_more_is_not() {
        check([100, 100, 100, 100, 100, 100, 105, 105, 105, 105, 105, 105], EVEN, "stable");
        check([100, 100, 100, 100, 100, 100, 106, 106, 106, 106, 106, 106], EVEN, "rising by 6%");
        check([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], EVEN, "stable");
    }

    #[test]
    fn the_first_of_equal_months_is_the_peak_and_the_low() {
        let kwh = [5, 9, 9, 3, 3, 5, 5, 5, 5, 5, 5, 5];
        let months = (1..=12).zip(kwh).map(|(month, kwh)| MonthUsage { month, kwh: kwh.into() });
        let summary = summarise(&HomeUsage { home: "home".to_owned(), months: months.collect() });
        assert_eq!((summary.peak_month.as_str(), summary.low_month.as_str()), ("February", "April"));
        assert!((summary.annual_kwh - 64.0).abs() < f64::EPSILON);
        assert!((summary.monthly_average_kwh - 5.33).abs() < 1e-9);
    }
}
