//! How fast each library computes with one model on this machine, for the command line and for the window.
//!
//! They take turns, so that a busy moment of the machine hits both, and each turn begins with a fresh
//! worker. No prompt shares its beginning with another, so nothing is reused. Nothing here is traced: a
//! measurement is no run of the person's.

use std::path::Path;
use std::time::{Duration, Instant};

use sextant_domain::millis;
use sextant_engine::{
    DeviceChoice, Engine as _, EngineError, GenerateRequest, GenerationEvent, InstalledModel, LocalEngine,
    Message, Priority, Role, Sampling, Usage, WorkerEngine,
};
use sextant_store::median_nearest_rank;

const MONTHS: [&str; 6] = ["January", "March", "May", "July", "September", "November"];

/// How long a prompt is, about, and an answer at most, in tokens.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Lengths {
    pub(crate) prompt: u32,
    pub(crate) answer: u32,
}

/// What one turn of one library has shown.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Turn {
    /// From nothing to the first generation's start: checks, process, weights.
    pub(crate) load_ms: f64,
    pub(crate) first_text_ms: f64,
    pub(crate) read_per_s: f64,
    pub(crate) write_per_s: f64,
    /// What of the worker is in memory after an answer, where the system tells.
    pub(crate) memory_mb: Option<f64>,
    pub(crate) prompt_tokens: u32,
    pub(crate) answer_tokens: u32,
    pub(crate) device: String,
    pub(crate) threads: u32,
}

/// A worker after its first answer, for those who measure more with it.
pub(crate) struct Measured {
    pub(crate) engine: WorkerEngine,
    /// What the answer was to.
    pub(crate) asked: GenerateRequest,
    /// How long that is; the same for every library.
    pub(crate) lines: u32,
    pub(crate) turn: Turn,
}

/// All turns of one library.
#[derive(Debug, Clone)]
pub(crate) struct LibrarySpeed {
    pub(crate) library: LocalEngine,
    pub(crate) turns: Vec<Turn>,
    /// Why there are no more.
    pub(crate) error: Option<EngineError>,
}

/// Which library answers sooner.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Faster {
    pub(crate) library: LocalEngine,
    /// The other one, and how many times as long it takes; `None` where there is nothing beside it.
    pub(crate) slower: Option<(LocalEngine, f64)>,
}

/// Both in turns. One that fails has no further turn, and the other one goes on. `progress` is told which
/// library begins which round, from 1.
pub(crate) async fn measure(
    rounds: u32,
    mut progress: impl FnMut(LocalEngine, u32),
    mut turn: impl AsyncFnMut(LocalEngine, u32) -> Result<Turn, EngineError>,
) -> Vec<LibrarySpeed> {
    let mut all = LocalEngine::ALL.map(|library| LibrarySpeed { library, turns: Vec::new(), error: None });
    for round in 1..=rounds {
        for of in all.iter_mut().filter(|of| of.error.is_none()) {
            progress(of.library, round);
            match turn(of.library, round).await {
                Ok(turn) => of.turns.push(turn),
                Err(error) => of.error = Some(error),
            }
        }
    }
    all.into()
}

/// Loads the model, asks, and keeps the worker. `lines` is another turn's, where there was one: finding out
/// takes two prompts.
pub(crate) async fn turn(
    program: &Path,
    model: &InstalledModel,
    library: LocalEngine,
    round: u32,
    lengths: Lengths,
    lines: Option<u32>,
) -> Result<Measured, EngineError> {
    let engine = WorkerEngine::for_model(program.to_owned(), model, library, DeviceChoice::Auto);
    let asked = Instant::now();
    let mut first = engine.generate(request(u32::MAX - round, 20, 1));
    let started = first.next().await;
    let load = asked.elapsed();
    if let Some(GenerationEvent::Failed(error)) = started {
        return Err(error);
    }
    let (_, short) = first.collect().await?;
    let lines = if let Some(lines) = lines {
        lines
    } else {
        let (_, longer) = engine.generate(request(u32::MAX / 2 - round, 40, 1)).collect().await?;
        lines_for(lengths.prompt, short.prompt_tokens, longer.prompt_tokens)
    };

    let asked = request(round, lines, lengths.answer);
    let (usage, first_text, _) = timed(&engine, asked.clone()).await?;
    let status = engine.status().borrow().clone();
    let turn = Turn {
        load_ms: millis(load),
        first_text_ms: millis(first_text),
        read_per_s: f64::from(usage.prompt_tokens) / usage.prefill.as_secs_f64(),
        write_per_s: written_per_s(&usage),
        memory_mb: engine.worker_pid().and_then(resident_mb),
        prompt_tokens: usage.prompt_tokens,
        answer_tokens: usage.completion_tokens,
        device: status.device,
        threads: status.threads,
    };
    Ok(Measured { engine, asked, lines, turn })
}

/// Whom a person waits for less. `None` where neither has a turn.
pub(crate) fn faster<'a, T: IntoIterator<Item = &'a Turn>>(
    all: impl IntoIterator<Item = (LocalEngine, T)>,
) -> Option<Faster> {
    let answer = |(library, turns): (LocalEngine, T)| Some((library, answer_s(turns)?));
    let mut answers: Vec<(LocalEngine, f64)> = all.into_iter().filter_map(answer).collect();
    answers.sort_by(|a, b| a.1.total_cmp(&b.1));
    let (library, fast_s) = *answers.first()?;
    let slower = answers.get(1).map(|(slow, slow_s)| (*slow, slow_s / fast_s));
    Some(Faster { library, slower })
}

/// A prompt read and an answer written, at the turns' median speeds. `None` without turns.
fn answer_s<'a>(turns: impl IntoIterator<Item = &'a Turn>) -> Option<f64> {
    let turns: Vec<&Turn> = turns.into_iter().collect();
    let first = turns.first()?;
    let median = |of: fn(&Turn) -> f64| median_nearest_rank(turns.iter().map(|turn| of(turn)).collect());
    let read = f64::from(first.prompt_tokens) / median(|turn| turn.read_per_s)?;
    let written = f64::from(first.answer_tokens) / median(|turn| turn.write_per_s)?;
    Some(read + written)
}

/// The first token comes from the prompt.
pub(crate) fn written_per_s(usage: &Usage) -> f64 {
    f64::from(usage.completion_tokens.saturating_sub(1)) / usage.decode.as_secs_f64()
}

/// What it cost, when its first text came, and the text.
pub(crate) async fn timed(
    engine: &WorkerEngine,
    request: GenerateRequest,
) -> Result<(Usage, Duration, String), EngineError> {
    let asked = Instant::now();
    let mut first_text = None;
    let (text, usage) = engine
        .generate(request)
        .collect_with(|_| {
            first_text.get_or_insert_with(|| asked.elapsed());
        })
        .await?;
    Ok((usage, first_text.unwrap_or_else(|| asked.elapsed()), text))
}

/// Different from its first words on, where the seed is.
pub(crate) fn request(seed: u32, lines: u32, max_tokens: u32) -> GenerateRequest {
    let lines: Vec<String> = (0..lines)
        .zip(MONTHS.iter().cycle())
        .map(|(at, month)| format!("{month}: {} kWh", seed % 971 + 400 + at * 7))
        .collect();
    GenerateRequest {
        messages: vec![
            Message { role: Role::System, content: system(seed) },
            Message { role: Role::User, content: format!("{}\nSummarise the usage.", lines.join("\n")) },
        ],
        max_tokens,
        stop: Vec::new(),
        sampling: Sampling::GREEDY,
        form: None,
        priority: Priority::Interactive,
    }
}

pub(crate) fn system(seed: u32) -> String {
    format!("{seed} usage_summary")
}

/// How many lines make a prompt of so many tokens, when 20 make `short` and 40 make `longer`.
fn lines_for(prompt_tokens: u32, short: u32, longer: u32) -> u32 {
    let line = f64::from(longer.saturating_sub(short)).max(1.0) / 20.0;
    let missing = f64::from(prompt_tokens) - f64::from(short);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to what is sensible"
    )]
    let lines = (20.0 + missing / line).clamp(1.0, 10_000.0) as u32;
    lines
}

/// What of the process is in memory, where the system tells.
fn resident_mb(process_id: u32) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process_id}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib * 1024.0 / 1e6)
}

#[cfg(test)]
mod tests {
    use super::*;

    use LocalEngine::{LlamaCpp, MistralRs};

    fn turn(read_per_s: f64, write_per_s: f64) -> Turn {
        Turn {
            load_ms: 100.0,
            first_text_ms: 50.0,
            read_per_s,
            write_per_s,
            memory_mb: None,
            prompt_tokens: 200,
            answer_tokens: 50,
            device: "cpu".into(),
            threads: 2,
        }
    }

    fn dead() -> EngineError {
        EngineError::WorkerDied { detail: "killed".into() }
    }

    async fn measured(
        fails: impl Fn(LocalEngine, u32) -> bool,
    ) -> (Vec<LibrarySpeed>, Vec<(LocalEngine, u32)>) {
        let mut told = Vec::new();
        let turns = measure(
            3,
            |library, round| told.push((library, round)),
            async |library, round| if fails(library, round) { Err(dead()) } else { Ok(turn(100.0, 10.0)) },
        )
        .await;
        (turns, told)
    }

    #[tokio::test]
    async fn the_libraries_take_turns() {
        let (turns, told) = measured(|_, _| false).await;
        assert_eq!(told, [1, 2, 3].map(|round| [(LlamaCpp, round), (MistralRs, round)]).concat());
        assert!(turns.iter().all(|of| of.turns.len() == 3 && of.error.is_none()));
    }

    #[tokio::test]
    async fn a_library_that_fails_has_no_further_turn_and_keeps_nobody_from_theirs() {
        let (turns, told) = measured(|library, round| library == LlamaCpp && round == 2).await;
        assert_eq!(
            told,
            [(LlamaCpp, 1), (MistralRs, 1), (LlamaCpp, 2), (MistralRs, 2), (MistralRs, 3)].to_vec()
        );
        assert_eq!(turns[0].turns.len(), 1);
        assert_eq!(turns[0].error, Some(dead()));
        assert_eq!(turns[1].turns.len(), 3);
    }

    #[test]
    fn the_faster_one_is_who_reads_and_writes_an_answer_sooner() {
        // 0.2 s and 5 s against 2 s and 0.5 s.
        let (slow, fast) = (vec![turn(1000.0, 10.0)], vec![turn(100.0, 100.0); 3]);
        let found = faster([(LlamaCpp, &slow), (MistralRs, &fast)]).expect("both have turns");
        assert_eq!(found.library, MistralRs);
        let (slower, times) = found.slower.expect("there are two");
        assert_eq!(slower, LlamaCpp);
        assert!((times - 5.2 / 2.5).abs() < 1e-9);
    }

    #[test]
    fn one_lucky_turn_decides_nothing() {
        let lucky = [turn(100.0, 10.0), turn(1e6, 1e6), turn(100.0, 10.0)];
        let steady = [turn(200.0, 20.0)];
        let found = faster([(LlamaCpp, lucky.as_slice()), (MistralRs, steady.as_slice())]);
        assert_eq!(found.map(|found| found.library), Some(MistralRs));
    }

    #[test]
    fn one_alone_is_the_faster_by_nothing_and_none_is_none() {
        let alone = faster([(LlamaCpp, vec![]), (MistralRs, vec![&turn(1.0, 1.0)])]);
        assert_eq!(alone, Some(Faster { library: MistralRs, slower: None }));
        assert_eq!(faster([(LlamaCpp, vec![])]), None);
    }

    #[test]
    fn a_prompt_gets_the_lines_that_it_takes() {
        assert_eq!(lines_for(256, 216, 416), 24);
        assert_eq!(lines_for(32, 216, 416), 1);
        assert_eq!(lines_for(8192, 20, 20), 10_000);
    }
}
