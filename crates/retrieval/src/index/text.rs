//! Search by words.
//!
//! Every entry that has a word of the question is scored, in one pass per word over the entries that have
//! it, and the best are picked from what is allowed. Scores therefore don't depend on what is allowed or how
//! many are wanted, and equal entries have equal scores. At 50,000 entries this takes as long as pruning by
//! block-max WAND (tantivy's `TopDocs`: 0.36 ms a question, this 0.35 ms), which adds a term's scores in an
//! order that differs between equal entries; at millions, pruning would be worth that.
//!
//! Words are never a query language: whatever the person writes is taken apart by the analyzer and looked up.

use std::io::{self, Read as _};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::analysis::{self, words_of};
use super::best::Best;
use super::postings::{self, NamedBytes, Postings};
use super::sealed::{self, SealedFile, Unusable};
use super::synonyms::SynonymGroups;
use super::vocabulary::Vocabulary;
use super::{Allowed, Hit, IndexError};

/// The file's name in its folder.
const FILE: &str = "words.index";

/// What a synonym counts for where the question's own word is in the list as well.
const SYNONYM_WEIGHT: f32 = 0.5;

/// What a term counts for that the question's word may have been meant to be.
const MEANT_WEIGHT: f32 = 0.6;

/// The rarest of a question's terms are searched.
const MOST_TERMS: usize = 64;

/// What is searched of a record or a passage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry<'a> {
    pub title: &'a str,
    pub body: &'a str,
}

/// How an index came to be.
#[derive(Debug)]
pub enum Opened {
    /// Read from its file.
    Kept,
    /// Built from the entries.
    Built {
        /// Why it couldn't be read.
        because: Unusable,
        /// What stood in the way of keeping it for the next time. Searching is not affected.
        unsaved: Option<IndexError>,
    },
}

/// A list that can be searched by words; immutable, so a changed list is another index.
pub struct TextIndex {
    postings: Postings,
    vocabulary: Vocabulary,
    synonyms: SynonymGroups,
}

/// The entries that cover a question best.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Covering {
    pub hits: Vec<Hit>,
    /// How many entries cover as much; the hits are the best of them.
    pub entries: u32,
    /// How many of the question's words each of them has.
    pub covered: u32,
    /// How many of the question's words any entry has.
    pub words: u32,
}

/// What the file was made from, and what it holds.
#[derive(Debug, Serialize, Deserialize)]
struct Mark {
    made_from: MadeFrom,
    /// In the order of their bytes.
    files: Vec<(String, u64)>,
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct MadeFrom {
    form: u32,
    tantivy: String,
    fingerprint: String,
}

impl TextIndex {
    /// The index that is kept in the folder, if it was made from a list with this fingerprint; otherwise one
    /// is built from the entries and kept. Entries are only gone through to build.
    ///
    /// The fingerprint is any text that changes whenever an entry does or the order of entries. Any number
    /// of threads and processes may open the same folder at once.
    pub fn open<'a>(
        folder: &Path,
        fingerprint: &str,
        entries: impl IntoIterator<Item = Entry<'a>>,
    ) -> Result<(Self, Opened), IndexError> {
        let path = folder.join(FILE);
        let made_from = MadeFrom {
            form: analysis::FORM,
            tantivy: tantivy::version_string().to_owned(),
            fingerprint: fingerprint.to_owned(),
        };
        let because = match read(&path, &made_from) {
            Ok(index) => return Ok((index, Opened::Kept)),
            Err(because) => because,
        };
        let (index, files) = build(entries)?;
        let sizes = files.iter().map(|(name, bytes)| (name.clone(), bytes.len() as u64)).collect();
        let written = sealed::write(&path, &Mark { made_from, files: sizes }, |output| {
            files.iter().try_for_each(|(_, bytes)| output.write_all(bytes))
        });
        let unsaved = written.err().map(|source| IndexError::NotWritten { path, source });
        Ok((index, Opened::Built { because, unsaved }))
    }

    /// For a list that is small or soon gone.
    pub fn in_memory<'a>(entries: impl IntoIterator<Item = Entry<'a>>) -> Result<Self, IndexError> {
        build(entries).map(|(index, _)| index)
    }

    fn of(postings: Postings) -> io::Result<Self> {
        let vocabulary = postings.vocabulary()?;
        Ok(Self { postings, vocabulary, synonyms: SynonymGroups::default() })
    }

    /// From now on, a word also finds what has another of its group.
    #[must_use]
    pub fn with_synonyms(mut self, synonyms: SynonymGroups) -> Self {
        self.synonyms = synonyms;
        self
    }

    /// How many entries the list has.
    pub fn entries(&self) -> u32 {
        self.postings.entries()
    }

    /// The entries that have any of the words, best first, and at equal scores in the list's order.
    ///
    /// Scores are BM25 (Robertson and Zaragoza, "The Probabilistic Relevance Framework", 2009) of title and
    /// body, summed over the words. A word that no entry has is taken for its synonyms, or else for what it
    /// begins or is one edit away from. `None` allows all entries.
    pub fn search(&self, words: &str, allowed: Option<&Allowed>, limit: usize) -> Vec<Hit> {
        match self.try_search(words, allowed, limit) {
            Ok(hits) => hits,
            Err(error) => {
                // All of it is in memory and had the right checksum.
                tracing::error!(%error, "the search index can't be read; delete its folder");
                Vec::new()
            }
        }
    }

    /// The allowed entries that have the most of the words, best first: a word counts once, be it there itself
    /// or by its synonym. What no entry at all has doesn't count.
    pub fn search_covering(&self, words: &str, allowed: Option<&Allowed>, limit: usize) -> Covering {
        match self.try_covering(words, allowed, limit) {
            Ok(covering) => covering,
            Err(error) => {
                tracing::error!(%error, "the search index can't be read; delete its folder");
                Covering::default()
            }
        }
    }

    fn try_covering(&self, words: &str, allowed: Option<&Allowed>, limit: usize) -> io::Result<Covering> {
        let groups = self.groups(words)?;
        let mut covered = vec![0_u32; self.entries() as usize];
        let mut scores = vec![0.0; self.entries() as usize];
        for group in &groups {
            scores.fill(0.0);
            for term in group {
                self.postings.add_scores(term, 1.0, &mut scores)?;
            }
            let with_it = covered.iter_mut().zip(&scores).filter(|(_, score)| **score > 0.0);
            with_it.for_each(|(covered, _)| *covered += 1);
        }
        let is_allowed = |position: u32| allowed.is_none_or(|allowed| allowed.contains(position));
        let most = (0..).zip(&covered).filter(|(position, _)| is_allowed(*position)).map(|(_, count)| *count);
        let most = most.max().unwrap_or(0);
        if most == 0 {
            return Ok(Covering {
                words: u32::try_from(groups.len()).unwrap_or(u32::MAX),
                ..Covering::default()
            });
        }
        let with_most =
            (0..).zip(&covered).filter(|(position, count)| **count == most && is_allowed(*position));
        let with_most = Allowed::from_positions(self.entries(), with_most.map(|(position, _)| position));
        Ok(Covering {
            hits: self.try_search(words, Some(&with_most), limit)?,
            entries: with_most.count(),
            covered: most,
            words: u32::try_from(groups.len()).unwrap_or(u32::MAX),
        })
    }

    /// For each word of a question that some entry has, what an entry may have instead.
    fn groups(&self, question: &str) -> io::Result<Vec<Vec<String>>> {
        let words = words_of(question);
        let mut groups: Vec<Vec<String>> = vec![Vec::new(); words.len()];
        for (group, word) in groups.iter_mut().zip(&words) {
            if word.counts && self.postings.frequency(&word.term)? > 0 {
                group.push(word.term.clone());
            }
        }
        for synonym in self.synonyms.of(&words) {
            if synonym.share >= 1.0 && self.postings.frequency(&synonym.term)? > 0 {
                for group in &mut groups[synonym.of.clone()] {
                    group.push(synonym.term.clone());
                }
            }
        }
        for (group, word) in groups.iter_mut().zip(&words) {
            if group.is_empty() && word.counts {
                group.extend(self.vocabulary.meant_by(word));
            }
        }
        groups.retain(|group| !group.is_empty());
        groups.dedup();
        Ok(groups)
    }

    fn try_search(&self, words: &str, allowed: Option<&Allowed>, limit: usize) -> io::Result<Vec<Hit>> {
        let terms = self.terms(words)?;
        if terms.is_empty() {
            return Ok(Vec::new());
        }
        let mut scores = vec![0.0; self.entries() as usize];
        for (term, weight) in &terms {
            self.postings.add_scores(term, *weight, &mut scores)?;
        }
        let mut best = Best::of(limit);
        let mut consider = |position: u32, score: f32| {
            if score > 0.0 {
                best.push(Hit { position, score });
            }
        };
        match allowed {
            None => scores.iter().zip(0..).for_each(|(&score, position)| consider(position, score)),
            Some(allowed) => {
                for position in allowed.positions() {
                    consider(position, scores.get(position as usize).copied().unwrap_or(0.0));
                }
            }
        }
        Ok(best.into_hits())
    }

    /// What is looked up for a question, with weights, each term once and all of them in the list.
    fn terms(&self, question: &str) -> io::Result<Vec<(String, f32)>> {
        let words = words_of(question);
        let mut terms = Terms::default();
        let mut known = vec![false; words.len()];
        for (known, word) in known.iter_mut().zip(&words) {
            *known = self.postings.frequency(&word.term)? > 0;
            if *known && word.counts {
                terms.add(&word.term, 1.0);
            }
        }
        let mut understood = known.clone();
        for synonym in self.synonyms.of(&words) {
            if self.postings.frequency(&synonym.term)? > 0 {
                let weight = if known[synonym.of.clone()].contains(&true) { SYNONYM_WEIGHT } else { 1.0 };
                terms.at_least(&synonym.term, weight * synonym.share);
                understood[synonym.of].fill(true);
            }
        }
        for (word, _) in words.iter().zip(understood).filter(|(word, understood)| word.counts && !understood)
        {
            for term in self.vocabulary.meant_by(word) {
                terms.at_least(&term, MEANT_WEIGHT);
            }
        }
        self.rarest(terms.0)
    }

    fn rarest(&self, mut terms: Vec<(String, f32)>) -> io::Result<Vec<(String, f32)>> {
        if terms.len() > MOST_TERMS {
            let mut rated = Vec::with_capacity(terms.len());
            for term in terms {
                rated.push((self.postings.frequency(&term.0)?, term));
            }
            rated.sort_by_key(|(frequency, _)| *frequency);
            terms = rated.into_iter().map(|(_, term)| term).take(MOST_TERMS).collect();
        }
        Ok(terms)
    }
}

/// In the order in which they came.
#[derive(Default)]
struct Terms(Vec<(String, f32)>);

impl Terms {
    /// A word that stands twice counts twice.
    fn add(&mut self, term: &str, weight: f32) {
        match self.find(term) {
            Some(known) => *known += weight,
            None => self.0.push((term.to_owned(), weight)),
        }
    }

    fn at_least(&mut self, term: &str, weight: f32) {
        match self.find(term) {
            Some(known) => *known = known.max(weight),
            None => self.0.push((term.to_owned(), weight)),
        }
    }

    fn find(&mut self, term: &str) -> Option<&mut f32> {
        self.0.iter_mut().find(|(known, _)| known == term).map(|(_, weight)| weight)
    }
}

fn build<'a>(
    entries: impl IntoIterator<Item = Entry<'a>>,
) -> Result<(TextIndex, Vec<NamedBytes>), IndexError> {
    let not_built = |source| IndexError::NotBuilt { source };
    let (postings, files) = postings::build(entries.into_iter()).map_err(not_built)?;
    let index = TextIndex::of(postings).map_err(|source| not_built(source.into()))?;
    Ok((index, files))
}

fn read(path: &Path, wanted: &MadeFrom) -> Result<TextIndex, Unusable> {
    let (mark, mut file) = SealedFile::open::<Mark>(path)?;
    if mark.made_from != *wanted {
        return Err(Unusable::Outdated);
    }
    // A damaged size must not reserve memory for what isn't there.
    let sizes = mark.files.iter().try_fold(0_u64, |sum, (_, bytes)| sum.checked_add(*bytes));
    if sizes != Some(file.content_left()) {
        return Err(Unusable::Damaged);
    }
    let mut files = Vec::with_capacity(mark.files.len());
    for (name, bytes) in mark.files {
        let mut content = Vec::new();
        (&mut file).take(bytes).read_to_end(&mut content)?;
        files.push((name, content));
    }
    file.finish()?;
    let postings = postings::read(&files).map_err(|_| Unusable::Damaged)?;
    TextIndex::of(postings).map_err(|_| Unusable::Damaged)
}

#[cfg(test)]
mod quality;
#[cfg(test)]
mod tests;
