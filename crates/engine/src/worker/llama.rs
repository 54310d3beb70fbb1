//! llama.cpp as a local model, for GGUF files on a processor, or on a GPU that was compiled in.
//!
//! Several answers are under way together, each in a sequence of one context (`memory.rs`), and every
//! step computes the next token of all of them in one batch, or a piece of one prompt. Sampling is ours
//! (`gumbel.rs`), so a seed means the same as on the other engine; constrained output is llguidance's,
//! as there. Nothing here awaits but for work: a token takes milliseconds, and the pipe is read by a
//! thread of its own. A stop is looked for between steps and, by the library, between the parts of a
//! computation, so a long prompt ends at once too.

mod answer;
mod characters;
mod constraint;
mod library;
mod memory;
mod prompt;

use std::{collections::VecDeque, process::ExitCode, sync::Arc, time::Instant};

use super::{
    Loaded, StopSignal, answer_tokens, arguments::ModelChoice, device, device::Chosen, pipe_end::PipeEnd,
    processor, usage,
};
use crate::{EngineError, Form, GenerateRequest, Usage, gguf, pipe::FromWorker, pipe::ToWorker};
use answer::{Answer, Next};
use constraint::{Constraint, Grammars};
use library::{Model, Undone};
use memory::{MOST_PARALLEL, Memory};
use prompt::Prompt;

/// Loads the model and answers until the app closes the pipe.
pub(super) async fn work(mut pipe: PipeEnd, choice: &ModelChoice) -> ExitCode {
    let started = Instant::now();
    let mut desk = match Desk::load(choice) {
        Ok(desk) => desk,
        Err(error) => {
            pipe.send(&FromWorker::NotLoaded { error });
            return ExitCode::FAILURE;
        }
    };
    pipe.send(&desk.loaded.clone().message(started.elapsed()));
    loop {
        let message = if desk.is_idle() { pipe.next().await } else { pipe.try_next() };
        match message {
            Some(ToWorker::Generate { id, request }) => desk.take(&pipe, id, &request),
            // The pipe's own thread has noted a stop, and nobody asks this worker for vectors.
            Some(ToWorker::Stop { .. } | ToWorker::Embed { .. }) => {}
            None if desk.is_idle() => return ExitCode::SUCCESS,
            None => {
                if let Err(reason) = desk.step(&pipe) {
                    eprintln!("sextant worker: {reason}");
                    return ExitCode::FAILURE;
                }
            }
        }
    }
}

/// One model and the answers that are under way.
struct Desk {
    model: Arc<Model>,
    prompt: Prompt,
    /// Made at the first constrained answer.
    grammars: Option<Grammars>,
    memory: Memory,
    context_tokens: u32,
    loaded: Loaded,
    /// In order of arrival: what can't begin yet, and what has begun.
    waiting: VecDeque<Answer>,
    active: Vec<Answer>,
    /// Logits that sampling may change; kept, because a large vocabulary's are half a megabyte.
    scratch: Vec<f32>,
}

impl Desk {
    fn load(choice: &ModelChoice) -> Result<Self, EngineError> {
        let summary = gguf::inspect(&choice.file)?;
        let invalid = |reason: String| EngineError::ModelFileInvalid {
            path: choice.file.clone(),
            defect: format!("it can't be loaded: {}", one_line(&reason)),
        };
        let Chosen { name: device, is_cpu, notice } = device::choose_for_llama(choice.device, library::gpu);
        let rearranged = processor::gains_by_rearranging(summary.quantisation);
        let model = Arc::new(Model::load(&choice.file, !is_cpu, rearranged).map_err(invalid)?);
        let prompt = Prompt::load(&model, &choice.file, &choice.tokenizer_dir)?;
        let threads = processor::threads_for(summary.file_bytes);
        let context_tokens = model.context_tokens().min(summary.context_tokens);
        let fused_attention = !is_cpu || processor::gains_by_fused_attention(summary.file_bytes);
        let loaded = Loaded { engine: "llamacpp", device, threads, parallel: MOST_PARALLEL, notice };
        Ok(Self {
            memory: Memory::new(&model, context_tokens, summary.file_bytes, threads, fused_attention),
            context_tokens,
            model,
            prompt,
            grammars: None,
            loaded,
            waiting: VecDeque::new(),
            active: Vec::new(),
            scratch: Vec::new(),
        })
    }

    fn is_idle(&self) -> bool {
        self.waiting.is_empty() && self.active.is_empty()
    }

    /// A request has come.
    fn take(&mut self, pipe: &PipeEnd, id: u64, request: &GenerateRequest) {
        let arrived = Instant::now();
        pipe.send(&FromWorker::Started { id });
        match self.prepare(id, request, pipe.stop_signal(id)) {
            Ok(answer) => self.waiting.push_back(answer.prepared_since(arrived)),
            Err(error) => pipe.send(&FromWorker::Failed { id, error }),
        }
    }

    fn prepare(
        &mut self,
        id: u64,
        request: &GenerateRequest,
        stop: StopSignal,
    ) -> Result<Answer, EngineError> {
        let prompt = self.prompt.tokens(&self.model, &request.messages)?;
        let prompt_tokens = u32::try_from(prompt.len()).unwrap_or(u32::MAX);
        let max_tokens = answer_tokens(prompt_tokens, self.context_tokens, request.max_tokens)?;
        let constraint = request.form.as_ref().map(|form| self.constraint(form)).transpose()?;
        Ok(Answer::new(id, request, prompt, max_tokens, constraint, stop))
    }

    fn constraint(&mut self, form: &Form) -> Result<Constraint, EngineError> {
        let grammars = match self.grammars.take() {
            Some(grammars) => grammars,
            None => Grammars::new(&self.model)?,
        };
        self.grammars.insert(grammars).constraint(form)
    }

    /// Computes a piece of one prompt and one token of every other answer. An error is the end.
    fn step(&mut self, pipe: &PipeEnd) -> Result<(), String> {
        self.forget_stopped(pipe);
        self.begin()?;
        let writing: Vec<usize> =
            (0..self.active.len()).filter(|&at| !self.active[at].is_reading()).collect();
        if let Some(at) = self.active.iter().position(Answer::is_reading) {
            let result = self.read(at);
            if is_done(result)? && self.active[at].has_read() {
                self.choose(pipe, at, None);
            }
        }
        if !writing.is_empty() {
            let order = self.in_order(writing);
            let result = self.write(&order);
            if is_done(result)? {
                for (place, at) in order.into_iter().enumerate() {
                    self.choose(pipe, at, Some(place));
                }
            }
        }
        let memory = &mut self.memory;
        self.active.retain(|answer| {
            if answer.is_over {
                memory.end(answer.sequence);
            }
            !answer.is_over
        });
        Ok(())
    }

    fn forget_stopped(&mut self, pipe: &PipeEnd) {
        let memory = &mut self.memory;
        let tell = |answer: &Answer| {
            pipe.send(&FromWorker::Stopped { id: answer.id, computed_tokens: answer.written });
        };
        self.waiting.retain(|answer| {
            let is_stopped = answer.stop.is_asked();
            if is_stopped {
                tell(answer);
            }
            !is_stopped
        });
        self.active.retain(|answer| {
            let is_stopped = answer.stop.is_asked();
            if is_stopped {
                memory.end(answer.sequence);
                tell(answer);
            }
            !is_stopped
        });
    }

    /// Gives what waits a place, as far as there is room. A prompt is begun when the one before it is
    /// read, because it may share its beginning.
    fn begin(&mut self) -> Result<(), String> {
        if self.active.iter().any(Answer::is_reading) {
            return Ok(());
        }
        let Some(first) = self.waiting.front() else {
            return Ok(());
        };
        if self.active.is_empty() {
            let together = self.waiting.iter().take(MOST_PARALLEL as usize);
            let tokens = together.clone().map(Answer::most_tokens).max().unwrap_or_default();
            self.memory.make_room(tokens, u32::try_from(together.count()).unwrap_or(1))?;
        } else if !self.memory.has_room(first.most_tokens()) {
            return Ok(());
        }
        let mut answer = self.waiting.pop_front().expect("it was looked at above");
        answer.begin(self.memory.begin(&answer.prompt));
        self.active.push(answer);
        Ok(())
    }

    /// The next piece of a prompt.
    fn read(&mut self, at: usize) -> Result<(), Undone> {
        let answer = &mut self.active[at];
        if !answer.has_read() {
            answer.read += self.memory.read_on(answer.sequence, &answer.prompt, answer.read, &answer.stop)?;
        }
        Ok(())
    }

    /// One token of each of these answers.
    fn write(&mut self, order: &[usize]) -> Result<(), Undone> {
        let tokens: Vec<_> = order
            .iter()
            .map(|&at| {
                let answer = &self.active[at];
                (answer.sequence, answer.chosen.expect("what is under way has chosen a token"))
            })
            .collect();
        let stops: Vec<&StopSignal> = order.iter().map(|&at| &self.active[at].stop).collect();
        self.memory.compute(&tokens, &stops)
    }

    /// By their sequences: the library computes neighbours in one batch.
    fn in_order(&self, mut answers: Vec<usize>) -> Vec<usize> {
        answers.sort_by_key(|&at| self.active[at].sequence);
        answers
    }

    /// Chooses the next token of the answer at `at` from the logits at `place`, or from those after its
    /// prompt, and says what comes of it.
    fn choose(&mut self, pipe: &PipeEnd, at: usize, place: Option<usize>) {
        let answer = &mut self.active[at];
        let logits = match place {
            None => self.memory.logits_after_prompt(answer.sequence),
            Some(place) => self.memory.logits(place),
        };
        let next = answer.next(&self.model, logits, &mut self.scratch);
        let id = answer.id;
        let (text, last) = match next {
            Ok(Next::Text(text)) => (text, None),
            Ok(Next::Over(text, run, finish)) => {
                let queue = answer.waited();
                let usage = Usage { queue, ..usage(&run, answer.begun_at, finish) };
                (text, Some(FromWorker::Done { id, usage }))
            }
            Err(error) => {
                answer.is_over = true;
                (String::new(), Some(FromWorker::Failed { id, error }))
            }
        };
        if !text.is_empty() {
            pipe.send(&FromWorker::Text { id, text });
        }
        if let Some(last) = last {
            pipe.send(&last);
        }
    }
}

/// `false` where everything was stopped, which the next step sees. An error is the end.
fn is_done(result: Result<(), Undone>) -> Result<bool, String> {
    match result {
        Ok(()) => Ok(true),
        Err(Undone::Stopped) => Ok(false),
        Err(Undone::Failed(code)) => {
            let complaint = one_line(&library::take_complaint());
            Err(format!("computing failed with code {code} {complaint}"))
        }
    }
}

/// The first line of a library's message: what follows is detail for its authors.
fn one_line(message: &str) -> String {
    message.lines().next().unwrap_or_default().trim().to_owned()
}
