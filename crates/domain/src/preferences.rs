//! What the person asks for.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::Money;

/// A criterion's name as the pack has it: `cost`, `renewable` …
pub type CriterionId = String;

/// What the person wants, as far as they said it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Default)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(default)]
pub struct Preferences {
    /// Plans whose average month costs more are left out.
    pub budget_per_month: Option<Money>,
    /// Gives the renewable share the pack's higher weight.
    pub prefer_renewable: bool,
    /// Plans with a longer contract are left out.
    pub max_term_months: Option<u32>,
    /// In the person's own words; read by the model.
    pub wish: String,
    /// Weights by criterion where they differ from the pack's; zero or more, in any scale.
    pub weights: BTreeMap<CriterionId, f64>,
    /// `COLUMN=VALUE` conditions: a plan stays if the column has one of its values, ignoring case.
    #[serde(rename = "where")]
    pub conditions: BTreeMap<String, Vec<String>>,
    /// The plan that the person has now, by its id in the catalogue.
    pub current_plan: Option<String>,
    /// What leaving the current plan costs; its own exit fee where nothing is said.
    pub current_exit_fee: Option<Money>,
}

/// One request for a recommendation, independent of where the data came from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct RecommendRequest {
    pub preferences: Preferences,
    /// How many items are listed; narratives are for the first three of them.
    pub top: u32,
    /// Ranks without any model.
    pub figures_only: bool,
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub seed: u64,
    pub use_cache: bool,
}

impl Default for RecommendRequest {
    fn default() -> Self {
        Self { preferences: Preferences::default(), top: 3, figures_only: false, seed: 0, use_cache: true }
    }
}
