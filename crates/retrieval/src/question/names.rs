//! The names of a list's records, found in a question whole or in part.
//!
//! A part counts where it tells the name: `Kayon` of `Ethiopia Kayon Mountain`, not `Blend` of `House
//! Blend`. Which words tell a name is the lexicon's to say; this file only knows where words stand.

use std::collections::HashMap;

use super::token;

/// Names are looked for by their first words only where they are longer than this.
const MAX_NAME_WORDS: usize = 12;

#[derive(Default)]
pub(super) struct Names {
    words: HashMap<String, u32>,
    /// By word: the names that have it, in rising order.
    postings: Vec<Vec<u32>>,
    /// By name: its words.
    spelled: Vec<Vec<u32>>,
    /// By name: the records that bear it.
    bearers: Vec<Vec<u32>>,
    by_spelling: HashMap<Vec<u32>, u32>,
}

/// A run of words that names have.
pub(super) struct Run {
    /// How many words.
    pub(super) length: usize,
    /// The names that are these words and no more.
    pub(super) whole: Option<u32>,
    /// All names that have these words one after the other.
    pub(super) names: Vec<u32>,
}

impl Names {
    pub(super) fn add(&mut self, name: &str, item: u32) {
        let mut spelled: Vec<u32> = Vec::new();
        for stem in token::stems(name).into_iter().take(MAX_NAME_WORDS) {
            let next = u32::try_from(self.words.len()).unwrap_or(u32::MAX);
            let word = *self.words.entry(stem).or_insert(next);
            if word == next {
                self.postings.push(Vec::new());
            }
            spelled.push(word);
        }
        if spelled.is_empty() {
            return;
        }
        if let Some(&name) = self.by_spelling.get(&spelled) {
            self.bearers[name as usize].push(item);
            return;
        }
        let name = u32::try_from(self.spelled.len()).unwrap_or(u32::MAX);
        for &word in &spelled {
            let names = &mut self.postings[word as usize];
            if names.last() != Some(&name) {
                names.push(name);
            }
        }
        self.by_spelling.insert(spelled.clone(), name);
        self.spelled.push(spelled);
        self.bearers.push(vec![item]);
    }

    pub(super) fn words(&self) -> impl Iterator<Item = &str> {
        self.words.keys().map(String::as_str)
    }

    pub(super) fn has_word(&self, stem: &str) -> bool {
        self.words.contains_key(stem)
    }

    /// The records that bear these names, in the list's order.
    pub(super) fn bearers(&self, names: &[u32]) -> Vec<usize> {
        let mut items: Vec<usize> =
            names.iter().flat_map(|&name| &self.bearers[name as usize]).map(|&item| item as usize).collect();
        items.sort_unstable();
        items.dedup();
        items
    }

    /// The longest run of `stems`, from the first on, that some name has.
    pub(super) fn longest_run<'a>(&self, stems: impl Iterator<Item = &'a str>) -> Option<Run> {
        let mut words: Vec<u32> = Vec::new();
        // Of one word, all names that have it: looked up, not copied, because that may be every name.
        let mut names: Option<Vec<u32>> = None;
        for stem in stems {
            let Some(&word) = self.words.get(stem) else { break };
            words.push(word);
            if words.len() == 1 {
                continue;
            }
            let of_word = &self.postings[word as usize];
            let before = names.as_deref().unwrap_or(&self.postings[words[0] as usize]);
            let fewer = if before.len() < of_word.len() { before } else { of_word };
            let having: Vec<u32> = fewer
                .iter()
                .copied()
                .filter(|&name| contains(&self.spelled[name as usize], &words))
                .collect();
            if having.is_empty() {
                words.pop();
                break;
            }
            names = Some(having);
        }
        let first = *words.first()?;
        let names = names.unwrap_or_else(|| self.postings[first as usize].clone());
        let whole = self.by_spelling.get(&words).copied();
        Some(Run { length: words.len(), whole, names })
    }
}

fn contains(name: &[u32], words: &[u32]) -> bool {
    name.windows(words.len()).any(|window| window == words)
}
