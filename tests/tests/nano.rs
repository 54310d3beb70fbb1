//! How good the bundled model is, on held-out cases and in the app's own engine, by mechanical rules.
//!
//! The cases and the rules' words are in `models/nano/eval`. The bounds are what the shipped file reaches; a
//! better one raises them. `SEXTANT_NANO_CASES=500` takes them all, which is what the model card's figures
//! are; without it, a hundred a task.

use std::collections::BTreeMap;

use serde::Deserialize;
use sextant_engine::{
    DeviceChoice, Engine as _, Finish, Form, GenerateRequest, Generation, LocalEngine, Message, Priority,
    Role, Sampling, WorkerEngine,
};
use sextant_tests::binary;
use sextant_tests::nano::{self, placeholders};

#[derive(Debug, Deserialize)]
struct Case {
    task: String,
    prompt: String,
    expect: Expect,
}

/// What a right answer has; each task has its own part of it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Expect {
    /// Of each list one has to occur.
    must: Vec<Vec<String>>,
    must_not: Vec<String>,
    /// Where the first occurs, the second follows in the same breath.
    pairs: Vec<(String, String)>,
    /// What a reply is about: `none`, `unknown` and `off` are refusals.
    kind: String,
    /// What three questions are about.
    about: Vec<String>,
}

/// What is wrong with a text.
#[derive(Debug, Default)]
struct Verdict {
    /// Broken or untrue.
    faults: Vec<String>,
    missing: Vec<String>,
}

fn cases(task: &str) -> Vec<Case> {
    let wanted = std::env::var("SEXTANT_NANO_CASES").ok().and_then(|count| count.parse().ok()).unwrap_or(100);
    let cases = nano::cases(task).into_iter().take(wanted);
    cases.map(|case| serde_json::from_value(case).expect("a line is a case")).collect()
}

/// What the app allows an answer to be.
fn form(case: &Case) -> Option<Form> {
    match case.task.as_str() {
        "quick_replies" => Some(Form::Schema(serde_json::json!({
            "type": "array", "items": { "type": "string" }, "minItems": 3, "maxItems": 3
        }))),
        _ => nano::form(&case.prompt),
    }
}

fn ask(case: &Case) -> GenerateRequest {
    GenerateRequest {
        messages: vec![
            Message { role: Role::System, content: case.task.clone() },
            Message { role: Role::User, content: case.prompt.clone() },
        ],
        max_tokens: 200,
        stop: Vec::new(),
        sampling: Sampling::GREEDY,
        form: form(case),
        priority: Priority::Normal,
    }
}

fn judge(case: &Case, text: &str, finish: Finish) -> Verdict {
    match case.task.as_str() {
        "quick_replies" => judge_questions(case, text),
        _ => judge_text(case, text, finish),
    }
}

fn judge_questions(case: &Case, text: &str) -> Verdict {
    let mut verdict = Verdict::default();
    let questions: Vec<String> = serde_json::from_str(text).unwrap_or_default();
    if questions.len() != 3 || questions.iter().any(|one| !one.ends_with('?') || one.chars().count() > 60) {
        verdict.faults.push("not three short questions".into());
    }
    let known = placeholders(&case.prompt);
    let unknown = placeholders(text).into_iter().filter(|placeholder| !known.contains(placeholder));
    verdict.faults.extend(unknown.map(|placeholder| format!("{placeholder} is not in the prompt")));
    for (about, question) in case.expect.about.iter().zip(&questions) {
        if !question.to_lowercase().contains(&about.to_lowercase()) {
            verdict.missing.push(about.clone());
        }
    }
    verdict
}

fn judge_text(case: &Case, text: &str, finish: Finish) -> Verdict {
    let mut verdict = Verdict::default();
    let mut fault = |fault: String| verdict.faults.push(fault);
    let lower = text.to_lowercase();
    let has = |part: &str| lower.contains(&part.to_lowercase());
    if finish == Finish::Length || !text.ends_with(['.', '?', '!']) {
        fault("it breaks off".into());
    }
    let known = placeholders(&case.prompt);
    for placeholder in placeholders(text) {
        if !known.contains(&placeholder) {
            fault(format!("{placeholder} is not in the prompt"));
        }
        if text.matches(&placeholder).count() > 2 {
            fault(format!("{placeholder} again and again"));
        }
    }
    let words: Vec<&str> = lower.split_whitespace().collect();
    for pair in words.windows(2).filter(|pair| pair[0] == pair[1] && pair[0].chars().all(char::is_alphabetic))
    {
        fault(format!("{} twice", pair[0]));
    }
    let mut sentences: Vec<&str> = lower.split_inclusive(['.', '?', '!']).map(str::trim).collect();
    let count = sentences.len();
    sentences.sort_unstable();
    sentences.dedup();
    if sentences.len() < count {
        fault("a sentence twice".into());
    }
    for part in case.expect.must_not.iter().filter(|part| has(part)) {
        fault(format!("{part:?} is not so"));
    }
    for (first, second) in &case.expect.pairs {
        if let Some((_, rest)) = lower.split_once(&first.to_lowercase()) {
            let breath = rest.split(['.', ';']).next().unwrap_or_default();
            let next = breath.find('{').map_or("", |at| &breath[at..]);
            if !next.starts_with(&second.to_lowercase()) {
                fault(format!("{first} without its {second}"));
            }
        }
    }
    verdict.missing = case
        .expect
        .must
        .iter()
        .filter(|alternatives| !alternatives.iter().any(|part| has(part)))
        .map(|alternatives| alternatives.join(" or "))
        .collect();
    verdict
}

/// At least so many of a hundred are free of faults, and so many also have all that was asked for.
fn check(task: &str, faithful_percent: usize, covered_percent: usize) {
    let model = nano::installed();
    let engine = WorkerEngine::for_model(binary::worker(), &model, LocalEngine::LlamaCpp, DeviceChoice::Cpu);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    let runtime = runtime.expect("a runtime needs no more than the process has");
    let cases = cases(task);
    let (mut faithful, mut covered, mut refusals, mut refused) = (0, 0, 0, 0);
    let mut complaints: BTreeMap<String, usize> = BTreeMap::new();
    for group in cases.chunks(64) {
        let running: Vec<Generation> = group.iter().map(|case| engine.generate(ask(case))).collect();
        for (case, generation) in group.iter().zip(running) {
            let (text, usage) = runtime.block_on(generation.collect()).expect("it answers");
            let verdict = judge(case, &text, usage.finish);
            faithful += usize::from(verdict.faults.is_empty());
            covered += usize::from(verdict.missing.is_empty());
            if matches!(case.expect.kind.as_str(), "none" | "unknown" | "off") && task == "assistant_reply" {
                refusals += 1;
                refused += usize::from(verdict.faults.is_empty() && verdict.missing.is_empty());
            }
            for complaint in
                verdict.faults.into_iter().chain(verdict.missing.into_iter().map(|m| format!("no {m}")))
            {
                *complaints.entry(complaint).or_default() += 1;
            }
        }
    }
    let count = cases.len();
    let mut complaints: Vec<_> = complaints.into_iter().collect();
    complaints.sort_by_key(|(_, times)| std::cmp::Reverse(*times));
    println!("{task}: {faithful} of {count} faithful, {covered} with all that was asked for");
    if refusals > 0 {
        println!("  {refused} of {refusals} refusals are right");
    }
    for (complaint, times) in complaints.iter().take(12) {
        println!("  {times} × {complaint}");
    }
    assert!(faithful * 100 >= count * faithful_percent, "{task}: only {faithful} of {count} are faithful");
    assert!(covered * 100 >= count * covered_percent, "{task}: only {covered} of {count} have everything");
}

#[test]
fn usage_summaries_are_faithful_and_whole() {
    check("usage_summary", 99, 99);
}

#[test]
fn narratives_are_faithful_and_whole() {
    check("narrative", 99, 98);
}

#[test]
fn replies_are_faithful_and_refusals_right() {
    check("assistant_reply", 97, 95);
}

#[test]
fn quick_replies_are_three_short_questions() {
    check("quick_replies", 99, 98);
}
