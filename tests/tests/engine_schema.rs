//! A thousand constrained answers of the bundled model: each one parses and follows its schema.
//!
//! The library that is usual on a processor gives the thousand. The other one is several times slower
//! and takes the first two hundred of the same requests, which have every schema twenty times.

use serde_json::{Value, json};
use sextant_engine::{
    DeviceChoice, Engine as _, EngineError, Finish, Form, GenerateRequest, LocalEngine, Message, Priority,
    Role, Sampling, WorkerEngine,
};
use sextant_tests::{binary, nano, shared_data};

/// Workers that share the work.
const ENGINES: usize = 2;
/// Sent ahead, so that no worker waits for the test.
const AHEAD: usize = 8;

/// Kept small, so that a thousand answers take a minute: what varies is the kind of schema.
fn schemas() -> Vec<Value> {
    let object = |properties: Value| {
        let required: Vec<&String> =
            properties.as_object().map(|fields| fields.keys().collect()).unwrap_or_default();
        json!({
            "type": "object", "required": required, "additionalProperties": false,
            "properties": properties,
        })
    };
    let tag = json!({ "enum": ["cheap", "average", "expensive", "green", "short", "no exit fee"] });
    let plan = |id: &str| {
        object(json!({
            "id": { "const": id },
            "tags": { "type": "array", "items": tag, "maxItems": 3 },
            "fit": { "enum": ["good", "fair", "poor"] },
        }))
    };
    vec![
        json!({ "enum": ["good", "fair", "poor", "none of these"] }),
        json!({ "type": "boolean" }),
        json!({ "type": "integer", "minimum": -20, "maximum": 120 }),
        json!({ "type": "array", "items": { "type": "integer", "minimum": 0, "maximum": 9 },
                "minItems": 2, "maxItems": 4 }),
        object(json!({ "fit": { "enum": ["good", "fair", "poor"] }, "score": {
            "type": "integer", "minimum": 0, "maximum": 100 } })),
        object(json!({ "plans": {
            "type": "array", "prefixItems": [plan("p1"), plan("p2")], "items": false,
            "minItems": 2, "maxItems": 2 } })),
        object(json!({ "why": { "type": "string", "maxLength": 24 }, "sure": { "type": "boolean" } })),
        object(json!({ "outer": object(json!({ "inner": object(json!({
            "n": { "type": ["integer", "null"], "minimum": 0, "maximum": 99 } })) })) })),
        json!({ "anyOf": [{ "type": "null" }, { "type": "string", "pattern": "^[A-D]{1,4}$" }] }),
        object(json!({ "ranking": { "type": "array", "items": { "enum": ["A", "B", "C"] },
            "minItems": 1, "maxItems": 3 } })),
    ]
}

const PROMPTS: [(&str, &str); 4] = [
    ("plan_judgement", "p1: Saver 12\np1 price: cheap\nJudge the plans."),
    ("usage_summary", "Annual use: 9,120 kWh\nSummarise the usage."),
    ("rank", "A: It costs $2,567.\nRank as JSON."),
    ("assistant_reply", "東京 \"quotes\" \\ {braces}"),
];

#[test]
fn a_thousand_constrained_answers_follow_their_schemas() {
    check(LocalEngine::LlamaCpp, 1000);
}

#[test]
fn two_hundred_constrained_answers_of_the_other_library_do_too() {
    check(LocalEngine::MistralRs, 200);
}

fn check(library: LocalEngine, answers: u64) {
    let model = nano::installed();
    let engines: [_; ENGINES] = std::array::from_fn(|_| {
        WorkerEngine::for_model(binary::worker(), &model, library, DeviceChoice::Cpu)
    });
    let schemas: Vec<_> = schemas()
        .into_iter()
        .map(|schema| {
            let validator = jsonschema::validator_for(&schema).expect("the schema is one");
            (schema, validator)
        })
        .collect();
    let ask = |seed: u64| {
        let (system, user) = PROMPTS[usize::try_from(seed / 10 % 4).expect("it's small")];
        let (schema, _) = &schemas[usize::try_from(seed % 10).expect("it's small")];
        let temperature = [0.0, 1.0, 1.5, 2.0][usize::try_from(seed % 4).expect("it's small")];
        let top_p = if seed.is_multiple_of(3) { 0.9 } else { 1.0 };
        engines[usize::try_from(seed).expect("it's small") % ENGINES].generate(GenerateRequest {
            messages: vec![
                Message { role: Role::System, content: system.into() },
                Message { role: Role::User, content: user.into() },
            ],
            max_tokens: 160,
            stop: Vec::new(),
            sampling: Sampling { temperature, top_p, top_k: 0, seed },
            form: Some(Form::Schema(schema.clone())),
            priority: Priority::Normal,
        })
    };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    let runtime = runtime.expect("a runtime needs no more than the process has");
    let started = std::time::Instant::now();
    let (mut bad, mut different, mut tokens) = (Vec::new(), std::collections::HashSet::new(), 0);
    runtime.block_on(async {
        let mut waiting = std::collections::VecDeque::new();
        for seed in 0..answers + AHEAD as u64 {
            if seed < answers {
                waiting.push_back((seed, ask(seed)));
            }
            if waiting.len() < AHEAD && seed < answers {
                continue;
            }
            let Some((seed, generation)) = waiting.pop_front() else {
                break;
            };
            let (text, usage) = generation.collect().await.expect("it answers");
            tokens += usage.completion_tokens;
            let (_, validator) = &schemas[usize::try_from(seed % 10).expect("it's small")];
            match serde_json::from_str::<Value>(&text) {
                Ok(value) if validator.is_valid(&value) => {
                    different.insert(text);
                }
                _ => bad.push((seed, text, usage.finish)),
            }
        }
    });
    println!(
        "{answers} answers of {}, {tokens} tokens, {} different texts, {:?}",
        library.name(),
        different.len(),
        started.elapsed()
    );
    assert!(bad.is_empty(), "{} are no such JSON: {bad:?}", bad.len());
    assert!(different.len() as u64 > answers / 5, "only {} texts differ", different.len());
}

/// One of the shared schemas.
#[derive(serde::Deserialize)]
struct RealSchema {
    id: String,
    schema: Value,
}

/// Schemas from public repositories. Nano has nothing to say about most of them, so what it writes is
/// noise in the schema's form; a text that runs into the token limit is tried again with another seed.
#[test]
fn schemas_of_others_are_followed_or_refused_with_a_reason() {
    const TRIES: u64 = 2;
    let Some(folder) = shared_data::find("jsonschema") else {
        return;
    };
    let lines = std::fs::read_to_string(folder.join("schemas.jsonl")).expect("it can be read");
    let schemas: Vec<RealSchema> =
        lines.lines().map(|line| serde_json::from_str(line).expect("a line is a schema")).collect();
    let model = nano::installed();
    let engine = WorkerEngine::for_model(binary::worker(), &model, LocalEngine::LlamaCpp, DeviceChoice::Cpu);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    let runtime = runtime.expect("a runtime needs no more than the process has");
    let (mut accepted, mut whole, mut refused, mut bad) = (0, 0, Vec::new(), Vec::new());
    let mut left: Vec<&RealSchema> = schemas.iter().collect();
    for seed in 0..TRIES {
        let ask = |schema: &Value| {
            engine.generate(GenerateRequest {
                messages: vec![Message { role: Role::User, content: "Write the shortest JSON.".into() }],
                max_tokens: 200,
                stop: Vec::new(),
                sampling: Sampling { temperature: 1.0, top_p: 1.0, top_k: 0, seed },
                form: Some(Form::Schema(schema.clone())),
                priority: Priority::Normal,
            })
        };
        let asked: Vec<_> = left.drain(..).map(|real| (real, ask(&real.schema))).collect();
        for (real, generation) in asked {
            let RealSchema { id, schema } = real;
            match runtime.block_on(generation.collect()) {
                Ok((text, usage)) => {
                    accepted += usize::from(seed == 0);
                    if usage.finish == Finish::Length {
                        left.push(real);
                        continue;
                    }
                    whole += 1;
                    let validator = jsonschema::validator_for(schema).expect("the schema is one");
                    match serde_json::from_str::<Value>(&within_doubles(&text)) {
                        Ok(value) if validator.is_valid(&value) => {}
                        Ok(value) => bad.push(format!("{id}: {value} is not valid")),
                        Err(error) => bad.push(format!("{id}: {error} in {text}")),
                    }
                }
                Err(EngineError::SchemaRefused { detail }) => {
                    assert!(!detail.trim().is_empty(), "{id} was refused without a reason");
                    refused.push(format!("{id}: {detail}"));
                }
                Err(error) => bad.push(format!("{id}: {error}")),
            }
        }
    }
    println!("{accepted} of {} schemas accepted, {whole} texts whole and checked", schemas.len());
    println!("refused:\n  {}", refused.join("\n  "));
    assert!(bad.is_empty(), "{}", bad.join("\n"));
    assert!(accepted * 100 >= schemas.len() * 95, "only {accepted} accepted");
    assert!(whole * 5 >= accepted * 2, "only {whole} of {accepted} texts came to an end");
}

/// Exponents of two digits at most, outside strings: JSON allows numbers that no double holds, and the
/// validator can't read them.
fn within_doubles(text: &str) -> String {
    let mut short = String::with_capacity(text.len());
    let (mut in_string, mut escaped, mut exponent) = (false, false, None);
    for char in text.chars() {
        if in_string {
            in_string = escaped || char != '"';
            escaped = char == '\\' && !escaped;
        } else if let Some(digits) = &mut exponent {
            match char {
                '+' | '-' => {}
                '0'..='9' => {
                    *digits += 1;
                    if *digits > 2 {
                        continue;
                    }
                }
                _ => exponent = None,
            }
            in_string = char == '"';
        } else {
            in_string = char == '"';
            exponent = (char == 'e' || char == 'E').then_some(0);
        }
        short.push(char);
    }
    short
}

#[test]
fn numbers_that_no_double_holds_are_made_to_fit() {
    let text = r#"{"a\"1e999":-2e622,"b":[1.5E+4,3e-9999],"c":"9e999","d":true}"#;
    assert_eq!(within_doubles(text), r#"{"a\"1e999":-2e62,"b":[1.5E+4,3e-99],"c":"9e999","d":true}"#);
}
