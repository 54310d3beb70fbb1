//! How surely a sentence answers a question, by words alone.
//!
//! A sentence's worth is a sum of five parts, 0 to 1. The weights are near those of a logistic regression on
//! real annual reports; `models/nano/train/passages.py` reads them from here, fits them anew and measures
//! what they are good for. Whoever changes a weight or a word runs it: for other weights it is another bound.

use std::collections::BTreeSet;
use std::ops::Range;

use sextant_retrieval::document::sentences;

/// What the parts of a sentence's worth count. The share of the question's telling words in the sentence:
const IN_SENTENCE: f64 = 0.33;
/// with the sentences before and after it and the heading above them:
const AROUND: f64 = 0.24;
/// of its pairs of telling words that stand side by side in the sentence as well:
const IN_PAIRS: f64 = 0.15;
/// every number of the question is one of the sentence's:
const SAME_NUMBERS: f64 = 0.14;
/// the sentence says something that wasn't asked:
const SAYS_MORE: f64 = 0.14;

/// Of so many telling words beside the question's, or of a number, a sentence says more than was asked.
const MORE_WORDS: usize = 2;
/// What a sentence has that leaves the saying to what comes after it.
const ANNOUNCES: [&str; 2] = ["following table", "table below"];

/// Words that tell nothing of what is asked.
const STOP_WORDS: &[&str] = &[
    "a",
    "about",
    "am",
    "an",
    "and",
    "any",
    "are",
    "at",
    "be",
    "by",
    "can",
    "company",
    "d",
    "did",
    "do",
    "document",
    "documents",
    "does",
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
    "re",
    "respective",
    "respectively",
    "s",
    "say",
    "says",
    "should",
    "show",
    "t",
    "tell",
    "that",
    "the",
    "their",
    "there",
    "they",
    "this",
    "to",
    "ve",
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

/// A question as its words.
pub(super) struct Asked {
    words: BTreeSet<String>,
    pairs: BTreeSet<(String, String)>,
    numbers: BTreeSet<String>,
}

/// A sentence of a passage, as bytes of its text.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Sentence {
    pub(super) range: Range<usize>,
    pub(super) worth: f64,
}

impl Asked {
    /// `None` where no word tells what is asked.
    pub(super) fn of(question: &str) -> Option<Self> {
        let telling = telling_words(question);
        let pairs = pairs(&telling);
        let words: BTreeSet<String> = telling.into_iter().collect();
        (!words.is_empty()).then(|| Self { words, pairs, numbers: numbers(question) })
    }

    /// How much of what is asked a text speaks of, 0 to 1.
    pub(super) fn share_in(&self, text: &str) -> f64 {
        self.share(&telling_words(text).into_iter().collect())
    }

    /// The sentence that answers best; the first among equals.
    pub(super) fn best_sentence(&self, heading: &str, text: &str) -> Option<Sentence> {
        let ranges = sentences(text);
        let telling: Vec<Vec<String>> =
            ranges.iter().map(|range| telling_words(&text[range.clone()])).collect();
        let above = telling_words(heading);
        let mut best: Option<Sentence> = None;
        for (place, range) in ranges.into_iter().enumerate() {
            let around = telling[place.saturating_sub(1)..].iter().take(if place == 0 { 2 } else { 3 });
            let around: BTreeSet<String> = around.flatten().chain(&above).cloned().collect();
            let worth = self.worth(&text[range.clone()], &telling[place], &around);
            if best.as_ref().is_none_or(|best| worth > best.worth) {
                best = Some(Sentence { range, worth });
            }
        }
        best
    }

    fn worth(&self, sentence: &str, telling: &[String], around: &BTreeSet<String>) -> f64 {
        let words: BTreeSet<String> = telling.iter().cloned().collect();
        let numbers = numbers(sentence);
        let in_pairs = match self.pairs.len() {
            // A single word stands beside nothing: neither for nor against.
            0 => 0.5,
            all => ratio(self.pairs.intersection(&pairs(telling)).count(), all),
        };
        let part = |is_so: bool, weight: f64| if is_so { weight } else { 0.0 };
        IN_SENTENCE * self.share(&words)
            + AROUND * self.share(around)
            + IN_PAIRS * in_pairs
            + part(self.numbers.is_subset(&numbers), SAME_NUMBERS)
            + part(self.is_more(sentence, &words, &numbers), SAYS_MORE)
    }

    /// Whether a sentence says something that the question doesn't: a heading of the same words doesn't, nor
    /// does one that ends in a colon.
    fn is_more(&self, sentence: &str, words: &BTreeSet<String>, numbers: &BTreeSet<String>) -> bool {
        let lower = sentence.to_lowercase();
        let announces = lower.ends_with(':') || ANNOUNCES.iter().any(|words| lower.contains(words));
        let is_new = words.difference(&self.words).count() >= MORE_WORDS
            || numbers.difference(&self.numbers).next().is_some();
        is_new && !announces
    }

    fn share(&self, said: &BTreeSet<String>) -> f64 {
        ratio(self.words.intersection(said).count(), self.words.len())
    }
}

#[expect(clippy::cast_precision_loss, reason = "words of a question are few")]
fn ratio(part: usize, all: usize) -> f64 {
    part as f64 / all.max(1) as f64
}

fn pairs(telling: &[String]) -> BTreeSet<(String, String)> {
    telling.windows(2).map(|pair| (pair[0].clone(), pair[1].clone())).collect()
}

/// In the order in which they stand.
fn telling_words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .filter(|word| STOP_WORDS.binary_search(&word.to_lowercase().as_str()).is_err())
        .map(stem)
        .collect()
}

/// `1,200.50` as `1200.50`; a year is one too.
fn numbers(text: &str) -> BTreeSet<String> {
    text.split(|c: char| !c.is_ascii_digit() && c != ',' && c != '.')
        .map(|number| number.trim_matches([',', '.']).replace(',', ""))
        .filter(|number| !number.is_empty())
        .collect()
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
