//! Where a run's time went.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// Milliseconds with microsecond resolution, from a monotonic duration.
#[must_use]
pub fn millis(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1e6).round() / 1e3
}

/// Why a stage did not do its work; the run went on without it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct StageError {
    /// Stable, for scripts: `timed_out`, `worker_died` …
    pub code: String,
    /// One sentence for the person.
    pub message: String,
}

/// One stage of one run. Stages may overlap, so totals need not add up to the run's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(default)]
pub struct StageTiming {
    /// `usage_summary`, `plan_scoring`, `narrative`; `narrative_2` is the second plan's.
    pub name: String,
    /// From the run's start to this stage's start.
    pub start_ms: f64,
    /// Waiting for the model to be loaded.
    pub load_ms: f64,
    /// Waiting for the engine, the load not included.
    pub queue_ms: f64,
    pub prompt_build_ms: f64,
    /// Looking records or passages up.
    pub retrieval_ms: f64,
    /// From the engine taking the request to the first token.
    pub prefill_ms: f64,
    /// From the first token to the last.
    pub decode_ms: f64,
    /// Reading what the model wrote.
    pub parse_ms: f64,
    /// Comparing it with the facts.
    pub check_ms: f64,
    pub total_ms: f64,
    /// From its arrival at the engine to its first token, of the first attempt that wrote one; `None`
    /// where nothing was generated.
    pub first_token_ms: Option<f64>,
    pub prompt_tokens: u32,
    /// Of `prompt_tokens`, those whose computation was reused.
    pub cached_tokens: u32,
    pub completion_tokens: u32,
    /// 1 where the first try was good.
    pub attempts: u32,
    pub error: Option<StageError>,
}

impl StageTiming {
    /// What the stage did, by name and in the usual order.
    #[must_use]
    pub fn phases(&self) -> [(&'static str, f64); 8] {
        [
            ("load", self.load_ms),
            ("queue", self.queue_ms),
            ("prompt_build", self.prompt_build_ms),
            ("retrieval", self.retrieval_ms),
            ("prefill", self.prefill_ms),
            ("decode", self.decode_ms),
            ("parse", self.parse_ms),
            ("check", self.check_ms),
        ]
    }

    /// What of the total no phase accounts for; with the phases it makes up the total. Not below zero
    /// but for the rounding of the figures.
    #[must_use]
    pub fn remainder_ms(&self) -> f64 {
        self.total_ms - self.phases().iter().map(|(_, ms)| ms).sum::<f64>()
    }
}
