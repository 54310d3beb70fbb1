//! What is the same to the last bit however it is computed, and what only nearly: real logits, compared.
//!
//! A prompt of which a part was held gives the bits of the whole prompt, but for fused attention, which the
//! bundled model is shipped with and which is left off here. Four sequences in a batch give nearly the bits
//! of each of them alone: the library multiplies one column by other kernels than several, so a choice
//! between near equals may fall the other way, and the test says how near.
//!
//! The bundled model is what tests run on; `SEXTANT_BATCH_MODEL` names another GGUF file, and
//! `--nocapture` shows what it came to.

use std::{cmp::Ordering, path::Path};

use tokio::sync::watch;

use super::*;
use crate::{
    gguf,
    worker::{Stops, processor},
};

const TOGETHER: u32 = 4;
const GROUPS: u32 = 3;
const ANSWER_TOKENS: usize = 40;
/// In natural logarithms of odds: a token that is more than a tenth likelier is chosen either way.
const NEAR: f32 = 0.1;

#[test]
fn what_is_reused_changes_no_bit_of_what_comes_after_it() {
    let setting = Setting::new();
    let whole = prompt(&setting.model, 7).repeat(4);
    let logits = |parts: &[&[Token]]| {
        let mut memory = setting.memory(1, false);
        parts.iter().map(|part| read(&mut memory, part)).last().expect("there is a part")
    };
    for prompt in [&whole[..60], &whole[..262], &whole[..300]] {
        let (cold, reused) = logits(&[prompt]);
        assert_eq!(reused, 0);
        for held in [30, 49, 59, 130, 254, 261, 295].into_iter().filter(|held| *held < prompt.len()) {
            let (warm, reused) = logits(&[&prompt[..held], prompt]);
            assert!(reused + LEAST_ROWS + GROUP_TOKENS > held, "{reused} of {held} tokens are reused");
            assert!(cold == warm, "with {reused} of {} tokens reused", prompt.len());
        }
    }
}

#[test]
fn a_text_in_a_batch_parts_from_the_one_alone_only_where_two_tokens_are_nearly_as_likely() {
    let setting = Setting::new();
    let mut memory = setting.memory(TOGETHER, setting.fused_attention);
    let (mut parted, mut widest) = (0, 0.0_f32);
    for group in 0..GROUPS {
        let prompts: Vec<Vec<Token>> =
            (0..TOGETHER).map(|member| prompt(&setting.model, group * TOGETHER + member)).collect();
        let alone: Vec<Vec<Vec<f32>>> = prompts
            .iter()
            .map(|prompt| answers(&mut memory, std::slice::from_ref(prompt)).remove(0))
            .collect();
        let together = answers(&mut memory, &prompts);
        for (alone, together) in alone.iter().zip(&together) {
            let Some((one, other)) = alone
                .iter()
                .zip(together)
                .map(|(alone, together)| (alone, (best(alone), best(together))))
                .find_map(|(logits, (one, other))| (one != other).then(|| (logits[one], logits[other])))
            else {
                continue;
            };
            parted += 1;
            widest = widest.max(one - other);
        }
    }
    println!("{parted} of {} texts part, the widest gap is {widest}", GROUPS * TOGETHER);
    assert!(widest < NEAR, "texts part where one token is ahead by {widest}");
}

/// A model, and how it is computed.
struct Setting {
    model: Arc<Model>,
    file_bytes: u64,
    fused_attention: bool,
}

impl Setting {
    fn new() -> Self {
        let file = std::env::var_os("SEXTANT_BATCH_MODEL").map_or_else(
            || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models/nano/nano-q8_0.gguf"),
            Into::into,
        );
        let summary = gguf::inspect(&file).expect("the model is there");
        let rearranged = processor::gains_by_rearranging(summary.quantisation);
        let model = Model::load(&file, false, rearranged).expect("the model can be loaded");
        let fused_attention = processor::gains_by_fused_attention(summary.file_bytes);
        Self { model: Arc::new(model), file_bytes: summary.file_bytes, fused_attention }
    }

    /// Holds nothing, and has room for so many answers of up to 512 tokens.
    fn memory(&self, answers: u32, fused_attention: bool) -> Memory {
        let threads = processor::threads_for(self.file_bytes);
        let mut memory = Memory::new(&self.model, 512, self.file_bytes, threads, fused_attention);
        memory.make_room(512, answers).expect("there is room");
        memory
    }
}

/// The logits after a prompt, and how much of it was held.
fn read(memory: &mut Memory, prompt: &[Token]) -> (Vec<f32>, usize) {
    let (_asking, stopped) = watch::channel(Stops::default());
    let stop = StopSignal::new(0, stopped);
    let begun = memory.begin(prompt);
    let mut read = begun.reused;
    while read < prompt.len() {
        read += memory.read_on(begun.sequence, prompt, read, &stop).expect("nobody stops it");
    }
    memory.end(begun.sequence);
    (memory.logits_after_prompt(begun.sequence).to_vec(), begun.reused)
}

/// Of every answer, the logits before each of its tokens.
fn answers(memory: &mut Memory, prompts: &[Vec<Token>]) -> Vec<Vec<Vec<f32>>> {
    let (_asking, stopped) = watch::channel(Stops::default());
    let stop = StopSignal::new(0, stopped);
    let mut logits = vec![Vec::new(); prompts.len()];
    let mut sequences: Vec<(usize, usize)> = Vec::new();
    for (answer, prompt) in prompts.iter().enumerate() {
        let begun = memory.begin(prompt);
        let mut read = begun.reused;
        while read < prompt.len() {
            read += memory.read_on(begun.sequence, prompt, read, &stop).expect("nobody stops it");
        }
        logits[answer].push(memory.logits_after_prompt(begun.sequence).to_vec());
        sequences.push((begun.sequence, answer));
    }
    // The library computes neighbours in one batch.
    sequences.sort_unstable();
    for _ in 1..ANSWER_TOKENS {
        let next: Vec<(usize, Token)> = sequences
            .iter()
            .map(|&(sequence, answer)| {
                let last = logits[answer].last().expect("a prompt has logits");
                (sequence, Token::try_from(best(last)).expect("vocabularies are smaller"))
            })
            .collect();
        memory.compute(&next, &[&stop]).expect("nobody stops it");
        for (place, &(_, answer)) in sequences.iter().enumerate() {
            logits[answer].push(memory.logits(place).to_vec());
        }
    }
    for (sequence, _) in sequences {
        memory.end(sequence);
    }
    logits
}

fn prompt(model: &Model, number: u32) -> Vec<Token> {
    let months: Vec<String> = (0..12)
        .map(|month| format!("Month {month}: {} kWh", 300 + (number * 31 + month * 7) % 500))
        .collect();
    model.tokens(
        format!("{number} usage_summary\n{}\nSummarise the usage.", months.join("\n")).as_bytes(),
        false,
    )
}

fn best(logits: &[f32]) -> usize {
    let better = |one: &usize, other: &usize| match logits[*one].total_cmp(&logits[*other]) {
        Ordering::Equal => other.cmp(one),
        order => order,
    };
    (0..logits.len()).max_by(better).expect("a vocabulary has tokens")
}
