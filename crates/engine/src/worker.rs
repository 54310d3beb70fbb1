//! The worker process: loads one model and answers generations over its pipe.
//!
//! What runs here may abort, be killed or leak; the app on the other end of the pipe stays. So nothing
//! here tries to survive what it can't explain: it ends, and the app says so.
//! Standard input is read by a thread of its own that ends the process when the app is gone, even
//! while a model is loading or a long prompt is being read. A local model that answers one generation at
//! a time sees none of this: it implements [`LocalModel`] in a file beside this one. llama.cpp decodes
//! several in one batch and has a loop of its own, and so has the model that embeds.

mod arguments;
mod device;
mod embedding;
mod form;
mod gumbel;
mod llama;
mod minilm;
mod mistral;
mod pipe_end;
mod processor;
mod scripted;

use std::{
    collections::VecDeque,
    ffi::OsString,
    ops::ControlFlow,
    process::ExitCode,
    time::{Duration, Instant},
};

use tokio::sync::watch;

use crate::{
    EngineError, Finish, GenerateRequest, Usage, pipe::FromWorker, pipe::ToWorker, stop_text::StopText,
};
use arguments::{Arguments, EngineChoice};
use pipe_end::PipeEnd;

pub(crate) use device::{CUDA, METAL, VULKAN, probe};
pub(crate) use scripted::ScriptPlayer;

/// All that `sextant-worker` does; `args` without its own name. Returns when the app closes the pipe.
pub fn worker_main(args: impl Iterator<Item = OsString>) -> ExitCode {
    let arguments = match Arguments::parse(args) {
        Ok(arguments) => arguments,
        Err(mistake) => {
            eprintln!("sextant worker: {mistake}");
            return ExitCode::from(2);
        }
    };
    std::panic::set_hook(Box::new(report_panic));
    if let EngineChoice::Mistral(choice) = &arguments.engine {
        choose_threads(&choice.file);
    }
    let pipe = match PipeEnd::take_over() {
        Ok(pipe) => pipe,
        Err(error) => {
            eprintln!("sextant worker: the pipe can't be set up: {error}");
            return ExitCode::FAILURE;
        }
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime needs no more than the process has");
    runtime.block_on(async {
        match arguments.engine {
            EngineChoice::Llama(choice) => llama::work(pipe, &choice).await,
            EngineChoice::Mistral(choice) => Box::pin(work(pipe, mistral::MistralModel::load(&choice))).await,
            EngineChoice::Embedding(folder) => embedding::work(pipe, &folder).await,
            EngineChoice::Scripted(file) => work(pipe, ScriptPlayer::load(&file)).await,
        }
    })
}

/// What a model says of itself once it's loaded.
#[derive(Debug, Clone)]
pub(crate) struct Loaded {
    pub(crate) engine: &'static str,
    pub(crate) device: String,
    pub(crate) threads: u32,
    /// How many generations it takes at a time.
    pub(crate) parallel: u32,
    pub(crate) notice: Option<String>,
}

impl Loaded {
    /// The first message of a worker that can work.
    pub(crate) fn message(self, took: Duration) -> FromWorker {
        let Self { engine, device, threads, parallel, notice } = self;
        let load_ms = sextant_domain::millis(took);
        FromWorker::Ready { engine: engine.into(), device, threads, parallel, load_ms, notice }
    }
}

/// One generation as the model ran it. Times are from a monotonic clock.
#[derive(Debug, Clone)]
pub(crate) struct Run {
    pub(crate) prompt_tokens: u32,
    pub(crate) cached_tokens: u32,
    /// Tokens that were computed, the one that ends the answer included.
    pub(crate) completion_tokens: u32,
    /// When the first and the last of them were chosen; `None` where there was none.
    pub(crate) tokens_at: Option<(Instant, Instant)>,
    pub(crate) ending: Ending,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ending {
    Finished(Finish),
    /// The app didn't want it any more.
    Stopped,
}

/// Why a generation has no good end.
#[derive(Debug)]
pub(crate) enum Trouble {
    /// The next generation can be tried.
    Failed(EngineError),
    /// Nothing more can come from this process.
    Dead(String),
}

/// How many tokens an answer to this prompt can have: `max_tokens`, or what the context leaves.
fn answer_tokens(prompt_tokens: u32, context_tokens: u32, max_tokens: u32) -> Result<u32, EngineError> {
    match context_tokens.saturating_sub(prompt_tokens) {
        0 => Err(EngineError::PromptTooLong { prompt_tokens, context_tokens }),
        room => Ok(max_tokens.clamp(1, room)),
    }
}

/// Something that generates one answer at a time.
pub(crate) trait LocalModel {
    fn loaded(&self) -> Loaded;

    /// Hands every piece of text to `text` as it comes and ends early when that breaks or when `stop`
    /// resolves. Returns only when nothing of the generation computes any more.
    fn generate(
        &mut self,
        request: &GenerateRequest,
        text: &mut TextOut<'_>,
        stop: &mut StopSignal,
    ) -> impl Future<Output = Result<Run, Trouble>> + Send;
}

/// Where a generation's text goes: stop sequences are handled here, for every model.
pub(crate) struct TextOut<'a> {
    gate: StopText,
    show: &'a mut (dyn FnMut(String) + Send),
}

impl<'a> TextOut<'a> {
    pub(crate) fn new(stop: &[String], show: &'a mut (dyn FnMut(String) + Send)) -> Self {
        Self { gate: StopText::new(stop), show }
    }

    /// Takes whole characters. `Break` when a stop sequence has ended the text.
    pub(crate) fn push(&mut self, piece: &str) -> ControlFlow<()> {
        let (text, flow) = match self.gate.push(piece) {
            ControlFlow::Continue(text) => (text, ControlFlow::Continue(())),
            ControlFlow::Break(text) => (text, ControlFlow::Break(())),
        };
        if !text.is_empty() {
            (self.show)(text);
        }
        flow
    }

    /// Shows what was held back, after an end without a stop sequence.
    pub(crate) fn finish(&mut self) {
        let rest = self.gate.finish();
        if !rest.is_empty() {
            (self.show)(rest);
        }
    }
}

/// The generations that were asked to stop, as far as they can still be under way.
#[derive(Debug, Clone, Default)]
pub(crate) struct Stops(VecDeque<u64>);

impl Stops {
    /// More than any worker takes at a time.
    const REMEMBERED: usize = 32;

    pub(crate) fn add(&mut self, id: u64) {
        if self.0.len() == Self::REMEMBERED {
            self.0.pop_front();
        }
        self.0.push_back(id);
    }

    fn has(&self, id: u64) -> bool {
        self.0.contains(&id)
    }
}

/// Resolves when the app has asked to stop this generation.
#[derive(Debug, Clone)]
pub(crate) struct StopSignal {
    id: u64,
    stopped: watch::Receiver<Stops>,
}

impl StopSignal {
    pub(crate) fn new(id: u64, stopped: watch::Receiver<Stops>) -> Self {
        Self { id, stopped }
    }

    /// Whether it has been asked by now.
    pub(crate) fn is_asked(&self) -> bool {
        self.stopped.borrow().has(self.id)
    }

    /// Can be cancelled and asked again.
    pub(crate) async fn asked(&mut self) {
        let id = self.id;
        if self.stopped.wait_for(|stopped| stopped.has(id)).await.is_err() {
            // Nobody can ask any more.
            std::future::pending::<()>().await;
        }
    }
}

/// The library takes every core unless the environment says otherwise.
fn choose_threads(file: &std::path::Path) {
    let small = std::fs::metadata(file).is_ok_and(|metadata| processor::is_small(metadata.len()));
    if small && std::env::var_os(THREADS).is_none() {
        // SAFETY: the process has no other thread yet.
        unsafe { std::env::set_var(THREADS, "1") };
    }
}

/// One line, because it becomes part of a sentence in the app.
fn report_panic(panic: &std::panic::PanicHookInfo<'_>) {
    let message = panic.payload_as_str().unwrap_or("no message").replace('\n', " ");
    let place = panic.location().map_or_else(String::new, |location| {
        let file = std::path::Path::new(location.file()).file_name().unwrap_or_default();
        format!(" ({}:{})", file.display(), location.line())
    });
    eprintln!("{message}{place}");
}

/// How many threads the libraries compute with.
pub(crate) fn threads() -> u32 {
    chosen_threads().unwrap_or_else(|| {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        u32::try_from(cores).unwrap_or(1)
    })
}

/// What the environment asks for.
fn chosen_threads() -> Option<u32> {
    let chosen = std::env::var(THREADS).ok().and_then(|threads| threads.parse().ok());
    chosen.filter(|&threads| threads > 0)
}

const THREADS: &str = "RAYON_NUM_THREADS";

async fn work<M: LocalModel>(
    mut pipe: PipeEnd,
    load: impl Future<Output = Result<M, EngineError>>,
) -> ExitCode {
    let started = Instant::now();
    let mut model = match load.await {
        Ok(model) => model,
        Err(error) => {
            pipe.send(&FromWorker::NotLoaded { error });
            return ExitCode::FAILURE;
        }
    };
    pipe.send(&model.loaded().message(started.elapsed()));
    while let Some(message) = pipe.next().await {
        let ToWorker::Generate { id, request } = message else {
            continue;
        };
        let stop = pipe.stop_signal(id);
        let send = |message: &FromWorker| pipe.send(message);
        if let Err(reason) = answer(&mut model, &send, stop, id, &request).await {
            eprintln!("sextant worker: {reason}");
            return ExitCode::FAILURE;
        }
    }
    ExitCode::SUCCESS
}

/// Runs one generation to its one answer; an error is the end of the worker.
pub(crate) async fn answer<M: LocalModel>(
    model: &mut M,
    send: &(dyn Fn(&FromWorker) + Sync),
    mut stop: StopSignal,
    id: u64,
    request: &GenerateRequest,
) -> Result<(), String> {
    let taken = Instant::now();
    send(&FromWorker::Started { id });
    let mut show = |text| send(&FromWorker::Text { id, text });
    let mut text = TextOut::new(&request.stop, &mut show);
    let last = match model.generate(request, &mut text, &mut stop).await {
        Ok(run) => match run.ending {
            Ending::Finished(finish) => FromWorker::Done { id, usage: usage(&run, taken, finish) },
            Ending::Stopped => FromWorker::Stopped { id, computed_tokens: run.completion_tokens },
        },
        Err(Trouble::Failed(error)) => FromWorker::Failed { id, error },
        Err(Trouble::Dead(reason)) => return Err(reason),
    };
    send(&last);
    Ok(())
}

/// What a generation cost, from its arrival here to its last token.
fn usage(run: &Run, taken: Instant, finish: Finish) -> Usage {
    let ended = Instant::now();
    let (first, last) = run.tokens_at.unwrap_or((ended, ended));
    Usage {
        prompt_tokens: run.prompt_tokens,
        cached_tokens: run.cached_tokens,
        completion_tokens: run.completion_tokens,
        // The app's end of the pipe knows more.
        load: Duration::ZERO,
        queue: Duration::ZERO,
        prefill: first.duration_since(taken),
        decode: last.duration_since(first),
        finish,
    }
}
