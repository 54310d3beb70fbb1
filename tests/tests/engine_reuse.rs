//! What a worker keeps of a request for the next one: it saves time, says how much, and changes no text.
//!
//! Only the library that is usual on a processor keeps anything. Texts are compared with those of a
//! worker that has just computed something else, and greedily: with sampling, the smallest difference
//! in a number could become another word.

use std::time::Duration;

use serde_json::json;
use sextant_engine::{
    DeviceChoice, Engine as _, Form, GenerateRequest, LocalEngine, Message, Priority, Role, Sampling, Usage,
    WorkerEngine,
};
use sextant_tests::{binary, nano};

/// Reuse ends at a multiple of this many tokens, and some of the last are always computed.
const MOST_LOST: u32 = 4 + 8;

fn engine() -> WorkerEngine {
    let model = nano::installed();
    WorkerEngine::for_model(binary::worker(), &model, LocalEngine::LlamaCpp, DeviceChoice::Cpu)
}

fn ask(messages: &[(Role, &str)]) -> GenerateRequest {
    GenerateRequest {
        messages: messages
            .iter()
            .map(|(role, content)| Message { role: *role, content: (*content).to_owned() })
            .collect(),
        max_tokens: 60,
        stop: Vec::new(),
        sampling: Sampling::GREEDY,
        form: None,
        priority: Priority::Normal,
    }
}

/// The sample's facts, as long as a recommendation's, and what is asked about them.
fn about_facts(question: &str) -> GenerateRequest {
    let months = ["January", "February", "March", "April", "May", "June", "July", "August", "September"];
    let facts: Vec<String> = months
        .iter()
        .zip(480..)
        .map(|(month, kwh)| format!("{month}: {} kWh, season: highest in summer", kwh * 2))
        .collect();
    ask(&[(Role::System, "usage_summary"), (Role::User, &format!("{}\n{question}", facts.join("\n")))])
}

/// Shares nothing with the others but the template's first tokens.
fn something_else(name: &str) -> GenerateRequest {
    GenerateRequest { max_tokens: 1, ..ask(&[(Role::User, name)]) }
}

async fn answer(engine: &WorkerEngine, request: &GenerateRequest) -> (String, Usage) {
    engine.generate(request.clone()).collect().await.expect("it answers")
}

/// Runs the requests one after the other, then each in a worker of its own; `promise` sees what the
/// first round reused.
fn check(requests: &[GenerateRequest], promise: impl Fn(&[Usage])) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    let runtime = runtime.expect("a runtime needs no more than the process has");
    runtime.block_on(async {
        let engine = engine();
        let (mut texts, mut usages) = (Vec::new(), Vec::new());
        for request in requests {
            let (text, usage) = answer(&engine, request).await;
            texts.push(text);
            usages.push(usage);
        }
        for (request, text) in requests.iter().zip(&texts) {
            let (alone, usage) = answer(&self::engine(), request).await;
            assert_eq!(usage.cached_tokens, 0, "nothing was asked before");
            assert_eq!(&alone, text, "{:?}", request.messages);
        }
        for usage in &usages {
            println!(
                "{} of {} tokens reused, first token after {:?}",
                usage.cached_tokens, usage.prompt_tokens, usage.prefill
            );
        }
        promise(&usages);
    });
}

#[test]
fn the_first_request_reuses_nothing_and_the_same_one_everything() {
    let request = about_facts("Summarise the usage.");
    check(&[request.clone(), request.clone(), request], |usages| {
        assert_eq!(usages[0].cached_tokens, 0);
        for usage in &usages[1..] {
            assert_eq!(usage.cached_tokens, usage.prompt_tokens);
        }
    });
}

#[test]
fn a_common_beginning_is_computed_once() {
    let questions = ["Summarise the usage.", "When is it highest?", "Is it steady?", "Summarise the year."];
    check(&questions.map(about_facts), |usages| {
        assert_eq!(usages[0].cached_tokens, 0);
        for usage in &usages[1..] {
            let tail = 24;
            assert!(usage.cached_tokens + tail + MOST_LOST >= usage.prompt_tokens, "{usage:?}");
            assert!(usage.cached_tokens < usage.prompt_tokens, "{usage:?}");
        }
        let quickest = usages[1..].iter().map(|usage| usage.prefill).min().unwrap_or(Duration::MAX);
        assert!(quickest < usages[0].prefill / 2, "{quickest:?} of {:?}", usages[0].prefill);
    });
}

#[test]
fn a_second_turn_goes_on_where_the_first_ended() {
    let first = [(Role::System, "usage_summary"), (Role::User, "Annual use: 8,412 kWh\nTrend: steady")];
    let answer = "The home used 8,412 kWh in a year.";
    let turns = [first[0], first[1], (Role::Assistant, answer), (Role::User, "And in summer?")];
    check(&[ask(&first), ask(&turns)], |usages| {
        let beginning = usages[0].prompt_tokens;
        assert!(usages[1].cached_tokens + MOST_LOST >= beginning, "{usages:?}");
    });
}

#[test]
fn prompts_of_several_kinds_are_kept_until_there_are_too_many() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    runtime.expect("a runtime needs no more than the process has").block_on(async {
        let engine = engine();
        let request = about_facts("Summarise the usage.");
        let (text, _) = answer(&engine, &request).await;
        for name in ["Zürich", "Genève", "Basel"] {
            answer(&engine, &something_else(name)).await;
        }
        let (again, usage) = answer(&engine, &request).await;
        assert_eq!(again, text);
        assert_eq!(usage.cached_tokens, usage.prompt_tokens, "three others lay between");
        let crowd: Vec<String> = (0..20).map(|number| format!("{number} things")).collect();
        for name in &crowd {
            answer(&engine, &something_else(name)).await;
        }
        let (again, usage) = answer(&engine, &request).await;
        assert_eq!(again, text);
        assert!(usage.cached_tokens < usage.prompt_tokens / 2, "what is kept is bounded: {usage:?}");
    });
}

#[test]
fn shorter_longer_and_different_prompts_may_follow_each_other() {
    let long = about_facts("Summarise the usage.");
    let short = ask(&[(Role::System, "usage_summary"), (Role::User, "Trend: steady")]);
    let constrained = GenerateRequest {
        form: Some(Form::Schema(
            json!({ "type": "array", "items": { "enum": ["steady", "rising"] }, "minItems": 2 }),
        )),
        ..long.clone()
    };
    let cut = GenerateRequest { max_tokens: 1, ..long.clone() };
    let requests = [long.clone(), short.clone(), constrained.clone(), long, cut, constrained, short];
    check(&requests, |usages| assert!(usages[3].cached_tokens > 0, "the schema changes no prompt"));
}

#[test]
fn a_stopped_generation_leaves_nothing_wrong_behind() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    let runtime = runtime.expect("a runtime needs no more than the process has");
    runtime.block_on(async {
        let engine = engine();
        let request = about_facts("Summarise the usage.");
        let (text, _) = answer(&engine, &request).await;
        for wait_us in [0, 200, 1_000, 5_000, 20_000] {
            answer(&engine, &something_else("Zürich")).await;
            let mut generation = engine.generate(request.clone());
            generation.next().await.expect("it starts");
            tokio::time::sleep(Duration::from_micros(wait_us)).await;
            drop(generation);
            assert_eq!(answer(&engine, &request).await.0, text, "stopped after {wait_us} µs");
        }
    });
}
