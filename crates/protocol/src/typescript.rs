//! Writes the TypeScript twin of this crate and of the domain types that cross.

use sextant_domain as domain;
use ts_rs::{Config, TS};

use crate::command::{CommandError, ErrorCode, RunRequest};
use crate::models::{CompareEvent, CompareRequest, ModelView, ModelsView};
use crate::view::{
    CatalogView, ColumnRole, CriterionView, HomeView, ImportNote, PackView, StartState, UsageImport,
};

/// The whole of `ui/src/protocol.ts`.
#[must_use]
pub fn typescript() -> String {
    let config = Config::default();
    let mut text = String::from(
        "// Generated from crates/protocol by `cargo xtask bindings`; edit the Rust types instead.\n",
    );
    macro_rules! declare {
        ($($type:ty),* $(,)?) => {
            $(
                text.push_str("\nexport ");
                text.push_str(&<$type as TS>::decl(&config));
                text.push('\n');
            )*
        };
    }
    declare!(
        domain::RunId,
        domain::ItemId,
        domain::Money,
        domain::PlanFlag,
        domain::Preferences,
        domain::RecommendRequest,
        domain::StageError,
        domain::StageTiming,
        domain::MonthFigure,
        domain::UsageSummary,
        domain::Claim,
        domain::SavingsBasis,
        domain::RankedItem,
        domain::FilteredOut,
        domain::Flip,
        domain::Ranking,
        domain::CacheTier,
        domain::CacheOutcome,
        domain::Recommendation,
        domain::RecommendEvent,
        domain::PerformanceQuery,
        domain::FilterChoices,
        domain::LatencyPoint,
        domain::StageSeries,
        domain::SpeedPoint,
        domain::ModelSeries,
        domain::CachePoint,
        domain::CacheSeries,
        domain::OutcomePoint,
        domain::RunSummary,
        domain::Gap,
        domain::Timeline,
        domain::AlertKind,
        domain::Alert,
        domain::Performance,
        domain::Share,
        domain::Measured,
        domain::Weights,
        domain::Scores,
        domain::Decided,
        domain::Decision,
        domain::EngineState,
        domain::EngineStatus,
        HomeView,
        ImportNote,
        ColumnRole,
        CatalogView,
        UsageImport,
        CriterionView,
        PackView,
        StartState,
        ModelView,
        ModelsView,
        CompareRequest,
        CompareEvent,
        RunRequest,
        ErrorCode,
        CommandError,
    );
    text.push_str(COMMANDS);
    text
}

/// The commands with what they take, give and stream. `body` is sent as raw bytes.
const COMMANDS: &str = "
/** What each command takes, gives, and sends over its channel while it runs. */
export interface Commands {
  start: { args: Record<string, never>; result: StartState; events: never };
  watch_engine: { args: Record<string, never>; result: null; events: EngineStatus };
  /** The file's bytes are the body; its name is in the header `x-file-name`, percent-encoded. */
  import_usage: { args: Uint8Array; result: UsageImport; events: never };
  import_catalog: { args: Uint8Array; result: CatalogView; events: never };
  /** Events come in batches, one per frame at most. */
  recommend: { args: { run: RunRequest }; result: RunId; events: Array<RecommendEvent> };
  rerank: { args: { run: RunRequest }; result: Ranking; events: never };
  stop: { args: { runId: RunId }; result: null; events: never };
  /** A window of the run history; the figures of the panel and of its table. */
  performance: { args: { query: PerformanceQuery }; result: Performance; events: never };
  models: { args: Record<string, never>; result: ModelsView; events: never };
  /** Starts a comparison and returns at once; `stop` ends it. */
  compare_models: { args: { request: CompareRequest }; result: RunId; events: CompareEvent };
  /** The same measurements under other weights; `null` where no model has run. */
  decide_models: { args: { measured: Array<Measured>; weights: Weights }; result: Decision | null; events: never };
  /** Uses these models from now on, in this window and in every later one. */
  use_models: { args: { fast: string; accurate: string }; result: ModelsView; events: never };
  /** Tells that the history, or a run under way, has changed: 5 times a second at most, never without a change. */
  watch_performance: { args: Record<string, never>; result: null; events: number };
}
";
