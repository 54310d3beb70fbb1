//! The models that a person has, and the comparison of several of them.

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
