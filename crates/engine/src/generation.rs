//! One request for text and the stream that answers it.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use tokio::sync::{mpsc, oneshot};

use crate::EngineError;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    System,
    User,
    Assistant,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    pub role: Role,
    pub content: String,
}

/// Which waiting request goes first. A running one is never interrupted for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    Background,
    #[default]
    Normal,
    /// A person is looking at the place where the text will appear.
    Interactive,
}

/// How the next token is chosen. The same request with the same sampling gives the same text.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sampling {
    /// 0 is greedy; then nothing else here matters.
    pub temperature: f32,
    /// Keep the smallest set of tokens whose probabilities reach this; 1 keeps all.
    pub top_p: f32,
    /// Keep this many tokens at most; 0 keeps all.
    pub top_k: u32,
    pub seed: u64,
}

impl Sampling {
    pub const GREEDY: Self = Self { temperature: 0.0, top_p: 1.0, top_k: 0, seed: 0 };
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GenerateRequest {
    pub messages: Vec<Message>,
    /// At least 1.
    pub max_tokens: u32,
    /// The text ends before the first of these.
    pub stop: Vec<String>,
    pub sampling: Sampling,
    pub form: Option<Form>,
    pub priority: Priority,
}

/// What an answer must match. Means the same on every engine: llguidance follows it on all of them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// A JSON Schema, as an object.
    Schema(serde_json::Value),
    /// A grammar in llguidance's variant of Lark.
    Grammar(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Finish {
    /// The model ended its answer, or a stop sequence or the form did.
    Stop,
    /// `max_tokens` or the context was full.
    Length,
}

/// What a generation cost.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Usage {
    pub prompt_tokens: u32,
    /// Of `prompt_tokens`, those whose computation was reused.
    pub cached_tokens: u32,
    pub completion_tokens: u32,
    /// Waiting for the model to load.
    pub load: Duration,
    /// Waiting for other generations.
    pub queue: Duration,
    /// From the engine taking the request to the first token.
    pub prefill: Duration,
    /// From the first token to the last.
    pub decode: Duration,
    pub finish: Finish,
}

#[derive(Debug, Clone, PartialEq)]
pub enum GenerationEvent {
    /// The engine has taken the request up.
    Started,
    /// The text grows by this; never empty, never half a character.
    Text(String),
    /// The last event of a good end.
    Done(Usage),
    /// The last event of a bad one. The text so far stands.
    Failed(EngineError),
}

/// A running generation. Dropping it stops the work, in the queue as well as on the model.
#[derive(Debug)]
pub struct Generation {
    events: mpsc::Receiver<GenerationEvent>,
    _stop_on_drop: oneshot::Sender<std::convert::Infallible>,
}

impl Generation {
    /// For implementations of [`crate::Engine`]: the stream's two far ends.
    /// The oneshot receiver resolves when the generation is dropped.
    #[must_use]
    pub fn channel(
        capacity: usize,
    ) -> (Self, mpsc::Sender<GenerationEvent>, oneshot::Receiver<std::convert::Infallible>) {
        let (sender, events) = mpsc::channel(capacity);
        let (stop_on_drop, dropped) = oneshot::channel();
        (Self { events, _stop_on_drop: stop_on_drop }, sender, dropped)
    }

    /// The next event; `None` after `Done` or `Failed`.
    pub async fn next(&mut self) -> Option<GenerationEvent> {
        self.events.recv().await
    }

    /// Reads the stream to its end: the whole text and what it cost.
    pub async fn collect(self) -> Result<(String, Usage), EngineError> {
        self.collect_with(|_| {}).await
    }

    /// [`Self::collect`] that hands on each piece of the text as it comes.
    pub async fn collect_with(mut self, mut piece: impl FnMut(&str)) -> Result<(String, Usage), EngineError> {
        let mut text = String::new();
        while let Some(event) = self.next().await {
            match event {
                GenerationEvent::Started => {}
                GenerationEvent::Text(delta) => {
                    piece(&delta);
                    text.push_str(&delta);
                }
                GenerationEvent::Done(usage) => return Ok((text, usage)),
                GenerationEvent::Failed(error) => return Err(error),
            }
        }
        Err(EngineError::WorkerDied { detail: "the stream ended without an answer".into() })
    }
}
