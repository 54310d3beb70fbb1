//! Passages of the person's documents that may answer a question, and the sentence of them that does.

use std::collections::BTreeSet;

use sextant_domain::Citation;
use sextant_retrieval::document::sentences;

use super::subject::Documents;

/// How many passages are cited at most.
const CITED: usize = 4;
/// How many the words are asked for.
const CANDIDATES: usize = 12;
/// The share of the question's telling words that a passage needs before it counts as an answer.
const COVERED: f64 = 0.5;
/// A passage that covers this much less than the best one is left out.
const NEARLY_AS_GOOD: f64 = 0.75;

/// Words that tell nothing of what is asked.
const STOP_WORDS: &[&str] = &[
    "a",
    "about",
    "an",
    "and",
    "any",
    "are",
    "at",
    "be",
    "by",
    "can",
    "did",
    "do",
    "does",
    "document",
    "documents",
    "file",
    "find",
    "for",
    "from",
    "give",
    "has",
    "have",
    "how",
    "i",
    "if",
    "in",
    "is",
    "it",
    "its",
    "long",
    "many",
    "me",
    "much",
    "my",
    "of",
    "on",
    "or",
    "passage",
    "please",
    "say",
    "says",
    "should",
    "show",
    "tell",
    "that",
    "the",
    "their",
    "there",
    "they",
    "this",
    "to",
    "was",
    "were",
    "what",
    "when",
    "where",
    "which",
    "who",
    "why",
    "will",
    "with",
    "would",
    "you",
    "your",
];

/// The passages that speak of what is asked, the best first, numbered as citations.
#[must_use]
pub(super) fn find(documents: &Documents, question: &str) -> Vec<Citation> {
    let wanted = telling_words(question);
    if wanted.is_empty() {
        return Vec::new();
    }
    let hits = documents.index.search(question, None, CANDIDATES);
    let mut covered: Vec<(f64, usize)> = hits
        .iter()
        .filter_map(|hit| {
            let (_, passage) = documents.passages.get(hit.position as usize)?;
            let share = share_of(&wanted, &format!("{} {}", passage.heading, passage.text));
            (share >= COVERED).then_some((share, hit.position as usize))
        })
        .collect();
    // Stable: among equals the index's order stays.
    covered.sort_by(|(a, _), (b, _)| b.total_cmp(a));
    let best = covered.first().map_or(0.0, |(share, _)| *share);
    (1..)
        .zip(covered.into_iter().filter(|(share, _)| *share >= best * NEARLY_AS_GOOD).take(CITED))
        .map(|(marker, (_, place))| {
            let (document, passage) = &documents.passages[place];
            Citation {
                marker,
                document: document.clone(),
                source: documents.names.get(document).cloned().unwrap_or_default(),
                start: passage.start,
                end: passage.end,
                text: passage.text.clone(),
            }
        })
        .collect()
}

/// The answer in the documents' own words: of the best passage, the sentence that covers most of the question,
/// and the one after it where the answer goes on there.
#[must_use]
pub(super) fn quote(question: &str, citations: &[Citation]) -> Option<String> {
    let wanted = telling_words(question);
    let citation = citations.first()?;
    let ranges = sentences(&citation.text);
    let best = ranges
        .iter()
        .enumerate()
        .map(|(place, range)| (share_of(&wanted, &citation.text[range.clone()]), place))
        .max_by(|(a, place_a), (b, place_b)| a.total_cmp(b).then(place_b.cmp(place_a)))?;
    let sentence = citation.text[ranges[best.1].clone()].split_whitespace().collect::<Vec<_>>().join(" ");
    Some(format!("{} says: \u{201c}{sentence}\u{201d} [{}]", citation.source, citation.marker))
}

/// How much of what is asked a text speaks of, 0 to 1.
fn share_of(wanted: &BTreeSet<String>, text: &str) -> f64 {
    let said: BTreeSet<String> = words(text).collect();
    let found = wanted.iter().filter(|word| said.contains(*word)).count();
    #[expect(clippy::cast_precision_loss, reason = "words of a question are few")]
    let share = found as f64 / wanted.len().max(1) as f64;
    share
}

fn telling_words(question: &str) -> BTreeSet<String> {
    let stop: BTreeSet<String> = STOP_WORDS.iter().map(|word| stem(word)).collect();
    words(question).filter(|word| !stop.contains(word)).collect()
}

fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(stem)
}

/// Lower-case, and without the endings that a question and its answer differ by.
fn stem(word: &str) -> String {
    let lower = word.to_lowercase();
    for ending in ["ing", "ies", "ed", "es", "s"] {
        if let Some(rest) = lower.strip_suffix(ending)
            && rest.chars().count() >= 3
        {
            return rest.trim_end_matches('e').to_owned();
        }
    }
    lower.trim_end_matches('e').to_owned()
}
