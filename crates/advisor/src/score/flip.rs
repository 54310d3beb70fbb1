//! What would flip the choice: the smallest change of one weight that puts another plan first.
//!
//! Scores are linear in the weights, so with the other weights fixed in proportion the winner changes
//! where the difference of two scores, `S + t · d`, crosses zero.

use sextant_domain::Flip;

use super::{Order, Scored};
use crate::pack::CriterionKind;

/// Changes beyond this are no advice any more.
const HIGHEST_SHARE: f64 = 0.95;

/// `None` where no weight of one criterion alone changes the first place.
pub(super) fn smallest(order: &Order<'_>) -> Option<Flip> {
    let (first, others) = order.scored.split_first()?;
    let mut best: Option<(f64, CriterionKind, f64, f64, &Scored)> = None;
    for (kind, weight) in &order.criteria {
        for other in others {
            let Some(share) = crossing(order, first, other, *kind, *weight) else { continue };
            let change = (share - weight).abs();
            if best.as_ref().is_none_or(|(smallest, ..)| change < *smallest) {
                best = Some((change, *kind, *weight, share, other));
            }
        }
    }
    let (_, kind, from, to, other) = best?;
    let plan = order.plan(other);
    let label = match kind {
        CriterionKind::Cost => "low cost",
        CriterionKind::Renewable => "renewable power",
        CriterionKind::Flexibility => "a short contract",
        CriterionKind::ExitFee => "a low exit fee",
        CriterionKind::Certainty => "a fixed price",
    };
    Some(Flip {
        criterion: kind.id().into(),
        from_weight: from,
        to_weight: to,
        id: plan.id.clone(),
        name: plan.name.clone(),
        text: format!(
            "If {label} counted {:.0}% instead of {:.0}%, {} from {} would come first.",
            to * 100.0,
            from * 100.0,
            plan.name,
            plan.supplier
        ),
    })
}

/// The share of `kind` at which `other` catches up with `first`, the other weights keeping their proportions.
fn crossing(
    order: &Order<'_>,
    first: &Scored,
    other: &Scored,
    kind: CriterionKind,
    weight: f64,
) -> Option<f64> {
    let exact = |scored: &Scored| {
        order.criteria.iter().map(|(kind, weight)| weight * scored.utilities[*kind as usize]).sum::<f64>()
    };
    let lead = exact(first) - exact(other);
    let slope = first.utilities[kind as usize] - other.utilities[kind as usize];
    // A lead of zero is a tie that the figures broke; no weight explains it.
    if lead <= 1e-9 || slope == 0.0 {
        return None;
    }
    let raw = weight - lead / slope;
    if raw < 0.0 {
        return None;
    }
    let share = raw / (1.0 - weight + raw);
    // A hair beyond the crossing, so that it is a change of the order and not a tie.
    let beyond = if share > weight { share + 1e-6 } else { share - 1e-6 };
    (0.0..=HIGHEST_SHARE).contains(&beyond).then_some(beyond)
}
