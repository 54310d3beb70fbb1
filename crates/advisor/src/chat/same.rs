//! Kept answers for the same question in other words.
//!
//! Two questions are the same where the rules read the same demands, order and records in them, where they
//! agree in every figure, negation and currency, and where the words that are left mean the same: the same
//! stems, or vectors that are near enough. What a rule has read can't be crossed by a vector: `under $20` and
//! `under $200` are never compared, and neither is a word that the list uses as a name. How often a wrong
//! answer comes of it is measured by `tests/questions/same_answer.jsonl`; above 1 % it has to be switched off.

use std::collections::BTreeSet;
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, PoisonError};

use lru::LruCache;
use rust_decimal::Decimal;
use serde::Serialize;
use sextant_domain::{Condition, Field, Intent, ItemId, Reading, Sort, Test};
use sextant_retrieval::index::{cosine, terms};
use sextant_retrieval::question::{Marks, marks};

use super::subject::Subject;
use crate::kept_answer;

/// Demands of which wordings are remembered.
const SENSES: NonZeroUsize = NonZeroUsize::new(512).expect("it isn't zero");
/// Wordings of the same demands; the next one takes the place of the oldest.
const WORDINGS: usize = 16;
/// The cosine from which the words that are left mean the same.
const SAME_MEANING: f32 = 0.85;

/// A question without its wording.
#[derive(Debug)]
pub(super) struct Sense {
    /// The hash of all that may not differ.
    key: String,
    /// The words that are left, and their stems.
    pub(super) words: String,
    terms: BTreeSet<String>,
}

#[derive(Serialize)]
struct Parts<'a> {
    scope: &'a str,
    intent: Intent,
    /// Without their labels, which are the person's own words.
    demands: BTreeSet<String>,
    sort: &'a Sort,
    named: BTreeSet<&'a ItemId>,
    asked: BTreeSet<&'a str>,
    marks: &'a Marks,
}

impl Sense {
    /// Nothing where a question isn't about records, or has a figure that no demand took up.
    pub(super) fn of(scope: &str, question: &str, reading: &Reading) -> Option<Self> {
        let marks = marks(question);
        let understood = marks
            .figures
            .iter()
            .all(|figure| reading.conditions.iter().any(|condition| speaks_of(condition, *figure)));
        if !reading.intent.needs_records() || !understood {
            return None;
        }
        let demand = |Condition { field, test, negated, label: _ }: &Condition| {
            serde_json::to_string(&(field, test, negated)).expect("a demand is plain data")
        };
        let parts = Parts {
            scope,
            intent: reading.intent,
            demands: reading.conditions.iter().map(demand).collect(),
            sort: &reading.sort,
            named: reading.named.iter().collect(),
            asked: reading.asked.iter().map(String::as_str).collect(),
            marks: &marks,
        };
        let terms = terms([reading.words.as_str()]);
        Some(Self { key: kept_answer::key_of(&parts), words: reading.words.clone(), terms })
    }
}

fn speaks_of(condition: &Condition, figure: Decimal) -> bool {
    match &condition.test {
        Test::AtMost(bound)
        | Test::Below(bound)
        | Test::AtLeast(bound)
        | Test::Above(bound)
        | Test::Is(bound) => *bound == figure || (condition.field == Field::Price && bound.abs() == figure),
        Test::OneOf(texts) | Test::Mentions(texts) => {
            let figure = figure.to_string();
            texts.iter().any(|text| text.split(|c: char| !c.is_alphanumeric()).any(|word| word == figure))
        }
    }
}

/// A question that was answered, and under which key its answer is kept.
#[derive(Debug, Clone)]
pub(super) struct Wording {
    pub(super) question: String,
    pub(super) key: String,
    words: String,
    terms: BTreeSet<String>,
}

/// What was asked by now, by its sense.
pub(super) struct Wordings(Mutex<LruCache<String, Vec<Wording>>>);

impl Default for Wordings {
    fn default() -> Self {
        Self(Mutex::new(LruCache::new(SENSES)))
    }
}

impl Wordings {
    pub(super) fn put(&self, sense: &Sense, question: &str, key: &str) {
        let wording = Wording {
            question: question.to_owned(),
            key: key.to_owned(),
            words: sense.words.clone(),
            terms: sense.terms.clone(),
        };
        let mut senses = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let wordings = senses.get_or_insert_mut(sense.key.clone(), Vec::new);
        wordings.retain(|known| known.key != wording.key);
        if wordings.len() >= WORDINGS {
            wordings.remove(0);
        }
        wordings.push(wording);
    }

    /// The wordings of the same sense, the newest first.
    fn of(&self, sense: &Sense) -> Vec<Wording> {
        let mut senses = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        senses.get(&sense.key).into_iter().flatten().rev().cloned().collect()
    }

    /// The newest question of the same sense with the same words, whatever their order and endings.
    pub(super) fn same(&self, sense: &Sense) -> Option<Wording> {
        self.of(sense).into_iter().find(|wording| wording.terms == sense.terms)
    }

    /// The question of the same sense whose words mean the most like `query`, if they mean the same.
    pub(super) fn similar(
        &self,
        sense: &Sense,
        subject: &Subject,
        query: &[f32],
        vector_of: impl Fn(&str) -> Option<Arc<[f32]>>,
    ) -> Option<Wording> {
        let near = self.of(sense).into_iter().filter_map(|wording| {
            let mut differing = wording.terms.symmetric_difference(&sense.terms);
            if differing.any(|term| subject.name_terms.contains(term)) {
                return None;
            }
            let cosine = cosine(query, &vector_of(&wording.words)?);
            (cosine >= SAME_MEANING).then_some((cosine, wording))
        });
        near.max_by(|(one, _), (other, _)| one.total_cmp(other)).map(|(_, wording)| wording)
    }

    /// Whether there is anything to compare with.
    pub(super) fn has(&self, sense: &Sense) -> bool {
        !sense.terms.is_empty() && self.of(sense).iter().any(|wording| !wording.terms.is_empty())
    }
}
