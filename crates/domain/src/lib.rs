//! The words that every other crate speaks: profiles, plans, preferences, rankings, timings, events.
//!
//! Plain data only. Nothing here reads a file, waits, or knows a model, a database or a window;
//! a type with behaviour beyond its own invariants belongs in `advisor`.
//! What is serialised here is what scripts and the window see, so a renamed field is a breaking change.

mod chat;
mod comparison;
mod document;
mod event;
mod filter;
mod id;
mod item;
mod money;
mod performance;
mod preferences;
mod recommendation;
mod tariff;
mod timing;
mod usage;

pub use chat::{
    Author, ChatAnswer, ChatEvent, ChatMessage, Citation, ContextUse, Conversation, ConversationRow, Intent,
    ItemCard, MessageState, Reading,
};
pub use comparison::{Decided, Decision, Measured, Scores, Share, Weights};
pub use document::{Document, DocumentRow, Passage};
pub use event::{EngineState, EngineStatus, RecommendEvent};
pub use filter::{Condition, Field, Sort, Test, folded, words};
pub use id::{ConversationId, ItemId, MessageId, RunId};
pub use item::{Attribute, Item, ItemCatalog};
pub use money::Money;
pub use performance::{
    Alert, AlertKind, CachePoint, CacheSeries, FilterChoices, Gap, LatencyPoint, ModelSeries, OutcomePoint,
    Performance, PerformanceQuery, RunSummary, SpeedPoint, StageSeries, Timeline,
};
pub use preferences::{CriterionId, Preferences, RecommendRequest};
pub use recommendation::{
    CacheOutcome, CacheTier, Claim, FilteredOut, Flip, MonthFigure, RankedItem, Ranking, Recommendation,
    SavingsBasis, UsageSummary,
};
pub use tariff::{Catalog, Credit, Plan, PlanFlag, Tariff, Tier};
pub use timing::{StageError, StageTiming, millis};
pub use usage::{HomeUsage, MonthUsage};
