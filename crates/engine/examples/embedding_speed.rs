//! How long a question waits for its vector, and how many passages an import embeds per second.
//!
//! `SEXTANT_MODELS=… cargo run --example embedding_speed PATH-OF-sextant-worker`, on an idle machine:
//! times are those of a call, pipe included, so another program's work is in them.

use std::{env, path::PathBuf, process::ExitCode, time::Instant};

use sextant_engine::{Embedder, EmbeddingFiles, EngineError, Priority};

const CALLS: usize = 100;
const PASSAGES: usize = 400;
const PASSAGE_WORDS: usize = 90;

fn main() -> ExitCode {
    let models = env::var_os("SEXTANT_MODELS").map(PathBuf::from);
    let (Some(program), Some(files)) = (env::args_os().nth(1), EmbeddingFiles::find(models)) else {
        eprintln!("say where sextant-worker is, and set SEXTANT_MODELS to the folder that has minilm");
        return ExitCode::from(2);
    };
    let embedder = Embedder::new(program.into(), files);
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    match runtime.expect("a runtime needs no more than the process has").block_on(measure(&embedder)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

async fn measure(embedder: &Embedder) -> Result<(), EngineError> {
    let first = embedder.embed(vec![text(12, 0)], Priority::Interactive).await?;
    println!("the first question: {:.0} ms, loading included", millis(first.queue + first.took));
    for tokens in [4, 12, 40, 100] {
        let before = embedder.process_use();
        let mut times = Vec::with_capacity(CALLS);
        for call in 0..CALLS {
            // Two are control tokens.
            let question = text(tokens - 2, call);
            let asked = Instant::now();
            embedder.embed(vec![question], Priority::Interactive).await?;
            times.push(millis(asked.elapsed()));
        }
        times.sort_by(f64::total_cmp);
        let (median, high) = (times[CALLS / 2 - 1], times[CALLS * 95 / 100 - 1]);
        print!("{tokens:>4} tokens: p50 {median:.1} ms, p95 {high:.1} ms, n={CALLS}");
        match before.zip(embedder.process_use()) {
            Some((before, after)) => {
                println!(", of the processor {:.1} ms", millis(after.cpu.saturating_sub(before.cpu)) / 100.0);
            }
            None => println!(),
        }
    }
    let passages = (0..PASSAGES).map(|index| text(PASSAGE_WORDS, index)).collect();
    let import = embedder.embed(passages, Priority::Background).await?;
    let per_second = 400.0 / import.took.as_secs_f64();
    println!("an import: {per_second:.1} passages of {PASSAGE_WORDS} words per second, n={PASSAGES}");
    Ok(())
}

/// A text of words that are one token each, another for every `seed`.
fn text(words: usize, seed: usize) -> String {
    const WORDS: [&str; 12] = [
        "plan", "rate", "price", "energy", "month", "house", "green", "fixed", "which", "cheap", "night",
        "fee",
    ];
    (0..words).map(|index| WORDS[(index * index + seed) % WORDS.len()]).collect::<Vec<_>>().join(" ")
}

fn millis(time: std::time::Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}
