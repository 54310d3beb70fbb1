//! What the window shows of imported data and of the pack.

use serde::{Deserialize, Serialize};
use sextant_domain::{EngineStatus, RecommendRequest, UsageSummary};
use ts_rs::TS;

/// One home that can be picked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct HomeView {
    pub id: String,
    /// The file it came from.
    pub source: String,
    pub usage: UsageSummary,
}

/// Something that the import noticed: a flagged row, a column that was taken for a role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ImportNote {
    pub message: String,
    /// Of how many rows it is true.
    pub count: u32,
    /// The first few lines of the file where it is.
    #[ts(type = "Array<number>")]
    pub lines: Vec<u64>,
}

/// Which column was taken for which role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ColumnRole {
    pub role: String,
    pub column: String,
}

/// One plan list that can be picked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct CatalogView {
    pub id: String,
    pub name: String,
    pub plans: u32,
    /// ISO 4217 code, as `Recommendation::currency`: a re-rank has figures without a recommendation.
    pub currency: String,
    /// The values of the area column, where there is one.
    pub areas: Vec<String>,
    /// The header of the area column, for `Preferences::where`.
    pub area_column: Option<String>,
    pub recognised: Vec<ColumnRole>,
    pub notes: Vec<ImportNote>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct UsageImport {
    pub homes: Vec<HomeView>,
    pub notes: Vec<ImportNote>,
}

/// A criterion that a slider can weigh.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct CriterionView {
    pub id: String,
    pub label: String,
    pub description: String,
    /// The pack's weight, in any scale.
    pub weight: f64,
    /// The pack's weight when `Preferences::prefer_renewable` is on, where it differs.
    pub preferred_weight: Option<f64>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct PackView {
    pub id: String,
    pub name: String,
    pub criteria: Vec<CriterionView>,
}

/// Everything that the window needs to show its first screen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct StartState {
    pub version: String,
    pub pack: PackView,
    pub homes: Vec<HomeView>,
    pub catalogs: Vec<CatalogView>,
    /// What the form starts with: the sample's home, list and preferences.
    pub home_id: String,
    pub catalog_id: String,
    pub request: RecommendRequest,
    pub engine: EngineStatus,
    /// What the person should know from the start: a damaged database, a full disk.
    pub notices: Vec<String>,
}
