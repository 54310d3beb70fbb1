//! The bundled model's held-out cases, and the form that the app gives to answers to their prompts.

use sextant_engine::Form;

use crate::binary;

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
