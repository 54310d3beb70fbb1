//! Money as whole cents. Exact arithmetic happens in `Decimal` before it; a `Money` is a finished figure.

use std::fmt;
use std::ops::{Add, Neg, Sub};

use rust_decimal::prelude::ToPrimitive;
use rust_decimal::{Decimal, RoundingStrategy};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// An amount in the catalogue's currency, in whole cents. Serialised as a decimal number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(type = "number"))]
pub struct Money {
    cents: i64,
}

impl Money {
    #[must_use]
    pub const fn from_cents(cents: i64) -> Self {
        Self { cents }
    }

    /// Rounds an amount in currency units to the cent, half away from zero.
    /// `None` beyond what 64 bits of cents hold.
    #[must_use]
    pub fn round_half_up(amount: Decimal) -> Option<Self> {
        let cents = amount
            .checked_mul(Decimal::ONE_HUNDRED)?
            .round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero)
            .to_i64()?;
        Some(Self { cents })
    }

    #[must_use]
    pub const fn cents(self) -> i64 {
        self.cents
    }

    /// The amount in currency units.
    #[must_use]
    pub fn to_decimal(self) -> Decimal {
        Decimal::new(self.cents, 2)
    }

    #[must_use]
    #[expect(clippy::cast_precision_loss, reason = "exact below 2^53 cents, which no catalogue reaches")]
    pub fn to_f64(self) -> f64 {
        self.cents as f64 / 100.0
    }
}

impl Add for Money {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self { cents: self.cents.saturating_add(other.cents) }
    }
}

impl Sub for Money {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self { cents: self.cents.saturating_sub(other.cents) }
    }
}

impl Neg for Money {
    type Output = Self;
    fn neg(self) -> Self {
        Self { cents: self.cents.saturating_neg() }
    }
}

impl fmt::Display for Money {
    /// `1304.20`: no currency sign and no grouping, which are the surface's to choose.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.cents < 0 { "-" } else { "" };
        let cents = self.cents.unsigned_abs();
        write!(f, "{sign}{}.{:02}", cents / 100, cents % 100)
    }
}

impl Serialize for Money {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64(self.to_f64())
    }
}

impl<'de> Deserialize<'de> for Money {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let amount = f64::deserialize(deserializer)?;
        Decimal::try_from(amount)
            .ok()
            .and_then(Self::round_half_up)
            .ok_or_else(|| serde::de::Error::custom("not an amount of money"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(amount: &str, cents: i64) {
        let amount: Decimal = amount.parse().expect("a decimal");
        assert_eq!(Money::round_half_up(amount), Some(Money::from_cents(cents)));
    }

    #[test]
    fn half_a_cent_rounds_up() {
        check("10.005", 1001);
        check("10.0049999", 1000);
        check("-0.005", -1);
        check("0", 0);
    }

    #[test]
    fn an_amount_that_does_not_fit_is_refused() {
        assert_eq!(Money::round_half_up(Decimal::MAX), None);
    }

    #[test]
    fn prints_and_reads_as_a_decimal_number() {
        let amount = Money::from_cents(-130_405);
        assert_eq!(amount.to_string(), "-1304.05");
        assert_eq!(serde_json::to_string(&amount).expect("a number"), "-1304.05");
        assert_eq!(serde_json::from_str::<Money>("-1304.05").expect("money"), amount);
    }
}
