//! What crosses the pipe between the app and a worker: one JSON document a line, both ways.
//!
//! The protocol says nothing of the library behind the worker, so a second local engine needs no new
//! message. Both ends always come from one build, so there is no version and no compatibility to
//! keep. Whoever adds a message here has to keep one rule: every `Generate` is answered by exactly one
//! of `Done`, `Stopped` and `Failed`.

use serde::{Deserialize, Serialize};

use crate::{EngineError, GenerateRequest, Usage};

/// From the app to the worker.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum ToWorker {
    /// Only sent while fewer than the worker's `parallel` are unanswered.
    Generate { id: u64, request: GenerateRequest },
    /// Unknown and finished ids are ignored, because a stop and an end may cross.
    Stop { id: u64 },
}

/// From the worker to the app.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum FromWorker {
    /// The first message: the model is loaded.
    Ready {
        engine: String,
        /// `cpu`, `metal`, `cuda:0`.
        device: String,
        threads: u32,
        /// How many generations it takes at a time.
        parallel: u32,
        load_ms: f64,
        /// Why the device is not the best one, for the person.
        notice: Option<String>,
    },
    /// The first and last message: the model can't be loaded.
    NotLoaded {
        error: EngineError,
    },
    Started {
        id: u64,
    },
    Text {
        id: u64,
        text: String,
    },
    Done {
        id: u64,
        usage: Usage,
    },
    /// The generation was stopped and nothing of it computes any more.
    Stopped {
        id: u64,
        computed_tokens: u32,
    },
    Failed {
        id: u64,
        error: EngineError,
    },
}

impl FromWorker {
    /// The message as it goes over the pipe, line end included.
    pub(crate) fn to_line(&self) -> serde_json::Result<Vec<u8>> {
        let mut line = serde_json::to_vec(self)?;
        line.push(b'\n');
        Ok(line)
    }
}
