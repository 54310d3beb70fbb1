//! Turns a checked text into one whose every sentence is grounded: good sentences stay, bad ones are
//! replaced by a rewrite's, and what is still missing is said by the template.

use std::collections::BTreeSet;

use crate::check::{Checked, check};
use crate::facts::Facts;

/// What a repair works on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rules<'a> {
    pub(crate) facts: &'a Facts,
    pub(crate) checked_words: &'a [String],
    /// Template sentences in order, each grounded by construction.
    pub(crate) template: &'a [String],
    /// Keys of the facts that a whole text states.
    pub(crate) required: &'a [&'static str],
}

impl Rules<'_> {
    #[must_use]
    pub(crate) fn check(&self, text: &str) -> Checked {
        check(text, self.facts, self.checked_words)
    }

    /// Whether the text can be shown as it is: every sentence finished and grounded, nothing missing.
    #[must_use]
    pub(crate) fn good(&self, text: &str) -> bool {
        let checked = self.check(text);
        !checked.sentences.is_empty()
            && sentences(text, &checked).iter().all(|sentence| sentence.good)
            && self.missing(&stated(&checked)).is_empty()
    }

    /// `text` with its bad sentences replaced by those at the same place in `rewrite` where these are good.
    #[must_use]
    pub(crate) fn patch(&self, text: &str, rewrite: &str) -> String {
        let (old, new) = (self.check(text), self.check(rewrite));
        let new = sentences(rewrite, &new);
        let patched: Vec<&str> = sentences(text, &old)
            .iter()
            .enumerate()
            .map(|(i, sentence)| match new.get(i) {
                Some(rewritten) if !sentence.good && rewritten.good => rewritten.text,
                _ => sentence.text,
            })
            .collect();
        join(&without_repeats(&patched))
    }

    /// The good sentences of `text`, and template sentences for what they leave out.
    #[must_use]
    pub(crate) fn complete(&self, text: &str) -> String {
        let checked = self.check(text);
        let all = sentences(text, &checked);
        let kept: Vec<&str> =
            all.iter().filter(|sentence| sentence.good).map(|sentence| sentence.text).collect();
        let mut kept = without_repeats(&kept);
        let mut known = stated(&self.check(&join(&kept)));
        // Where template sentences go: the place of the first sentence that was dropped.
        let mut place = all.iter().position(|sentence| !sentence.good).unwrap_or(kept.len()).min(kept.len());
        for line in self.template {
            let says = stated(&self.check(line));
            if says.is_empty() || says.is_subset(&known) {
                continue;
            }
            // A sentence that only repeats optional facts is not worth its place.
            if all.iter().all(|sentence| sentence.good) && self.missing(&known).is_disjoint(&says) {
                continue;
            }
            kept.insert(place, line);
            place += 1;
            known.extend(says);
        }
        join(&kept)
    }

    fn missing(&self, stated: &BTreeSet<String>) -> BTreeSet<String> {
        self.required
            .iter()
            .filter_map(|key| self.facts.get(key))
            .map(crate::facts::Fact::shown)
            .filter(|shown| !stated.contains(shown))
            .collect()
    }
}

struct SentenceText<'t> {
    text: &'t str,
    good: bool,
}

/// A sentence is good that is grounded, finished, and no repetition.
fn sentences<'t>(text: &'t str, checked: &Checked) -> Vec<SentenceText<'t>> {
    let mut seen = BTreeSet::new();
    checked
        .sentences
        .iter()
        .map(|sentence| {
            let slice = &text[sentence.range.clone()];
            let is_finished = slice.ends_with(['.', '!', '?']);
            SentenceText { text: slice, good: sentence.grounded && is_finished && seen.insert(slice) }
        })
        .collect()
}

/// The facts that the good claims come from.
fn stated(checked: &Checked) -> BTreeSet<String> {
    checked.claims.iter().filter(|claim| claim.ok).filter_map(|claim| claim.fact.clone()).collect()
}

fn without_repeats<'t>(sentences: &[&'t str]) -> Vec<&'t str> {
    let mut kept: Vec<&str> = Vec::with_capacity(sentences.len());
    for sentence in sentences {
        if !kept.contains(sentence) {
            kept.push(sentence);
        }
    }
    kept
}

fn join(sentences: &[&str]) -> String {
    sentences.join(" ")
}
