//! Requests and errors. Which command takes and gives what is listed once, in `typescript.rs`.

use serde::{Deserialize, Serialize};
use sextant_domain::RecommendRequest;
use ts_rs::TS;

/// A recommendation for one home from one plan list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct RunRequest {
    /// `CatalogView::id`.
    pub catalog_id: String,
    /// `HomeView::id`.
    pub home_id: String,
    pub request: RecommendRequest,
}

/// Added to only when the window acts differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// The file that the person gave can't be used.
    BadInput,
    /// The catalogue or the home is not there any more.
    NotFound,
    /// No plan is left; the message says which filter removed how many.
    NothingLeft,
    Failed,
}

/// What every command answers when it can't do its work.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CommandError {
    pub code: ErrorCode,
    /// What happened and what to do next.
    pub message: String,
}
