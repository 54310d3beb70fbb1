//! The engines that the contract suite runs on, the requests that it makes, and how streams are read.
//!
//! Scripts answer here what the bundled model answers by its nature or by a schema; no behaviour may
//! look at which engine it has.

use std::{
    path::{Path, PathBuf},
    sync::{Arc, LazyLock},
    time::Duration,
};

use sextant_engine::{
    DeviceChoice, Engine, EngineError, EngineState, EngineStatus, Form, GenerateRequest, Generation,
    GenerationEvent, LocalEngine, Message, Priority, Reply, Role, Sampling, Script, ScriptedEngine, Step,
    Usage, WorkerEngine,
};
use sextant_tests::{binary, nano as bundled};

/// Answered by some tens of tokens: the bundled model was trained on [`FACTS`], of which this is a line.
pub(crate) const SHORT: &str = "Season: highest in summer";
const FACTS: &str = "Style: peak, friendly\nPeak: {peak_month}, {peak_kwh}; {low_month}, {low_kwh}\n\
                     Use: {annual} over the year; {average}\nSeason: highest in summer\n\
                     Trend: rising by {trend}";
/// Goes on for `max_tokens`, whatever the model.
pub(crate) const LONG: &str = "Go on for long.";
/// Answered by a small object, under the schema that the test gives.
pub(crate) const PLACE: &str = "Place the plan.";
/// Answered by itself, under a schema.
pub(crate) const POEM: &str = "Zürich 東京 🎉 naïve €9";

/// One engine under test.
pub(crate) struct Subject {
    pub(crate) name: &'static str,
    pub(crate) engine: Box<dyn Engine>,
    /// Ends whatever generates, as SIGKILL does.
    pub(crate) kill: Box<dyn Fn()>,
}

impl Subject {
    pub(crate) async fn text(&self, request: GenerateRequest) -> String {
        let answer = self.engine.generate(request).collect().await;
        answer.unwrap_or_else(|error| panic!("{}: {error}", self.name)).0
    }

    /// Waits until the state is this. One that passes quickly may never be seen.
    pub(crate) async fn wait_for(&self, state: impl Fn(&EngineState) -> bool) {
        let mut status = self.engine.status();
        status.wait_for(|status| state(&status.state)).await.expect("the engine lives");
    }
}

/// The real worker with the bundled model and the library that is usual on a processor.
pub(crate) fn nano() -> Subject {
    nano_on("nano on llama.cpp", LocalEngine::LlamaCpp)
}

/// The same with the other library.
pub(crate) fn nano_on_mistralrs() -> Subject {
    nano_on("nano on mistral.rs", LocalEngine::MistralRs)
}

fn nano_on(name: &'static str, engine: LocalEngine) -> Subject {
    worker(name, WorkerEngine::for_model(binary::worker(), &bundled::installed(), engine, DeviceChoice::Cpu))
}

/// The same worker process with a script for a model.
pub(crate) fn scripted_worker() -> Subject {
    worker("scripted worker", WorkerEngine::for_script(binary::worker(), &script_file()))
}

/// The script inside this process.
pub(crate) fn scripted() -> Subject {
    let engine = Arc::new(ScriptedEngine::new(script()));
    // Weak, so that dropping the subject drops the engine.
    let killed = Arc::downgrade(&engine);
    let kill = move || {
        if let Some(engine) = killed.upgrade() {
            engine.kill();
        }
    };
    Subject { name: "scripted", engine: Box::new(Shared(engine)), kill: Box::new(kill) }
}

/// Runs one behaviour on every engine, each time on a fresh one.
pub(crate) fn check<F: Future<Output = ()>>(behaviour: impl Fn(Subject) -> F) {
    for subject in [nano, nano_on_mistralrs, scripted_worker, scripted] {
        let subject = subject();
        println!("on {}", subject.name);
        fresh(behaviour(subject));
    }
}

/// Runs on a small runtime of its own, and not for ever.
pub(crate) fn fresh(behaviour: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .build()
        .expect("a runtime needs no more than the process has");
    tokio::task::LocalSet::new().block_on(&runtime, async {
        tokio::time::timeout(Duration::from_mins(2), behaviour).await.expect("it takes seconds");
    });
}

/// A greedy request with the bundled model's usual prompt.
pub(crate) fn ask(what: &str) -> GenerateRequest {
    // Under this, a model has to go on until something else ends it.
    let endless = || serde_json::json!({ "type": "string", "minLength": 5000 });
    GenerateRequest {
        messages: vec![
            Message { role: Role::System, content: "usage_summary".into() },
            Message { role: Role::User, content: if what == SHORT { FACTS } else { what }.to_owned() },
        ],
        max_tokens: 400,
        stop: Vec::new(),
        sampling: Sampling::GREEDY,
        form: (what == LONG).then(|| Form::Schema(endless())),
        priority: Priority::Normal,
    }
}

/// A stream, read to its end.
#[derive(Debug, Default)]
pub(crate) struct Read {
    pub(crate) started: bool,
    pub(crate) pieces: Vec<String>,
    pub(crate) end: Option<Result<Usage, EngineError>>,
}

impl Read {
    pub(crate) fn text(&self) -> String {
        self.pieces.concat()
    }

    pub(crate) fn usage(&self) -> &Usage {
        match &self.end {
            Some(Ok(usage)) => usage,
            other => panic!("no good end: {other:?}"),
        }
    }

    pub(crate) fn error(&self) -> &EngineError {
        match &self.end {
            Some(Err(error)) => error,
            other => panic!("no bad end: {other:?}"),
        }
    }
}

pub(crate) async fn read(mut generation: Generation) -> Read {
    let mut read = Read::default();
    while let Some(event) = generation.next().await {
        assert!(read.end.is_none(), "{event:?} after the end");
        match event {
            GenerationEvent::Started => {
                assert!(!read.started && read.pieces.is_empty(), "it starts once, and first");
                read.started = true;
            }
            GenerationEvent::Text(piece) => read.pieces.push(piece),
            GenerationEvent::Done(usage) => read.end = Some(Ok(usage)),
            GenerationEvent::Failed(error) => read.end = Some(Err(error)),
        }
    }
    read
}

/// So that a weak reference to the engine can be kept beside it.
struct Shared<E>(Arc<E>);

impl<E: Engine> Engine for Shared<E> {
    fn generate(&self, request: GenerateRequest) -> Generation {
        self.0.generate(request)
    }

    fn prewarm(&self) {
        self.0.prewarm();
    }

    fn status(&self) -> tokio::sync::watch::Receiver<EngineStatus> {
        self.0.status()
    }
}

fn worker(name: &'static str, engine: WorkerEngine) -> Subject {
    let engine = Arc::new(engine);
    let killed = Arc::downgrade(&engine);
    let kill = move || {
        let worker = killed.upgrade().and_then(|engine| engine.worker_pid());
        let worker = worker.expect("a worker runs").cast_signed();
        // SAFETY: the number is that of a child which has not been reaped: it's still the worker's.
        assert_eq!(unsafe { libc::kill(worker, libc::SIGKILL) }, 0);
    };
    Subject { name, engine: Box::new(Shared(engine)), kill: Box::new(kill) }
}

fn script() -> Script {
    let reply = |when: &str, steps| Reply { when: when.into(), with_schema: None, steps };
    let text = |text: &str| Step::Text { text: text.into() };
    let mut poem: Vec<Step> = POEM.chars().map(|letter| text(&letter.to_string())).collect();
    poem.insert(0, text("\""));
    poem.push(text("\""));
    Script {
        load_ms: 20,
        context_tokens: 1024,
        ..Script::of(vec![
            reply(LONG, vec![Step::Prefill { ms: 5 }, Step::Words { count: 2000, wait_ms: 1 }]),
            reply(PLACE, vec![text("{\"id\":"), text("\"p1\","), text("\"fit\":4}")]),
            reply(POEM, poem),
            reply("", vec![Step::Prefill { ms: 5 }, Step::Words { count: 30, wait_ms: 0 }]),
        ])
    }
}

/// The script as a file, for the worker process.
fn script_file() -> PathBuf {
    static FILE: LazyLock<PathBuf> = LazyLock::new(|| {
        let file = Path::new(env!("CARGO_TARGET_TMPDIR")).join("engine_contract.json");
        let json = serde_json::to_vec(&script()).expect("a script is plain data");
        std::fs::write(&file, json).expect("the tests' own folder can be written to");
        file
    });
    FILE.clone()
}
