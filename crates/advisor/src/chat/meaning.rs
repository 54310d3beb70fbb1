//! The vectors of a list's records or of the documents' passages: computed in the background, kept on disk.
//!
//! Search is by words alone until the first ones are there.

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use sextant_engine::{Embedder, Priority};
use sextant_retrieval::index::{IndexError, VectorIndex};

use super::blocking;

/// Texts that are embedded at a time: a question waits for one of them at most.
const BATCH: usize = 8;
/// Batches after which what was computed is stored.
const SAVE_EVERY: usize = 64;

pub(super) struct Meaning {
    vectors: RwLock<Arc<VectorIndex>>,
    /// The folder that they are kept in, and what they are the vectors of.
    place: PathBuf,
    fingerprint: String,
    is_learning: AtomicBool,
}

impl Meaning {
    /// With the vectors that are kept in the folder, if they are those of `fingerprint`.
    pub(super) fn open(place: PathBuf, fingerprint: String, entries: u32) -> Result<Self, IndexError> {
        let vectors =
            VectorIndex::load(&place, &fingerprint, Embedder::MODEL_ID, Embedder::DIMENSION, entries)
                .or_else(|_| VectorIndex::empty(Embedder::DIMENSION, entries))?;
        let vectors = RwLock::new(Arc::new(vectors));
        Ok(Self { vectors, place, fingerprint, is_learning: AtomicBool::new(false) })
    }

    pub(super) fn vectors(&self) -> Arc<VectorIndex> {
        Arc::clone(&self.vectors.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn set(&self, vectors: impl Into<Arc<VectorIndex>>) {
        *self.vectors.write().unwrap_or_else(PoisonError::into_inner) = vectors.into();
    }

    /// Computes the vectors that are missing, at the lowest priority; `text` says what stands at a position,
    /// and ends the work where it has none. A second call while the first one works does nothing. Dropping the
    /// future stops it; what was stored by then is there the next time.
    pub(super) async fn learn(&self, embedder: &Embedder, text: impl Fn(u32) -> Option<String>) {
        if self.is_learning.swap(true, Ordering::AcqRel) {
            return;
        }
        let _learning = Learning(&self.is_learning);
        let mut vectors = VectorIndex::clone(&self.vectors());
        let missing: Vec<u32> = vectors.missing().collect();
        for (number, batch) in (1..).zip(missing.chunks(BATCH)) {
            let texts: Option<Vec<String>> = batch.iter().map(|position| text(*position)).collect();
            let Some(texts) = texts else { return };
            let Ok(embedded) = embedder.embed(texts, Priority::Background).await else { return };
            for (position, vector) in batch.iter().zip(&embedded.vectors) {
                // A vector of another length would be a fault of the worker; its entry is found by words.
                let _ = vectors.insert(*position, vector);
            }
            if number % SAVE_EVERY == 0 || number * BATCH >= missing.len() {
                self.set(vectors.clone());
                let (place, fingerprint) = (self.place.clone(), self.fingerprint.clone());
                let kept = self.vectors();
                // What can't be kept is computed again.
                let _ = blocking(move || kept.save(&place, &fingerprint, Embedder::MODEL_ID)).await;
            }
        }
    }
}

/// Ends with whoever learns, also when that is dropped.
struct Learning<'a>(&'a AtomicBool);

impl Drop for Learning<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::Release);
    }
}
