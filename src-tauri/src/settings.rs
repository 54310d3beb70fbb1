//! What the person decided once and for all: `settings.toml` in the data folder, which they may edit.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use sextant_store::StoreOptions;

use crate::app::{self, ModelChoice};
use crate::failure::Failure;
use crate::files::write_whole;

/// What isn't set is decided afresh at every start.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Settings {
    /// `llamacpp` or `mistralrs`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) engine: Option<String>,
    /// A model's id, or a GGUF file's path.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) model: Option<String>,
    /// The model that is asked where the first one's text is not good enough; the same one where nothing
    /// is set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) accurate: Option<String>,
    /// For how many days runs are kept one by one; their figures by the hour are kept for a year.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) history_days: Option<u32>,
    /// Seconds that a stage may take before there is an alert, by its name; `total` is a whole run.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) limits: BTreeMap<String, f64>,
}

impl Settings {
    /// How the store is opened with them.
    pub(crate) fn store_options(&self) -> StoreOptions {
        let mut options = StoreOptions::default();
        if let Some(days) = self.history_days {
            options.keep_history = Duration::from_hours(u64::from(days) * 24);
        }
        for (stage, seconds) in &self.limits {
            // What is no length of time is no limit.
            let limit = Duration::try_from_secs_f64(*seconds).unwrap_or(Duration::MAX);
            match stage.as_str() {
                "total" => options.thresholds.total = limit,
                _ => drop(options.thresholds.stages.insert(stage.clone(), limit)),
            }
        }
        options
    }

    /// What is set now; a file that can't be read is the person's to mend, and they are told where.
    pub(crate) fn load() -> Result<Self, Failure> {
        let path = path()?;
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) => return Err(unusable(&path, &error.to_string())),
        };
        toml::from_str(&text).map_err(|error: toml::de::Error| unusable(&path, error.message()))
    }

    /// Written whole or not at all.
    pub(crate) fn save(&self) -> Result<(), Failure> {
        let path = path()?;
        let text = toml::to_string(self).map_err(|error| Failure::work("settings", error))?;
        let folder = path.parent().unwrap_or(Path::new("."));
        let written = std::fs::create_dir_all(folder).and_then(|()| write_whole(&path, text.as_bytes()));
        written.map_err(|error| {
            Failure::work("settings", format!("{} can't be written: {error}", path.display()))
        })
    }

    /// What was asked for this time, and for the rest what is set.
    pub(crate) fn complete(self, choice: &ModelChoice) -> ModelChoice {
        ModelChoice {
            // Who names a model for this time means no other one.
            accurate: choice.accurate.clone().or(self.accurate.filter(|_| choice.model.is_none())),
            model: choice.model.clone().or(self.model),
            engine: choice.engine.clone().or(self.engine),
        }
    }
}

fn path() -> Result<PathBuf, Failure> {
    Ok(app::data_dir()?.join("settings.toml"))
}

fn unusable(path: &Path, reason: &str) -> Failure {
    Failure::input(
        "bad_settings",
        format!("{}: {reason}; put it right, or delete the file to start over", path.display()),
    )
}
