//! One list of behaviours that every engine has: the real worker with the bundled model, once on each
//! library that computes, a worker that plays a script, and the script inside this process.
//!
//! A behaviour is written against the trait alone and runs on all of them through [`check`]. What only
//! a process can do or suffer (signals, pipes, files, processor time) is in `engine_process.rs`.

mod engine_contract {
    pub(crate) mod subject;
}

use std::time::Duration;

use engine_contract::subject::{
    LONG, PLACE, POEM, SHORT, Subject, ask, check, fresh, nano, nano_on_mistralrs, read, scripted,
};
use sextant_engine::{
    Engine as _, EngineError, EngineState, Finish, Form, GenerateRequest, GenerationEvent, Priority,
    Sampling, Script, ScriptedEngine, Step,
};

const WARM: Sampling = Sampling { temperature: 1.0, top_p: 1.0, top_k: 0, seed: 1 };

#[test]
fn text_streams_in_pieces_that_add_up_to_the_answer() {
    check(async |subject: Subject| {
        let slow = GenerateRequest { max_tokens: 150, ..ask(LONG) };
        let pieces = read(subject.engine.generate(slow)).await.pieces;
        assert!(pieces.len() > 1, "one piece is no stream: {pieces:?}");
        let read = read(subject.engine.generate(ask(SHORT))).await;
        assert!(read.started, "Started comes first");
        assert!(read.pieces.iter().all(|piece| !piece.is_empty()));
        let (text, usage) = subject.engine.generate(ask(SHORT)).collect().await.expect("it answers");
        assert_eq!(read.text(), text);
        assert_eq!(usage.finish, Finish::Stop);
        assert!(usage.prompt_tokens > 0 && usage.completion_tokens > 1);
        // An engine may have kept what it computed for the same request before.
        assert!(usage.cached_tokens <= usage.prompt_tokens, "{usage:?}");
    });
}

#[test]
fn greedy_text_repeats() {
    check(async |subject: Subject| {
        let first = subject.text(ask(SHORT)).await;
        assert!(!first.is_empty());
        assert_eq!(first, subject.text(ask(SHORT)).await);
        // Nothing else about the sampling matters then.
        let other = Sampling { seed: 99, top_p: 0.1, top_k: 3, ..Sampling::GREEDY };
        assert_eq!(first, subject.text(GenerateRequest { sampling: other, ..ask(SHORT) }).await);
    });
}

#[test]
fn the_seed_decides_the_text() {
    check(async |subject: Subject| {
        let with_seed = |seed| {
            // A model that is sure of every word would say the same at a lower temperature.
            let sampling = Sampling { seed, temperature: 3.0, ..WARM };
            subject.text(GenerateRequest { sampling, max_tokens: 24, ..ask(SHORT) })
        };
        let first = with_seed(1).await;
        assert_eq!(first, with_seed(1).await);
        let mut texts = vec![first];
        for seed in 2..6 {
            texts.push(with_seed(seed).await);
        }
        texts.sort();
        texts.dedup();
        assert!(texts.len() > 2, "five seeds gave {texts:?}");
    });
}

#[test]
fn a_text_is_the_same_alone_and_in_a_queue() {
    check(async |subject: Subject| {
        let requests: Vec<GenerateRequest> = (0..6)
            .map(|seed| {
                let sampling = Sampling { seed, ..WARM };
                GenerateRequest { sampling, max_tokens: 20, ..ask(SHORT) }
            })
            .collect();
        let mut alone = Vec::new();
        for request in &requests {
            alone.push(subject.text(request.clone()).await);
        }
        let queued: Vec<_> = requests.into_iter().map(|request| subject.engine.generate(request)).collect();
        for (generation, alone) in queued.into_iter().zip(alone) {
            assert_eq!(generation.collect().await.expect("it answers").0, alone);
        }
    });
}

#[test]
fn urgent_requests_go_first_and_equals_in_order() {
    check(async |subject: Subject| {
        use Priority::{Background, Interactive, Normal};
        // As many as any engine takes at a time, so that the others have to wait.
        let mut running: Vec<_> = (0..4)
            .map(|_| subject.engine.generate(GenerateRequest { priority: Interactive, ..ask(LONG) }))
            .collect();
        assert_eq!(running[0].next().await, Some(GenerationEvent::Started));
        let asked = [Background, Normal, Interactive, Normal, Interactive, Background];
        let (order, mut ended) = tokio::sync::mpsc::channel(asked.len());
        for (index, priority) in asked.into_iter().enumerate() {
            let request = GenerateRequest { priority, max_tokens: 2, ..ask(SHORT) };
            let mut generation = subject.engine.generate(request);
            let order = order.clone();
            tokio::task::spawn_local(async move {
                let started = generation.next().await;
                assert_eq!(started, Some(GenerationEvent::Started));
                order.send(index).await.expect("the test waits for all");
                read(generation).await;
            });
        }
        drop(order);
        drop(running);
        let mut got = Vec::new();
        while let Some(index) = ended.recv().await {
            got.push(index);
        }
        assert_eq!(got, [2, 4, 1, 3, 0, 5]);
    });
}

#[test]
fn text_ends_before_the_first_stop_sequence() {
    check(async |subject: Subject| {
        let whole = subject.text(ask(SHORT)).await;
        let letters: Vec<(usize, char)> = whole.char_indices().collect();
        for (from, to) in [(1, 2), (6, 10), (11, 18)] {
            let stop = whole[letters[from].0..letters[to].0].to_owned();
            let expect = &whole[..whole.find(&stop).expect("it was cut from there")];
            let request = GenerateRequest { stop: vec!["\u{1}".into(), stop.clone()], ..ask(SHORT) };
            let read = read(subject.engine.generate(request)).await;
            assert_eq!(read.text(), expect, "stopped before {stop:?}");
            assert_eq!(read.usage().finish, Finish::Stop);
        }
        // One that never comes holds nothing back at the end.
        let tail = format!("{}\u{1}", &whole[letters[letters.len() - 3].0..]);
        let request = GenerateRequest { stop: vec![tail], ..ask(SHORT) };
        assert_eq!(subject.text(request).await, whole);
    });
}

#[test]
fn max_tokens_ends_the_text_and_says_so() {
    check(async |subject: Subject| {
        let whole = subject.text(ask(SHORT)).await;
        for max_tokens in [1, 3, 7] {
            let request = GenerateRequest { max_tokens, ..ask(SHORT) };
            let (text, usage) = subject.engine.generate(request).collect().await.expect("it answers");
            assert_eq!(usage.finish, Finish::Length);
            assert_eq!(usage.completion_tokens, max_tokens);
            assert!(whole.starts_with(&text), "{text:?} begins {whole:?}");
        }
    });
}

#[test]
fn a_schema_is_followed() {
    check(async |subject: Subject| {
        let schema = serde_json::json!({
            "type": "object",
            "properties": {
                "id": { "enum": ["p1", "p2"] },
                "fit": { "type": "integer", "minimum": 0, "maximum": 9 }
            },
            "required": ["id", "fit"],
            "additionalProperties": false
        });
        let validator = jsonschema::validator_for(&schema).expect("the schema is one");
        for sampling in [Sampling::GREEDY, WARM] {
            let request =
                GenerateRequest { form: Some(Form::Schema(schema.clone())), sampling, ..ask(PLACE) };
            let (text, usage) = subject.engine.generate(request).collect().await.expect("it answers");
            let value = serde_json::from_str(&text).unwrap_or_else(|_| panic!("no JSON: {text:?}"));
            assert!(validator.is_valid(&value), "{text}");
            assert_eq!(usage.finish, Finish::Stop);
        }
    });
}

#[test]
fn characters_are_never_split() {
    check(async |subject: Subject| {
        let schema = serde_json::json!({ "const": POEM });
        let request = |max_tokens| GenerateRequest {
            form: Some(Form::Schema(schema.clone())),
            max_tokens,
            ..ask(POEM)
        };
        let whole = subject.text(request(200)).await;
        assert_eq!(whole, serde_json::json!(POEM).to_string());
        // Cut after every token: in the middle of a character too.
        for max_tokens in 1..24 {
            let text = subject.text(request(max_tokens)).await;
            assert!(whole.starts_with(&text), "{text:?} begins {whole:?}");
        }
    });
}

#[test]
fn a_reader_that_does_not_read_holds_up_nobody() {
    check(async |subject: Subject| {
        let unread = subject.engine.generate(ask(LONG));
        let request = GenerateRequest { max_tokens: 3, ..ask(SHORT) };
        let (_, usage) = subject.engine.generate(request).collect().await.expect("it answers");
        assert!(usage.queue > Duration::ZERO);
        let mut status = subject.engine.status();
        status.wait_for(|status| status.state == EngineState::Ready).await.expect("the engine lives");
        let read = read(unread).await;
        assert_eq!(read.usage().finish, Finish::Length);
        assert!(read.pieces.len() < 200, "what nobody took became longer pieces");
    });
}

#[test]
fn a_dropped_generation_makes_room_for_the_next() {
    check(async |subject: Subject| {
        let whole = subject.text(ask(SHORT)).await;
        for pieces in [0, 1, 5] {
            let mut generation = subject.engine.generate(ask(LONG));
            for _ in 0..=pieces {
                generation.next().await.expect("it goes on for long");
            }
            drop(generation);
            let (text, usage) = subject.engine.generate(ask(SHORT)).collect().await.expect("it answers");
            assert_eq!(text, whole);
            assert!(usage.queue < Duration::from_secs(2), "waited {:?}", usage.queue);
        }
    });
}

#[test]
fn a_queued_generation_that_is_dropped_never_runs() {
    check(async |subject: Subject| {
        let mut running = subject.engine.generate(ask(LONG));
        assert_eq!(running.next().await, Some(GenerationEvent::Started));
        let waiting: Vec<_> = (0..50).map(|_| subject.engine.generate(ask(LONG))).collect();
        drop(waiting);
        drop(running);
        let (_, usage) = subject.engine.generate(ask(SHORT)).collect().await.expect("it answers");
        assert!(usage.queue < Duration::from_secs(2), "waited {:?}", usage.queue);
    });
}

#[test]
fn a_prompt_that_does_not_fit_is_refused_with_its_length() {
    check(async |subject: Subject| {
        let mut request = ask(SHORT);
        request.messages[1].content = "kWh ".repeat(6000);
        let error = subject.engine.generate(request).collect().await.expect_err("it's too long");
        let EngineError::PromptTooLong { prompt_tokens, context_tokens } = error else { panic!("{error:?}") };
        assert!(prompt_tokens > context_tokens);
        assert!(!subject.text(ask(SHORT)).await.is_empty(), "the next one works");
    });
}

#[test]
fn a_killed_engine_keeps_the_text_and_answers_the_next_request() {
    check(async |subject: Subject| {
        let whole = subject.text(ask(SHORT)).await;
        let mut generation = subject.engine.generate(ask(LONG));
        let mut text = String::new();
        while text.len() < 20 {
            match generation.next().await {
                Some(GenerationEvent::Text(piece)) => text.push_str(&piece),
                Some(GenerationEvent::Started) => {}
                other => panic!("{other:?}"),
            }
        }
        (subject.kill)();
        let read = read(generation).await;
        assert!(matches!(read.error(), EngineError::WorkerDied { .. }), "{:?}", read.end);
        let state = subject.engine.status().borrow().state.clone();
        assert!(matches!(state, EngineState::Failed { .. }), "{state:?}");
        assert_eq!(subject.text(ask(SHORT)).await, whole);
    });
}

#[test]
fn an_engine_that_is_killed_while_idle_answers_the_next_request() {
    check(async |subject: Subject| {
        let whole = subject.text(ask(SHORT)).await;
        (subject.kill)();
        subject.wait_for(|state| matches!(state, EngineState::Failed { .. })).await;
        assert_eq!(subject.text(ask(SHORT)).await, whole);
    });
}

#[test]
fn the_status_tells_what_goes_on() {
    check(async |subject: Subject| {
        let mut status = subject.engine.status();
        assert_eq!(status.borrow_and_update().state, EngineState::Idle);
        let mut generation = subject.engine.generate(ask(LONG));
        generation.next().await.expect("it starts");
        generation.next().await.expect("it speaks");
        assert_eq!(status.borrow().state, EngineState::Generating);
        drop(generation);
        subject.wait_for(|state| *state == EngineState::Ready).await;
        assert_eq!(status.borrow().device, "cpu");
    });
}

#[test]
fn a_model_that_loads_for_long_is_seen_loading() {
    let steps = vec![Step::Text { text: "at last".into() }];
    let engine = ScriptedEngine::new(Script { load_ms: 1500, ..Script::always(steps) });
    fresh(async {
        let mut status = engine.status();
        let generation = engine.generate(ask(SHORT));
        let loading = status.wait_for(|status| status.state == EngineState::Loading).await;
        assert!(loading.is_ok());
        drop(loading);
        let (text, usage) = generation.collect().await.expect("it answers");
        assert_eq!(text, "at last");
        assert!(usage.load >= Duration::from_millis(1500), "loading is waiting: {usage:?}");
        assert!(usage.queue < Duration::from_millis(500), "and nothing else was: {usage:?}");
    });
}

#[test]
fn prewarming_makes_the_engine_ready_without_a_request() {
    check(async |subject: Subject| {
        subject.engine.prewarm();
        subject.engine.prewarm();
        subject.wait_for(|state| *state == EngineState::Ready).await;
        let (_, usage) = subject.engine.generate(ask(SHORT)).collect().await.expect("it answers");
        assert!(usage.queue < Duration::from_millis(200), "waited {:?}", usage.queue);
    });
}

#[test]
fn two_engines_do_not_know_of_each_other() {
    let pairs =
        [(nano(), nano()), (nano(), nano_on_mistralrs()), (scripted(), scripted()), (nano(), scripted())];
    for (one, other) in pairs {
        fresh(async {
            let expect = [one.text(ask(SHORT)).await, other.text(ask(SHORT)).await];
            let both = tokio::join!(one.text(ask(SHORT)), other.text(ask(SHORT)));
            assert_eq!([both.0, both.1], expect);
            let running = other.engine.generate(ask(SHORT));
            (one.kill)();
            assert_eq!(running.collect().await.expect("it answers").0, expect[1]);
        });
    }
}

#[test]
fn dropping_an_engine_ends_its_generations() {
    check(async |subject: Subject| {
        let mut running = subject.engine.generate(ask(LONG));
        assert_eq!(running.next().await, Some(GenerationEvent::Started));
        let waiting = subject.engine.generate(ask(LONG));
        drop(subject);
        assert!(read(running).await.end.is_some_and(|end| end.is_err()));
        assert!(read(waiting).await.end.is_some_and(|end| end.is_err()));
    });
}
