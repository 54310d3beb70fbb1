//! What the import notices about plans: prices that can't be right, repetitions, and traps that a person should know.
//!
//! Flagged plans stay in the list; `PlanFlag::excludes` says which of them a ranking leaves out.

use std::collections::HashSet;

use rust_decimal::Decimal;
use sextant_domain::{ItemId, Money, Plan, PlanFlag, Tariff};

use super::Note;

/// Over five currency units a kWh is a slipped point, not a price.
const ABSURDLY_HIGH: Decimal = Decimal::from_parts(5, 0, 0, false, 0);
/// All three averages under half a cent: prices in dollars among prices in cents.
const ABSURDLY_LOW: Decimal = Decimal::from_parts(5, 0, 0, false, 3);
/// Below this, no supplier charges a fee once for the whole contract.
const SURELY_PER_MONTH_BELOW_CENTS: i64 = 30_00;
/// Up to this, a fee is per month if the terms speak of months that remain.
const PERHAPS_PER_MONTH_UP_TO_CENTS: i64 = 50_00;

/// What a row says about itself beyond its figures.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct StatedTraits {
    pub(super) time_of_use: bool,
    pub(super) prepaid: bool,
    pub(super) fee_per_month: bool,
}

pub(super) fn flags_of(
    tariff: &Tariff,
    exit_fee: Option<Money>,
    term_months: Option<u32>,
    terms: &str,
    stated: StatedTraits,
) -> Vec<PlanFlag> {
    let (lowest, highest, too_low) = match tariff {
        Tariff::AveragePrices { at_500, at_1000, at_2000 } => {
            let highest = *at_500.max(at_1000).max(at_2000);
            (*at_500.min(at_1000).min(at_2000), highest, highest < ABSURDLY_LOW)
        }
        Tariff::RateCard { rate, fixed_monthly, fixed_daily, tiers, .. } => {
            let rates = || tiers.iter().map(|tier| tier.rate).chain([*rate]);
            let highest = rates().max().unwrap_or(*rate);
            let lowest = rates().chain([*fixed_monthly, *fixed_daily]).min().unwrap_or(*rate);
            (lowest, highest, false)
        }
    };
    let mut flags = Vec::new();
    let mut flag_if = |condition, flag| {
        if condition {
            flags.push(flag);
        }
    };
    let negative = lowest.is_sign_negative() && !lowest.is_zero();
    flag_if(negative, PlanFlag::NegativePrice);
    flag_if(highest > ABSURDLY_HIGH || (too_low && !negative), PlanFlag::AbsurdPrice);
    flag_if(stated.time_of_use, PlanFlag::TimeOfUse);
    flag_if(stated.prepaid, PlanFlag::Prepaid);
    flag_if(exit_fee.is_none(), PlanFlag::ExitFeeUndisclosed);
    let per_month = exit_fee.is_some_and(|fee| is_per_month(fee, terms, stated.fee_per_month));
    flag_if(per_month, PlanFlag::ExitFeePerMonth);
    // Month to month is known to change; a contract of some months looks safer than it is.
    flag_if(term_months.is_some_and(|months| (2..12).contains(&months)), PlanFlag::TermUnderYear);
    flags
}

fn is_per_month(fee: Money, terms: &str, stated: bool) -> bool {
    let cents = fee.cents();
    if cents <= 0 {
        return false;
    }
    if stated || cents < SURELY_PER_MONTH_BELOW_CENTS {
        return true;
    }
    if cents > PERHAPS_PER_MONTH_UP_TO_CENTS {
        return false;
    }
    let terms = terms.to_lowercase();
    ["per month", "/month", "each month", "remaining", "times the number of months"]
        .iter()
        .any(|phrase| terms.contains(phrase))
}

/// Flags each plan that repeats an earlier one and gives every plan an id of its own.
///
/// With ids, the same id in the same area is a repetition; the same id in another area is another offer.
/// Without, it's the same name, supplier, area, price and term. `translated` marks rows in another language than
/// English, which repeat an English row if everything but the words is equal.
pub(super) fn mark_duplicates(plans: &mut [Plan], has_own_ids: bool, translated: &[bool]) {
    let mut by_id = HashSet::with_capacity(plans.len());
    let mut by_content = HashSet::new();
    let english: HashSet<String> = if translated.contains(&true) {
        let original = plans.iter().zip(translated).filter(|(_, translated)| !**translated);
        original.map(|(plan, _)| offer_key(plan)).collect()
    } else {
        HashSet::new()
    };
    for (index, plan) in plans.iter_mut().enumerate() {
        let repeated = if has_own_ids {
            !by_id.insert((plan.id.0.clone(), plan.area.clone()))
        } else {
            !by_content.insert(format!("{:?}{}", plan.name, offer_key(plan)))
        };
        let translation = translated.get(index) == Some(&true) && english.contains(&offer_key(plan));
        if repeated || translation {
            plan.flags.push(PlanFlag::Duplicate);
            plan.flags.sort();
        }
    }
    make_ids_unique(plans);
}

fn offer_key(plan: &Plan) -> String {
    format!("{:?}{:?}{:?}{:?}", plan.supplier, plan.area, plan.tariff, plan.term_months)
}

fn make_ids_unique(plans: &mut [Plan]) {
    let mut taken = HashSet::with_capacity(plans.len());
    for plan in plans {
        let own = plan.id.0.clone();
        let mut id = own.clone();
        if taken.contains(&id) {
            id = match &plan.area {
                Some(area) if !plan.flags.contains(&PlanFlag::Duplicate) => format!("{own}-{area}"),
                _ => format!("{own}-row-{}", plan.line),
            };
            // The catalogue may use that very name for another plan.
            while taken.contains(&id) {
                id.push('+');
            }
            plan.id = ItemId(id.clone());
        }
        taken.insert(id);
    }
}

/// One note for each flag that some plan has.
pub(super) fn flag_notes(plans: &[Plan]) -> impl Iterator<Item = Note> {
    [
        (PlanFlag::NegativePrice, "A price is below zero: not ranked"),
        (PlanFlag::AbsurdPrice, "A price is over 5 currency units or under half a cent per kWh: not ranked"),
        (PlanFlag::Duplicate, "The same plan as an earlier row: not ranked"),
        (PlanFlag::TimeOfUse, "The price depends on the hour, which averages can't show"),
        (PlanFlag::Prepaid, "Paid in advance"),
        (PlanFlag::ExitFeeUndisclosed, "The fee for leaving early is not stated"),
        (PlanFlag::ExitFeePerMonth, "The fee for leaving early is probably charged for each remaining month"),
        (PlanFlag::TermUnderYear, "The contract is shorter than the year that is costed"),
    ]
    .into_iter()
    .filter_map(|(flag, message)| {
        let flagged = plans.iter().filter(|plan| plan.flags.contains(&flag));
        let lines: Vec<u64> = flagged.map(|plan| plan.line).collect();
        Note::about_lines(message, &lines)
    })
}
