//! Four sequences in a batch against each of them alone, by their logits: texts part only where two tokens
//! were nearly as likely.
//!
//! The library multiplies one column by other kernels than several, so the last bits differ and a choice
//! between near equals may fall the other way. This says how near. The bundled model is what tests run on;
//! `SEXTANT_BATCH_MODEL` names another GGUF file, and `--nocapture` shows what it came to.

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
fn a_text_in_a_batch_parts_from_the_one_alone_only_where_two_tokens_are_nearly_as_likely() {
    let file = std::env::var_os("SEXTANT_BATCH_MODEL").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../models/nano/nano-q8_0.gguf"),
        Into::into,
    );
    let summary = gguf::inspect(&file).expect("the model is there");
    let model = Arc::new(Model::load(&file, false).expect("the model can be loaded"));
    let threads = processor::threads_for(summary.file_bytes);
    let mut memory = Memory::new(&model, 512, summary.file_bytes, threads);
    memory.make_room(512, TOGETHER).expect("there is room for four");
    let (mut parted, mut widest) = (0, 0.0_f32);
    for group in 0..GROUPS {
        let prompts: Vec<Vec<Token>> =
            (0..TOGETHER).map(|member| prompt(&model, group * TOGETHER + member)).collect();
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

/// Of every answer, the logits before each of its tokens.
fn answers(memory: &mut Memory, prompts: &[Vec<Token>]) -> Vec<Vec<Vec<f32>>> {
    let (_asking, stopped) = watch::channel(Stops::default());
    let stop = StopSignal::new(0, stopped);
    let mut logits = vec![Vec::new(); prompts.len()];
    let mut sequences: Vec<(usize, usize)> = Vec::new();
    for (answer, prompt) in prompts.iter().enumerate() {
        let begun = memory.begin(prompt);
        let rest: Vec<_> = prompt[begun.reused..].iter().map(|token| (begun.sequence, *token)).collect();
        if !rest.is_empty() {
            memory.compute(&rest, &[&stop]).expect("nobody stops it");
            memory.keep_logits(begun.sequence, rest.len() - 1);
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
