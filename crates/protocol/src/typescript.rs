//! Writes the TypeScript twin of this crate and of the domain types that cross.

use sextant_domain as domain;
use ts_rs::{Config, TS};

use crate::chat::{
    AnswerAgain, ChatStart, ConversationFile, ConversationFormat, DocumentEvent, DocumentText,
    ItemCatalogView, SendMessage, SentMessage,
};
use crate::command::{CommandError, ErrorCode, RunRequest};
use crate::models::{
    CompareEvent, CompareRequest, EngineChoice, EngineSpeed, EngineSpeedEvent, EngineSpeeds, FasterEngine,
    ModelView, ModelsView,
};
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
        domain::ConversationId,
        domain::MessageId,
        domain::Attribute,
        domain::Field,
        domain::Test,
        domain::Condition,
        domain::Sort,
        domain::Intent,
        domain::Reading,
        domain::ItemCard,
        domain::Citation,
        domain::ContextUse,
        domain::ChatAnswer,
        domain::ChatEvent,
        domain::Author,
        domain::MessageState,
        domain::ChatMessage,
        domain::ConversationRow,
        domain::Conversation,
        domain::DocumentRow,
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
        EngineChoice,
        ModelsView,
        CompareRequest,
        CompareEvent,
        EngineSpeed,
        FasterEngine,
        EngineSpeeds,
        EngineSpeedEvent,
        ItemCatalogView,
        ChatStart,
        SendMessage,
        SentMessage,
        AnswerAgain,
        ConversationFormat,
        ConversationFile,
        DocumentEvent,
        DocumentText,
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
  /** Computes with this engine from now on, in this window and in every later one; `null` leaves it to the app. */
  use_engine: { args: { engine: string | null }; result: ModelsView; events: never };
  /** Starts measuring every engine with the model that is asked first, and returns at once; `stop` ends it. */
  measure_engines: { args: Record<string, never>; result: RunId; events: EngineSpeedEvent };
  chat_start: { args: Record<string, never>; result: ChatStart; events: never };
  /** Newest first; with `search`, those whose messages or title have all of its words. */
  conversations: { args: { search: string }; result: Array<ConversationRow>; events: never };
  conversation: { args: { id: ConversationId }; result: Conversation; events: never };
  /** Both messages are stored before it returns. Events come in batches, one per frame at most; `stop` ends the turn. */
  send_message: { args: { message: SendMessage }; result: SentMessage; events: Array<ChatEvent> };
  /** `SentMessage.question` is the message that there was. */
  answer_again: { args: { again: AnswerAgain }; result: SentMessage; events: Array<ChatEvent> };
  rename_conversation: { args: { id: ConversationId; title: string }; result: null; events: never };
  /** It can be restored until the app is closed. */
  delete_conversation: { args: { id: ConversationId }; result: null; events: never };
  restore_conversation: { args: { id: ConversationId }; result: null; events: never };
  /** `leaf` is the last message of the branch that is shown. */
  export_conversation: { args: { id: ConversationId; leaf: MessageId | null; format: ConversationFormat }; result: ConversationFile; events: never };
  /** A file of `export_conversation`, in either format. */
  import_conversation: { args: Uint8Array; result: ConversationRow; events: never };
  import_items: { args: Uint8Array; result: ItemCatalogView; events: never };
  delete_items: { args: { id: string }; result: null; events: never };
  /** Begins the import and returns at once; `watch_documents` tells how it goes, `stop` ends it. */
  import_document: { args: Uint8Array; result: RunId; events: never };
  watch_documents: { args: Record<string, never>; result: null; events: DocumentEvent };
  delete_document: { args: { id: string }; result: null; events: never };
  document: { args: { id: string }; result: DocumentText; events: never };
  /** In the system's browser; `http`, `https` and `mailto` only. */
  open_link: { args: { url: string }; result: null; events: never };
  /** Tells that the history, or a run under way, has changed: 5 times a second at most, never without a change. */
  watch_performance: { args: Record<string, never>; result: null; events: number };
}
";
