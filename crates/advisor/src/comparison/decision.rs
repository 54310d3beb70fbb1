//! From measurements to a matrix of scores, and from the scores to a proposal.
//!
//! Every score is between 0 and 100. Speed and cost are relative to the best model of the comparison,
//! because milliseconds have no natural end; the others are shares of what there was to get right.

use sextant_domain::{Decided, Decision, Measured, Scores, Weights};

/// A quality that differs from the baseline's by more than this is pointed out.
const NOTABLE: f64 = 0.10;

/// Weighs what was measured; the first model is the baseline. `None` where no model has run at all.
#[must_use]
pub fn decide(measured: &[Measured], weights: &Weights) -> Option<Decision> {
    let ran: Vec<&Measured> = measured.iter().filter(|model| !model.run_ms.is_empty()).collect();
    let baseline = *ran.first()?;
    let least =
        |of: &dyn Fn(&Measured) -> f64| ran.iter().map(|model| of(model)).fold(f64::INFINITY, f64::min);
    let (fastest, cheapest) = (least(&|model| median(&model.run_ms)), least(&|model| model.tokens_per_run));
    let base = quality(baseline);
    let mut rows: Vec<Decided> = ran
        .iter()
        .map(|model| {
            let scores = Scores {
                speed: relative(fastest, median(&model.run_ms)),
                cost: relative(cheapest, model.tokens_per_run),
                quality: 100.0 * quality(model),
                consistency: 100.0 * model.consistent.value(),
                context: 100.0 * model.in_context.value(),
            };
            let against_baseline = (base > 0.0).then(|| quality(model) / base - 1.0);
            Decided {
                model: model.model.clone(),
                total: weigh(&scores, weights),
                scores,
                against_baseline,
                notable: against_baseline.is_some_and(|difference| difference.abs() > NOTABLE),
            }
        })
        .collect();
    rows.sort_by(|a, b| b.total.total_cmp(&a.total));
    let fast = rows.first()?.model.clone();
    // Of equally good ones the first, which has the better total.
    let best = rows.iter().map(|row| row.scores.quality).fold(0.0, f64::max);
    let accurate = rows.iter().find(|row| row.scores.quality >= best)?.model.clone();
    Some(Decision { rows, baseline: baseline.model.clone(), fast, accurate })
}

fn quality(model: &Measured) -> f64 {
    let right = model.right.value();
    model.grounded_share.map_or(right, |grounded| f64::midpoint(right, grounded))
}

fn relative(best: f64, own: f64) -> f64 {
    if own > 0.0 { 100.0 * best / own } else { 100.0 }
}

fn weigh(scores: &Scores, weights: &Weights) -> f64 {
    let pairs = [
        (scores.speed, weights.speed),
        (scores.cost, weights.cost),
        (scores.quality, weights.quality),
        (scores.consistency, weights.consistency),
        (scores.context, weights.context),
    ];
    let sum: f64 = pairs.iter().map(|(_, weight)| weight.max(0.0)).sum();
    if sum > 0.0 {
        pairs.iter().map(|(score, weight)| score * weight.max(0.0)).sum::<f64>() / sum
    } else {
        0.0
    }
}

/// By nearest rank; infinite without samples, so that nothing is relative to it.
fn median(samples: &[f64]) -> f64 {
    sextant_store::median_nearest_rank(samples.to_vec()).unwrap_or(f64::INFINITY)
}

#[cfg(test)]
mod tests {
    use sextant_domain::Share;

    use super::*;

    fn measured(model: &str, run_ms: f64, tokens: f64, right: u32) -> Measured {
        Measured {
            model: model.into(),
            run_ms: vec![run_ms, run_ms, run_ms * 9.0],
            tokens_per_run: tokens,
            grounded_share: Some(1.0),
            right: Share { of: right, n: 20 },
            consistent: Share { of: 60, n: 60 },
            in_context: Share { of: 0, n: 5 },
            ..Measured::default()
        }
    }

    fn check(models: &[Measured], weights: &Weights) -> (String, String) {
        let decision = decide(models, weights).expect("they ran");
        (decision.fast, decision.accurate)
    }

    #[test]
    fn the_quick_one_is_fast_and_the_right_one_accurate() {
        let models = [measured("small", 300.0, 200.0, 8), measured("large", 3000.0, 400.0, 18)];
        assert_eq!(check(&models, &Weights::default()), ("small".into(), "large".into()));
    }

    #[test]
    fn other_weights_decide_otherwise() {
        let models = [measured("small", 300.0, 200.0, 8), measured("large", 3000.0, 400.0, 18)];
        let only_quality = Weights { quality: 1.0, speed: 0.0, cost: 0.0, consistency: 0.0, context: 0.0 };
        assert_eq!(check(&models, &only_quality), ("large".into(), "large".into()));
    }

    #[test]
    fn scores_are_relative_to_the_best_and_shares_of_what_there_was() {
        let models = [measured("small", 300.0, 200.0, 8), measured("large", 1200.0, 400.0, 18)];
        let decision = decide(&models, &Weights::default()).expect("they ran");
        let large = decision.rows.iter().find(|row| row.model == "large").expect("it ran");
        let expected = Scores { speed: 25.0, cost: 50.0, quality: 95.0, consistency: 100.0, context: 0.0 };
        assert_eq!(large.scores, expected);
        // (35 · 25 + 20 · 50 + 25 · 95 + 15 · 100 + 5 · 0) / 100
        assert!((large.total - 57.5).abs() < 1e-9, "{}", large.total);
        // 0.95 against 0.70
        assert!(large.notable && large.against_baseline.is_some_and(|by| (by - 0.25 / 0.7).abs() < 1e-9));
    }

    #[test]
    fn a_model_that_never_ran_is_in_no_row() {
        let broken = Measured { run_ms: Vec::new(), ..measured("broken", 1.0, 1.0, 20) };
        assert_eq!(decide(std::slice::from_ref(&broken), &Weights::default()), None);
        let decision = decide(&[broken, measured("small", 300.0, 200.0, 8)], &Weights::default());
        assert_eq!(decision.map(|decision| decision.rows.len()), Some(1));
    }
}
