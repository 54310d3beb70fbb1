//! Kept answers: what makes two questions the same one.
//!
//! Everything that could change a word is in the key: the models and their files, the wording, the pack,
//! the list, the documents, the seed, the question's own words, and of the conversation exactly as much as
//! the answer depends on. A question that reads the same without the conversation is the same in every one.

use std::time::{Duration, SystemTime};

use serde::Serialize;
use sextant_domain::{CacheTier, ChatAnswer, Reading};
use sextant_engine::Writes;

use super::documents::Documents;
use super::same::Sense;
use super::shelf::Shelf;
use super::{Chat, ChatInput, Turn};
use crate::kept_answer;

/// How long it is remembered which records meet which demands.
pub(super) const LOOKUPS: Duration = Duration::from_mins(10);
/// How long it is remembered which passages speak of what.
pub(super) const EVIDENCE: Duration = Duration::from_mins(30);
/// How long a text's vector is remembered.
pub(super) const EMBEDDINGS: Duration = Duration::from_hours(1);

/// Changed when the answers' form changes.
const FORM: u32 = 1;

/// A question as the cache knows it.
#[derive(Debug)]
pub(super) struct Key {
    /// The hash of all that could change the answer.
    whole: String,
    /// The question without its wording, where it can be known in others.
    sense: Option<Sense>,
}

/// Everything but the question and what was read in it.
#[derive(Serialize)]
struct Scope<'a> {
    form: u32,
    app: &'a str,
    models: [(&'a str, &'a str); 2],
    engine: &'a str,
    wording: &'a str,
    pack: Option<(&'a str, u32, &'a str)>,
    list: Option<&'a str>,
    documents: Option<&'a str>,
    /// For a model that is shown the conversation.
    earlier: Vec<(&'a str, &'a str)>,
    seed: u64,
}

impl Key {
    pub(super) fn new(
        chat: &Chat,
        input: &ChatInput,
        reading: &Reading,
        documents: Option<&Documents>,
    ) -> Self {
        let (fast, accurate) = (&chat.slots.fast.traits, &chat.slots.accurate.traits);
        let status = chat.slots.fast.engine.status().borrow().clone();
        let shows_earlier = fast.writes == Writes::Text;
        let earlier = input.earlier.iter().filter(|_| shows_earlier);
        let scope = Scope {
            form: FORM,
            app: env!("CARGO_PKG_VERSION"),
            models: [(&fast.id, &fast.version), (&accurate.id, &accurate.version)],
            engine: &status.engine,
            wording: &chat.shelf.wording.version,
            pack: input.subject.as_ref().map(|subject| {
                (subject.pack.id.as_str(), subject.pack.version, subject.pack.prompt_version.as_str())
            }),
            list: input.subject.as_ref().map(|subject| subject.id.as_str()),
            documents: documents.map(|documents| documents.version.as_str()),
            earlier: earlier.map(|turn| (turn.question.as_str(), turn.answer.answer.as_str())).collect(),
            seed: input.seed,
        };
        let scope = kept_answer::key_of(&scope);
        Self {
            whole: kept_answer::key_of(&(&scope, canonical(&input.question), reading)),
            sense: Sense::of(&scope, &input.question, reading),
        }
    }
}

/// Case, blanks and closing marks don't make another question.
fn canonical(question: &str) -> String {
    let words: Vec<String> = question.split_whitespace().map(str::to_lowercase).collect();
    words.join(" ").trim_end_matches(['?', '.', '!', ' ']).to_owned()
}

/// An answer that was given before.
pub(super) struct KeptAnswer {
    pub(super) answer: ChatAnswer,
    pub(super) age: Duration,
    /// The question that it was given to, where that was in other words.
    pub(super) asked: Option<String>,
}

impl Shelf {
    /// A kept answer that is still fresh, to this question or to the same one in other words; hit or miss is
    /// recorded.
    pub(super) async fn look_up(&self, turn: &Turn, key: &Key) -> Option<KeptAnswer> {
        if !turn.input.use_cache {
            return None;
        }
        let now = (turn.chat.now)();
        let exact = kept_answer::find(&self.store, &key.whole, now);
        let found = match exact {
            Some((answer, age)) => Some(KeptAnswer { answer, age, asked: None }),
            None => self.look_up_same(turn, key).await,
        };
        kept_answer::record(
            &self.store,
            turn.id,
            CacheTier::Answer,
            found.as_ref().map(|found| found.age),
            now,
        );
        found
    }

    async fn look_up_same(&self, turn: &Turn, key: &Key) -> Option<KeptAnswer> {
        let sense = key.sense.as_ref()?;
        let wording = match self.wordings.same(sense) {
            Some(wording) => wording,
            None => self.similar(turn, sense).await?,
        };
        let (answer, age) = kept_answer::find(&self.store, &wording.key, (turn.chat.now)())?;
        Some(KeptAnswer { answer, age, asked: Some(wording.question) })
    }

    /// Keeps a whole answer; one with errors would repeat them.
    pub(super) fn keep(&self, key: &Key, answer: &ChatAnswer, now: SystemTime) {
        if let Some(sense) = key.sense.as_ref().filter(|_| answer.errors.is_empty()) {
            self.wordings.put(sense, &answer.question, &key.whole);
        }
        kept_answer::keep(&self.store, &key.whole, answer, &answer.errors, now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_the_same_in_another_case_but_not_with_another_number() {
        assert_eq!(canonical("  Something  fruity under $20? "), canonical("something fruity UNDER $20"));
        assert_ne!(canonical("under $20"), canonical("under $200"));
        assert_ne!(canonical("with milk"), canonical("without milk"));
    }
}
