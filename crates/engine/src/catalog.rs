//! The known models: where they come from, what they need, what they are good for, which are here.
//!
//! The list is data (`models/catalog.toml`). A digest is only there for files that the project has had
//! in hand; for the others the hub's own is compared when they are fetched, which is not done here.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::EngineError;

/// One entry of the catalogue.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KnownModel {
    /// Also the name of its folder.
    pub id: String,
    pub name: String,
    /// An SPDX expression, or the licence's own name.
    pub licence: String,
    /// `None` for what ships with the app.
    pub source: Option<Source>,
    /// The file's name in the model's folder.
    pub file: String,
    /// Only where it's certain.
    pub file_bytes: Option<u64>,
    pub sha256: Option<String>,
    pub parameters: u64,
    pub quantisation: String,
    pub context_tokens: u32,
    /// What a worker with this model takes at a full context, roughly.
    pub memory_bytes: u64,
    /// Slots that it can fill: `fast`, `accurate`.
    pub slots: Vec<String>,
    /// Tasks that it does well enough without a check behind it.
    pub tasks: Vec<String>,
    /// How much its judgement of qualitative criteria counts, from 0 to 1.
    pub judgement_weight: f64,
    #[serde(default)]
    pub writes: Writes,
    /// One sentence for the person who chooses.
    pub note: String,
}

/// How a model puts names and figures into its texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Writes {
    /// Itself, as its prompt has them.
    #[default]
    Text,
    /// As placeholders that the app fills in; its prompts are those under `prompts/placeholders`, and of
    /// wishes it knows the pack's own.
    Placeholders,
}

/// Where a model's files are on the hub.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    pub repository: String,
    /// Holds `tokenizer.json` and `tokenizer_config.json`.
    pub tokenizer_repository: String,
}

/// A model whose files are on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InstalledModel {
    pub id: String,
    pub file: PathBuf,
    pub tokenizer_dir: PathBuf,
    /// Lower-case hex, where it's known.
    pub sha256: Option<String>,
}

/// The catalogue and the folders in which its models are looked for.
#[derive(Debug, Clone)]
pub struct Models {
    known: Vec<KnownModel>,
    folders: Vec<PathBuf>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Catalog {
    model: Vec<KnownModel>,
}

impl Models {
    /// Reads `catalog.toml` in `models_dir`; each model is in the folder there that has its id.
    pub fn load(models_dir: &Path) -> Result<Self, EngineError> {
        let path = models_dir.join("catalog.toml");
        let text = std::fs::read_to_string(&path)
            .map_err(|_| EngineError::ModelFileMissing { path: path.clone() })?;
        let known =
            parse(&text).map_err(|defect| EngineError::ModelFileInvalid { path: path.clone(), defect })?;
        Ok(Self { known, folders: vec![models_dir.to_owned()] })
    }

    /// Also looks for model folders in `folder`, after those before it.
    #[must_use]
    pub fn also_in(mut self, folder: PathBuf) -> Self {
        self.folders.push(folder);
        self
    }

    pub fn known(&self) -> &[KnownModel] {
        &self.known
    }

    pub fn get(&self, id: &str) -> Result<&KnownModel, EngineError> {
        let found = self.known.iter().find(|model| model.id == id);
        found.ok_or_else(|| EngineError::UnknownModel { id: id.to_owned() })
    }

    /// The models whose file is here, in the catalogue's order.
    pub fn installed(&self) -> Vec<InstalledModel> {
        self.known.iter().filter_map(|model| self.find(model)).collect()
    }

    /// Where a model's files are, or which file is missing.
    pub fn installed_by_id(&self, id: &str) -> Result<InstalledModel, EngineError> {
        let model = self.get(id)?;
        self.find(model).ok_or_else(|| EngineError::ModelFileMissing {
            path: self.folders[0].join(&model.id).join(&model.file),
        })
    }

    fn find(&self, model: &KnownModel) -> Option<InstalledModel> {
        let mut folders = self.folders.iter().map(|folder| folder.join(&model.id));
        let folder = folders.find(|folder| folder.join(&model.file).is_file())?;
        Some(InstalledModel {
            id: model.id.clone(),
            file: folder.join(&model.file),
            tokenizer_dir: folder,
            sha256: model.sha256.clone(),
        })
    }
}

fn parse(text: &str) -> Result<Vec<KnownModel>, String> {
    let catalog: Catalog = toml::from_str(text).map_err(|error| error.to_string())?;
    for model in &catalog.model {
        if !(0.0..=1.0).contains(&model.judgement_weight) {
            return Err(format!("the judgement weight of {} is not between 0 and 1", model.id));
        }
        // The id becomes a folder's name.
        let plain = |letter: char| letter.is_ascii_alphanumeric() || "-._".contains(letter);
        if model.id.is_empty() || model.id.starts_with('.') || !model.id.chars().all(plain) {
            return Err(format!("{:?} is no model id", model.id));
        }
    }
    Ok(catalog.model)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn repository_models() -> Models {
        let models_dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models");
        Models::load(&models_dir).expect("the repository's catalogue can be read")
    }

    #[test]
    fn the_bundled_model_is_there_and_is_what_the_catalogue_says() {
        let models = repository_models();
        let nano = models.installed_by_id("nano").expect("nano ships with the repository");
        let known = models.get("nano").expect("nano is known");
        let summary = crate::gguf::inspect(&nano.file).expect("nano's header is sound");
        assert_eq!(summary.parameters, known.parameters);
        assert_eq!(summary.context_tokens, known.context_tokens);
        assert_eq!(summary.quantisation, known.quantisation);
        assert_eq!(Some(summary.file_bytes), known.file_bytes);
        let sha256 = known.sha256.as_deref().expect("we have had this file in hand");
        crate::digest::verify_once(&nano.file, sha256).expect("its digest is right");
    }

    #[test]
    fn ids_are_unique() {
        let models = repository_models();
        let mut ids: Vec<&str> = models.known().iter().map(|model| model.id.as_str()).collect();
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), models.known().len());
    }

    #[test]
    fn a_model_that_nobody_knows_is_an_error_and_a_missing_file_names_it() {
        let models = repository_models();
        assert!(matches!(models.get("nanno"), Err(EngineError::UnknownModel { .. })));
        assert!(matches!(
            models.installed_by_id("qwen3-8b"),
            Err(EngineError::ModelFileMissing { path }) if path.ends_with("Qwen3-8B-Q4_K_M.gguf")
        ));
    }
}
