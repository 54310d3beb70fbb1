//! Passages of the person's documents that may answer a question, and the sentence of them that does.

use std::collections::{BTreeSet, HashMap};

use sextant_domain::Citation;
use sextant_retrieval::document::sentences;
use sextant_retrieval::index::Allowed;

use super::documents::Documents;

/// How many passages are cited at most.
const CITED: usize = 4;
/// How many the words are asked for.
const CANDIDATES: usize = 12;
/// The share of the question's telling words that a passage needs before it counts as an answer.
const COVERED: f64 = 0.5;
/// The same with the cosine added, where there are vectors. Of 100 questions about other reports that passages
/// of 300 financial reports don't answer, it refuses 28 where words refuse 15; of 80 on medical abstracts it
/// finds the right one for 43 where words find 38.
const COVERED_AND_MEANT: f64 = 1.0;
/// What the cosine counts beside the share, which tells figures and names better.
const MEANING_WEIGHT: f64 = 0.5;
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

/// The passages that speak of what is asked, the best first, numbered as citations. `query` is the question's
/// vector, where there is one.
#[must_use]
pub(super) fn find(documents: &Documents, question: &str, query: Option<&[f32]>) -> Vec<Citation> {
    let wanted = telling_words(question);
    if wanted.is_empty() {
        return Vec::new();
    }
    let by_words = documents.index.search(question, None, CANDIDATES);
    let by_meaning =
        query.map_or_else(Vec::new, |query| documents.meaning.vectors().nearest(query, None, CANDIDATES));
    let positions: BTreeSet<u32> = by_words.iter().chain(&by_meaning).map(|hit| hit.position).collect();
    let cosines: HashMap<u32, f32> = match query {
        Some(query) => {
            let among = Allowed::from_positions(documents.index.entries(), positions.iter().copied());
            let hits = documents.meaning.vectors().nearest(query, Some(&among), positions.len());
            hits.into_iter().map(|hit| (hit.position, hit.score)).collect()
        }
        None => HashMap::new(),
    };
    // In the order of the words' hits, which stays among equals.
    let rank = |position: u32| by_words.iter().position(|hit| hit.position == position).unwrap_or(CANDIDATES);
    let mut found: Vec<(f64, usize, u32)> = positions
        .into_iter()
        .filter_map(|position| {
            let (_, passage) = documents.passages.get(position as usize)?;
            let share = share_of(&wanted, &format!("{} {}", passage.heading, passage.text));
            let cosine = cosines.get(&position).copied().map(f64::from);
            let (speaks_of_it, worth) = match cosine {
                Some(cosine) => (share + cosine >= COVERED_AND_MEANT, share + MEANING_WEIGHT * cosine),
                None => (share >= COVERED, share),
            };
            speaks_of_it.then_some((worth, rank(position), position))
        })
        .collect();
    found.sort_by(|(a, rank_a, _), (b, rank_b, _)| b.total_cmp(a).then(rank_a.cmp(rank_b)));
    let best = found.first().map_or(0.0, |(worth, ..)| *worth);
    (1..)
        .zip(found.into_iter().filter(|(worth, ..)| *worth >= best * NEARLY_AS_GOOD).take(CITED))
        .map(|(marker, (_, _, position))| {
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
