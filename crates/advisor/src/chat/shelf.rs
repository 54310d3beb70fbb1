//! What all turns share: the store, lists made ready to be asked about, documents, and what is remembered.
//!
//! It outlives a change of models. Everything here is a cache of the store.

use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use lru::LruCache;
use sextant_domain::{CacheTier, ItemCatalog, Reading, RunId, StageError};
use sextant_engine::{Embedder, Priority};
use sextant_retrieval::question::{Lexicon, QuestionRules};
use sextant_store::{CacheEvent, Store};
use sha2::{Digest as _, Sha256};

use super::documents::Documents;
use super::find::Found;
use super::kept::Kept;
use super::meaning::Meaning;
use super::passages::{self, Evidence};
use super::same::{Sense, Wording as Asked, Wordings};
use super::subject::{Subject, SubjectError};
use super::{Turn, blocking, caches, failure, find, wording::Wording};
use crate::kept_answer;
use crate::pack::Pack;

/// Lists that are kept ready; the next one takes the place of the one that was asked least recently.
const SUBJECTS: NonZeroUsize = NonZeroUsize::new(4).expect("it isn't zero");
/// Look-ups that are remembered; each is a few numbers.
const LOOKUPS: NonZeroUsize = NonZeroUsize::new(4096).expect("it isn't zero");
/// Questions whose passages are remembered; each is a few thousand characters.
const EVIDENCE: NonZeroUsize = NonZeroUsize::new(512).expect("it isn't zero");
/// Vectors that are remembered; each is 1.5 kB. The store remembers more of them.
const VECTORS: NonZeroUsize = NonZeroUsize::new(1024).expect("it isn't zero");

/// How long a search waits for the question's vector; a long question takes 40 ms.
const PATIENCE: Duration = Duration::from_millis(100);

/// What a shelf is made of.
pub struct ShelfParts {
    pub store: Store,
    /// Where indexes are kept; everything in it can be deleted.
    pub indexes: PathBuf,
    pub wording: Wording,
    pub packs: Vec<Arc<Pack>>,
    pub embedder: Option<Embedder>,
    /// Why there is no embedder.
    pub words_only: Option<String>,
}

pub struct Shelf {
    pub store: Store,
    /// Why search is by words only.
    pub words_only: Option<String>,
    pub(super) wording: Wording,
    /// Reads questions where no list is asked about.
    pub(super) no_list: Lexicon,
    packs: Vec<Arc<Pack>>,
    indexes: PathBuf,
    embedder: Option<Embedder>,
    subjects: Mutex<LruCache<String, Arc<Subject>>>,
    documents: Mutex<Option<Arc<Documents>>>,
    pub(super) wordings: Wordings,
    lookups: Kept<String, Found>,
    evidence: Kept<(String, String), Evidence>,
    vectors: Kept<[u8; 32], Arc<[f32]>>,
}

impl Shelf {
    #[must_use]
    pub fn new(parts: ShelfParts) -> Self {
        let ShelfParts { store, indexes, wording, packs, embedder, words_only } = parts;
        let nothing = ItemCatalog {
            name: String::new(),
            hash: String::new(),
            currency: String::new(),
            price_unit: String::new(),
            items: Vec::new(),
        };
        Self {
            no_list: Lexicon::new(&QuestionRules::default(), &nothing),
            store,
            words_only,
            wording,
            packs,
            indexes,
            embedder,
            subjects: Mutex::new(LruCache::new(SUBJECTS)),
            documents: Mutex::default(),
            wordings: Wordings::default(),
            lookups: Kept::new(LOOKUPS, caches::LOOKUPS),
            evidence: Kept::new(EVIDENCE, caches::EVIDENCE),
            vectors: Kept::new(VECTORS, caches::EMBEDDINGS),
        }
    }

    /// The pack called `id`.
    #[must_use]
    pub fn pack(&self, id: &str) -> Option<&Arc<Pack>> {
        self.packs.iter().find(|pack| pack.id == id)
    }

    #[must_use]
    pub fn packs(&self) -> &[Arc<Pack>] {
        &self.packs
    }

    /// Keeps a list, unless it is kept already; its id. Blocks for as long as the disk takes.
    pub fn put(&self, pack: &str, catalog: &ItemCatalog, now: SystemTime) -> Result<String, SubjectError> {
        if self.store.item_catalogs()?.iter().any(|row| row.id == catalog.hash && row.pack == pack) {
            return Ok(catalog.hash.clone());
        }
        self.subjects().pop(&catalog.hash);
        Ok(self.store.put_items(pack, catalog, now)?)
    }

    /// Forgets a list with its index.
    pub fn delete(&self, id: &str) -> Result<(), SubjectError> {
        self.store.delete_items(id)?;
        self.subjects().pop(id);
        // An index that stays is found to be of nothing, and is made anew with its list.
        let _ = std::fs::remove_dir_all(self.indexes.join(id));
        Ok(())
    }

    /// A list made ready. The first call for one reads all of it and opens or builds its index.
    pub fn subject(&self, id: &str) -> Result<Arc<Subject>, SubjectError> {
        if let Some(subject) = self.subjects().get(id) {
            return Ok(Arc::clone(subject));
        }
        let row =
            self.store.item_catalogs()?.into_iter().find(|row| row.id == id).ok_or(SubjectError::Gone)?;
        let pack = Arc::clone(self.pack(&row.pack).ok_or(SubjectError::Gone)?);
        let catalog = self.store.item_catalog(id)?.ok_or(SubjectError::Gone)?;
        let subject = Arc::new(Subject::open(id, pack, catalog, &self.indexes)?);
        self.subjects().put(id.to_owned(), Arc::clone(&subject));
        Ok(subject)
    }

    fn subjects(&self) -> MutexGuard<'_, LruCache<String, Arc<Subject>>> {
        self.subjects.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The person's documents as they are now; `None` where there are none.
    pub(super) fn documents(&self) -> Result<Option<Arc<Documents>>, SubjectError> {
        let version = self.store.documents_version()?;
        let mut known = self.documents.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(documents) = known.as_ref().filter(|documents| documents.version == version) {
            return Ok(Some(Arc::clone(documents)).filter(|documents| !documents.is_empty()));
        }
        let documents = Arc::new(Documents::open(&self.store, version, &self.indexes, known.as_deref())?);
        *known = Some(Arc::clone(&documents));
        Ok(Some(documents).filter(|documents| !documents.is_empty()))
    }

    /// The records for a reading, remembered or looked up.
    pub(super) async fn find(
        &self,
        run: RunId,
        subject: &Arc<Subject>,
        reading: &Reading,
        use_cache: bool,
        now: SystemTime,
    ) -> Result<Found, StageError> {
        let key = format!("{} {}", subject.id, serde_json::to_string(reading).unwrap_or_default());
        if use_cache {
            let kept = self.lookups.get(&key, now);
            self.record(run, CacheTier::Lookup, kept.as_ref().map(|(_, age)| *age), now);
            if let Some((found, _)) = kept {
                return Ok(found);
            }
        }
        let looking = {
            let (subject, store, reading) = (Arc::clone(subject), self.store.clone(), reading.clone());
            blocking(move || find::look(&subject, &store, &reading))
        };
        let (looked, query) =
            tokio::join!(looking, self.query_vector(run, &subject.meaning, &reading.words, now));
        let looked = looked?.map_err(|error| failure("database", &error))?;
        let found = find::find(subject, reading, looked, query.as_deref());
        if use_cache && self.lookups.put(key, found.clone(), now) {
            self.store.record_cache_event(Some(run), CacheTier::Lookup, CacheEvent::Evicted, now);
        }
        Ok(found)
    }

    /// What the documents have for a question, remembered or looked up.
    pub(super) async fn passages(
        &self,
        run: RunId,
        documents: Arc<Documents>,
        question: &str,
        use_cache: bool,
        now: SystemTime,
    ) -> Result<Evidence, StageError> {
        let key = (documents.version.clone(), question.to_lowercase());
        if use_cache {
            let kept = self.evidence.get(&key, now);
            self.record(run, CacheTier::Evidence, kept.as_ref().map(|(_, age)| *age), now);
            if let Some((evidence, _)) = kept {
                return Ok(evidence);
            }
        }
        let query = self.query_vector(run, &documents.meaning, question, now).await;
        let asked = question.to_owned();
        let evidence = blocking(move || passages::find(&documents, &asked, query.as_deref())).await?;
        if use_cache && self.evidence.put(key, evidence.clone(), now) {
            self.store.record_cache_event(Some(run), CacheTier::Evidence, CacheEvent::Evicted, now);
        }
        Ok(evidence)
    }

    /// The vector of a question's words, where there are vectors to compare it with. Without one, search is by
    /// words, so a failure is no error here; the notes say so.
    async fn query_vector(
        &self,
        run: RunId,
        meaning: &Meaning,
        words: &str,
        now: SystemTime,
    ) -> Option<Arc<[f32]>> {
        if words.trim().is_empty() || meaning.vectors().count() == 0 {
            return None;
        }
        self.vector(run, words, now).await
    }

    /// The question among those of the same sense whose words mean the same.
    pub(super) async fn similar(&self, turn: &Turn, sense: &Sense) -> Option<Asked> {
        let subject = turn.input.subject.as_ref()?;
        if !self.wordings.has(sense) {
            return None;
        }
        let now = (turn.chat.now)();
        let query = self.vector(turn.id, &sense.words, now).await?;
        let kept = |words: &str| self.vectors.get(&key_of(words), now).map(|(vector, _)| vector);
        self.wordings.similar(sense, subject, &query, kept)
    }

    /// The vector of some words, kept or computed.
    async fn vector(&self, run: RunId, words: &str, now: SystemTime) -> Option<Arc<[f32]>> {
        let embedder = self.embedder.as_ref()?;
        let key = key_of(words);
        let kept = self.vectors.get(&key, now);
        let kept = kept.or_else(|| {
            let stored = self.store.vectors(Embedder::MODEL_ID, &[key], caches::EMBEDDINGS, now).ok()?;
            let vector: Arc<[f32]> = stored.into_iter().next()??.into();
            Some((vector, Duration::ZERO))
        });
        self.record(run, CacheTier::Embedding, kept.as_ref().map(|(_, age)| *age), now);
        if let Some((vector, _)) = kept {
            return Some(vector);
        }
        // While the model is still loading, the question is answered by words.
        let embedding = embedder.embed(vec![words.to_owned()], Priority::Interactive);
        let embedded = tokio::time::timeout(PATIENCE, embedding).await.ok()?.ok()?;
        let vector = embedded.vectors.into_iter().next()?;
        self.store.put_vectors(Embedder::MODEL_ID, &[(key, vector.clone())], now);
        let vector: Arc<[f32]> = vector.into();
        if self.vectors.put(key, Arc::clone(&vector), now) {
            self.store.record_cache_event(Some(run), CacheTier::Embedding, CacheEvent::Evicted, now);
        }
        Some(vector)
    }

    /// Loads what embeds questions, so that the first one need not wait for it. Returns at once.
    pub fn prewarm(&self) {
        if let Some(embedder) = &self.embedder {
            embedder.prewarm();
        }
    }

    /// Gives every record of a list its vector, in the background. Dropping the future stops it.
    pub async fn learn(&self, subject: &Subject) {
        if let Some(embedder) = &self.embedder {
            subject.meaning.learn(embedder, |position| subject.text_for_vector(position)).await;
        }
    }

    /// Gives every passage of the documents its vector, in the background, until there are other documents.
    pub async fn learn_documents(self: &Arc<Self>) {
        let Some(embedder) = &self.embedder else { return };
        let shelf = Arc::clone(self);
        // What can't be read now is told to whoever asks the documents.
        let Ok(Ok(Some(documents))) = blocking(move || shelf.documents()).await else { return };
        let text = |position| {
            let version = self.store.documents_version().ok()?;
            documents.text(position).filter(|_| version == documents.version)
        };
        documents.meaning.learn(embedder, text).await;
    }

    /// What the person should know of every answer.
    pub(super) fn notes(&self) -> Vec<String> {
        self.words_only.iter().cloned().collect()
    }

    fn record(&self, run: RunId, tier: CacheTier, age: Option<Duration>, now: SystemTime) {
        kept_answer::record(&self.store, run, tier, age, now);
    }
}

/// Under which a text's vector is kept.
fn key_of(words: &str) -> [u8; 32] {
    Sha256::digest(words.as_bytes()).into()
}
