//! What a chat works on: the packs with their samples, imported lists and documents, and what embeds.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use sextant_advisor::Pack;
use sextant_advisor::chat::{Chat, Shelf, ShelfParts, Subject, SubjectError, Wording, plan_items};
use sextant_advisor::import::{self, Imported, Source};
use sextant_domain::{HomeUsage, ItemCatalog};
use sextant_engine::{Embedder, EmbeddingFiles};
use sextant_store::Store;

use crate::app::{self, ModelChoice};
use crate::failure::Failure;
use crate::library;

/// The packs that ship.
pub(crate) const PACKS: [&str; 2] = ["retail", "energy"];

/// Opens what all turns share, with its indexes in the data folder. Nothing is loaded before it is needed.
pub(crate) fn open(store: Store) -> Result<Shelf, Failure> {
    open_with(store, app::data_dir()?.join("indexes"))
}

/// As [`open`], with the indexes in this folder.
pub(crate) fn open_with(store: Store, indexes: PathBuf) -> Result<Shelf, Failure> {
    let packs: Vec<Arc<Pack>> =
        PACKS.iter().map(|id| Ok(Arc::new(app::pack(id)?))).collect::<Result<_, Failure>>()?;
    let files = EmbeddingFiles::find(model_folders()?);
    let words_only = files
        .is_none()
        .then(|| "Search is by words only: the embedding model all-MiniLM-L6-v2 isn't installed.".to_owned());
    let program = app::worker_program()?;
    Ok(Shelf::new(ShelfParts {
        indexes,
        wording: Wording::load(&app::assets_dir()?.join("assets/prompts"))?,
        packs,
        embedder: files.map(|files| Embedder::new(program, files)),
        words_only,
        store,
    }))
}

/// The use-case with its engine.
pub(crate) fn chat(store: Store, choice: &ModelChoice) -> Result<Chat, Failure> {
    Ok(Chat { slots: app::slots(choice)?, shelf: Arc::new(open(store)?), now: SystemTime::now })
}

/// The pack's sample, made ready.
pub(crate) fn sample(shelf: &Shelf, pack: &str) -> Result<Arc<Subject>, Failure> {
    let id = put_sample(shelf, pack)?;
    Ok(shelf.subject(&id)?)
}

/// Keeps the pack's sample; its id.
pub(crate) fn put_sample(shelf: &Shelf, pack: &str) -> Result<String, Failure> {
    let pack = find_pack(shelf, pack)?;
    let mut catalog = if pack.ranks_tariffs() {
        plan_items(&library::sample_catalog(pack)?.value, &library::sample_home(pack)?)
    } else {
        read_items(pack, &pack.sample_catalog(), &BTreeMap::new(), None)?.value
    };
    catalog.name = format!("{} (sample)", pack.name);
    Ok(shelf.put(&pack.id, &catalog, SystemTime::now())?)
}

/// A list of the person's own, made ready. A list of plans is asked about with its cost for `home`.
pub(crate) fn own_list(
    shelf: &Shelf,
    pack: &str,
    path: &Path,
    mapping: &BTreeMap<String, String>,
    currency: Option<&str>,
    home: impl FnOnce(&Pack) -> Result<HomeUsage, Failure>,
) -> Result<(Arc<Subject>, Imported<()>), Failure> {
    let pack = find_pack(shelf, pack)?;
    let (catalog, about) = if pack.ranks_tariffs() {
        let bytes = import::read_file(path)?;
        let (plans, about) =
            apart(import::read_plans(&bytes, &Source::of_path(path), mapping, &pack.headers)?);
        (plan_items(&plans, &home(pack)?), about)
    } else {
        apart(read_items(pack, path, mapping, currency)?)
    };
    let id = shelf.put(&pack.id, &catalog, SystemTime::now())?;
    Ok((shelf.subject(&id)?, about))
}

fn find_pack<'s>(shelf: &'s Shelf, id: &str) -> Result<&'s Arc<Pack>, Failure> {
    shelf.pack(id).ok_or_else(|| app::unknown_pack(id))
}

fn read_items(
    pack: &Pack,
    path: &Path,
    mapping: &BTreeMap<String, String>,
    currency: Option<&str>,
) -> Result<Imported<ItemCatalog>, Failure> {
    let bytes = import::read_file(path)?;
    let currency = currency.unwrap_or(&pack.currency);
    Ok(import::read_items(&bytes, &Source::of_path(path), mapping, &pack.headers, currency)?)
}

/// A list, and what is to be said of its import.
fn apart<T>(imported: Imported<T>) -> (T, Imported<()>) {
    let Imported { value, recognised, notes, encoding, delimiter } = imported;
    (value, Imported { value: (), recognised, notes, encoding, delimiter })
}

/// Where models may lie that no catalogue lists.
fn model_folders() -> Result<Vec<PathBuf>, Failure> {
    let named = std::env::var_os("SEXTANT_MODELS").filter(|dir| !dir.is_empty()).map(PathBuf::from);
    Ok([Some(app::data_dir()?.join("models")), named].into_iter().flatten().collect())
}

impl From<SubjectError> for Failure {
    fn from(error: SubjectError) -> Self {
        match error {
            SubjectError::Gone => Self::call("unknown_list", error),
            SubjectError::Store(error) => error.into(),
            SubjectError::Index(error) => Self::work("index", error),
        }
    }
}
