//! The models that a person has, the comparison of several of them, and the engines that compute them.

use serde::{Deserialize, Serialize};
use sextant_domain::{Decision, Measured, Weights};
use ts_rs::TS;

/// One model that is known.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ModelView {
    pub id: String,
    pub name: String,
    pub note: String,
    pub licence: String,
    pub quantisation: String,
    pub context_tokens: u32,
    #[ts(type = "number")]
    pub memory_bytes: u64,
    pub installed: bool,
}

/// What the Models screen shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ModelsView {
    /// Those that are installed come first.
    pub models: Vec<ModelView>,
    /// Which one is asked first: an id, or a file's path.
    pub fast: String,
    /// Which one mends what the first didn't write well enough.
    pub accurate: String,
    /// What a comparison weighs with until the person says otherwise.
    pub weights: Weights,
    pub engine: EngineChoice,
}

/// Which engine computes, and who has decided that. Engines are `llamacpp` and `mistralrs`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct EngineChoice {
    /// Those that there are to choose from.
    pub engines: Vec<String>,
    /// What the person chose; missing where it is left to the app.
    pub chosen: Option<String>,
    /// What the app takes on this machine where nobody has chosen.
    pub usual: String,
    /// What the environment says, which goes before all: an engine, or `scripted:FILE`.
    pub ruled: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct CompareRequest {
    /// Ids of installed models; the first is the baseline.
    pub models: Vec<String>,
    /// How often each of the eight recommendations is repeated.
    pub iterations: u32,
    pub weights: Weights,
}

/// What a comparison tells while it runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum CompareEvent {
    /// `done` of `total` pieces of work are over; now it does this.
    Progress {
        done: u32,
        total: u32,
        model: String,
        what: String,
    },
    /// `decision` is missing where no model has run.
    Finished {
        measured: Vec<Measured>,
        decision: Option<Decision>,
    },
    Failed {
        message: String,
    },
    Stopped,
}

/// What one engine has shown; medians of its turns, missing where it has none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct EngineSpeed {
    pub engine: String,
    /// As in `EngineStatus`; empty without turns.
    pub device: String,
    /// How many turns it has had.
    pub n: u32,
    pub load_ms: Option<f64>,
    /// From asking to the answer's first text.
    pub first_text_ms: Option<f64>,
    pub read_tokens_per_s: Option<f64>,
    pub write_tokens_per_s: Option<f64>,
    /// What its process keeps in memory after an answer; missing where the system doesn't tell, too.
    pub memory_bytes: Option<f64>,
    /// Why it has no turns, or no more.
    pub error: Option<String>,
}

/// Which engine answers sooner.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct FasterEngine {
    pub engine: String,
    /// The other one, where it has been measured.
    pub slower: Option<String>,
    /// How many times as long the other one takes for an answer.
    pub times: Option<f64>,
}

/// The engines on this machine with one model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct EngineSpeeds {
    pub model: String,
    pub speeds: Vec<EngineSpeed>,
    /// Missing where none could be measured.
    pub faster: Option<FasterEngine>,
    /// How long the prompt and its answer were.
    pub prompt_tokens: u32,
    pub answer_tokens: u32,
}

/// What a measurement of the engines tells while it runs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum EngineSpeedEvent {
    /// `done` of `total` turns are over; now this engine begins this round, from 1.
    Progress {
        done: u32,
        total: u32,
        engine: String,
        round: u32,
        rounds: u32,
    },
    Finished {
        speeds: EngineSpeeds,
    },
    Failed {
        message: String,
    },
    Stopped,
}
