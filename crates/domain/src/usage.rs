//! A household's electricity use, as exact monthly amounts.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// What one home used in one calendar month.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonthUsage {
    /// 1 to 12.
    pub month: u8,
    /// Never negative.
    pub kwh: Decimal,
}

/// One year of one home: each calendar month exactly once, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HomeUsage {
    /// The home's name as its file has it.
    pub home: String,
    pub months: Vec<MonthUsage>,
}

impl HomeUsage {
    #[must_use]
    pub fn annual_kwh(&self) -> Decimal {
        self.months.iter().map(|month| month.kwh).sum()
    }
}
