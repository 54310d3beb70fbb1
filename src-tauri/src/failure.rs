//! Errors as the command line ends with them: one sentence and an exit code.

use std::fmt::Display;
use std::process::ExitCode;

use sextant_advisor::chat::ConversationError;
use sextant_advisor::chat::transcript::TranscriptError;
use sextant_advisor::import::ImportError;
use sextant_advisor::{PackError, RecommendError};
use sextant_engine::EngineError;
use sextant_store::StoreError;

/// Why a command did not do its work.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The work failed: exit code 1.
    Work { code: String, message: String },
    /// The work was done and printed, and its result is a failure: exit code 1.
    Result { code: String, message: String },
    /// The call was wrong: exit code 2.
    Call { code: String, message: String },
    /// A file was bad: exit code 3.
    Input { code: String, message: String },
}

impl Failure {
    pub(crate) fn work(code: &str, message: impl Display) -> Self {
        Self::Work { code: code.into(), message: message.to_string() }
    }

    pub(crate) fn result(code: &str, message: impl Display) -> Self {
        Self::Result { code: code.into(), message: message.to_string() }
    }

    /// Whether standard output has its document already.
    pub(crate) fn is_printed(&self) -> bool {
        matches!(self, Self::Result { .. })
    }

    pub(crate) fn call(code: &str, message: impl Display) -> Self {
        Self::Call { code: code.into(), message: message.to_string() }
    }

    pub(crate) fn input(code: &str, message: impl Display) -> Self {
        Self::Input { code: code.into(), message: message.to_string() }
    }

    pub(crate) fn parts(&self) -> (&str, &str) {
        match self {
            Self::Work { code, message }
            | Self::Result { code, message }
            | Self::Call { code, message }
            | Self::Input { code, message } => (code, message),
        }
    }

    pub(crate) fn exit_code(&self) -> ExitCode {
        match self {
            Self::Work { .. } | Self::Result { .. } => ExitCode::from(1),
            Self::Call { .. } => ExitCode::from(2),
            Self::Input { .. } => ExitCode::from(3),
        }
    }
}

impl From<ImportError> for Failure {
    fn from(error: ImportError) -> Self {
        Self::input("bad_input", error)
    }
}

impl From<TranscriptError> for Failure {
    fn from(error: TranscriptError) -> Self {
        Self::input("bad_input", error)
    }
}

impl From<ConversationError> for Failure {
    fn from(error: ConversationError) -> Self {
        match error {
            ConversationError::Store(error) => error.into(),
            other => Self::call("bad_question", other),
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NewerVersion { .. } => Self::input("newer_database", error),
            other => Self::work("database", other),
        }
    }
}

impl From<PackError> for Failure {
    fn from(error: PackError) -> Self {
        Self::work("pack_broken", error)
    }
}

impl From<EngineError> for Failure {
    fn from(error: EngineError) -> Self {
        let code = error.code();
        match error {
            EngineError::UnknownModel { .. } => Self::call(code, error),
            EngineError::ModelFileMissing { .. } | EngineError::ModelFileInvalid { .. } => {
                Self::input(code, error)
            }
            other => Self::work(code, other),
        }
    }
}

impl From<RecommendError> for Failure {
    fn from(error: RecommendError) -> Self {
        by_code(error.code(), &error.to_string())
    }
}

/// A stage error's code says whose fault it was.
pub(crate) fn by_code(code: &str, message: &str) -> Failure {
    match code {
        "nothing_left" | "model_file_missing" | "model_file_invalid" => Failure::input(code, message),
        "unknown_column" | "unknown_current_plan" | "bad_weight" | "unknown_model" => {
            Failure::call(code, message)
        }
        _ => Failure::work(code, message),
    }
}
