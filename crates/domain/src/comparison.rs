//! Several models that did the same work: what was measured of each, and what that comes to.

use serde::{Deserialize, Serialize};

/// How many of how many.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Share {
    pub of: u32,
    pub n: u32,
}

impl Share {
    pub fn count(&mut self, is_so: bool) {
        self.n += 1;
        self.of += u32::from(is_so);
    }

    /// Between 0 and 1; 0 where nothing was counted.
    #[must_use]
    pub fn value(self) -> f64 {
        if self.n == 0 { 0.0 } else { f64::from(self.of) / f64::from(self.n) }
    }
}

/// What one model has done. Nothing is estimated: a figure that couldn't be measured is absent.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Measured {
    /// A model's id, or a file's path.
    pub model: String,
    pub engine: String,
    pub device: String,
    pub quantisation: String,
    /// Milliseconds of whole recommendations, in the order in which they ran.
    pub run_ms: Vec<f64>,
    /// Milliseconds to the first token of every generation in them.
    pub first_token_ms: Vec<f64>,
    /// Tokens written over the time spent in decode.
    pub decode_tokens_per_s: Option<f64>,
    /// Tokens that were really computed for one recommendation, prompt and answer, on average.
    pub tokens_per_run: f64,
    #[cfg_attr(feature = "typescript", ts(type = "number | null"))]
    pub peak_memory_bytes: Option<u64>,
    /// The mean share of claims that were grounded before any repair.
    pub grounded_share: Option<f64>,
    /// Of the questions with a known answer.
    pub right: Share,
    /// Of repeated answers: a whole document by the schema, and the same one again.
    pub consistent: Share,
    /// Of the conversations whose last question needs what was said before.
    pub in_context: Share,
    /// The stage and phase with most of the time.
    pub bottleneck: String,
    /// Its share of all time.
    pub bottleneck_share: f64,
    /// What failed, each sentence once.
    pub errors: Vec<String>,
}

/// What counts how much, in any scale.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(deny_unknown_fields, default)]
pub struct Weights {
    pub speed: f64,
    pub cost: f64,
    pub quality: f64,
    pub consistency: f64,
    pub context: f64,
}

impl Default for Weights {
    fn default() -> Self {
        Self { speed: 35.0, cost: 20.0, quality: 25.0, consistency: 15.0, context: 5.0 }
    }
}

/// One model's scores, each 0 to 100.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Scores {
    /// The best model's median recommendation over this one's.
    pub speed: f64,
    /// The fewest tokens computed for a recommendation over this one's.
    pub cost: f64,
    /// The mean of the share of questions answered right and of the share of grounded claims.
    pub quality: f64,
    /// The share of repeated answers that were whole and the same.
    pub consistency: f64,
    /// The share of conversations followed.
    pub context: f64,
}

/// One model's line of the decision matrix.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Decided {
    pub model: String,
    pub scores: Scores,
    /// The weighted mean.
    pub total: f64,
    /// Quality over the baseline's, less one; `None` where the baseline has none.
    pub against_baseline: Option<f64>,
    /// The difference is above a tenth, either way.
    pub notable: bool,
}

/// What the measurements come to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Decision {
    /// The best total first.
    pub rows: Vec<Decided>,
    pub baseline: String,
    /// For the slot that is asked first: the best total.
    pub fast: String,
    /// For the slot that mends what the first got wrong: the best quality.
    pub accurate: String,
}
