//! What has been computed already, and how much of a new prompt that saves.
//!
//! The context holds one sequence: the last prompt and its answer. Of a new prompt, only what comes
//! after the common beginning is computed. The logits after the last prompt are kept beside it, so an
//! identical prompt costs nothing and its answer begins from exactly the same numbers. The memory is the
//! context's own and no more, and it grows with what requests need.

use std::sync::Arc;

use super::library::{Context, Model, Token, Undone};
use crate::worker::StopSignal;

/// Smaller contexts would only be outgrown.
const LEAST_CAPACITY_TOKENS: u32 = 1024;

/// Reuse ends at a multiple of this: kernels take rows in groups, and a row computed in the same place
/// of a group has the same bits whatever came with it.
const GROUP_TOKENS: usize = 16;

#[derive(Debug)]
pub(super) struct Computed {
    model: Arc<Model>,
    threads: u32,
    context: Option<Context>,
    /// What the context holds, in order.
    tokens: Vec<Token>,
    /// The last prompt's length, and the logits after it.
    after_prompt: Option<(usize, Vec<f32>)>,
    /// Whether the next logits are those after the prompt, without computing.
    at_prompt: bool,
}

impl Computed {
    pub(super) fn new(model: &Arc<Model>, threads: u32) -> Self {
        Self {
            model: Arc::clone(model),
            threads,
            context: None,
            tokens: Vec::new(),
            after_prompt: None,
            at_prompt: false,
        }
    }

    /// How many tokens the context holds.
    pub(super) fn tokens(&self) -> usize {
        self.tokens.len()
    }

    /// Makes the context large enough; a new one holds nothing.
    pub(super) fn make_room(&mut self, tokens: u32, most_tokens: u32) -> Result<(), String> {
        if self.context.as_ref().is_some_and(|context| context.capacity_tokens() >= tokens) {
            return Ok(());
        }
        let capacity = tokens.next_power_of_two().max(LEAST_CAPACITY_TOKENS).min(most_tokens);
        // The old one first: both together may be more than there is.
        self.context = None;
        self.forget(0);
        self.context = Some(Context::new(&self.model, capacity, self.threads)?);
        Ok(())
    }

    /// Computes what isn't computed yet of the prompt, and says how much was.
    pub(super) fn begin(&mut self, prompt: &[Token], stop: &StopSignal) -> Result<u32, Undone> {
        let common = self.tokens.iter().zip(prompt).take_while(|(held, asked)| held == asked).count();
        let is_same = self.after_prompt.as_ref().is_some_and(|(length, _)| *length == prompt.len());
        let reused = if common == prompt.len() && is_same {
            common
        } else {
            // The logits after the last token are wanted, so something has to be computed; and one
            // token alone would be computed by other kernels than several.
            let most = common.min(prompt.len().saturating_sub(2));
            most - most % GROUP_TOKENS
        };
        let context = self.context.as_mut().expect("room was made");
        let reused = if context.keep(reused) { reused } else { 0 };
        self.forget(reused);
        if reused < prompt.len() {
            self.compute(&prompt[reused..], stop)?;
            let logits = self.logits().to_vec();
            self.after_prompt = Some((prompt.len(), logits));
        }
        self.at_prompt = true;
        Ok(u32::try_from(reused).unwrap_or(u32::MAX))
    }

    /// Computes one more token.
    pub(super) fn add(&mut self, token: Token, stop: &StopSignal) -> Result<(), Undone> {
        self.compute(&[token], stop)
    }

    /// One number per token of the vocabulary, after the last token.
    pub(super) fn logits(&mut self) -> &[f32] {
        match (&self.after_prompt, &mut self.context) {
            (Some((_, logits)), _) if self.at_prompt => logits,
            (_, Some(context)) => context.logits(),
            (_, None) => &[],
        }
    }

    fn compute(&mut self, tokens: &[Token], stop: &StopSignal) -> Result<(), Undone> {
        self.at_prompt = false;
        let context = self.context.as_mut().expect("room was made");
        let done = context.compute(tokens, stop);
        if done.is_ok() {
            self.tokens.extend_from_slice(tokens);
        } else if !context.keep(self.tokens.len()) {
            self.forget(0);
        }
        done
    }

    fn forget(&mut self, from: usize) {
        self.tokens.truncate(from);
        if self.after_prompt.as_ref().is_some_and(|(length, _)| *length > from) {
            self.after_prompt = None;
        }
        self.at_prompt = false;
    }
}
