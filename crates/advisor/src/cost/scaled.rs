//! A tariff as 128-bit integers at one power of ten: exact, and fast enough to cost a whole list while a slider moves.
//!
//! Prices are kept at 10^-price_scale, kWh at 10^-kwh_scale; a product of both is at the sum of the scales. Every
//! step is checked, and an overflow is `None`, never a wrong figure.

use rust_decimal::Decimal;
use sextant_domain::{HomeUsage, Money, Tariff};

use super::days_in_month;

#[derive(Debug, Clone)]
pub(super) struct ScaledTariff {
    price_scale: u32,
    /// The least scale of kWh that thresholds need.
    kwh_scale: u32,
    pieces: Pieces,
}

#[derive(Debug, Clone)]
enum Pieces {
    /// Straight lines through the monthly totals at 500, 1000 and 2000 kWh.
    AverageTotals {
        total_at_500: i128,
        total_at_1000: i128,
        /// Price of each further kWh below 1000.
        slope_below: i128,
        slope_above: i128,
    },
    RateCard {
        rate: i128,
        fixed_monthly: i128,
        fixed_daily: i128,
        /// `(from, rate)`, ascending; `from` at `kwh_scale`.
        tiers: Vec<(i128, i128)>,
        /// `(from, amount)`; `from` at `kwh_scale`.
        credits: Vec<(i128, i128)>,
    },
}

/// One month's use.
pub(super) struct ScaledMonth {
    kwh: i128,
    scale: u32,
    days: u32,
}

impl ScaledMonth {
    pub(super) fn new(kwh: Decimal, days: u32) -> Self {
        Self { kwh: kwh.mantissa(), scale: kwh.scale(), days }
    }
}

impl ScaledTariff {
    /// `None` where the figures don't fit.
    pub(super) fn new(tariff: &Tariff) -> Option<Self> {
        match tariff {
            Tariff::AveragePrices { at_500, at_1000, at_2000 } => {
                let price_scale = widest_scale(&[*at_500, *at_1000, *at_2000]);
                let at_500 = at_scale(*at_500, price_scale)?;
                let at_1000 = at_scale(*at_1000, price_scale)?;
                let at_2000 = at_scale(*at_2000, price_scale)?;
                // (1000·p1000 − 500·p500) / 500 and (2000·p2000 − 1000·p1000) / 1000, without a division.
                Some(Self {
                    price_scale,
                    kwh_scale: 0,
                    pieces: Pieces::AverageTotals {
                        total_at_500: at_500.checked_mul(500)?,
                        total_at_1000: at_1000.checked_mul(1000)?,
                        slope_below: at_1000.checked_mul(2)?.checked_sub(at_500)?,
                        slope_above: at_2000.checked_mul(2)?.checked_sub(at_1000)?,
                    },
                })
            }
            Tariff::RateCard { rate, fixed_monthly, fixed_daily, tiers, credits } => {
                let mut prices = vec![*rate, *fixed_monthly, *fixed_daily];
                prices.extend(tiers.iter().map(|tier| tier.rate));
                prices.extend(credits.iter().map(|credit| credit.amount));
                let thresholds: Vec<Decimal> = tiers
                    .iter()
                    .map(|tier| tier.from_kwh)
                    .chain(credits.iter().map(|credit| credit.from_kwh))
                    .collect();
                let (price_scale, kwh_scale) = (widest_scale(&prices), widest_scale(&thresholds));
                let step = |from: Decimal, price: Decimal| {
                    Some((at_scale(from, kwh_scale)?, at_scale(price, price_scale)?))
                };
                Some(Self {
                    price_scale,
                    kwh_scale,
                    pieces: Pieces::RateCard {
                        rate: at_scale(*rate, price_scale)?,
                        fixed_monthly: at_scale(*fixed_monthly, price_scale)?,
                        fixed_daily: at_scale(*fixed_daily, price_scale)?,
                        tiers: tiers
                            .iter()
                            .map(|tier| step(tier.from_kwh, tier.rate))
                            .collect::<Option<_>>()?,
                        credits: credits
                            .iter()
                            .map(|credit| step(credit.from_kwh, credit.amount))
                            .collect::<Option<_>>()?,
                    },
                })
            }
        }
    }

    /// The month's bill as an integer and its scale.
    pub(super) fn monthly_cost(&self, month: &ScaledMonth) -> Option<(i128, u32)> {
        let kwh_scale = self.kwh_scale.max(month.scale);
        let kwh = raise(month.kwh, kwh_scale - month.scale)?;
        // What turns a price alone, or a whole number of kWh, to the common scale.
        let one_kwh = power_of_ten(kwh_scale)?;
        let cost = match &self.pieces {
            Pieces::AverageTotals { total_at_500, total_at_1000, slope_below, slope_above } => {
                let (from, total, slope) = if kwh <= one_kwh.checked_mul(1000)? {
                    (500, total_at_500, slope_below)
                } else {
                    (1000, total_at_1000, slope_above)
                };
                let beyond = kwh.checked_sub(one_kwh.checked_mul(from)?)?;
                total.checked_mul(one_kwh)?.checked_add(slope.checked_mul(beyond)?)?
            }
            Pieces::RateCard { rate, fixed_monthly, fixed_daily, tiers, credits } => {
                let threshold_raise = power_of_ten(kwh_scale - self.kwh_scale)?;
                let fees = fixed_daily.checked_mul(i128::from(month.days))?.checked_add(*fixed_monthly)?;
                let mut cost = fees.checked_mul(one_kwh)?;
                let (mut from, mut price) = (0i128, *rate);
                for (tier_from, tier_price) in tiers {
                    let tier_from = tier_from.checked_mul(threshold_raise)?;
                    let until = tier_from.min(kwh);
                    if until > from {
                        cost = cost.checked_add((until - from).checked_mul(price)?)?;
                        from = until;
                    }
                    price = *tier_price;
                    if tier_from >= kwh {
                        break;
                    }
                }
                if kwh > from {
                    cost = cost.checked_add((kwh - from).checked_mul(price)?)?;
                }
                for (credit_from, amount) in credits {
                    if kwh >= credit_from.checked_mul(threshold_raise)? {
                        cost = cost.checked_sub(amount.checked_mul(one_kwh)?)?;
                    }
                }
                cost
            }
        };
        Some((cost.max(0), self.price_scale + kwh_scale))
    }

    pub(super) fn annual_cost(&self, home: &HomeUsage) -> Option<Money> {
        let (mut sum, mut sum_scale) = (0i128, 0u32);
        for month in &home.months {
            let month = ScaledMonth::new(month.kwh, days_in_month(month.month));
            let (cost, scale) = self.monthly_cost(&month)?;
            let common = sum_scale.max(scale);
            sum = raise(sum, common - sum_scale)?.checked_add(raise(cost, common - scale)?)?;
            sum_scale = common;
        }
        // Never negative here, so that half up and half away from zero are one.
        let cents = if sum_scale <= 2 {
            raise(sum, 2 - sum_scale)?
        } else {
            let divisor = power_of_ten(sum_scale - 2)?;
            let remainder = sum % divisor;
            sum / divisor + i128::from(remainder >= divisor - remainder)
        };
        i64::try_from(cents).ok().map(Money::from_cents)
    }
}

fn widest_scale(values: &[Decimal]) -> u32 {
    values.iter().map(|value| value.normalize().scale()).max().unwrap_or(0)
}

/// `scale` is at least the value's own.
fn at_scale(value: Decimal, scale: u32) -> Option<i128> {
    let value = value.normalize();
    raise(value.mantissa(), scale.checked_sub(value.scale())?)
}

fn raise(value: i128, power: u32) -> Option<i128> {
    if power == 0 { Some(value) } else { value.checked_mul(power_of_ten(power)?) }
}

fn power_of_ten(power: u32) -> Option<i128> {
    const POWERS: [i128; 39] = {
        let mut powers = [1i128; 39];
        let mut power = 1;
        while power < powers.len() {
            powers[power] = powers[power - 1] * 10;
            power += 1;
        }
        powers
    };
    POWERS.get(power as usize).copied()
}
