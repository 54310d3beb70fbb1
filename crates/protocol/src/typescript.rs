//! Writes the TypeScript twin of this crate and of the domain types that cross.

use sextant_domain as domain;
use ts_rs::{Config, TS};

use crate::command::{CommandError, ErrorCode, RunRequest};
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
}
";
