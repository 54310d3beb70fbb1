//! What each sequence of the context holds, and how much of a new prompt that saves.
//!
//! A sequence is free or has an answer under way. A free one still holds its last prompt and answer. Of
//! a new prompt only what comes after the longest beginning that any sequence holds is computed: in
//! that sequence, or in a copy of it where the old contents are worth keeping. Where none is free of
//! worth, the one that was used longest ago is overwritten, so what is kept is bounded by the context.
//! The logits after a prompt are kept beside it: an identical prompt costs nothing, and its answer
//! begins from exactly the same numbers. So does the answer to any other prompt (`bits.rs` holds that),
//! but where attention is fused, and after words that an answer wrote one by one.

#[cfg(test)]
mod bits;

use std::sync::Arc;

use super::library::{Context, Model, PIECE_TOKENS, Placed, Shape, Token, Undone};
use crate::worker::StopSignal;

/// Answers in one batch. Two cores gain little from a fifth.
pub(super) const MOST_PARALLEL: u32 = 4;
/// Prompts that are kept, where they are small.
const MOST_SEQUENCES: u32 = 8;
/// Room comes in steps of this.
const STEP_TOKENS: u32 = 256;
/// Smaller rooms would only be outgrown.
const LEAST_TOKENS: u32 = 512;

/// Reuse ends at a multiple of this: some kernels take rows in groups, and a row computed in the same
/// place of a group has the same bits whatever came with it.
const GROUP_TOKENS: usize = 4;
/// Fewer rows than these may be computed by other kernels, with other last bits.
const LEAST_ROWS: usize = 8;

#[derive(Debug)]
pub(super) struct Memory {
    model: Arc<Model>,
    threads: u32,
    fused_attention: bool,
    /// The longest sequence that the model can hold.
    most_tokens: u32,
    /// For prompts that nobody asks about now.
    spare_bytes: u64,
    /// For answers that are under way together.
    parallel_bytes: u64,
    context: Option<Context>,
    sequences: Vec<Held>,
    /// Counts beginnings.
    now: u64,
}

/// What a sequence holds.
#[derive(Debug, Default)]
struct Held {
    tokens: Vec<Token>,
    /// The last prompt's length, and the logits after it.
    after_prompt: Option<(usize, Vec<f32>)>,
    last_used: u64,
    is_busy: bool,
}

/// A sequence that was given to an answer.
#[derive(Debug, Clone, Copy)]
pub(super) struct Begun {
    pub(super) sequence: usize,
    /// How many tokens of the prompt it holds already.
    pub(super) reused: usize,
}

impl Memory {
    pub(super) fn new(
        model: &Arc<Model>,
        most_tokens: u32,
        file_bytes: u64,
        threads: u32,
        fused_attention: bool,
    ) -> Self {
        Self {
            model: Arc::clone(model),
            threads,
            fused_attention,
            most_tokens,
            spare_bytes: (file_bytes / 16).max(16 << 20),
            parallel_bytes: (file_bytes / 2).max(256 << 20),
            context: None,
            sequences: Vec::new(),
            now: 0,
        }
    }

    /// Makes the context large enough for so many answers together, of which none is under way yet.
    /// What was held is kept as far as there is room.
    pub(super) fn make_room(&mut self, tokens: u32, answers: u32) -> Result<(), String> {
        let old = self.context.as_ref().map(Context::shape);
        let wanted = self.shape_for(tokens, answers, old);
        if old == Some(wanted) {
            return Ok(());
        }
        let mut newest: Vec<usize> = (0..self.sequences.len()).collect();
        newest.sort_by_key(|&sequence| std::cmp::Reverse(self.sequences[sequence].last_used));
        newest.truncate(wanted.sequences as usize);
        let mut saved: Vec<(Vec<u8>, Held)> = Vec::new();
        if let Some(context) = &mut self.context {
            for sequence in newest {
                let held = std::mem::take(&mut self.sequences[sequence]);
                if !held.tokens.is_empty() {
                    saved.push((context.save(sequence), held));
                }
            }
        }
        // The old one first: both together may be more than there is.
        self.context = None;
        self.sequences.clear();
        self.sequences.resize_with(wanted.sequences as usize, Held::default);
        let context =
            self.context.insert(Context::new(&self.model, wanted, self.threads, self.fused_attention)?);
        for (sequence, (bytes, held)) in saved.into_iter().enumerate() {
            if context.restore(sequence, &bytes) {
                self.sequences[sequence] = held;
            }
        }
        Ok(())
    }

    /// Grows only: what a past request needed, a later one may need again.
    fn shape_for(&self, tokens: u32, answers: u32, old: Option<Shape>) -> Shape {
        let tokens = tokens.next_multiple_of(STEP_TOKENS).max(LEAST_TOKENS);
        let tokens = tokens.max(old.map_or(0, |old| old.tokens)).min(self.most_tokens);
        let bytes = self.model.bytes_per_held_token() * u64::from(tokens);
        let affordable =
            |bytes_in_all: u64, most: u32| u32::try_from(bytes_in_all / bytes).unwrap_or(most).clamp(1, most);
        let spare = affordable(self.spare_bytes, MOST_SEQUENCES);
        let together = answers.min(affordable(self.parallel_bytes, MOST_PARALLEL));
        let held = old.map_or(0, |old| old.sequences.min(affordable(self.parallel_bytes, MOST_SEQUENCES)));
        Shape { tokens, sequences: spare.max(together).max(held) }
    }

    /// Whether an answer of so many tokens, prompt included, can begin now.
    pub(super) fn has_room(&self, tokens: u32) -> bool {
        self.context.as_ref().is_some_and(|context| context.shape().tokens >= tokens)
            && self.sequences.iter().any(|held| !held.is_busy)
    }

    /// Gives a free sequence to an answer, holding as much of the prompt as any sequence holds.
    pub(super) fn begin(&mut self, prompt: &[Token]) -> Begun {
        let context = self.context.as_mut().expect("room was made");
        self.now += 1;
        let common = |held: &Held| held.tokens.iter().zip(prompt).take_while(|(a, b)| a == b).count();
        let best = (0..self.sequences.len())
            .max_by_key(|&sequence| common(&self.sequences[sequence]))
            .expect("a context has a sequence");
        let found = common(&self.sequences[best]);
        let is_repeated = |held: &Held| {
            found == prompt.len() && held.after_prompt.as_ref().is_some_and(|(length, _)| *length == found)
        };
        let is_same = is_repeated(&self.sequences[best]);
        let reused = if is_same { found } else { reusable(found, prompt.len()) };
        let sequence = choose(&self.sequences, best, reused);
        if sequence != best && reused > 0 {
            context.copy(best, sequence);
            let (tokens, after_prompt) =
                (self.sequences[best].tokens.clone(), self.sequences[best].after_prompt.clone());
            self.sequences[sequence].tokens = tokens;
            self.sequences[sequence].after_prompt = after_prompt;
        }
        let reused = if context.keep(sequence, reused) { reused } else { 0 };
        let held = &mut self.sequences[sequence];
        held.truncate(reused);
        held.last_used = self.now;
        held.is_busy = true;
        Begun { sequence, reused }
    }

    /// The answer is over; what it computed stays.
    pub(super) fn end(&mut self, sequence: usize) {
        self.sequences[sequence].is_busy = false;
    }

    /// Computes the next piece of a prompt of which the sequence holds `read` tokens; gives its length.
    pub(super) fn read_on(
        &mut self,
        sequence: usize,
        prompt: &[Token],
        read: usize,
        stop: &StopSignal,
    ) -> Result<usize, Undone> {
        let piece = next_piece(read, prompt.len());
        let tokens: Vec<_> = prompt[read..read + piece].iter().map(|token| (sequence, *token)).collect();
        self.compute(&tokens, &[stop])?;
        if read + piece == prompt.len() {
            let logits = self.logits(piece - 1).to_vec();
            self.sequences[sequence].after_prompt = Some((prompt.len(), logits));
        }
        Ok(piece)
    }

    /// Computes the tokens, each after what its sequence holds. Of each sequence the last one's logits
    /// can be read by its place among `tokens`.
    pub(super) fn compute(&mut self, tokens: &[(usize, Token)], stops: &[&StopSignal]) -> Result<(), Undone> {
        let mut placed: Vec<Placed> = Vec::with_capacity(tokens.len());
        for (at, &(sequence, token)) in tokens.iter().enumerate() {
            let before = placed.iter().rev().take_while(|before| before.sequence == sequence).count();
            let position = self.sequences[sequence].tokens.len() + before;
            let is_last = tokens.get(at + 1).is_none_or(|(next, _)| *next != sequence);
            placed.push(Placed { token, sequence, position, is_last });
        }
        let context = self.context.as_mut().expect("room was made");
        let done = context.compute(&placed, stops);
        for placed in &placed {
            let held = &mut self.sequences[placed.sequence];
            if done.is_ok() {
                held.tokens.push(placed.token);
            } else if placed.is_last && !context.keep(placed.sequence, held.tokens.len()) {
                held.truncate(0);
            }
        }
        done
    }

    /// One number per token of the vocabulary, after the token at `place` of those computed last.
    pub(super) fn logits(&mut self, place: usize) -> &[f32] {
        self.context.as_mut().map_or(&[], |context| context.logits(place))
    }

    /// The logits after the sequence's prompt.
    pub(super) fn logits_after_prompt(&self, sequence: usize) -> &[f32] {
        self.sequences[sequence].after_prompt.as_ref().map_or(&[], |(_, logits)| logits)
    }
}

impl Held {
    fn truncate(&mut self, tokens: usize) {
        self.tokens.truncate(tokens);
        if self.after_prompt.as_ref().is_some_and(|(length, _)| *length > tokens) {
            self.after_prompt = None;
        }
    }
}

/// How much of what is held of a prompt may be kept, so that the rest is computed by the same kernels as
/// in the whole. The logits after the last token are wanted, so something is always computed.
fn reusable(found: usize, prompt_tokens: usize) -> usize {
    let most = found.min(prompt_tokens.saturating_sub(LEAST_ROWS));
    most - most % GROUP_TOKENS
}

/// How many tokens of a prompt to compute after those that are `read`: up to where the library looks at
/// more of what is held, but never few.
fn next_piece(read: usize, prompt_tokens: usize) -> usize {
    let rest = prompt_tokens - read;
    let mut piece = rest.min(PIECE_TOKENS - read % PIECE_TOKENS);
    if piece < LEAST_ROWS {
        piece = rest.min(PIECE_TOKENS);
    }
    match rest - piece {
        1..LEAST_ROWS if rest <= PIECE_TOKENS => rest,
        1..LEAST_ROWS => piece - LEAST_ROWS,
        _ => piece,
    }
}

/// The free sequence to begin in, where `best` holds the longest beginning. The library computes
/// neighbours in one batch, and sequences with a gap between them in two.
fn choose(sequences: &[Held], best: usize, reused: usize) -> usize {
    let busy = |sequence: usize| sequences.get(sequence).is_some_and(|held| held.is_busy);
    let is_alone = !sequences.iter().any(|held| held.is_busy);
    let fits = |sequence: usize| is_alone || busy(sequence + 1) || sequence.checked_sub(1).is_some_and(busy);
    let loses_little = reused * 2 >= sequences[best].tokens.len();
    if !busy(best) && loses_little && fits(best) {
        return best;
    }
    (0..sequences.len())
        .filter(|&sequence| !busy(sequence))
        .min_by_key(|&sequence| {
            (!fits(sequence), sequence == best && reused > 0, sequences[sequence].last_used)
        })
        .expect("the caller has asked for room")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(tokens: usize, last_used: u64, is_busy: bool) -> Held {
        Held { tokens: vec![1; tokens], after_prompt: None, last_used, is_busy }
    }

    #[test]
    fn a_prompt_is_read_in_pieces_that_are_never_few_tokens() {
        for prompt_tokens in 8..800 {
            for begin in (0..=prompt_tokens - LEAST_ROWS).step_by(GROUP_TOKENS) {
                let mut read = begin;
                while read < prompt_tokens {
                    let piece = next_piece(read, prompt_tokens);
                    assert!(
                        (LEAST_ROWS..=PIECE_TOKENS).contains(&piece),
                        "{read} of {prompt_tokens}: {piece}"
                    );
                    read += piece;
                }
                assert_eq!(read, prompt_tokens);
            }
        }
        assert_eq!([next_piece(0, 5), next_piece(0, 300), next_piece(256, 300)], [5, 256, 44]);
    }

    #[test]
    fn a_conversation_goes_on_where_it_is() {
        let sequences = [held(0, 0, false), held(400, 2, false), held(0, 0, false)];
        assert_eq!(choose(&sequences, 1, 384), 1);
    }

    #[test]
    fn what_shares_little_goes_elsewhere_and_the_oldest_makes_room() {
        let sequences = [held(400, 3, false), held(400, 1, false), held(400, 2, false)];
        assert_eq!(choose(&sequences, 0, 64), 1);
        assert_eq!(choose(&sequences, 1, 64), 2);
    }

    #[test]
    fn answers_that_are_under_way_have_no_gap_between_them() {
        let sequences = [held(0, 0, false), held(300, 5, true), held(0, 2, false), held(300, 1, false)];
        assert_eq!(choose(&sequences, 1, 288), 0);
        assert_eq!(choose(&sequences, 3, 288), 0);
    }
}
