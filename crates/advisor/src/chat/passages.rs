//! Passages of the person's documents that may answer a question, and what the documents say: the sentence
//! that answers, or that none surely does.
//!
//! A refusal loses nothing: it quotes the closest passage, as what it is. So the bound for an answer can be
//! as high as it must be to hold where a document is about the subject and only the answer is missing.

mod sentence;

use std::collections::{BTreeSet, HashMap};

use sextant_domain::Citation;
use sextant_retrieval::index::Allowed;

use self::sentence::Asked;
use super::documents::Documents;

/// How many passages are cited at most.
const CITED: usize = 4;
/// How many the words are asked for.
const CANDIDATES: usize = 12;
/// The share of the question's telling words that a passage needs to be close.
const COVERED: f64 = 0.5;
/// The same with the cosine added, where there are vectors. Of 100 questions about other reports that
/// passages of 300 financial reports don't answer, it refuses 28 where words refuse 15; of 80 on medical
/// abstracts it finds the right one for 43 where words find 38.
const COVERED_AND_MEANT: f64 = 1.0;
/// What the cosine counts beside a sentence's worth, which tells figures and names better.
const MEANING_WEIGHT: f64 = 0.5;
/// A passage that is worth this much less than the best one is left out.
const NEARLY_AS_GOOD: f64 = 0.75;
/// A sentence of less worth isn't an answer. No part of the worth may be missing whole; and meaning counts
/// nothing here: what is about the same isn't the same.
const SURE: f64 = 0.87;

/// What the documents have for a question.
#[derive(Debug, Clone, Default, PartialEq)]
pub(super) struct Evidence {
    /// The passages that speak of it, the best first, numbered from 1.
    pub(super) citations: Vec<Citation>,
    pub(super) quote: Option<Quote>,
}

/// A sentence of the first passage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Quote {
    /// In quotation marks, with its passage's mark: `“The notice period is a month.” [1]`.
    pub(super) text: String,
    /// The document's name.
    pub(super) source: String,
    /// Whether it answers; otherwise it is only the closest.
    pub(super) is_answer: bool,
}

/// A passage that speaks of what is asked.
#[derive(Debug, Clone, PartialEq)]
struct Close {
    position: u32,
    /// How surely its best sentence answers, and where that stands.
    sentence: sentence::Sentence,
    /// What it is ordered by.
    worth: f64,
}

impl Close {
    fn is_answer(&self) -> bool {
        self.sentence.worth >= SURE
    }
}

/// Looks up what answers. `query` is the question's vector, where there is one.
#[must_use]
pub(super) fn find(documents: &Documents, question: &str, query: Option<&[f32]>) -> Evidence {
    let Some(asked) = Asked::of(question) else { return Evidence::default() };
    let by_words = documents.index.search(question, None, CANDIDATES);
    let by_meaning =
        query.map_or_else(Vec::new, |query| documents.meaning.vectors().nearest(query, None, CANDIDATES));
    // In the order of the words' hits, which stays among equals.
    let mut seen = BTreeSet::new();
    let positions: Vec<u32> = by_words
        .iter()
        .chain(&by_meaning)
        .map(|hit| hit.position)
        .filter(|position| seen.insert(*position))
        .collect();
    let cosines: HashMap<u32, f32> = match query {
        Some(query) => {
            let among = Allowed::from_positions(documents.index.entries(), positions.iter().copied());
            let hits = documents.meaning.vectors().nearest(query, Some(&among), positions.len());
            hits.into_iter().map(|hit| (hit.position, hit.score)).collect()
        }
        None => HashMap::new(),
    };
    let mut close: Vec<Close> = positions
        .into_iter()
        .filter_map(|position| {
            let (_, passage) = documents.passages.get(position as usize)?;
            let cosine = cosines.get(&position).copied().map(f64::from);
            is_close(&asked, position, &passage.heading, &passage.text, cosine)
        })
        .collect();
    order(&mut close);
    let quote = close.first().map(|first| {
        let (document, passage) = &documents.passages[first.position as usize];
        let words: Vec<&str> = passage.text[first.sentence.range.clone()].split_whitespace().collect();
        Quote {
            text: format!("\u{201c}{}\u{201d} [1]", words.join(" ")),
            source: documents.names.get(document).cloned().unwrap_or_default(),
            is_answer: first.is_answer(),
        }
    });
    let best = close.first().map_or(0.0, |first| first.worth);
    let citations = (1..)
        .zip(close.into_iter().filter(|passage| passage.worth >= best * NEARLY_AS_GOOD).take(CITED))
        .map(|(marker, Close { position, .. })| {
            let (document, passage) = &documents.passages[position as usize];
            Citation {
                marker,
                document: document.clone(),
                source: documents.names.get(document).cloned().unwrap_or_default(),
                start: passage.start,
                end: passage.end,
                text: passage.text.clone(),
            }
        })
        .collect();
    Evidence { citations, quote }
}

/// The passage with its best sentence, if it speaks of enough of what is asked.
fn is_close(asked: &Asked, position: u32, heading: &str, text: &str, cosine: Option<f64>) -> Option<Close> {
    let share = asked.share_in(&format!("{heading} {text}"));
    let sentence = asked.best_sentence(heading, text)?;
    let speaks_of_it = match cosine {
        Some(cosine) => share + cosine >= COVERED_AND_MEANT,
        None => share >= COVERED,
    };
    let worth = sentence.worth + MEANING_WEIGHT * cosine.unwrap_or_default();
    (speaks_of_it || sentence.worth >= SURE).then_some(Close { position, sentence, worth })
}

/// The best first: answers before what is only close.
fn order(close: &mut [Close]) {
    close.sort_by(|a, b| b.is_answer().cmp(&a.is_answer()).then(b.worth.total_cmp(&a.worth)));
}

#[cfg(test)]
mod tests;
