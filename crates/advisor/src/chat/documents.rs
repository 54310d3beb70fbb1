//! The person's documents as one list of passages that is searched. A cache of the store: made when it is first
//! asked for, and made anew with what is known of passages that stayed when documents come or go.

use std::collections::HashMap;
use std::path::Path;

use sextant_domain::Passage;
use sextant_retrieval::index::{Entry, IndexError, TextIndex, VectorIndex};
use sextant_store::Store;

use super::meaning::Meaning;
use super::subject::SubjectError;

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
