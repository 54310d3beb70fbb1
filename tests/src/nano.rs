//! The bundled model, its held-out cases, and the form that the app gives to answers to their prompts.

mod f16;

use std::path::Path;

use sextant_engine::{Form, InstalledModel, Models};

use crate::binary;

/// The model as it ships.
///
/// # Panics
/// When it is not in the repository.
#[must_use]
pub fn installed() -> InstalledModel {
    let models = Models::load(&binary::models_dir()).expect("the catalogue can be read");
    models.installed_by_id("nano").expect("nano ships with the repository")
}

/// The model with 16 bits a weight, written to `folder`: the weights are those of the file that ships.
///
/// # Panics
/// When the folder can't be written to.
#[must_use]
pub fn at_f16(folder: &Path) -> InstalledModel {
    let shipped = installed();
    let file = folder.join("nano-f16.gguf");
    let bytes = std::fs::read(&shipped.file).expect("the model can be read");
    std::fs::write(&file, f16::of_q8_0(&bytes)).expect("the folder is ours");
    InstalledModel { file, sha256: None, ..shipped }
}

/// The cases of a task, each a line of JSON.
///
/// # Panics
/// When they are not in the repository.
#[must_use]
pub fn cases(task: &str) -> Vec<serde_json::Value> {
    let path = binary::models_dir().join("nano/eval").join(format!("{task}.jsonl"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    text.lines().map(|line| serde_json::from_str(line).expect("a line is a case")).collect()
}

/// Every different `{…}` of a text.
#[must_use]
pub fn placeholders(text: &str) -> Vec<String> {
    let mut found: Vec<String> =
        text.split('{').skip(1).filter_map(|rest| Some(format!("{{{}}}", rest.split_once('}')?.0))).collect();
    found.sort();
    found.dedup();
    found
}

/// Words and the placeholders of this prompt, as in the app.
#[must_use]
pub fn form(prompt: &str) -> Option<Form> {
    sextant_advisor::words_and(placeholders(prompt).iter().map(String::as_str))
}
