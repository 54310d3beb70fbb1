//! Energy plans and the two ways in which a list states their price.
//!
//! The arithmetic that turns a tariff into a bill lives in `advisor::cost`.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::{ItemId, Money};

/// How a plan's price is stated. All amounts in currency units, exact as they were written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Tariff {
    /// All-in average prices per kWh at 500, 1000 and 2000 kWh a month.
    AveragePrices { at_500: Decimal, at_1000: Decimal, at_2000: Decimal },
    /// A rate card: fees, a price per kWh in tiers, and credits.
    RateCard {
        /// Price per kWh where no tier applies.
        rate: Decimal,
        fixed_monthly: Decimal,
        /// Charged for each day of the month.
        fixed_daily: Decimal,
        /// Ascending by `from_kwh`.
        tiers: Vec<Tier>,
        credits: Vec<Credit>,
    },
}

/// From this many kWh of a month on, each further kWh costs `rate`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tier {
    pub from_kwh: Decimal,
    pub rate: Decimal,
}

/// An amount taken off the bill of a month whose use is at least `from_kwh`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credit {
    pub from_kwh: Decimal,
    pub amount: Decimal,
}

/// What the import noticed about a plan and the person should know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum PlanFlag {
    /// A price below zero: kept out of the ranking.
    NegativePrice,
    /// A price that no household pays (over 5 currency units or under half a cent a kWh): kept out of the ranking.
    AbsurdPrice,
    /// The same plan as an earlier row: kept out of the ranking.
    Duplicate,
    /// The price depends on the hour, which averages can't show.
    TimeOfUse,
    Prepaid,
    /// The list doesn't say what leaving early costs.
    ExitFeeUndisclosed,
    /// So small that it is probably charged for each remaining month.
    ExitFeePerMonth,
    /// The contract ends within the year, and the yearly cost assumes that its price goes on.
    TermUnderYear,
}

impl PlanFlag {
    /// Whether a plan with this flag takes no part in a ranking.
    #[must_use]
    pub fn excludes(self) -> bool {
        matches!(self, Self::NegativePrice | Self::AbsurdPrice | Self::Duplicate)
    }
}

/// One energy plan.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    pub id: ItemId,
    pub name: String,
    pub supplier: String,
    pub area: Option<String>,
    pub tariff: Tariff,
    /// `None` where the list doesn't say; 0 or 1 is month to month.
    pub term_months: Option<u32>,
    /// `None` where the list doesn't say.
    pub exit_fee: Option<Money>,
    /// 0 to 100; `None` where the list doesn't say.
    pub renewable_percent: Option<Decimal>,
    /// Whether the price is guaranteed for the term; `None` where the list doesn't say.
    pub fixed_price: Option<bool>,
    /// The plan's special terms, in the supplier's words; may be empty.
    pub terms: String,
    pub flags: Vec<PlanFlag>,
    /// Every column of the row by its header, for `--where` and for display.
    pub columns: BTreeMap<String, String>,
    /// The line of the file that it came from, counted from 1 with the header.
    pub line: u64,
}

/// An imported plan list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Catalog {
    /// The file's name, for the person.
    pub name: String,
    /// sha256 of the file's bytes and of the column mapping, in hexadecimal.
    pub hash: String,
    /// ISO 4217 code: `USD` where nothing says otherwise.
    pub currency: String,
    /// The file's columns in order.
    pub headers: Vec<String>,
    pub plans: Vec<Plan>,
}
