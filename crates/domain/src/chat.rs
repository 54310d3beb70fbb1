//! A turn of a chat: what was asked, what was understood, what was found, and what was said about it.
//! [`ChatAnswer`] serialised is the `--json` document of `sextant chat`.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::{
    Attribute, CacheOutcome, Claim, Condition, ConversationId, ItemId, MessageId, Money, RunId, Sort,
    StageError, StageTiming,
};

/// What a question wants, as rules have read it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Intent {
    /// Records that meet demands.
    Search,
    /// Two or more named records side by side.
    Compare,
    /// One named record's own figures.
    Details,
    /// How many records meet demands.
    Count,
    /// Something that a passage of a document may say.
    Passage,
    Greeting,
    Thanks,
    Goodbye,
    /// Who or what answers, and what it can do.
    Assistant,
    /// A wish for advice without anything to search for: a question back helps.
    Vague,
    /// Nothing that the catalogue or the documents could answer.
    OutOfScope,
}

impl Intent {
    /// Whether records are looked up for it.
    #[must_use]
    pub fn needs_records(self) -> bool {
        matches!(self, Self::Search | Self::Compare | Self::Details | Self::Count)
    }
}

/// A question as rules have read it. The window shows it, so that a misunderstanding is seen at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Reading {
    pub intent: Intent,
    pub conditions: Vec<Condition>,
    pub sort: Sort,
    /// The words left to search by.
    pub words: String,
    /// Records that the question names, or that `it` and `the first one` stand for.
    pub named: Vec<ItemId>,
    /// What of them is asked for, where the question says: `price`, `origin_1`.
    pub asked: Vec<String>,
}

/// A record as a card.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct ItemCard {
    pub id: ItemId,
    pub name: String,
    pub brand: String,
    pub category: String,
    pub price: Option<Money>,
    pub currency: String,
    /// `per 100 g`; empty where the price is for the item.
    pub price_unit: String,
    #[cfg_attr(feature = "typescript", ts(type = "number | null"))]
    #[serde(with = "rust_decimal::serde::float_option")]
    pub rating: Option<Decimal>,
    pub attributes: Vec<Attribute>,
    /// The beginning of its text, at most 240 characters.
    pub description: String,
    /// Labels of the conditions that it doesn't meet: not empty only for a nearest miss.
    pub misses: Vec<String>,
}

/// Where an answer's words come from: a passage of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Citation {
    /// The number in the answer: `[1]`.
    pub marker: u32,
    /// The document's id, to open it by.
    pub document: String,
    /// The document's name.
    pub source: String,
    /// In characters (Unicode scalar values) of the document's text.
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub start: u64,
    #[cfg_attr(feature = "typescript", ts(type = "number"))]
    pub end: u64,
    pub text: String,
}

/// What of the conversation the model was shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Default)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct ContextUse {
    /// 512 for a quick question, 1,024 for a complex one.
    pub budget_tokens: u32,
    /// What the prompt took; 0 where no model was asked.
    pub used_tokens: u32,
    /// Earlier turns that were shown, and that found no room.
    pub turns_shown: u32,
    pub turns_dropped: u32,
}

/// A finished turn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct ChatAnswer {
    pub run_id: RunId,
    pub pack: String,
    /// The model's id in the catalogue of models; `none` where no model was asked.
    pub model: String,
    /// `cpu`, `metal`, `cuda:0`.
    pub device: String,
    /// RFC 3339.
    pub started_at: String,
    pub total_ms: f64,
    /// From the request's arrival to the first word's departure; `None` where it failed before.
    pub first_token_ms: Option<f64>,
    pub cache: CacheOutcome,
    /// The question that a kept answer was given to, where this one is the same in other words.
    #[serde(default)]
    pub kept_for: Option<String>,
    pub stages: Vec<StageTiming>,
    pub errors: Vec<StageError>,
    pub question: String,
    /// Markdown.
    pub answer: String,
    /// The claims of `answer`. A claim that isn't `ok` stands in a sentence that the window marks.
    pub claims: Vec<Claim>,
    /// Share of the model's claims that the facts have, before any repair; `None` where no model wrote.
    pub grounded_share: Option<f64>,
    /// What the catalogue has for it, the best first.
    pub items: Vec<ItemCard>,
    /// How many records meet the demands.
    pub matching: u32,
    /// Where nothing meets them: the record that comes nearest.
    pub nearest: Option<ItemCard>,
    pub citations: Vec<Citation>,
    pub quick_replies: Vec<String>,
    /// The pack that answered.
    pub domain: String,
    pub reading: Reading,
    pub context: ContextUse,
    /// What the person should know: search by words only, a cache that stood in.
    pub notes: Vec<String>,
}

/// One step of a turn. Text only ever grows by `text`; a `Restarted` takes back what was shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum ChatEvent {
    Started {
        run_id: RunId,
    },
    /// What was understood.
    Read {
        reading: Reading,
    },
    /// What was found, before any word is written.
    Found {
        items: Vec<ItemCard>,
        matching: u32,
        nearest: Option<ItemCard>,
        citations: Vec<Citation>,
    },
    Delta {
        text: String,
    },
    /// The text so far is replaced by `text`.
    Restarted {
        text: String,
    },
    QuickReplies {
        quick_replies: Vec<String>,
    },
    StageDone {
        stage: StageTiming,
    },
    Finished {
        answer: Box<ChatAnswer>,
    },
    /// Nothing could be said at all.
    Failed {
        error: StageError,
    },
    /// The person stopped it; what had arrived stays.
    Stopped,
}

/// Who said something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Author {
    Person,
    Assistant,
}

/// How far a message has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum MessageState {
    /// Words still arrive.
    Writing,
    Done,
    /// The person stopped it; the text is what had arrived.
    Stopped,
    Failed,
    /// The app ended in the middle of it; the text is what had been stored.
    Interrupted,
}

/// One message. A conversation is a tree of them: an edited question and a regenerated answer are further
/// children of the same parent.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct ChatMessage {
    pub id: MessageId,
    /// What it answers or follows; `None` for the first one.
    pub parent: Option<MessageId>,
    pub author: Author,
    /// Markdown from the assistant; plain text from the person.
    pub text: String,
    pub state: MessageState,
    /// RFC 3339.
    pub at: String,
    /// With an answer that has ended.
    pub answer: Option<Box<ChatAnswer>>,
}

/// A conversation in a list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct ConversationRow {
    pub id: ConversationId,
    pub title: String,
    /// RFC 3339, of the last message.
    pub updated_at: String,
    pub messages: u32,
    /// Where a search found something: the words around it, the found ones between `[` and `]`.
    pub snippet: Option<String>,
}

/// A whole conversation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub struct Conversation {
    pub id: ConversationId,
    pub title: String,
    pub pack: String,
    /// The list that it is about, by id; `None` where it is only about documents.
    pub catalog: Option<String>,
    /// RFC 3339.
    pub created_at: String,
    /// In the order in which they were written.
    pub messages: Vec<ChatMessage>,
}
