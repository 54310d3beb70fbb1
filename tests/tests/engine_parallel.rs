//! Several answers in one batch: each is what it would have been alone, and a stop ends only its own.

use std::time::Duration;

use sextant_engine::{
    DeviceChoice, Engine as _, EngineState, Finish, Form, GenerateRequest, Generation, GenerationEvent,
    LocalEngine, Message, Priority, Role, Sampling, WorkerEngine,
};
use sextant_tests::{binary, nano};

fn engine() -> WorkerEngine {
    let model = nano::installed();
    WorkerEngine::for_model(binary::worker(), &model, LocalEngine::LlamaCpp, DeviceChoice::Cpu)
}

fn ask(seed: u64) -> GenerateRequest {
    let case = &nano::cases("usage_summary")[usize::try_from(seed).expect("it's small")];
    GenerateRequest {
        messages: vec![
            Message { role: Role::System, content: "usage_summary".into() },
            Message { role: Role::User, content: case["prompt"].as_str().expect("a prompt").to_owned() },
        ],
        max_tokens: 120,
        stop: Vec::new(),
        sampling: Sampling::GREEDY,
        form: None,
        priority: Priority::Normal,
    }
}

fn block_on<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    runtime.expect("a runtime needs no more than the process has").block_on(work)
}

async fn text(generation: Generation) -> String {
    generation.collect().await.expect("it answers").0
}

/// Four by four, against one after the other in a worker of their own.
#[test]
fn texts_in_one_batch_are_those_of_answers_alone() {
    let (alone, together) = (engine(), engine());
    let mut different = 0;
    for group in 0..15 {
        let requests: Vec<GenerateRequest> = (0..4)
            .map(|member| {
                let seed = group * 4 + member;
                // Some sampled, some constrained, most greedy.
                let sampling = match seed % 5 {
                    3 => Sampling { temperature: 0.8, top_p: 0.95, top_k: 0, seed },
                    _ => Sampling::GREEDY,
                };
                let form = (seed % 7 == 6).then(|| {
                    Form::Schema(serde_json::json!({ "type": "array", "maxItems": 3,
                        "items": { "enum": ["steady", "rising", "falling"] } }))
                });
                GenerateRequest { sampling, form, ..ask(seed) }
            })
            .collect();
        block_on(async {
            let started: Vec<Generation> =
                requests.iter().map(|request| together.generate(request.clone())).collect();
            for (request, generation) in requests.iter().zip(started) {
                let one = text(alone.generate(request.clone())).await;
                let other = text(generation).await;
                if one != other {
                    println!("{:?}\n  alone    {one}\n  together {other}", request.messages[1].content);
                    different += 1;
                }
            }
        });
    }
    println!("{different} of 60 texts differ");
    assert_eq!(different, 0);
}

#[test]
fn four_are_under_way_at_the_same_time() {
    let engine = engine();
    block_on(async {
        text(engine.generate(ask(0))).await;
        let mut running: Vec<Generation> = (1..5).map(|seed| engine.generate(ask(seed))).collect();
        // Each of them has text before any of them is over.
        for generation in &mut running {
            loop {
                match generation.next().await {
                    Some(GenerationEvent::Text(_)) => break,
                    Some(GenerationEvent::Started) => {}
                    other => panic!("no text came before {other:?}"),
                }
            }
        }
        assert_eq!(engine.status().borrow().state, EngineState::Generating);
        for generation in running {
            let (_, usage) = generation.collect().await.expect("it answers");
            assert_eq!(usage.finish, Finish::Stop);
        }
        assert_eq!(engine.status().borrow().state, EngineState::Ready);
    });
}

#[test]
fn a_stop_ends_one_and_leaves_the_others() {
    let engine = engine();
    block_on(async {
        let expected = [text(engine.generate(ask(1))).await, text(engine.generate(ask(2))).await];
        let endless = Form::Schema(serde_json::json!({ "type": "string", "minLength": 4000 }));
        let mut long = engine.generate(GenerateRequest { form: Some(endless), max_tokens: 700, ..ask(3) });
        let others = [engine.generate(ask(1)), engine.generate(ask(2))];
        while !matches!(long.next().await, Some(GenerationEvent::Text(_))) {}
        drop(long);
        for (generation, expected) in others.into_iter().zip(&expected) {
            assert_eq!(&text(generation).await, expected);
        }
        let ready =
            async { engine.status().wait_for(|status| status.state == EngineState::Ready).await.map(|_| ()) };
        tokio::time::timeout(Duration::from_secs(5), ready)
            .await
            .expect("it becomes ready")
            .expect("it lives");
    });
}

/// More than a batch takes, of many lengths: all end, each with its own text.
#[test]
fn a_crowd_is_served() {
    let engine = engine();
    block_on(async {
        let running: Vec<_> = (0..40)
            .map(|seed| {
                let max_tokens = 1 + u32::try_from(seed * 13 % 90).unwrap_or(1);
                (seed, engine.generate(GenerateRequest { max_tokens, ..ask(seed % 8) }))
            })
            .collect();
        let mut whole = std::collections::HashMap::new();
        for (seed, generation) in running {
            let (text, usage) = generation.collect().await.expect("it answers");
            if usage.finish == Finish::Stop {
                let first = whole.entry(seed % 8).or_insert_with(|| text.clone());
                assert_eq!(*first, text);
            }
        }
        assert!(!whole.is_empty());
    });
}
