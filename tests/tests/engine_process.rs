//! What only a worker that is a process can do or suffer: signals, pipes, files, processor time.
//! Each promise holds for both libraries that compute.
#![cfg(target_os = "linux")]

use std::{
    io::{BufRead as _, BufReader, Write as _},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
    time::{Duration, Instant},
};

use serde_json::{Value, json};
use sextant_engine::{
    DeviceChoice, Engine as _, EngineError, EngineState, Form, GenerateRequest, GenerationEvent,
    InstalledModel, LocalEngine, Message, Priority, Role, Sampling, WorkerCommand, WorkerEngine,
};
use sextant_tests::{binary, nano};

fn engine(model: &InstalledModel, library: LocalEngine) -> WorkerEngine {
    WorkerEngine::for_model(binary::worker(), model, library, DeviceChoice::Cpu)
}

/// Runs a promise on both libraries that compute.
fn check(promise: impl Fn(LocalEngine)) {
    for library in LocalEngine::ALL {
        println!("on {}", library.name());
        promise(library);
    }
}

/// Goes on until `max_tokens`, because the schema doesn't let it end.
fn long(max_tokens: u32) -> GenerateRequest {
    let content = "Annual use: 8,412 kWh\nTrend: steady\nSummarise the usage.".to_owned();
    GenerateRequest {
        messages: vec![
            Message { role: Role::System, content: "usage_summary".into() },
            Message { role: Role::User, content },
        ],
        max_tokens,
        stop: Vec::new(),
        sampling: Sampling::GREEDY,
        form: Some(Form::Schema(json!({ "type": "string", "minLength": 5000 }))),
        priority: Priority::Normal,
    }
}

fn block_on<T>(future: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build();
    runtime.expect("a runtime needs no more than the process has").block_on(future)
}

/// Processor time of all threads of a process, from the scheduler's own nanosecond counters.
fn processor_time(process_id: u32) -> Duration {
    let tasks = std::fs::read_dir(format!("/proc/{process_id}/task")).expect("the process lives");
    let nanos = tasks.filter_map(|task| {
        let stat = std::fs::read_to_string(task.ok()?.path().join("schedstat")).ok()?;
        stat.split_whitespace().next()?.parse::<u64>().ok()
    });
    Duration::from_nanos(nanos.sum())
}

fn kill(process_id: u32) {
    // SAFETY: it is a child of ours that has not been reaped.
    unsafe { libc::kill(process_id.cast_signed(), libc::SIGKILL) };
}

/// Whether there is such a process; one that has ended but was not reaped counts.
fn exists(process_id: u32) -> bool {
    Path::new(&format!("/proc/{process_id}")).exists()
}

#[test]
fn dropping_a_generation_ends_its_computation_within_a_token() {
    check(|library| {
        let engine = engine(&nano::installed(), library);
        block_on(async {
            let mut per_token = Duration::MAX;
            for _ in 0..2 {
                engine.generate(long(8)).collect().await.expect("it answers");
                let process_id = engine.worker_pid().expect("it runs");
                let before = processor_time(process_id);
                let (_, usage) = engine.generate(long(200)).collect().await.expect("it answers");
                per_token = processor_time(process_id).saturating_sub(before) / usage.completion_tokens;
            }
            let process_id = engine.worker_pid().expect("it runs");
            let mut generation = engine.generate(long(400));
            for _ in 0..6 {
                generation.next().await.expect("it goes on for long");
            }
            let before = processor_time(process_id);
            drop(generation);
            tokio::time::sleep(Duration::from_millis(600)).await;
            let after = processor_time(process_id).saturating_sub(before);
            println!("a token takes {per_token:?}; after the drop {after:?} were used");
            assert!(after < per_token * 4 + Duration::from_millis(5), "{after:?} of {per_token:?} each");
            let before = processor_time(process_id);
            tokio::time::sleep(Duration::from_secs(1)).await;
            let idle = processor_time(process_id).saturating_sub(before);
            println!("idle: {idle:?} of a second");
            assert!(idle < Duration::from_millis(10), "an idle worker must not spin: {idle:?}");
        });
    });
}

#[test]
fn a_stop_in_the_pipe_ends_computation_within_a_token() {
    check(|library| {
        let mut worker = RawWorker::start(library);
        for asked_after in [1, 5, 20] {
            let id = asked_after;
            worker.send(&json!({ "kind": "generate", "id": id, "request": long(400) }));
            let mut pieces = 0;
            let computed = loop {
                let message = worker.read();
                match message["kind"].as_str().expect("every message has a kind") {
                    "text" => {
                        pieces += 1;
                        if pieces == asked_after {
                            worker.send(&json!({ "kind": "stop", "id": id }));
                        }
                    }
                    "stopped" => break message["computed_tokens"].as_u64().expect("a count"),
                    "started" => {}
                    other => panic!("{other}: {message}"),
                }
            };
            // The token under way when the stop arrives, and the one that the reader had not yet seen.
            println!("asked after {pieces} pieces, {computed} tokens were computed");
            assert!(computed <= pieces + 2, "{computed} tokens for {pieces} pieces");
        }
    });
}

#[test]
fn dropping_the_engine_leaves_no_process() {
    check(|library| {
        let engine = engine(&nano::installed(), library);
        let mut generation = engine.generate(long(400));
        block_on(async {
            for _ in 0..4 {
                generation.next().await.expect("it goes on for long");
            }
        });
        let process_id = engine.worker_pid().expect("it runs");
        assert!(exists(process_id));
        drop(engine);
        assert!(!exists(process_id), "it's gone and reaped when the drop returns");
    });
}

#[test]
fn an_engine_that_is_dropped_while_loading_leaves_no_process() {
    check(|library| {
        let engine = engine(&nano::installed(), library);
        engine.prewarm();
        let process_id = loop {
            if let Some(process_id) = engine.worker_pid() {
                break process_id;
            }
            std::thread::sleep(Duration::from_millis(1));
        };
        drop(engine);
        assert!(!exists(process_id));
    });
}

#[test]
fn a_killed_worker_leaves_no_zombie() {
    check(|library| {
        let engine = engine(&nano::installed(), library);
        block_on(async {
            engine.generate(long(2)).collect().await.expect("it answers");
            let process_id = engine.worker_pid().expect("it runs");
            kill(process_id);
            let mut status = engine.status();
            status
                .wait_for(|status| matches!(status.state, EngineState::Failed { .. }))
                .await
                .expect("the engine lives");
            assert!(!exists(process_id));
            let (text, _) = engine.generate(long(4)).collect().await.expect("it answers again");
            assert!(!text.is_empty());
        });
    });
}

/// What of a process is in memory, in KiB.
fn resident_kib(process_id: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process_id}/status")).expect("the process lives");
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).expect("Linux says so");
    line.trim().trim_end_matches("kB").trim().parse().expect("it's a number")
}

/// The test program stands for the app: it holds the engine, the queue and the pipe.
#[test]
fn a_model_that_comes_and_goes_leaves_no_memory_behind() {
    check(|library| {
        let turn = || {
            let engine = engine(&nano::installed(), library);
            block_on(async { engine.generate(long(8)).collect().await.expect("it answers") });
            let process_id = engine.worker_pid().expect("it runs");
            drop(engine);
            assert!(!exists(process_id), "the worker outlived its engine");
        };
        // What a first time allocates for good is no leak.
        turn();
        let before = resident_kib(std::process::id());
        for _ in 0..20 {
            turn();
        }
        let after = resident_kib(std::process::id());
        println!("{before} KiB before, {after} KiB after 20 times");
        assert!(after * 100 <= before * 105, "{before} KiB became {after} KiB");
    });
}

#[test]
fn a_worker_that_is_killed_anywhere_leaves_nothing_and_the_next_one_works() {
    check(|library| {
        let engine = engine(&nano::installed(), library);
        block_on(async {
            let mut expected = None;
            for moment in [EngineState::Loading, EngineState::Generating, EngineState::Ready] {
                // A long prompt, so that the first moments of a generation are spent on reading.
                let mut request = long(600);
                request.messages[1].content = "August: 1,120 kWh\n".repeat(30);
                let mut generation = engine.generate(request);
                if moment == EngineState::Ready {
                    // Not idle yet: it writes.
                    while !matches!(generation.next().await, Some(GenerationEvent::Text(_))) {}
                } else {
                    let mut status = engine.status();
                    status.wait_for(|status| status.state == moment).await.expect("the engine lives");
                    while engine.worker_pid().is_none() {
                        tokio::time::sleep(Duration::from_millis(1)).await;
                    }
                }
                let process_id = engine.worker_pid().expect("it runs");
                kill(process_id);
                assert!(generation.collect().await.is_err(), "{moment:?}: it ended well");
                assert!(!exists(process_id), "{moment:?}: it was not reaped");
                let next = engine.generate(long(8)).collect().await.expect("the next one works").0;
                assert_eq!(*expected.get_or_insert_with(|| next.clone()), next, "{moment:?}");
            }
        });
    });
}

#[test]
fn a_worker_ends_with_its_pipe_while_loading_idle_and_generating() {
    check(|library| {
        for messages_before in [0, 1, 4] {
            let mut worker = RawWorker::start_without_waiting(library);
            for index in 0..messages_before {
                worker.read();
                if index == 0 {
                    worker.send(&json!({ "kind": "generate", "id": 1, "request": long(400) }));
                }
            }
            drop(worker.child.stdin.take());
            let closed = Instant::now();
            let status = worker.child.wait().expect("it ends");
            let took = closed.elapsed();
            assert!(status.success(), "{status}");
            assert!(took < Duration::from_millis(800), "after {messages_before} messages: {took:?}");
        }
    });
}

#[test]
fn a_broken_model_file_is_named_before_anything_starts() {
    check(|library| {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let nano = nano::installed();
        let good = std::fs::read(&nano.file).expect("nano can be read");
        let mut flipped = good.clone();
        let middle = flipped.len() / 2;
        flipped[middle] ^= 0x40;
        let file = |name: &str, bytes: &[u8]| {
            let path = folder.path().join(name);
            std::fs::write(&path, bytes).expect("a temporary file can be written");
            path
        };
        let cases: [(PathBuf, &str, &str); 8] = [
            (folder.path().join("missing.gguf"), "model_file_missing", "is missing"),
            (folder.path().to_owned(), "model_file_invalid", "a folder"),
            (file("empty.gguf", b""), "model_file_invalid", "is empty"),
            (file("page.gguf", b"<!DOCTYPE html><html>"), "model_file_invalid", "web page"),
            (file("photo.gguf", b"\x89PNG\r\n\x1a\n0000000000"), "model_file_invalid", "not a GGUF"),
            (file("header.gguf", &good[..4000]), "model_file_invalid", "file"),
            (file("half.gguf", &good[..middle]), "model_file_invalid", "interrupted"),
            (file("flipped.gguf", &flipped), "model_file_invalid", "not what was published"),
        ];
        for (path, code, words) in cases {
            let engine = engine(&InstalledModel { file: path.clone(), ..nano.clone() }, library);
            let error = block_on(engine.generate(long(2)).collect()).expect_err("it can't load");
            println!("{error}");
            assert_eq!(error.code(), code, "{error}");
            assert!(error.to_string().contains(words), "{error}");
            assert_eq!(engine.worker_pid(), None);
        }
    });
}

#[test]
fn a_worker_that_cannot_start_says_which_program() {
    let mut model = nano::installed();
    model.sha256 = None;
    let program = PathBuf::from("/nowhere/sextant");
    let engine = WorkerEngine::for_model(program, &model, LocalEngine::LlamaCpp, DeviceChoice::Cpu);
    let error = block_on(engine.generate(long(2)).collect()).expect_err("there is no program");
    assert!(matches!(error, EngineError::WorkerNotStarted { .. }), "{error:?}");
    assert!(error.to_string().contains("/nowhere/sextant"), "{error}");
}

#[test]
fn events_arrive_without_delay() {
    check(|library| {
        let engine = engine(&nano::installed(), library);
        block_on(async {
            engine.generate(long(8)).collect().await.expect("it answers");
            let mut overheads = Vec::new();
            for _ in 0..5 {
                let asked = Instant::now();
                let mut generation = engine.generate(long(40));
                let mut first = None;
                let usage = loop {
                    match generation.next().await.expect("it ends with an event") {
                        GenerationEvent::Text(_) => {
                            first.get_or_insert_with(|| asked.elapsed());
                        }
                        GenerationEvent::Done(usage) => break usage,
                        GenerationEvent::Started => {}
                        GenerationEvent::Failed(error) => panic!("{error}"),
                    }
                };
                let model = usage.prefill + usage.decode;
                overheads.push(asked.elapsed().saturating_sub(model));
                println!(
                    "first text after {:?}, prefill {:?}, {} tokens in {:?}, all else {:?}",
                    first.expect("there was text"),
                    usage.prefill,
                    usage.completion_tokens,
                    usage.decode,
                    overheads[overheads.len() - 1],
                );
            }
            overheads.sort();
            assert!(overheads[0] < Duration::from_millis(20), "{overheads:?}");
        });
    });
}

/// A worker without our client: what crosses the pipe, word for word.
struct RawWorker {
    child: Child,
    output: BufReader<ChildStdout>,
}

impl RawWorker {
    fn start(library: LocalEngine) -> Self {
        let mut worker = Self::start_without_waiting(library);
        assert_eq!(worker.read()["kind"], "ready");
        worker
    }

    fn start_without_waiting(library: LocalEngine) -> Self {
        let nano = nano::installed();
        let command = WorkerCommand::for_model(
            binary::worker(),
            library,
            &nano.file,
            &nano.tokenizer_dir,
            DeviceChoice::Cpu,
        );
        let mut child = Command::new(command.program)
            .args(command.args)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("the executable starts");
        let output = BufReader::new(child.stdout.take().expect("the pipe was asked for"));
        Self { child, output }
    }

    fn send(&mut self, message: &Value) {
        let stdin = self.child.stdin.as_mut().expect("the pipe is open");
        writeln!(stdin, "{message}").expect("the worker reads");
    }

    fn read(&mut self) -> Value {
        let mut line = String::new();
        self.output.read_line(&mut line).expect("the worker writes");
        serde_json::from_str(&line).unwrap_or_else(|_| panic!("no message: {line:?}"))
    }
}

impl Drop for RawWorker {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
