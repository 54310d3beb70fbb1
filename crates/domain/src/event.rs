//! What a running recommendation and the engine tell whoever watches them.

use serde::{Deserialize, Serialize};

use crate::{Claim, ItemId, Ranking, Recommendation, RunId, StageError, StageTiming, UsageSummary};

/// One step of a recommendation. Text only ever grows by `text`, and only by words whose numbers and
/// names the facts have; a `…Restarted` takes back what was shown of it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum RecommendEvent {
    Started {
        run_id: RunId,
    },
    /// Exact figures, before any model has spoken.
    Figures {
        usage: UsageSummary,
        ranking: Ranking,
    },
    SummaryDelta {
        text: String,
    },
    /// The text so far is replaced by `text`: a sentence is being rewritten.
    SummaryRestarted {
        text: String,
    },
    SummaryDone {
        text: String,
        claims: Vec<Claim>,
        grounded_share: f64,
    },
    /// The ranking with the model's judgement mixed in.
    Ranked {
        ranking: Ranking,
    },
    NarrativeDelta {
        id: ItemId,
        text: String,
    },
    NarrativeRestarted {
        id: ItemId,
        text: String,
    },
    NarrativeDone {
        id: ItemId,
        text: String,
        claims: Vec<Claim>,
        grounded_share: f64,
    },
    StageDone {
        stage: StageTiming,
    },
    Finished {
        recommendation: Box<Recommendation>,
    },
    /// Nothing could be recommended at all.
    Failed {
        error: StageError,
    },
    /// The person stopped it; what had arrived stays.
    Stopped,
}

/// What a model's worker is doing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum EngineState {
    /// No worker runs.
    Idle,
    Loading,
    Ready,
    Generating,
    Stopping,
    /// The worker ended; the next request starts a new one.
    Failed {
        error: StageError,
    },
}

/// A model's worker as the window shows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct EngineStatus {
    /// The model's id in the catalogue of models.
    pub model: String,
    /// `llamacpp`, `mistralrs`, `scripted`.
    pub engine: String,
    /// `cpu`, `metal`, `cuda:0`.
    pub device: String,
    /// How many it computes with; 0 until the worker says so.
    pub threads: u32,
    pub state: EngineState,
}
