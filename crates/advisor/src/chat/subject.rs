//! What a chat is about: one list with all that makes it searchable, and the person's documents.
//!
//! Both are caches of the store. They are made when they are first asked for, and made anew when the
//! store has something else.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;

use sextant_domain::{Field, Item, ItemCatalog, ItemId, Passage, Reading, Test};
use sextant_retrieval::index::{Entry, IndexError, TextIndex, VectorIndex, terms};
use sextant_retrieval::question::Lexicon;
use sextant_store::{Store, StoreError};

use super::meaning::Meaning;
use super::{kinds, quick_replies};
use crate::pack::Pack;

/// Words that say how much or how many, and nothing of what.
const WEIGHING: &[&str] = &[
    "strong", "really", "truly", "indeed", "nice", "good", "great", "well", "fancy", "lovely", "ideas",
    "stuff", "things", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "some",
    "few", "couple",
];

/// A list that can be asked about.
pub struct Subject {
    /// As the store knows it.
    pub id: String,
    pub pack: Arc<Pack>,
    pub catalog: ItemCatalog,
    /// Questions that it can answer.
    pub suggestions: Vec<String>,
    pub(super) lexicon: Lexicon,
    pub(super) index: TextIndex,
    pub(super) meaning: Meaning,
    /// The terms of what records, their makers and their properties are called.
    pub(super) name_terms: BTreeSet<String>,
    by_id: HashMap<ItemId, u32>,
    /// Records by what they are called: `sofa` for `Corner sofa with cover`.
    called: HashMap<String, Vec<u32>>,
}

/// Why a list can't be asked about.
#[derive(Debug, thiserror::Error)]
pub enum SubjectError {
    #[error("this list is not there any more; choose another one")]
    Gone,
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Index(#[from] IndexError),
}

impl Subject {
    /// Learns the list's words and opens its index under `indexes`, or builds it there.
    pub(super) fn open(
        id: &str,
        pack: Arc<Pack>,
        catalog: ItemCatalog,
        indexes: &Path,
    ) -> Result<Self, SubjectError> {
        let lexicon = Lexicon::new(&pack.question_rules, &catalog);
        let texts: Vec<(String, String)> =
            catalog.items.iter().map(|item| (title(item), body(item))).collect();
        let entries = texts.iter().map(|(title, body)| Entry { title, body });
        let place = indexes.join(id);
        let (index, _) = TextIndex::open(&place, &fingerprint(id), entries)?;
        let index = index.with_synonyms(pack.question_rules.synonym_groups());
        let meaning = Meaning::open(place, fingerprint(id), index.entries())?;
        let by_id = (0..).zip(&catalog.items).map(|(place, item)| (item.id.clone(), place)).collect();
        Ok(Self {
            id: id.to_owned(),
            pack,
            suggestions: quick_replies::suggestions(&catalog),
            lexicon,
            index,
            meaning,
            by_id,
            called: kinds::by_kind(&catalog),
            name_terms: terms(catalog.items.iter().flat_map(names)),
            catalog,
        })
    }

    pub(super) fn item(&self, position: u32) -> Option<&Item> {
        self.catalog.items.get(position as usize)
    }

    pub(super) fn position(&self, id: &ItemId) -> Option<u32> {
        self.by_id.get(id).copied()
    }

    /// The records that are called by one of these words; empty where none of the words is what records are called.
    pub(super) fn called(&self, words: &str) -> HashSet<u32> {
        let records = |kind: &String| self.called.get(kind).filter(|records| records.len() >= kinds::FEWEST);
        let single = kinds::kinds(words);
        // `sofa bed` is a kind of its own beside `sofa` and `bed`.
        let pairs: Vec<String> = single.windows(2).map(|pair| pair.join("-")).collect();
        let of_pairs: HashSet<u32> = pairs.iter().filter_map(records).flatten().copied().collect();
        if of_pairs.is_empty() {
            single.iter().filter_map(records).flatten().copied().collect()
        } else {
            of_pairs
        }
    }

    /// A reading in the list's own terms: what a question calls a thing by goes before the category that the
    /// word is a part of, because there are armchairs outside `Sofas & armchairs`; and words that only weigh or
    /// count are no words to search by where others remain.
    pub(super) fn refined(&self, mut reading: Reading) -> Reading {
        let telling: Vec<&str> = reading
            .words
            .split_whitespace()
            .filter(|word| !WEIGHING.contains(&word.to_lowercase().as_str()))
            .collect();
        if !telling.is_empty() || !reading.conditions.is_empty() {
            reading.words = telling.join(" ");
        }
        if !self.called(&reading.words).is_empty() {
            let is_called =
                |kind: &String| self.called.get(kind).is_some_and(|records| records.len() >= kinds::FEWEST);
            let kinds: Vec<String> = kinds::kinds(&reading.words).into_iter().filter(is_called).collect();
            let names_a_kind =
                |category: &str| kinds::kinds(category).iter().any(|word| kinds.contains(word));
            reading.conditions.retain_mut(|condition| match (&condition.field, &mut condition.test) {
                (Field::Category, Test::OneOf(categories)) if !condition.negated => {
                    categories.retain(|category| !names_a_kind(category));
                    !categories.is_empty()
                }
                _ => true,
            });
        }
        reading
    }

    /// Takes vectors that were computed elsewhere, one of 384 numbers for each record that has one.
    pub fn set_vectors(&self, vectors: Arc<VectorIndex>) {
        self.meaning.set(vectors);
    }

    /// What stands for a record where meaning is compared.
    pub(super) fn text_for_vector(&self, position: u32) -> Option<String> {
        let item = self.item(position)?;
        Some(super::records::beginning(&format!("{}. {}", title(item), body(item)), 600))
    }
}

/// Changed when what is indexed of a record changes.
const FORM: u32 = 1;

fn fingerprint(id: &str) -> String {
    format!("{FORM} {id}")
}

/// The category is left out: a demand reads it exactly, and as text `Sofas & armchairs` would make every cushion
/// a sofa.
fn title(item: &Item) -> String {
    [&item.name, &item.brand].map(|part| part.trim()).join(" ")
}

/// What a record, its maker and its properties are called.
fn names(item: &Item) -> impl Iterator<Item = &str> {
    let values = item.attributes.iter().filter(|attribute| attribute.number.is_none());
    [item.name.as_str(), item.brand.as_str(), item.category.as_str()]
        .into_iter()
        .chain(values.map(|attribute| attribute.value.as_str()))
}

fn body(item: &Item) -> String {
    let mut text = item.description.clone();
    for attribute in &item.attributes {
        text.push('\n');
        text.push_str(&attribute.name);
        text.push(' ');
        text.push_str(&attribute.value);
    }
    text
}

/// The person's documents as one list of passages.
pub(super) struct Documents {
    /// Changes with every import and deletion.
    pub(super) version: String,
    /// A passage with its document's id.
    pub(super) passages: Vec<(String, Passage)>,
    /// Names by document id.
    pub(super) names: HashMap<String, String>,
    pub(super) index: TextIndex,
    pub(super) meaning: Meaning,
}

impl Documents {
    /// What `before` knows of passages that are still there is taken over.
    pub(super) fn open(
        store: &Store,
        version: String,
        indexes: &Path,
        before: Option<&Self>,
    ) -> Result<Self, SubjectError> {
        let passages = store.passages()?;
        let names = store.documents()?.into_iter().map(|row| (row.id, row.name)).collect();
        let entries =
            passages.iter().map(|(_, passage)| Entry { title: &passage.heading, body: &passage.text });
        let place = indexes.join("documents");
        let (index, _) = TextIndex::open(&place, &version, entries)?;
        let meaning = Meaning::open(place, version.clone(), index.entries())?;
        let documents = Self { version, passages, names, index, meaning };
        if let Some(before) = before {
            documents.take_over(before)?;
        }
        Ok(documents)
    }

    fn take_over(&self, before: &Self) -> Result<(), IndexError> {
        let known = before.meaning.vectors();
        let by_text: HashMap<String, u32> =
            (0..before.index.entries()).filter_map(|place| Some((before.text(place)?, place))).collect();
        let mut vectors = VectorIndex::clone(&self.meaning.vectors());
        let missing: Vec<u32> = vectors.missing().collect();
        for position in missing {
            let place = self.text(position).and_then(|text| by_text.get(&text).copied());
            if let Some(vector) = place.and_then(|place| known.vector(place)) {
                vectors.insert(position, vector)?;
            }
        }
        self.meaning.set(vectors);
        Ok(())
    }

    /// What stands for a passage where meaning is compared.
    pub(super) fn text(&self, position: u32) -> Option<String> {
        let (_, passage) = self.passages.get(position as usize)?;
        Some(format!("{}\n{}", passage.heading, passage.text))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.passages.is_empty()
    }
}
