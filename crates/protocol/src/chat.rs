//! Conversations, what they are about, and documents.

use serde::{Deserialize, Serialize};
use sextant_domain::{ChatMessage, ConversationId, DocumentRow, MessageId, RunId};
use ts_rs::TS;

use crate::view::{ColumnRole, ImportNote};

/// A list that can be asked about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ItemCatalogView {
    pub id: String,
    /// `energy` or `retail`: which pack reads questions about it.
    pub pack: String,
    pub name: String,
    pub items: u32,
    /// Questions that this list can answer, for an empty conversation.
    pub suggestions: Vec<String>,
    /// Only right after an import.
    pub recognised: Vec<ColumnRole>,
    pub notes: Vec<ImportNote>,
}

/// What the Chat screen starts with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ChatStart {
    pub catalogs: Vec<ItemCatalogView>,
    pub documents: Vec<DocumentRow>,
    /// Why search is by words only; `None` where it is by meaning too.
    pub words_only: Option<String>,
}

/// A question of the person's.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct SendMessage {
    /// `None` begins a conversation.
    pub conversation: Option<ConversationId>,
    /// The message that it follows; `None` for the first one. Another child of the same parent is a branch.
    pub parent: Option<MessageId>,
    pub text: String,
    /// `ItemCatalogView::id`; `None` asks the documents only.
    pub catalog: Option<String>,
    /// Without it a kept answer is neither read nor trusted.
    pub use_cache: bool,
}

/// A turn has begun; its events follow.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct SentMessage {
    pub run_id: RunId,
    pub conversation: ConversationId,
    pub title: String,
    pub question: ChatMessage,
    /// Still without a word.
    pub answer: ChatMessage,
}

/// Another answer to the same question, as a branch beside the one that there is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct AnswerAgain {
    pub conversation: ConversationId,
    /// The person's message.
    pub question: MessageId,
    pub catalog: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ConversationFormat {
    /// The branch that is shown, to be read.
    Markdown,
    /// Everything, to be imported again.
    Json,
}

/// A conversation as a file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct ConversationFile {
    pub file_name: String,
    pub text: String,
}

/// A document on its way into the store.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum DocumentEvent {
    /// `done` of `total` parts are read.
    Progress {
        id: RunId,
        name: String,
        done: u32,
        total: u32,
    },
    Imported {
        id: RunId,
        document: DocumentRow,
        replaced: bool,
    },
    Failed {
        id: RunId,
        name: String,
        message: String,
    },
    Stopped {
        id: RunId,
        name: String,
    },
}

/// A citation's place in its document.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct DocumentText {
    pub document: DocumentRow,
    pub text: String,
}
