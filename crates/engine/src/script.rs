//! Scripts: what an engine that has no model says, how fast, and how it fails.
//!
//! For tests of timing and failure. The same script plays inside the app ([`crate::ScriptedEngine`])
//! and, from a JSON file, in a real worker process (`--engine scripted:FILE`).

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::{EngineError, GenerateRequest};

/// A model that is a list of answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Script {
    #[serde(default)]
    pub load_ms: u64,
    #[serde(default)]
    pub load_error: Option<EngineError>,
    #[serde(default = "usual_context_tokens")]
    pub context_tokens: u32,
    /// The first that fits a request answers it; when none does, the answer is empty.
    pub replies: Vec<Reply>,
}

/// What is said to which request.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reply {
    /// Some message of the request contains this; empty fits every request.
    #[serde(default)]
    pub when: String,
    /// The request has a schema, or hasn't; `None` fits both.
    #[serde(default)]
    pub with_schema: Option<bool>,
    pub steps: Vec<Step>,
}

/// One thing after the other.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case", deny_unknown_fields)]
pub enum Step {
    /// Reads the prompt for so long; can't be interrupted.
    Prefill {
        ms: u64,
    },
    Wait {
        ms: u64,
    },
    /// One piece, one token.
    Text {
        text: String,
    },
    /// So many words, a token each, before each of them the wait. With a temperature the seed chooses
    /// them; without, they are always the same.
    Words {
        count: u32,
        wait_ms: u64,
    },
    Fail {
        error: EngineError,
    },
    /// The worker ends.
    Die {
        reason: String,
    },
}

impl Script {
    /// A script that answers every request with the same steps.
    #[must_use]
    pub fn always(steps: Vec<Step>) -> Self {
        Self::of(vec![Reply { steps, ..Reply::default() }])
    }

    #[must_use]
    pub fn of(replies: Vec<Reply>) -> Self {
        Self { load_ms: 0, load_error: None, context_tokens: usual_context_tokens(), replies }
    }

    /// Reads a script's JSON.
    pub fn read(file: &Path) -> Result<Self, EngineError> {
        let bytes =
            std::fs::read(file).map_err(|_| EngineError::ModelFileMissing { path: file.to_owned() })?;
        serde_json::from_slice(&bytes).map_err(|error| EngineError::ModelFileInvalid {
            path: file.to_owned(),
            defect: format!("it is no script: {error}"),
        })
    }

    /// The steps that answer a request.
    pub(crate) fn reply(&self, request: &GenerateRequest) -> &[Step] {
        let fits = |reply: &&Reply| {
            reply.with_schema.is_none_or(|with| with == request.form.is_some())
                && (reply.when.is_empty() || request.messages.iter().any(|m| m.content.contains(&reply.when)))
        };
        self.replies.iter().find(fits).map_or(&[], |reply| &reply.steps)
    }
}

fn usual_context_tokens() -> u32 {
    4096
}
