//! A window of the run history as the performance panel, its table and scripts see it.
//!
//! Times of day are milliseconds since 1970 by the machine's clock; durations are monotonic.
//! Percentiles are by nearest rank over all samples of the stated window, never over other percentiles.

use serde::{Deserialize, Serialize};

use crate::{CacheTier, RunId, StageTiming};

/// Which part of the history. A filter that is `None` lets everything through.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct PerformanceQuery {
    /// How far back from now.
    pub window_ms: f64,
    pub pipeline: Option<String>,
    pub model: Option<String>,
    pub device: Option<String>,
    /// Whose timeline to show; where nothing is said, that of the newest run that wasn't answered from a cache.
    pub run: Option<RunId>,
}

/// Everything that the panel plots and the table lists.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Performance {
    pub since_ms: f64,
    pub until_ms: f64,
    /// The width of one point of every series below; points without samples are left out.
    pub bucket_ms: f64,
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub runs: u64,
    /// By name.
    pub stages: Vec<StageSeries>,
    /// By name.
    pub models: Vec<ModelSeries>,
    pub caches: Vec<CacheSeries>,
    pub outcomes: Vec<OutcomePoint>,
    /// Newest first, at most 200; those that are still running come first.
    pub recent: Vec<RunSummary>,
    pub timeline: Option<Timeline>,
    pub alerts: Vec<Alert>,
    /// What the filters can be set to in this window, whatever they are set to now.
    pub choices: FilterChoices,
    /// How often the machine's clock was found set back in the window; the order of points is the clock's.
    pub clock_set_back: u32,
}

/// The values that occur in a window, each by name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct FilterChoices {
    pub pipelines: Vec<String>,
    pub models: Vec<String>,
    pub devices: Vec<String>,
}

/// How long one stage took, over the window and over time.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct StageSeries {
    /// Without its number: `narrative` stands for `narrative_2` too.
    pub stage: String,
    /// Stages that failed or were stopped are among them.
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub n: u64,
    pub p50_ms: f64,
    pub p90_ms: f64,
    pub p95_ms: f64,
    pub p99_ms: f64,
    /// Those that were stopped don't count.
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub errors: u64,
    /// By time.
    pub points: Vec<LatencyPoint>,
}

/// One bucket of a stage's total time.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct LatencyPoint {
    /// The bucket's beginning.
    pub at_ms: f64,
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub n: u64,
    pub min_ms: f64,
    pub p50_ms: f64,
    pub p95_ms: f64,
    pub max_ms: f64,
}

/// How fast one model answered, over the window and over time.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct ModelSeries {
    pub model: String,
    /// Generations with a measured time to first token.
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub n: u64,
    pub first_token_p50_ms: f64,
    pub first_token_p95_ms: f64,
    /// Tokens written over the time spent in decode; 0 where nothing was decoded.
    pub decode_tokens_per_s: f64,
    /// Prompt tokens that were really computed over the time spent in prefill; 0 where none was.
    pub prefill_tokens_per_s: f64,
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub prompt_tokens: u64,
    /// Of `prompt_tokens`, those whose computation was reused.
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub cached_tokens: u64,
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub completion_tokens: u64,
    /// By time.
    pub points: Vec<SpeedPoint>,
}

/// One bucket of a model's speed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct SpeedPoint {
    pub at_ms: f64,
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub n: u64,
    pub first_token_p50_ms: f64,
    pub decode_tokens_per_s: f64,
}

/// What one cache did. Hits and misses add up to the look-ups.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct CacheSeries {
    pub tier: CacheTier,
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub hits: u64,
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub misses: u64,
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub evictions: u64,
    /// By time.
    pub points: Vec<CachePoint>,
}

/// One bucket of a cache's events.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct CachePoint {
    pub at_ms: f64,
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub hits: u64,
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub misses: u64,
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub evictions: u64,
}

/// How the runs of one bucket ended, and what their stages needed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct OutcomePoint {
    pub at_ms: f64,
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub done: u64,
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub degraded: u64,
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub failed: u64,
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub stopped: u64,
    /// Stages that failed.
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub stage_errors: u64,
    /// Stages that needed more than one attempt.
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub fallbacks: u64,
}

/// One run, for a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct RunSummary {
    pub run_id: RunId,
    pub pipeline: String,
    pub model: String,
    pub device: String,
    pub started_at_ms: f64,
    /// So far, for one that is still running.
    pub total_ms: f64,
    /// `running`, `done`, `degraded`, `failed`, `stopped`.
    pub outcome: String,
    pub cache_hit: bool,
}

/// Where one run's time went.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Timeline {
    pub run: RunSummary,
    /// In the order in which they started. One that is still running has the time it took so far.
    pub stages: Vec<StageTiming>,
    /// The stretches in which no stage was under way: with the united stages they make up the run's total.
    pub gaps: Vec<Gap>,
}

/// A stretch of a run in which no stage was under way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Gap {
    pub start_ms: f64,
    pub ms: f64,
}

/// Something that takes longer or fails more often than it should.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Alert {
    pub kind: AlertKind,
    /// A stage's pooled name, or `total` for whole runs.
    pub stage: String,
    pub model: String,
    /// Samples of this hour, or of the window that the share is of.
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub n: u64,
    /// What happened, with its figures.
    pub message: String,
    /// What to do about it.
    pub advice: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum AlertKind {
    /// The 95th percentile of this hour is above the stage's threshold.
    Threshold { p95_ms: f64, limit_ms: f64 },
    /// This hour is slower than the same model's last seven days, by a one-sided rank-sum test.
    Regression {
        median_ms: f64,
        baseline_median_ms: f64,
        #[cfg_attr(feature = "typescript", ts(type = "number"))]
        baseline_n: u64,
        /// The probability of ranks this high where nothing has changed.
        p_value: f64,
    },
    /// More of this hour's stages failed than the limit allows.
    Errors { share: f64, limit: f64 },
}

impl Timeline {
    /// The stages and the stretches between them; the gaps are worked out here.
    #[must_use]
    pub fn new(run: RunSummary, stages: Vec<StageTiming>) -> Self {
        let gaps = gaps(run.total_ms, &stages);
        Self { run, stages, gaps }
    }
}

/// What of `0..total_ms` lies in no stage. Stages overlap, so they are united, not added up.
fn gaps(total_ms: f64, stages: &[StageTiming]) -> Vec<Gap> {
    let mut spans: Vec<(f64, f64)> =
        stages.iter().map(|stage| (stage.start_ms, stage.start_ms + stage.total_ms)).collect();
    spans.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut gaps, mut reached) = (Vec::new(), 0.0_f64);
    for (begin, end) in spans.into_iter().chain([(total_ms, total_ms)]) {
        if begin > reached {
            gaps.push(Gap { start_ms: reached, ms: begin - reached });
        }
        reached = reached.max(end);
    }
    gaps
}
