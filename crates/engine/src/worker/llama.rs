//! llama.cpp as a local model, for GGUF files on a processor.
//!
//! One sequence lives in one context. What the last request computed stays there, and the next one
//! computes only what comes after their common beginning (`reuse.rs`). Sampling is ours (`gumbel.rs`), so a seed means the same
//! as on the other engine; constrained output is llguidance's, as there. Nothing here awaits: a token
//! takes milliseconds, and the pipe is read by a thread of its own. A stop is looked for between tokens
//! and, by the library, between the steps of a computation, so a long prompt ends at once too.

mod characters;
mod constraint;
mod library;
mod prompt;
mod reuse;

use std::{sync::Arc, time::Instant};

use super::{
    Ending, Loaded, LocalModel, Run, StopSignal, TextOut, Trouble, arguments::ModelChoice, gumbel, processor,
};
use crate::{EngineError, Finish, GenerateRequest, Sampling, gguf};
use characters::Characters;
use constraint::{Constraint, Grammars};
use library::{Model, Token, Undone};
use prompt::Prompt;
use reuse::Computed;

pub(super) struct LlamaModel {
    model: Arc<Model>,
    prompt: Prompt,
    /// Made at the first schema.
    grammars: Option<Grammars>,
    computed: Computed,
    context_tokens: u32,
    loaded: Loaded,
    /// Logits that sampling may change; kept, because a large vocabulary's are half a megabyte.
    scratch: Vec<f32>,
}

impl LlamaModel {
    #[expect(clippy::unused_async, reason = "the other engine's loading awaits")]
    pub(super) async fn load(choice: &ModelChoice) -> Result<Self, EngineError> {
        let summary = gguf::inspect(&choice.file)?;
        let invalid = |reason: String| EngineError::ModelFileInvalid {
            path: choice.file.clone(),
            defect: format!("it can't be loaded: {}", one_line(&reason)),
        };
        let model = Arc::new(Model::load(&choice.file).map_err(invalid)?);
        let prompt = Prompt::load(&model, &choice.file, &choice.tokenizer_dir)?;
        let threads = processor::threads_for(summary.file_bytes);
        let computed = Computed::new(&model, threads);
        let loaded = Loaded { engine: "llamacpp", device: "cpu".into(), threads, notice: None };
        Ok(Self {
            context_tokens: model.context_tokens().min(summary.context_tokens),
            model,
            prompt,
            grammars: None,
            computed,
            loaded,
            scratch: Vec::new(),
        })
    }

    fn constraint(&mut self, request: &GenerateRequest) -> Result<Option<Constraint>, EngineError> {
        let Some(schema) = &request.schema else {
            return Ok(None);
        };
        let grammars = match self.grammars.take() {
            Some(grammars) => grammars,
            None => Grammars::new(&self.model)?,
        };
        self.grammars.insert(grammars).constraint(schema).map(Some)
    }

    /// Chooses the token after those that are computed.
    fn choose(
        &mut self,
        sampling: &Sampling,
        constraint: Option<&mut Constraint>,
    ) -> Result<Token, EngineError> {
        let position = self.computed.tokens() as u64;
        let logits = self.computed.logits();
        let free = if sampling.temperature > 0.0 {
            self.scratch.clear();
            self.scratch.extend_from_slice(logits);
            gumbel::perturb(&mut self.scratch, sampling, position);
            largest(&self.scratch)
        } else {
            largest(logits)
        };
        let free = free.ok_or_else(no_numbers)?;
        let Some(constraint) = constraint else {
            return Ok(free);
        };
        // Most tokens that a model wants are allowed, and then nobody asks which others are.
        if !constraint.allows(free) {
            let allowed = constraint.allowed()?;
            self.scratch.clear();
            self.scratch.extend(
                (0..).zip(logits).map(
                    |(token, logit)| {
                        if allowed.is_allowed(token) { *logit } else { f32::NEG_INFINITY }
                    },
                ),
            );
            gumbel::perturb(&mut self.scratch, sampling, position);
            return largest(&self.scratch).ok_or_else(no_numbers);
        }
        Ok(free)
    }
}

impl LocalModel for LlamaModel {
    fn loaded(&self) -> Loaded {
        self.loaded.clone()
    }

    async fn generate(
        &mut self,
        request: &GenerateRequest,
        text: &mut TextOut<'_>,
        stop: &mut StopSignal,
    ) -> Result<Run, Trouble> {
        let prompt = self.prompt.tokens(&self.model, &request.messages).map_err(Trouble::Failed)?;
        let prompt_tokens = u32::try_from(prompt.len()).unwrap_or(u32::MAX);
        let room = self.context_tokens.saturating_sub(prompt_tokens);
        if room == 0 {
            let context_tokens = self.context_tokens;
            return Err(Trouble::Failed(EngineError::PromptTooLong { prompt_tokens, context_tokens }));
        }
        let max_tokens = request.max_tokens.clamp(1, room);
        let mut constraint = self.constraint(request).map_err(Trouble::Failed)?;
        let mut run = Run {
            prompt_tokens,
            cached_tokens: 0,
            completion_tokens: 0,
            tokens_at: None,
            ending: Ending::Stopped,
        };
        self.computed.make_room(prompt_tokens + max_tokens, self.context_tokens).map_err(Trouble::Dead)?;
        match self.computed.begin(&prompt, stop) {
            Ok(reused) => run.cached_tokens = reused,
            Err(Undone::Stopped) => return Ok(run),
            Err(Undone::Failed(code)) => return Err(failed(code)),
        }
        let mut characters = Characters::default();
        loop {
            let token = self.choose(&request.sampling, constraint.as_mut()).map_err(Trouble::Failed)?;
            let now = Instant::now();
            run.completion_tokens += 1;
            run.tokens_at = Some((run.tokens_at.map_or(now, |(first, _)| first), now));
            if self.model.ends(token) {
                run.ending = Ending::Finished(Finish::Stop);
                break;
            }
            if let Some(constraint) = &mut constraint {
                constraint.accept(token).map_err(Trouble::Failed)?;
            }
            let piece = characters.add(&self.model.bytes(token, false));
            let is_stopped = !piece.is_empty() && text.push(&piece).is_break();
            if is_stopped || constraint.as_ref().is_some_and(Constraint::is_complete) {
                run.ending = Ending::Finished(Finish::Stop);
                break;
            }
            if run.completion_tokens >= max_tokens {
                run.ending = Ending::Finished(Finish::Length);
                break;
            }
            if stop.is_asked() {
                break;
            }
            match self.computed.add(token, stop) {
                Ok(()) => {}
                Err(Undone::Stopped) => break,
                Err(Undone::Failed(code)) => return Err(failed(code)),
            }
        }
        if matches!(run.ending, Ending::Finished(_)) {
            text.finish();
        }
        Ok(run)
    }
}

/// The position of the largest number; of several, the first. What is no number never is.
fn largest(logits: &[f32]) -> Option<Token> {
    let mut best = (f32::NEG_INFINITY, None);
    for (token, &logit) in (0..).zip(logits) {
        if logit > best.0 {
            best = (logit, Some(token));
        }
    }
    best.1
}

fn no_numbers() -> EngineError {
    EngineError::Failed { detail: "it computes no numbers any more; its file may be damaged".into() }
}

/// A computation that failed may have left anything behind.
fn failed(code: i32) -> Trouble {
    let complaint = one_line(&library::take_complaint());
    Trouble::Dead(format!("computing failed with code {code} {complaint}"))
}

/// The first line of a library's message: what follows is detail for its authors.
fn one_line(message: &str) -> String {
    message.lines().next().unwrap_or_default().trim().to_owned()
}
