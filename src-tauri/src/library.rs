//! The homes and plan lists that can be picked: the pack's sample and what was imported.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use sextant_advisor::import::{self, Imported, Source};
use sextant_advisor::{Pack, usage};
use sextant_domain::{Catalog, HomeUsage};
use sextant_protocol::{CatalogView, ColumnRole, HomeView, ImportNote, UsageImport};
use sextant_store::Store;

use crate::failure::Failure;

/// The sample's id among catalogues and before the home's name among homes.
pub(crate) const SAMPLE: &str = "sample";

/// Imported data by id. Lists that were used stay in memory; they are immutable.
#[derive(Debug)]
pub(crate) struct Library {
    pack: Arc<Pack>,
    store: Store,
    sample: Imported<Catalog>,
    sample_homes: Vec<HomeUsage>,
    catalogs: Mutex<HashMap<String, Arc<Catalog>>>,
}

impl Library {
    /// Reads the sample, which takes some milliseconds.
    pub(crate) fn open(pack: Arc<Pack>, store: Store) -> Result<Self, Failure> {
        let sample = sample_catalog(&pack)?;
        let sample_homes = sample_homes(&pack)?;
        let catalogs = Mutex::new(HashMap::from([(SAMPLE.to_owned(), Arc::new(sample.value.clone()))]));
        Ok(Self { pack, store, sample, sample_homes, catalogs })
    }

    pub(crate) fn catalog_views(&self) -> Result<Vec<CatalogView>, Failure> {
        let mut views = vec![catalog_view(SAMPLE, &self.sample)];
        for row in self.store.catalogs(&self.pack.id)? {
            if let Some(catalog) = self.catalog(&row.id)? {
                views.push(plain_view(&row.id, &catalog));
            }
        }
        Ok(views)
    }

    pub(crate) fn home_views(&self) -> Result<Vec<HomeView>, Failure> {
        let sample = self.sample_homes.iter().map(|home| HomeView {
            id: sample_home_id(&home.home),
            source: "sample".into(),
            usage: usage::summarise(home),
        });
        let imported = self.store.homes()?.into_iter().map(|row| HomeView {
            id: row.id,
            source: row.source,
            usage: usage::summarise(&row.usage),
        });
        Ok(sample.chain(imported).collect())
    }

    pub(crate) fn catalog(&self, id: &str) -> Result<Option<Arc<Catalog>>, Failure> {
        let known = self.catalogs.lock().unwrap_or_else(PoisonError::into_inner).get(id).cloned();
        if known.is_some() {
            return Ok(known);
        }
        let Some(catalog) = self.store.catalog(id)?.map(Arc::new) else { return Ok(None) };
        self.catalogs
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(id.to_owned(), Arc::clone(&catalog));
        Ok(Some(catalog))
    }

    pub(crate) fn home(&self, id: &str) -> Result<Option<HomeUsage>, Failure> {
        if let Some(home) = self.sample_homes.iter().find(|home| sample_home_id(&home.home) == id) {
            return Ok(Some(home.clone()));
        }
        Ok(self.store.homes()?.into_iter().find(|row| row.id == id).map(|row| row.usage))
    }

    pub(crate) fn import_catalog(&self, name: &str, bytes: &[u8]) -> Result<CatalogView, Failure> {
        let imported = import::read_plans(
            bytes,
            &Source::new(name),
            &std::collections::BTreeMap::new(),
            &self.pack.headers,
        )?;
        let id = self.store.put_catalog(&self.pack.id, &imported.value, SystemTime::now())?;
        Ok(catalog_view(&id, &imported))
    }

    pub(crate) fn import_usage(&self, name: &str, bytes: &[u8]) -> Result<UsageImport, Failure> {
        let imported = import::read_usage(bytes, &Source::new(name))?;
        let notes = notes(&imported);
        let mut homes = Vec::with_capacity(imported.value.len());
        for home in imported.value {
            let id = self.store.put_home(name, &home, SystemTime::now())?;
            homes.push(HomeView { id, source: name.to_owned(), usage: usage::summarise(&home) });
        }
        Ok(UsageImport { homes, notes })
    }
}

pub(crate) fn sample_home_id(home: &str) -> String {
    format!("{SAMPLE}:{home}")
}

pub(crate) fn sample_catalog(pack: &Pack) -> Result<Imported<Catalog>, Failure> {
    let path = pack.sample_catalog();
    let bytes = import::read_file(&path)?;
    Ok(import::read_plans(
        &bytes,
        &Source::of_path(&path),
        &std::collections::BTreeMap::new(),
        &pack.headers,
    )?)
}

pub(crate) fn sample_homes(pack: &Pack) -> Result<Vec<HomeUsage>, Failure> {
    let path = pack.sample_usage();
    let bytes = import::read_file(&path)?;
    Ok(import::read_usage(&bytes, &Source::of_path(&path))?.value)
}

/// The home that the pack's sample is about.
pub(crate) fn sample_home(pack: &Pack) -> Result<HomeUsage, Failure> {
    sample_homes(pack)?
        .into_iter()
        .find(|home| home.home == pack.sample.home)
        .ok_or_else(|| Failure::work("pack_broken", "the sample home is not in the pack's sample"))
}

fn catalog_view(id: &str, imported: &Imported<Catalog>) -> CatalogView {
    CatalogView {
        recognised: recognised(imported),
        notes: notes(imported),
        ..plain_view(id, &imported.value)
    }
}

fn plain_view(id: &str, catalog: &Catalog) -> CatalogView {
    let mut areas: Vec<String> = catalog.plans.iter().filter_map(|plan| plan.area.clone()).collect();
    areas.sort_unstable();
    areas.dedup();
    let area_column = catalog
        .headers
        .iter()
        .find(|header| {
            !areas.is_empty()
                && catalog.plans.iter().all(|plan| {
                    plan.columns.get(*header).map(|cell| cell.trim()).filter(|cell| !cell.is_empty())
                        == plan.area.as_deref()
                })
        })
        .cloned();
    CatalogView {
        id: id.to_owned(),
        name: catalog.name.clone(),
        plans: u32::try_from(catalog.plans.len()).unwrap_or(u32::MAX),
        currency: catalog.currency.clone(),
        areas,
        area_column,
        recognised: Vec::new(),
        notes: Vec::new(),
    }
}

/// Which column was taken for which role.
pub(crate) fn recognised<T>(imported: &Imported<T>) -> Vec<ColumnRole> {
    let roles = imported.recognised.iter();
    roles.map(|(role, column)| ColumnRole { role: role.clone(), column: column.clone() }).collect()
}

/// What there is to say of an import.
pub(crate) fn notes<T>(imported: &Imported<T>) -> Vec<ImportNote> {
    imported
        .notes
        .iter()
        .map(|note| ImportNote {
            message: note.message.clone(),
            count: u32::try_from(note.count).unwrap_or(u32::MAX),
            lines: note.lines.clone(),
        })
        .collect()
}
