//! What a tariff costs: exact sums, rounded once for the year, half up, to the cent.
//!
//! Amounts are integers at a power of ten chosen per tariff and home, so that nothing is rounded on the way; where
//! 128 bits don't hold them, `Decimal` computes with 28 digits instead. Exit fees and savings are not bills and live
//! in the ranking. No floating point and no model takes part.

mod scaled;

use rust_decimal::Decimal;
use sextant_domain::{HomeUsage, Money, Plan, Tariff};
use thiserror::Error;

use scaled::{ScaledMonth, ScaledTariff};

/// Why a bill has no figure.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum CostError {
    /// Beyond what 28 digits hold; no real price and use come near.
    #[error("the bill for {kwh} kWh is too large to be computed; check the price and the usage")]
    TooLarge { kwh: Decimal },
}

/// A tariff made ready to be costed many times.
#[derive(Debug, Clone)]
pub struct Prepared {
    tariff: Tariff,
    /// `None` where a figure doesn't fit.
    scaled: Option<ScaledTariff>,
}

impl Prepared {
    #[must_use]
    pub fn new(tariff: &Tariff) -> Self {
        let mut tariff = tariff.clone();
        if let Tariff::RateCard { tiers, .. } = &mut tariff {
            tiers.sort_by_key(|tier| tier.from_kwh);
        }
        Self { scaled: ScaledTariff::new(&tariff), tariff }
    }

    /// The bill of one month of `days` days in currency units, not rounded to the cent.
    pub fn monthly_cost(&self, kwh: Decimal, days: u32) -> Result<Decimal, CostError> {
        let exact = self.scaled.as_ref().and_then(|scaled| {
            let (units, scale) = scaled.monthly_cost(&ScaledMonth::new(kwh, days))?;
            Decimal::try_from_i128_with_scale(units, scale).ok()
        });
        match exact {
            Some(cost) => Ok(cost),
            None => monthly_cost_in_decimal(&self.tariff, kwh, days).ok_or(CostError::TooLarge { kwh }),
        }
    }

    /// The bill of the home's twelve months, February with 28 days.
    pub fn annual_cost(&self, home: &HomeUsage) -> Result<Money, CostError> {
        let exact = self.scaled.as_ref().and_then(|scaled| scaled.annual_cost(home));
        if let Some(cost) = exact {
            return Ok(cost);
        }
        let mut sum = Decimal::ZERO;
        for month in &home.months {
            let too_large = CostError::TooLarge { kwh: month.kwh };
            let cost = monthly_cost_in_decimal(&self.tariff, month.kwh, days_in_month(month.month));
            sum = cost.and_then(|cost| sum.checked_add(cost)).ok_or(too_large)?;
        }
        let kwh = home.months.first().map_or(Decimal::ZERO, |month| month.kwh);
        Money::round_half_up(sum).ok_or(CostError::TooLarge { kwh })
    }
}

/// The yearly bill of a plan that is costed once; [`Prepared`] is for more.
pub fn annual_cost(plan: &Plan, home: &HomeUsage) -> Result<Money, CostError> {
    Prepared::new(&plan.tariff).annual_cost(home)
}

/// Days of a calendar month of an ordinary year; 0 for what is no month.
#[must_use]
pub fn days_in_month(month: u8) -> u32 {
    match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 => 28,
        _ => 0,
    }
}

/// The same arithmetic with 28 digits, for figures that 128 bits can't hold exactly.
fn monthly_cost_in_decimal(tariff: &Tariff, kwh: Decimal, days: u32) -> Option<Decimal> {
    let (five_hundred, thousand) = (Decimal::from(500), Decimal::ONE_THOUSAND);
    let cost = match tariff {
        Tariff::AveragePrices { at_500, at_1000, at_2000 } => {
            let (from, low, high) =
                if kwh <= thousand { (five_hundred, at_500, at_1000) } else { (thousand, at_1000, at_2000) };
            let slope = high.checked_mul(Decimal::TWO)?.checked_sub(*low)?;
            let base = low.checked_mul(from)?;
            slope.checked_mul(kwh.checked_sub(from)?)?.checked_add(base)?
        }
        Tariff::RateCard { rate, fixed_monthly, fixed_daily, tiers, credits } => {
            let mut cost = fixed_daily.checked_mul(Decimal::from(days))?.checked_add(*fixed_monthly)?;
            let mut from = Decimal::ZERO;
            let mut price = *rate;
            for tier in tiers {
                let until = tier.from_kwh.min(kwh);
                if until > from {
                    cost = until.checked_sub(from)?.checked_mul(price)?.checked_add(cost)?;
                    from = until;
                }
                price = tier.rate;
                if tier.from_kwh >= kwh {
                    break;
                }
            }
            if kwh > from {
                cost = kwh.checked_sub(from)?.checked_mul(price)?.checked_add(cost)?;
            }
            for credit in credits.iter().filter(|credit| kwh >= credit.from_kwh) {
                cost = cost.checked_sub(credit.amount)?;
            }
            cost
        }
    };
    Some(cost.max(Decimal::ZERO))
}
