//! Two runs of a benchmark against each other: ratios of medians with an interval that says how sure
//! they are.
//!
//! The interval is the percentile bootstrap of Efron (1979): both sides are drawn again with replacement,
//! as many times as they have samples, and the ratio of medians is taken; the middle 95 % of 2,000 such
//! ratios is the interval. The generator is seeded, so the same samples give the same interval.

use std::path::Path;

use serde_json::Value;
use sextant_store::{median_nearest_rank as median, percentile_nearest_rank};

use super::report::Samples;
use crate::failure::Failure;

const RESAMPLES: usize = 2000;

/// One measured thing, then and now.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub(super) struct Compared {
    pub(super) name: String,
    pub(super) before_ms: f64,
    pub(super) now_ms: f64,
    /// Above 1 is slower.
    pub(super) ratio: f64,
    /// The ratio's 95 % interval.
    pub(super) low: f64,
    pub(super) high: f64,
}

impl Compared {
    pub(super) fn of(name: &str, before: &[f64], now: &[f64]) -> Option<Self> {
        let (before_ms, now_ms) = (median(before.to_vec())?, median(now.to_vec())?);
        if before_ms <= 0.0 {
            return None;
        }
        let mut random = fastrand::Rng::with_seed(0);
        let mut again = |samples: &[f64]| {
            median((0..samples.len()).map(|_| samples[random.usize(0..samples.len())]).collect())
        };
        let mut ratios: Vec<f64> = (0..RESAMPLES)
            .filter_map(|_| Some(again(now)? / again(before).filter(|before| *before > 0.0)?))
            .collect();
        ratios.sort_by(f64::total_cmp);
        Some(Self {
            name: name.to_owned(),
            before_ms,
            now_ms,
            ratio: now_ms / before_ms,
            low: percentile_nearest_rank(&ratios, 2.5)?,
            high: percentile_nearest_rank(&ratios, 97.5)?,
        })
    }

    /// Slower by at least the stated factor, and not by chance.
    pub(super) fn is_loss(&self, stated: f64) -> bool {
        self.ratio >= stated && self.low > 1.0
    }
}

/// Everything that both have samples of.
pub(super) fn compare(suite: &str, now: &Samples, before: &Value) -> Vec<Compared> {
    now.iter()
        .filter_map(|(name, now)| {
            let before: Vec<f64> =
                before[suite]["samples"][name].as_array()?.iter().filter_map(Value::as_f64).collect();
            Compared::of(&format!("{suite}: {name}"), &before, now)
        })
        .collect()
}

pub(super) fn read_baseline(path: &Path) -> Result<Value, Failure> {
    let bad = |detail: &str| {
        Failure::input(
            "bad_baseline",
            format!("{}: {detail}; give a document that `sextant bench --json` printed", path.display()),
        )
    };
    let text = std::fs::read_to_string(path).map_err(|error| bad(&error.to_string()))?;
    let document: Value = serde_json::from_str(&text).map_err(|error| bad(&error.to_string()))?;
    let has_samples =
        document.as_object().is_some_and(|suites| suites.values().any(|suite| suite["samples"].is_object()));
    if has_samples { Ok(document) } else { Err(bad("it has no samples to compare with")) }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Around `middle`, within a tenth of it.
    fn noisy(middle: f64, n: usize, seed: u64) -> Vec<f64> {
        let mut random = fastrand::Rng::with_seed(seed);
        (0..n).map(|_| middle * (0.95 + random.f64() / 10.0)).collect()
    }

    fn compared(before: &[f64], now: &[f64]) -> Compared {
        let now = Samples::from([("total".to_owned(), now.to_vec())]);
        let before = json!({ "pipeline": { "samples": { "total": before } } });
        compare("pipeline", &now, &before).remove(0)
    }

    #[test]
    fn a_real_loss_is_one_and_noise_is_none() {
        let slower = compared(&noisy(100.0, 20, 1), &noisy(140.0, 20, 2));
        assert!(slower.is_loss(1.25) && (1.3..1.5).contains(&slower.ratio), "{slower:?}");
        assert!(slower.low < slower.ratio && slower.ratio < slower.high, "{slower:?}");
        let same = compared(&noisy(100.0, 20, 3), &noisy(100.0, 20, 4));
        assert!(!same.is_loss(1.02) && same.low < 1.0 && same.high > 1.0, "{same:?}");
    }

    #[test]
    fn a_loss_that_may_be_chance_is_none() {
        let wild = compared(&[50.0, 100.0, 200.0], &[60.0, 130.0, 210.0]);
        assert!(wild.ratio >= 1.25 && !wild.is_loss(1.25), "{wild:?}");
    }

    #[test]
    fn what_one_side_lacks_is_left_out() {
        let now = Samples::from([("new".to_owned(), vec![1.0]), ("zero".to_owned(), vec![1.0])]);
        let before = json!({ "pipeline": { "samples": { "zero": [0.0], "old": [1.0] } } });
        assert_eq!(compare("pipeline", &now, &before), []);
    }
}
