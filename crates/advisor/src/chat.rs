//! A turn of a chat: the question is read by rule, looked up in caches and then in the list and the
//! documents, and answered in words that are held to what was found.
//!
//! Whatever needs no model asks none: what a question demands, which records meet it, comparisons, counts, small
//! talk and the quick replies are rules and SQL. So a model is asked at most once a turn, and its first
//! token waits for nothing but its own prompt. Dropping the [`ChatRun`] stops all of it.

mod caches;
mod compare;
mod conversation;
mod documents;
mod figures;
mod find;
mod kept;
mod kinds;
mod meaning;
mod narrowed;
mod passages;
mod phrase;
mod plan_items;
mod quick_replies;
mod records;
mod reply;
mod same;
mod shelf;
mod step_by_step;
mod subject;
pub mod transcript;
mod wording;

use std::sync::Arc;
use std::time::{Instant, SystemTime};

use sextant_domain::{
    CacheOutcome, CacheTier, ChatAnswer, ChatEvent, Claim, ContextUse, Intent, ItemCard, Reading, RunId,
    StageError, StageTiming, millis,
};
use sextant_engine::{Priority, Writes};
use sextant_retrieval::question::Context;
use sextant_store::{RunMeta, RunOutcome, RunTrace};
use tokio::sync::mpsc;

use crate::check::check;
use crate::facts::Facts;
use crate::pack::PackError;
use crate::run::Run;
use crate::slots::Slots;
use crate::writing::{self, Shown, Task};
use caches::KeptAnswer;
use documents::Documents;
use find::Found;
use passages::Evidence;
use reply::{Material, Reply};

pub use conversation::{Begun, ConversationError, Question};
pub use plan_items::plan_items;
pub use shelf::{Shelf, ShelfParts};
pub use subject::{Subject, SubjectError};
pub use wording::Wording;

/// The use-case with what it works on.
#[derive(Clone)]
pub struct Chat {
    pub slots: Slots,
    pub shelf: Arc<Shelf>,
    /// The wall clock, for stamps and for the age of what is kept.
    pub now: fn() -> SystemTime,
}

/// An earlier turn of the same branch.
#[derive(Debug, Clone)]
pub struct EarlierTurn {
    pub question: String,
    pub answer: Arc<ChatAnswer>,
}

/// How a turn is worked off.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Way {
    /// As this file's head says.
    #[default]
    Parallel,
    /// As it is often built, to compare with: a model decides whether records are needed, then they are
    /// searched, then a model replies, then a model writes the quick replies; nothing is kept.
    StepByStep,
}

/// What a turn is made from.
#[derive(Clone)]
pub struct ChatInput {
    pub question: String,
    /// The list that is asked about; without one, only documents are.
    pub subject: Option<Arc<Subject>>,
    /// Oldest first.
    pub earlier: Vec<EarlierTurn>,
    pub seed: u64,
    pub use_cache: bool,
    pub way: Way,
}

/// A turn under way. Dropping it stops the work.
pub type ChatRun = Run<ChatEvent>;

impl Chat {
    /// Starts a turn on the current tokio runtime and returns at once.
    #[must_use]
    pub fn answer(&self, input: ChatInput) -> ChatRun {
        let id = RunId::generate();
        let (chat, arrived) = (self.clone(), Instant::now());
        Run::start(id, |events| Turn { chat, input, id, events, arrived }.run())
    }
}

/// One turn's own state.
struct Turn {
    chat: Chat,
    input: ChatInput,
    id: RunId,
    events: mpsc::Sender<ChatEvent>,
    arrived: Instant,
}

/// What was found for a reading, as it is shown.
#[derive(Default)]
struct Shelved {
    found: Found,
    cards: Vec<ItemCard>,
    nearest: Option<ItemCard>,
    evidence: Evidence,
}

/// The words of a turn.
struct Words {
    text: String,
    claims: Vec<Claim>,
    grounded_share: Option<f64>,
    context: ContextUse,
    first_token_ms: Option<f64>,
    model: String,
    errors: Vec<StageError>,
}

impl Turn {
    async fn run(self) {
        let traits = &self.chat.slots.fast.traits;
        let status = self.chat.slots.fast.engine.status().borrow().clone();
        let trace = RunTrace::start(RunMeta {
            run_id: self.id,
            pipeline: "chat",
            pack: self.pack_id(),
            model: traits.id.clone(),
            engine: status.engine,
            quantisation: traits.quantisation.clone(),
            device: status.device,
        });
        self.send(ChatEvent::Started { run_id: self.id }).await;
        if self.input.way == Way::StepByStep {
            return self.step_by_step(trace).await;
        }
        let documents = match self.documents().await {
            Ok(documents) => documents,
            Err(error) => return self.fail(trace, error).await,
        };
        let reading = self.read(&trace, documents.as_deref());
        let key = caches::Key::new(&self.chat, &self.input, &reading, documents.as_deref());
        if let Some(kept) = self.chat.shelf.look_up(&self, &key).await {
            trace.answered_from_cache(kept.age);
            return self.finish_kept(trace, kept).await;
        }
        self.send(ChatEvent::Read { reading: reading.clone() }).await;
        let shelved = match self.search(&trace, &reading, documents).await {
            Ok(shelved) => shelved,
            Err(error) => return self.fail(trace, error).await,
        };
        let quick_replies = self.quick_replies(&reading, &shelved);
        self.send_found(&shelved).await;
        self.send(ChatEvent::QuickReplies { quick_replies: quick_replies.clone() }).await;
        match self.reply(&trace, &reading, &shelved).await {
            Ok(words) => self.finish(trace, Some(&key), reading, shelved, quick_replies, words).await,
            Err(error) => self.fail(trace, reason(&error)).await,
        }
    }

    /// What the question wants, by rule.
    fn read(&self, trace: &RunTrace, documents: Option<&Documents>) -> Reading {
        let mut stage = trace.stage("read");
        let started = Instant::now();
        let reading = self.reading(documents);
        stage.parsed(started.elapsed());
        stage.finish();
        reading
    }

    fn reading(&self, documents: Option<&Documents>) -> Reading {
        let last = self.input.earlier.last().map(|turn| &turn.answer);
        let shown: Vec<_> =
            last.map_or_else(Vec::new, |answer| answer.items.iter().map(|card| card.id.clone()).collect());
        let context = Context {
            previous: last.map(|answer| &answer.reading),
            shown: &shown,
            documents: documents.is_some(),
        };
        let lexicon =
            self.input.subject.as_ref().map_or(&self.chat.shelf.no_list, |subject| &subject.lexicon);
        let reading = lexicon.read(&self.input.question, &context);
        match &self.input.subject {
            Some(subject) => subject.refined(reading),
            None => reading,
        }
    }

    /// The person's documents, read anew where the store has others by now.
    async fn documents(&self) -> Result<Option<Arc<Documents>>, StageError> {
        let shelf = Arc::clone(&self.chat.shelf);
        blocking(move || shelf.documents()).await?.map_err(|error| failure("documents", &error))
    }

    /// Looks up what answers, and embeds the words meanwhile.
    async fn search(
        &self,
        trace: &RunTrace,
        reading: &Reading,
        documents: Option<Arc<Documents>>,
    ) -> Result<Shelved, StageError> {
        let asks_documents = reading.intent == Intent::Passage || self.input.subject.is_none();
        if !reading.intent.needs_records() && !asks_documents {
            return Ok(Shelved::default());
        }
        let mut stage = trace.stage("search");
        let started = Instant::now();
        let mut shelved = Shelved::default();
        if let Some(subject) = self.input.subject.as_ref().filter(|_| reading.intent.needs_records()) {
            let found = self
                .chat
                .shelf
                .find(self.id, subject, reading, self.input.use_cache, (self.chat.now)())
                .await?;
            shelved.cards = found
                .positions
                .iter()
                .filter_map(|position| {
                    Some(records::card(&subject.catalog, subject.item(*position)?, reading))
                })
                .collect();
            shelved.nearest = found.nearest.as_ref().and_then(|nearest| {
                let mut card = records::card(&subject.catalog, subject.item(nearest.position)?, reading);
                card.misses =
                    nearest.missed.iter().map(|place| reading.conditions[*place].label.clone()).collect();
                Some(card)
            });
            shelved.found = found;
        }
        if let Some(documents) = documents.filter(|_| asks_documents) {
            shelved.evidence = self
                .chat
                .shelf
                .passages(self.id, documents, &self.input.question, self.input.use_cache, (self.chat.now)())
                .await?;
        }
        stage.retrieved(started.elapsed());
        let timing = stage.finish();
        self.send(ChatEvent::StageDone { stage: timing }).await;
        Ok(shelved)
    }

    fn quick_replies(&self, reading: &Reading, shelved: &Shelved) -> Vec<String> {
        let subject = self.input.subject.as_ref();
        let mut others =
            subject.map(|subject| subject.lexicon.quick_replies(reading.intent)).unwrap_or_default();
        others.extend(subject.map(|subject| subject.suggestions.clone()).unwrap_or_default());
        quick_replies::after(reading, &shelved.cards, shelved.nearest.as_ref(), &others)
    }

    /// The words, by rule or by the model.
    async fn reply(
        &self,
        trace: &RunTrace,
        reading: &Reading,
        shelved: &Shelved,
    ) -> Result<Words, PackError> {
        let Chat { slots, shelf, .. } = &self.chat;
        let mut stage = trace.stage("reply");
        let building = Instant::now();
        let material = Material {
            question: &self.input.question,
            reading,
            list: &self.list_name(),
            subject: self.input.subject.as_deref(),
            found: &shelved.found,
            cards: &shelved.cards,
            nearest: shelved.nearest.as_ref(),
            evidence: &shelved.evidence,
            earlier: &self.input.earlier,
            writes: slots.fast.traits.writes,
        };
        let reply = material.reply(&shelf.wording)?;
        stage.prompt_built(building.elapsed());
        let asked = match reply {
            Reply::Said { text, facts } => {
                stage.finish();
                let first_token_ms = Some(millis(self.arrived.elapsed()));
                self.show(ChatEvent::Delta { text: text.clone() });
                return Ok(Words {
                    claims: claims(&text, &facts, self.checked_words()),
                    text,
                    grounded_share: None,
                    context: ContextUse::default(),
                    first_token_ms,
                    model: "none".into(),
                    errors: Vec::new(),
                });
            }
            Reply::Written(asked) => *asked,
        };
        let by_placeholders = slots.fast.traits.writes == Writes::Placeholders;
        let task = Task {
            system: &asked.system,
            prompt: asked.prompt,
            fallback: asked.fallback,
            facts: &asked.facts,
            required: if by_placeholders && !shelved.cards.is_empty() { &["item_0"] } else { &[] },
            max_tokens: asked.max_tokens,
            priority: Priority::Interactive,
            seed: self.input.seed,
        };
        let show = |shown: Shown<'_>| match shown {
            Shown::Grows(text) => self.show(ChatEvent::Delta { text: text.into() }),
            Shown::Is(text) => self.show(ChatEvent::Restarted { text: text.into() }),
        };
        let asked_after = self.arrived.elapsed();
        let written =
            writing::write(&shelf.wording.templates, self.checked_words(), slots, task, stage, show).await?;
        let timing = &written.timing;
        let first_token_ms = timing.first_token_ms.map(|first| millis(asked_after) + first);
        let context = ContextUse { used_tokens: timing.prompt_tokens, ..asked.context };
        let errors = written.mended.into_iter().chain(timing.error.clone()).collect();
        self.send(ChatEvent::StageDone { stage: written.timing.clone() }).await;
        Ok(Words {
            text: written.text,
            claims: written.claims,
            grounded_share: written.grounded_share,
            context,
            first_token_ms,
            model: slots.fast.traits.id.clone(),
            errors,
        })
    }

    /// The pack of what is asked about.
    fn pack_id(&self) -> String {
        self.input.subject.as_ref().map_or_else(|| "documents".into(), |subject| subject.pack.id.clone())
    }

    fn checked_words(&self) -> &[String] {
        self.input.subject.as_ref().map_or(&[], |subject| &subject.pack.checked_words)
    }

    /// What is asked about, in a sentence.
    fn list_name(&self) -> String {
        self.input
            .subject
            .as_ref()
            .map_or_else(|| "your documents".into(), |subject| records::plain(&subject.catalog.name))
    }

    async fn send_found(&self, shelved: &Shelved) {
        self.send(ChatEvent::Found {
            items: shelved.cards.clone(),
            matching: shelved.found.matching,
            nearest: shelved.nearest.clone(),
            citations: shelved.evidence.citations.clone(),
        })
        .await;
    }

    async fn finish(
        self,
        trace: RunTrace,
        key: Option<&caches::Key>,
        reading: Reading,
        shelved: Shelved,
        quick_replies: Vec<String>,
        words: Words,
    ) {
        let status = self.chat.slots.fast.engine.status().borrow().clone();
        let outcome = if words.errors.is_empty() { RunOutcome::Done } else { RunOutcome::Degraded };
        trace.ran_on(&status.device, status.threads);
        let timing = trace.finish(outcome, false);
        let answer = ChatAnswer {
            run_id: self.id,
            pack: self.pack_id(),
            model: words.model,
            device: status.device,
            started_at: crate::stamp::rfc3339(timing.started_at),
            total_ms: timing.total_ms,
            first_token_ms: words.first_token_ms,
            cache: CacheOutcome { tier: CacheTier::Answer, hit: false },
            stages: timing.stages,
            errors: words.errors,
            question: self.input.question.clone(),
            answer: words.text,
            claims: words.claims,
            grounded_share: words.grounded_share,
            items: shelved.cards,
            matching: shelved.found.matching,
            nearest: shelved.nearest,
            citations: shelved.evidence.citations,
            quick_replies,
            domain: self.pack_id(),
            reading,
            context: words.context,
            kept_for: None,
            notes: self.chat.shelf.notes(),
        };
        if let Some(key) = key {
            self.chat.shelf.keep(key, &answer, (self.chat.now)());
        }
        self.send(ChatEvent::Finished { answer: Box::new(answer) }).await;
    }

    /// A kept answer under this run's id and times.
    async fn finish_kept(self, trace: RunTrace, kept: KeptAnswer) {
        let timing = trace.finish(RunOutcome::Done, true);
        let answer = ChatAnswer {
            run_id: self.id,
            started_at: crate::stamp::rfc3339(timing.started_at),
            total_ms: timing.total_ms,
            first_token_ms: Some(timing.total_ms),
            cache: CacheOutcome { tier: CacheTier::Answer, hit: true },
            stages: Vec::<StageTiming>::new(),
            question: self.input.question.clone(),
            kept_for: kept.asked,
            ..kept.answer
        };
        self.send(ChatEvent::Finished { answer: Box::new(answer) }).await;
    }

    async fn fail(&self, trace: RunTrace, error: StageError) {
        trace.finish(RunOutcome::Failed, false);
        self.send(ChatEvent::Failed { error }).await;
    }

    /// From inside a stream, where waiting is impossible. The channel holds more than a turn's words; should
    /// it be full all the same, the answer is told whole at the end.
    fn show(&self, event: ChatEvent) {
        let _ = self.events.try_send(event);
    }

    /// A reader that is gone has dropped the run, which ends this task.
    async fn send(&self, event: ChatEvent) {
        let _ = self.events.send(event).await;
    }
}

/// Of a text that a rule made.
fn claims(text: &str, facts: &Facts, checked_words: &[String]) -> Vec<Claim> {
    // A rule's own text is right by construction: what the check can't place isn't a doubt.
    check(text, facts, checked_words).claims.into_iter().filter(|claim| claim.ok).collect()
}

fn reason(error: &PackError) -> StageError {
    StageError { code: "pack_broken".into(), message: error.to_string() }
}

fn failure(code: &str, error: &impl std::fmt::Display) -> StageError {
    StageError { code: code.into(), message: error.to_string() }
}

/// Runs what waits for a disk on a thread that may wait.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, StageError> {
    tokio::task::spawn_blocking(work).await.map_err(|error| {
        failure("failed", &format!("a part of the app ended unexpectedly ({error}); try again"))
    })
}
