//! `sextant chat` as a script calls it: a batch of questions, or a session on standard input.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::Value;

use crate::binary;
use crate::questions::List;

/// The list that comes with the retail pack.
///
/// # Panics
/// When it can't be read.
#[must_use]
pub fn sample() -> List {
    List::read(&binary::repository().join("assets/packs/retail/sample/products.csv"), b',', "product_id")
}

/// Asks the questions one after the other and gives their documents in that order.
///
/// # Panics
/// When the app fails, or prints anything but a document a question.
#[must_use]
pub fn batch(home: &Path, options: &[&str], questions: &[&str]) -> Vec<Value> {
    let file = home.join("questions.txt");
    std::fs::create_dir_all(home).expect("the folder is ours");
    let lines: Vec<String> = questions.iter().map(|question| one_line(question)).collect();
    std::fs::write(&file, lines.join("\n")).expect("the folder is ours");
    let mut args = vec!["chat", "--batch", file.to_str().expect("temporary folders have plain names")];
    args.extend(options);
    let output = binary::run(home, &args);
    let said = String::from_utf8_lossy(&output.stdout);
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{:?}: {complaint}", output.status);
    let documents: Vec<Value> = said
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}")))
        .collect();
    assert_eq!(documents.len(), questions.len(), "a document a question: {complaint}");
    documents
}

/// A conversation: every question goes on from the answer before.
///
/// # Panics
/// When the app fails, or standard output holds anything but documents.
#[must_use]
pub fn session(home: &Path, options: &[&str], questions: &[&str]) -> Vec<Value> {
    let mut app = Command::new(binary::sextant())
        .args(["chat", "--json"])
        .args(options)
        .env("SEXTANT_HOME", home)
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the executable starts");
    let mut input = app.stdin.take().expect("it is piped");
    for question in questions {
        writeln!(input, "{}", one_line(question)).expect("the app reads");
    }
    drop(input);
    let output = app.wait_with_output().expect("the app ends");
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{:?}: {complaint}", output.status);
    let documents: Vec<Value> = serde_json::Deserializer::from_slice(&output.stdout)
        .into_iter::<Value>()
        .collect::<Result<Vec<Value>, serde_json::Error>>()
        .unwrap_or_else(|error| {
            panic!("standard output is not JSON alone: {error}: {}", String::from_utf8_lossy(&output.stdout))
        });
    assert_eq!(documents.len(), questions.len(), "a document a question: {complaint}");
    documents
}

/// The words of an answer.
#[must_use]
pub fn words(answer: &Value) -> &str {
    answer["answer"].as_str().unwrap_or_default()
}

/// What the question was taken for.
#[must_use]
pub fn intent(answer: &Value) -> &str {
    answer["reading"]["intent"].as_str().unwrap_or_default()
}

/// What was understood, condition by condition.
#[must_use]
pub fn conditions(answer: &Value) -> Vec<&str> {
    let conditions = answer["reading"]["conditions"].as_array();
    conditions.into_iter().flatten().filter_map(|condition| condition["label"].as_str()).collect()
}

/// The cards of an answer.
#[must_use]
pub fn cards(answer: &Value) -> &[Value] {
    answer["items"].as_array().map_or(&[], Vec::as_slice)
}

/// The prices on its cards.
#[must_use]
pub fn prices(answer: &Value) -> Vec<f64> {
    cards(answer).iter().filter_map(|card| card["price"].as_f64()).collect()
}

fn one_line(question: &str) -> String {
    question.split_whitespace().collect::<Vec<_>>().join(" ")
}
