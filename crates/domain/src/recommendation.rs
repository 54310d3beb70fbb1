//! What a recommendation says. Its serialised form is the `--json` document of `sextant recommend`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{CriterionId, ItemId, Money, PlanFlag, RunId, StageError, StageTiming};

/// Figures computed from a year of use; none of them comes from a model.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct UsageSummary {
    pub home: String,
    /// How many months the figures cover.
    pub months: u32,
    pub annual_kwh: f64,
    pub monthly_average_kwh: f64,
    /// The month's English name.
    pub peak_month: String,
    pub peak_kwh: f64,
    pub low_month: String,
    pub low_kwh: f64,
    /// `highest in summer`, `even through the year` …: the phrase that the texts use.
    pub season: String,
    /// `stable`, `rising by 12%`, `falling by 9%`: the second half-year against the first.
    pub trend: String,
    /// kWh by month, oldest first.
    pub monthly: Vec<MonthFigure>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct MonthFigure {
    /// The month's English name.
    pub month: String,
    pub kwh: f64,
}

/// A number or a name in a text, and whether the facts have it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Claim {
    pub text: String,
    pub ok: bool,
    /// Where it stands in the text, in UTF-16 code units, as the window counts.
    pub start: u32,
    pub end: u32,
    /// The fact it was found in: `Yearly cost: $1,304`.
    pub fact: Option<String>,
}

/// What a saving is measured against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum SavingsBasis {
    /// The person's current plan, its exit fee taken off.
    CurrentPlan,
    /// The median of the plans considered, where no current plan is known.
    MedianPlan,
}

/// One plan in the ranking.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct RankedItem {
    /// From 1.
    pub rank: u32,
    pub id: ItemId,
    pub name: String,
    pub supplier: String,
    pub area: Option<String>,
    pub annual_cost: Money,
    /// Against `Recommendation::savings_basis`; negative where the plan costs more.
    pub savings: Money,
    /// 0 to 1, higher is better.
    pub score: f64,
    /// Utility by criterion, 0 to 1, higher is better.
    pub criteria: BTreeMap<CriterionId, f64>,
    pub term_months: Option<u32>,
    pub exit_fee: Option<Money>,
    pub renewable_percent: Option<f64>,
    pub flags: Vec<PlanFlag>,
    /// The narrative; empty where there is none.
    pub why: String,
    /// Share of the model's claims that the facts have, before any repair; `None` without a narrative.
    pub grounded_share: Option<f64>,
    /// The claims of `why` as it is shown: all of them are `ok`.
    pub claims: Vec<Claim>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct FilteredOut {
    pub reason: String,
    pub count: u32,
}

/// The smallest change of one criterion's weight that would put another plan first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Flip {
    pub criterion: CriterionId,
    /// Shares of the sum of weights, 0 to 1.
    pub from_weight: f64,
    pub to_weight: f64,
    /// Who would lead then.
    pub id: ItemId,
    pub name: String,
    /// One sentence for the person.
    pub text: String,
}

/// An order of plans by exact figures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Ranking {
    pub items: Vec<RankedItem>,
    /// How many plans were ranked.
    pub considered: u32,
    pub filtered_out: Vec<FilteredOut>,
    pub savings_basis: SavingsBasis,
    pub flip: Option<Flip>,
    /// The share that each criterion has in the score; they add up to 1.
    pub weights: BTreeMap<CriterionId, f64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum CacheTier {
    /// Whole recommendations and replies by their exact request.
    Answer,
    /// Records by the demands on them.
    Lookup,
    /// Passages and their relevance by the words searched for.
    Evidence,
    /// Vectors of texts.
    Embedding,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct CacheOutcome {
    pub tier: CacheTier,
    pub hit: bool,
}

/// A finished recommendation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Recommendation {
    pub run_id: RunId,
    pub pack: String,
    /// The model's id in the catalogue of models; `none` for figures only.
    pub model: String,
    /// `cpu`, `metal`, `cuda:0`.
    pub device: String,
    /// RFC 3339.
    pub started_at: String,
    pub total_ms: f64,
    pub cache: CacheOutcome,
    pub stages: Vec<StageTiming>,
    pub errors: Vec<StageError>,
    pub currency: String,
    pub usage: UsageSummary,
    /// The usage summary in words.
    pub summary: String,
    pub summary_claims: Vec<Claim>,
    /// As `RankedItem::grounded_share`, of the summary.
    pub summary_grounded_share: Option<f64>,
    #[serde(flatten)]
    pub ranking: Ranking,
}
