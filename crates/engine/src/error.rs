//! What can go wrong between a request and its text, as far as a caller would act differently.

use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// Each variant's text says what happened and what to do next.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum EngineError {
    #[error("the model file {path} is missing; choose another model or install it again")]
    ModelFileMissing { path: PathBuf },
    #[error("the model file {path} can't be used: {defect}; install it again or choose another model")]
    ModelFileInvalid { path: PathBuf, defect: String },
    #[error("there is no model called {id}; `sextant models list` shows those that there are")]
    UnknownModel { id: String },
    #[error("the model's process ended ({detail}); the next request starts it again")]
    WorkerDied { detail: String },
    #[error("the model's process could not be started: {detail}")]
    WorkerNotStarted { detail: String },
    #[error("the prompt has {prompt_tokens} tokens and the model reads {context_tokens}; shorten the input")]
    PromptTooLong { prompt_tokens: u32, context_tokens: u32 },
    #[error("the engine can't follow this schema: {detail}")]
    SchemaRefused { detail: String },
    #[error("the model failed: {detail}")]
    Failed { detail: String },
}

impl EngineError {
    /// Stable, for scripts and the window.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::ModelFileMissing { .. } => "model_file_missing",
            Self::ModelFileInvalid { .. } => "model_file_invalid",
            Self::UnknownModel { .. } => "unknown_model",
            Self::WorkerDied { .. } => "worker_died",
            Self::WorkerNotStarted { .. } => "worker_not_started",
            Self::PromptTooLong { .. } => "prompt_too_long",
            Self::SchemaRefused { .. } => "schema_refused",
            Self::Failed { .. } => "generation_failed",
        }
    }
}
