//! Both libraries on this machine and the person's model: loading, reading, writing, memory.
//!
//! `engine_speed` measures a first answer as the window does. What comes here on top are prompts that share
//! something with the one before, answers under a schema, and several at once. Those are held against one
//! alone right before and right after them, each of the same length.

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use sextant_domain::millis;
use sextant_engine::{
    Engine as _, Form, GenerateRequest, InstalledModel, LocalEngine, Message, Role, WorkerEngine,
};

use super::super::{runtime, table};
use super::pipeline::spread;
use super::report::Report;
use crate::app::{self, ModelChoice};
use crate::engine_speed::{self, Faster, Measured, Turn, request, system, timed, written_per_s};
use crate::failure::Failure;
use crate::settings::Settings;

/// How many answers are asked for at once.
const TOGETHER: u32 = 4;

/// How long the prompts and answers are, in tokens.
#[derive(Debug, Clone, Copy, clap::Args)]
pub(super) struct Lengths {
    /// For `engine`: how long a prompt is, about
    #[arg(long, value_name = "N", default_value_t = 256, value_parser = clap::value_parser!(u32).range(32..=8192))]
    prompt_tokens: u32,
    /// For `engine`: how long an answer is at most
    #[arg(long, value_name = "N", default_value_t = 64, value_parser = clap::value_parser!(u32).range(2..=4096))]
    answer_tokens: u32,
}

/// One turn of one library, and what it did after its first answer.
struct LongTurn {
    turn: Turn,
    /// Tokens a second under a schema that leaves the words open: what following it costs.
    constrained_per_s: f64,
    /// First text of a prompt that shares all but its end with the one before it, and how much that was.
    reused_first_text_ms: f64,
    reused_tokens: u32,
    /// First text of the conversation's second question, how many tokens were read for it, and the same
    /// where nothing of the conversation is held.
    second_first_text_ms: f64,
    second_read_tokens: u32,
    second_cold_first_text_ms: f64,
    second_prompt_tokens: u32,
    /// Tokens a second of several answers at once, and how many times those of one alone that is.
    together_per_s: f64,
    together_times_one: f64,
}

/// A figure of a turn: its name in the document, its column for people, and itself.
type Measure = (&'static str, &'static str, fn(&LongTurn) -> f64);

const MEASURES: [Measure; 11] = [
    ("load_ms", "load ms", |long| long.turn.load_ms),
    ("first_text_ms", "first text ms", |long| long.turn.first_text_ms),
    ("reused_first_text_ms", "reusing", |long| long.reused_first_text_ms),
    ("second_first_text_ms", "2nd question", |long| long.second_first_text_ms),
    ("second_cold_first_text_ms", "the same cold", |long| long.second_cold_first_text_ms),
    ("prefill_tokens_per_s", "read tokens/s", |long| long.turn.read_per_s),
    ("decode_tokens_per_s", "write tokens/s", |long| long.turn.write_per_s),
    ("constrained_tokens_per_s", "by schema", |long| long.constrained_per_s),
    ("together_tokens_per_s", "4 at once", |long| long.together_per_s),
    ("together_times_one", "times one", |long| long.together_times_one),
    ("resident_mb", "memory MB", |long| long.turn.memory_mb.unwrap_or_default()),
];

pub(super) fn measure(choice: &ModelChoice, iterations: u32, lengths: Lengths) -> Result<Report, Failure> {
    let model = app::installed_model(&Settings::load()?.complete(choice))?;
    let libraries: Vec<LocalEngine> = match choice.engine.as_deref() {
        None => LocalEngine::ALL.to_vec(),
        Some(name) => vec![LocalEngine::from_name(name).ok_or_else(|| {
            Failure::call("unknown_engine", format!("there is nothing to measure on an engine called {name}"))
        })?],
    };
    let program = app::worker_program()?;
    let runtime = runtime()?;
    let mut turns: Vec<Vec<LongTurn>> = libraries.iter().map(|_| Vec::new()).collect();
    for round in 0..iterations {
        for (library, turns) in libraries.iter().zip(&mut turns) {
            eprintln!("{} {}/{iterations}", library.name(), round + 1);
            turns.push(runtime.block_on(turn(&program, &model, *library, round, lengths))?);
        }
    }
    Ok(report(&model, &libraries, &turns))
}

async fn turn(
    program: &Path,
    model: &InstalledModel,
    library: LocalEngine,
    round: u32,
    lengths: Lengths,
) -> Result<LongTurn, Failure> {
    let wanted = engine_speed::Lengths { prompt: lengths.prompt_tokens, answer: lengths.answer_tokens };
    let Measured { engine, asked, lines, turn } =
        engine_speed::turn(program, model, library, round, wanted, None).await?;
    let mut similar = request(round, lines, lengths.answer_tokens.min(8));
    if let Some(last) = similar.messages.last_mut() {
        last.content.push_str(" In one sentence.");
    }
    let (reused, reused_first_text, _) = timed(&engine, similar).await?;
    let open = json!({ "type": "string", "minLength": lengths.answer_tokens * 40 });
    let bound = GenerateRequest { form: Some(Form::Schema(open)), ..asked.clone() };
    // The first one compiles the schema for the model's vocabulary.
    timed(&engine, GenerateRequest { max_tokens: 2, ..bound.clone() }).await?;
    let (constrained, ..) = timed(&engine, bound).await?;
    // An answer in words, which any model splits the same way again: a random one's own would not be.
    let sentence = "Use is highest in summer and falls slowly towards the end of the year. ";
    let words = sentence.repeat(usize::try_from(lengths.answer_tokens / 16 + 1).unwrap_or(1));
    let spoken = Some(Form::Schema(json!({ "const": words })));
    let (_, _, answer) = timed(&engine, GenerateRequest { form: spoken, ..asked.clone() }).await?;
    let mut second = GenerateRequest { max_tokens: 2, ..asked };
    let said = |role, content: &str| Message { role, content: content.to_owned() };
    second.messages.extend([said(Role::Assistant, &answer), said(Role::User, "And in winter?")]);
    let mut elsewhere = second.clone();
    let (second, second_first_text, _) = timed(&engine, second).await?;
    if let Some(first) = elsewhere.messages.first_mut() {
        first.content = system(u32::MAX / 4 - round);
    }
    let (_, second_cold_first_text, _) = timed(&engine, elsewhere).await?;
    let (together_per_s, together_times_one) = together(&engine, round, lines, lengths.answer_tokens).await?;
    Ok(LongTurn {
        turn,
        constrained_per_s: written_per_s(&constrained),
        reused_first_text_ms: millis(reused_first_text),
        reused_tokens: reused.cached_tokens,
        second_first_text_ms: millis(second_first_text),
        second_read_tokens: second.prompt_tokens.saturating_sub(second.cached_tokens),
        second_cold_first_text_ms: millis(second_cold_first_text),
        second_prompt_tokens: second.prompt_tokens,
        together_per_s,
        together_times_one,
    })
}

/// Tokens a second of several answers at once, and how many times those of one alone that is.
async fn together(
    engine: &WorkerEngine,
    round: u32,
    lines: u32,
    answer_tokens: u32,
) -> Result<(f64, f64), Failure> {
    let seed = 1_000_000 + round * (TOGETHER + 2);
    let ask = |at: u32| request(seed + at, lines, answer_tokens);
    let (before, ..) = timed(engine, ask(TOGETHER)).await?;
    let asked = Instant::now();
    let many: Vec<_> = (0..TOGETHER).map(|at| engine.generate(ask(at))).collect();
    let (mut written, mut reading) = (0, Duration::ZERO);
    for generation in many {
        let (_, usage) = generation.collect().await?;
        written += usage.completion_tokens.saturating_sub(1);
        reading += usage.prefill;
    }
    // Prompts are read one after the other by either library.
    let per_s = f64::from(written) / asked.elapsed().saturating_sub(reading).as_secs_f64();
    let (after, ..) = timed(engine, ask(TOGETHER + 1)).await?;
    Ok((per_s, 2.0 * per_s / (written_per_s(&before) + written_per_s(&after))))
}

fn report(model: &InstalledModel, libraries: &[LocalEngine], turns: &[Vec<LongTurn>]) -> Report {
    let (mut rows, mut documents, mut samples) = (Vec::new(), Vec::new(), Vec::new());
    for (library, turns) in libraries.iter().zip(turns) {
        let name = library.name();
        let Some(long) = turns.first() else { continue };
        let first = &long.turn;
        let mut document = json!({
            "engine": name, "device": first.device, "threads": first.threads, "n": turns.len(),
            "prompt_tokens": first.prompt_tokens, "answer_tokens": first.answer_tokens,
            "reused_tokens": long.reused_tokens, "second_read_tokens": long.second_read_tokens,
            "second_prompt_tokens": long.second_prompt_tokens,
            "together": TOGETHER,
        });
        let mut row = vec![format!("{name} on {}", first.device)];
        for (key, _, of) in MEASURES {
            let spread = spread(turns.iter().map(of).collect());
            let known = spread.p50 > 0.0;
            document[key] = if known {
                json!({ "p50": spread.p50, "min": spread.min, "max": spread.max })
            } else {
                Value::Null
            };
            row.push(match known {
                true if key.ends_with("_ms") => table::ms(spread.p50),
                true if key.ends_with("_one") => format!("{:.2}", spread.p50),
                true => format!("{:.0}", spread.p50),
                false => "?".into(),
            });
        }
        rows.push(row);
        documents.push(document);
        samples.push((format!("{name} load"), turns.iter().map(|long| long.turn.load_ms).collect()));
        samples
            .push((format!("{name} first text"), turns.iter().map(|long| long.turn.first_text_ms).collect()));
    }
    let faster = engine_speed::faster(
        libraries.iter().zip(turns).map(|(library, turns)| (*library, turns.iter().map(|long| &long.turn))),
    );
    let verdict = match faster {
        Some(Faster { library, slower: Some((slow, times)) }) => {
            let fast = library.name();
            format!(
                "{fast} is the faster here: {} takes {times:.1} times as long for an answer. \
                 `sextant settings --engine {fast}` has it used from now on",
                slow.name()
            )
        }
        _ => String::new(),
    };
    let header: Vec<&str> =
        std::iter::once("engine").chain(MEASURES.iter().map(|(_, column, _)| *column)).collect();
    let faster = faster.map(|faster| faster.library.name());
    let report = Report::new(json!({ "model": model.id, "engines": documents, "faster": faster }))
        .note(format!("{} ({})", model.id, model.file.display()))
        .table(&header, rows);
    let report = if verdict.is_empty() { report } else { report.note(verdict) };
    samples.into_iter().fold(report, |report, (name, samples)| report.sampled(name, samples))
}
