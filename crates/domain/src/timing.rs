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
pub struct StageTiming {
    /// `usage_summary`, `plan_scoring`, `narrative`; `narrative_2` is the second plan's.
    pub name: String,
    /// From the run's start to this stage's start.
    pub start_ms: f64,
    /// Waiting for the engine.
    pub queue_ms: f64,
    pub prompt_build_ms: f64,
    /// From the engine taking the request to the first token.
    pub prefill_ms: f64,
    /// From the first token to the last.
    pub decode_ms: f64,
    /// Reading what the model wrote, the faithfulness check included.
    pub parse_ms: f64,
    pub total_ms: f64,
    pub prompt_tokens: u32,
    /// Of `prompt_tokens`, those whose computation was reused.
    pub cached_tokens: u32,
    pub completion_tokens: u32,
    /// 1 where the first try was good.
    pub attempts: u32,
    pub error: Option<StageError>,
}
