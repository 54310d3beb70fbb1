//! What crosses between the window and the app: commands, their answers, and error codes.
//!
//! The TypeScript in `ui/src/protocol.ts` is generated from here (`cargo xtask bindings`) and committed;
//! a test fails when the two differ. Domain types cross as they are; a type lives here only when the
//! window needs something that the domain has no word for.

mod chat;
mod command;
mod models;
mod typescript;
mod view;

pub use chat::{
    AnswerAgain, ChatStart, ConversationFile, ConversationFormat, DocumentEvent, DocumentText,
    ItemCatalogView, SendMessage, SentMessage,
};
pub use command::{CommandError, ErrorCode, RunRequest};
pub use models::{
    CompareEvent, CompareRequest, EngineChoice, EngineSpeed, EngineSpeedEvent, EngineSpeeds, FasterEngine,
    ModelView, ModelsView,
};
pub use typescript::typescript;
pub use view::{
    CatalogView, ColumnRole, CriterionView, HomeView, ImportNote, PackView, StartState, UsageImport,
};
