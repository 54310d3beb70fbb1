//! A plan's exact figures as utilities from 0 to 1.

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use sextant_domain::{Catalog, Money, Plan, PlanFlag};

use super::{CRITERIA, Scored};
use crate::pack::CriterionKind;

/// A contract of this many months or more counts as the least flexible.
const LONGEST_TERM_MONTHS: u32 = 36;
/// Costs beyond this share of the considered plans count alike: one absurd plan must not squeeze
/// the differences between the sensible ones into nothing.
const COST_PERCENTILE: usize = 90;

/// No guaranteed price in any month.
const MOST_UNCERTAIN: u8 = 24;

/// The range that the considered plans span.
pub(super) struct Scale {
    cheapest: Money,
    dearest: Money,
    highest_exit_fee: Money,
}

/// What a plan is compared by when scores are equal, and what domination means. Smaller is better.
/// In the pack's order of importance.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Figures {
    yearly: Money,
    not_renewable: Decimal,
    exit_fee: Money,
    term_months: u32,
    uncertainty: u8,
}

impl Scale {
    pub(super) fn of(catalog: &Catalog, kept: &[(usize, Money)]) -> Self {
        let mut costs: Vec<Money> = kept.iter().map(|(_, yearly)| *yearly).collect();
        costs.sort_unstable();
        let dearest = costs.get((costs.len() * COST_PERCENTILE).div_ceil(100).max(1) - 1);
        Self {
            cheapest: costs.first().copied().unwrap_or_default(),
            dearest: dearest.copied().unwrap_or_default(),
            highest_exit_fee: kept
                .iter()
                .filter_map(|(index, _)| exit_fee(&catalog.plans[*index]))
                .max()
                .unwrap_or_default(),
        }
    }

    /// By `CriterionKind`, each monotone in its figure.
    pub(super) fn utilities(&self, plan: &Plan, yearly: Money) -> [f64; CRITERIA] {
        let mut utilities = [0.0; CRITERIA];
        utilities[CriterionKind::Cost as usize] =
            descending(yearly.to_f64(), self.cheapest.to_f64(), self.dearest.to_f64());
        utilities[CriterionKind::Renewable as usize] = plan
            .renewable_percent
            .and_then(|percent| percent.to_f64())
            .map_or(0.0, |percent| (percent / 100.0).clamp(0.0, 1.0));
        utilities[CriterionKind::Flexibility as usize] = plan
            .term_months
            .map_or(0.0, |term| descending(f64::from(term), 1.0, f64::from(LONGEST_TERM_MONTHS)));
        utilities[CriterionKind::ExitFee as usize] =
            exit_fee(plan).map_or(0.0, |fee| descending(fee.to_f64(), 0.0, self.highest_exit_fee.to_f64()));
        utilities[CriterionKind::Certainty as usize] =
            1.0 - f64::from(uncertainty(plan)) / f64::from(MOST_UNCERTAIN);
        utilities
    }
}

/// 1 at `best`, 0 at `worst` and beyond; 1 where the two are the same.
fn descending(value: f64, best: f64, worst: f64) -> f64 {
    if worst <= best { 1.0 } else { ((worst - value) / (worst - best)).clamp(0.0, 1.0) }
}

/// What leaving can cost at most: a fee that is charged for each remaining month counts for all of them.
pub(super) fn exit_fee(plan: &Plan) -> Option<Money> {
    let fee = plan.exit_fee?;
    if plan.flags.contains(&PlanFlag::ExitFeePerMonth) {
        let months = i64::from(plan.term_months.unwrap_or(1).max(1));
        return Some(Money::from_cents(fee.cents().saturating_mul(months)));
    }
    Some(fee)
}

pub(super) fn figures(plan: &Plan, yearly: Money) -> Figures {
    Figures {
        yearly,
        not_renewable: plan
            .renewable_percent
            .map_or(Decimal::ONE_HUNDRED, |percent| Decimal::ONE_HUNDRED - percent),
        exit_fee: exit_fee(plan).unwrap_or(Money::from_cents(i64::MAX)),
        term_months: plan.term_months.unwrap_or(u32::MAX),
        uncertainty: uncertainty(plan),
    }
}

/// Two for each month of the year without a guaranteed price; a price that depends on the hour counts as
/// half a year without one, and one that nothing is said about as a whole half.
fn uncertainty(plan: &Plan) -> u8 {
    let months = match plan.fixed_price {
        Some(true) => plan.term_months.unwrap_or(6).min(12),
        None => 6,
        Some(false) => 0,
    };
    let hourly = if plan.flags.contains(&PlanFlag::TimeOfUse) { 12 } else { 0 };
    let guaranteed = u8::try_from(2 * months).unwrap_or(MOST_UNCERTAIN);
    (MOST_UNCERTAIN - guaranteed + hourly).min(MOST_UNCERTAIN)
}

/// At least as good in every figure and better in one.
pub(super) fn dominates(catalog: &Catalog, a: &Scored, b: &Scored) -> bool {
    let a = figures(&catalog.plans[a.index], a.yearly);
    let b = figures(&catalog.plans[b.index], b.yearly);
    a != b
        && a.yearly <= b.yearly
        && a.not_renewable <= b.not_renewable
        && a.exit_fee <= b.exit_fee
        && a.term_months <= b.term_months
        && a.uncertainty <= b.uncertainty
}
