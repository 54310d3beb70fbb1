//! One answer that is under way: what it has read and written, and how it goes on.

use std::{
    ops::ControlFlow,
    time::{Duration, Instant},
};

use super::{
    characters::Characters,
    constraint::Constraint,
    library::{Model, Token},
    memory::Begun,
};
use crate::{
    EngineError, Finish, GenerateRequest, Sampling,
    stop_text::StopText,
    worker::{Ending, Run, StopSignal, gumbel},
};

pub(super) struct Answer {
    pub(super) id: u64,
    pub(super) stop: StopSignal,
    /// When it was given its sequence, less the time that preparing it took.
    pub(super) begun_at: Instant,
    pub(super) prompt: Vec<Token>,
    /// Where it is in the context, once it has begun.
    pub(super) sequence: usize,
    /// How many tokens of the prompt the sequence holds.
    pub(super) read: usize,
    /// How many tokens were chosen.
    pub(super) written: u32,
    /// The last of them, while it has to be computed.
    pub(super) chosen: Option<Token>,
    pub(super) is_over: bool,
    arrived: Instant,
    preparing: Duration,
    reused: usize,
    sampling: Sampling,
    max_tokens: u32,
    constraint: Option<Constraint>,
    tokens_at: Option<(Instant, Instant)>,
    characters: Characters,
    gate: StopText,
}

/// What came of a token.
pub(super) enum Next {
    Text(String),
    /// The last of the text, and what it all cost.
    Over(String, Run, Finish),
}

impl Answer {
    pub(super) fn new(
        id: u64,
        request: &GenerateRequest,
        prompt: Vec<Token>,
        max_tokens: u32,
        constraint: Option<Constraint>,
        stop: StopSignal,
    ) -> Self {
        let now = Instant::now();
        Self {
            id,
            stop,
            begun_at: now,
            arrived: now,
            preparing: Duration::ZERO,
            prompt,
            sequence: 0,
            read: 0,
            written: 0,
            chosen: None,
            is_over: false,
            reused: 0,
            sampling: request.sampling.clone(),
            max_tokens,
            constraint,
            tokens_at: None,
            characters: Characters::default(),
            gate: StopText::new(&request.stop),
        }
    }

    /// It was asked for at `arrived` and is ready to begin now.
    pub(super) fn prepared_since(self, arrived: Instant) -> Self {
        Self { arrived, preparing: arrived.elapsed(), ..self }
    }

    /// How long its sequence can become.
    pub(super) fn most_tokens(&self) -> u32 {
        u32::try_from(self.prompt.len()).unwrap_or(u32::MAX).saturating_add(self.max_tokens)
    }

    pub(super) fn begin(&mut self, begun: Begun) {
        self.sequence = begun.sequence;
        self.reused = begun.reused;
        self.read = begun.reused;
        let now = Instant::now();
        self.begun_at = now.checked_sub(self.preparing).unwrap_or(now);
    }

    /// How long it lay here before it could begin.
    pub(super) fn waited(&self) -> Duration {
        self.begun_at.duration_since(self.arrived)
    }

    /// Whether its sequence holds the whole prompt.
    pub(super) fn has_read(&self) -> bool {
        self.read == self.prompt.len()
    }

    /// Whether nothing of it has been written yet.
    pub(super) fn is_reading(&self) -> bool {
        self.written == 0
    }

    /// Chooses the next token by the logits before it. `scratch` holds logits that may be changed.
    pub(super) fn next(
        &mut self,
        model: &Model,
        logits: &[f32],
        scratch: &mut Vec<f32>,
    ) -> Result<Next, EngineError> {
        let token = self.pick(logits, scratch)?;
        let now = Instant::now();
        self.written += 1;
        self.tokens_at = Some((self.tokens_at.map_or(now, |(first, _)| first), now));
        if model.ends(token) {
            return Ok(self.over(String::new(), Finish::Stop));
        }
        if let Some(constraint) = &mut self.constraint {
            constraint.accept(token)?;
        }
        let piece = self.characters.add(&model.bytes(token, false));
        let text = match self.gate.push(&piece) {
            ControlFlow::Break(text) => return Ok(self.over(text, Finish::Stop)),
            ControlFlow::Continue(text) => text,
        };
        if self.constraint.as_ref().is_some_and(Constraint::is_complete) {
            return Ok(self.over(text, Finish::Stop));
        }
        if self.written >= self.max_tokens {
            return Ok(self.over(text, Finish::Length));
        }
        self.chosen = Some(token);
        Ok(Next::Text(text))
    }

    fn pick(&mut self, logits: &[f32], scratch: &mut Vec<f32>) -> Result<Token, EngineError> {
        let position = self.prompt.len() as u64 + u64::from(self.written);
        let free = if self.sampling.temperature > 0.0 {
            scratch.clear();
            scratch.extend_from_slice(logits);
            gumbel::perturb(scratch, &self.sampling, position);
            largest(scratch)
        } else {
            largest(logits)
        };
        let free = free.ok_or_else(no_numbers)?;
        let Some(constraint) = &mut self.constraint else {
            return Ok(free);
        };
        // Most tokens that a model wants are allowed, and then nobody asks which others are.
        if constraint.allows(free) {
            return Ok(free);
        }
        let allowed = constraint.allowed()?;
        scratch.clear();
        scratch.extend(
            (0..)
                .zip(logits)
                .map(|(token, logit)| if allowed.is_allowed(token) { *logit } else { f32::NEG_INFINITY }),
        );
        gumbel::perturb(scratch, &self.sampling, position);
        largest(scratch).ok_or_else(no_numbers)
    }

    fn over(&mut self, mut text: String, finish: Finish) -> Next {
        self.is_over = true;
        text.push_str(&self.gate.finish());
        let count = |tokens: usize| u32::try_from(tokens).unwrap_or(u32::MAX);
        let run = Run {
            prompt_tokens: count(self.prompt.len()),
            cached_tokens: count(self.reused),
            completion_tokens: self.written,
            tokens_at: self.tokens_at,
            ending: Ending::Finished(finish),
        };
        Next::Over(text, run, finish)
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
