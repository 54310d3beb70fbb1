//! Both libraries on this machine and the person's model: loading, reading, writing, memory.
//!
//! They take turns, so that a busy moment of the machine hits both, and each turn begins with a fresh
//! worker. No prompt shares its beginning with another, so nothing is reused, but for the one that
//! measures reuse: it repeats a prompt up to its last line. Several at once are held against one alone
//! right before and right after them, each of the same length.

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use sextant_domain::millis;
use sextant_engine::{
    DeviceChoice, Engine as _, Form, GenerateRequest, GenerationEvent, InstalledModel, LocalEngine, Message,
    Priority, Role, Sampling, Usage, WorkerEngine,
};

use super::super::{runtime, table};
use super::pipeline::spread;
use super::report::Report;
use crate::app::{self, ModelChoice};
use crate::failure::Failure;
use crate::settings::Settings;

const MONTHS: [&str; 6] = ["January", "March", "May", "July", "September", "November"];
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

/// One turn of one library.
struct Turn {
    /// From nothing to the first generation's start: checks, process, weights.
    load_ms: f64,
    first_text_ms: f64,
    read_per_s: f64,
    write_per_s: f64,
    /// The same under a schema that leaves the words open: what following it costs.
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
    memory_mb: Option<f64>,
    prompt_tokens: u32,
    answer_tokens: u32,
    device: String,
    threads: u32,
}

/// A figure of a turn: its name in the document, its column for people, and itself.
type Measure = (&'static str, &'static str, fn(&Turn) -> f64);

const MEASURES: [Measure; 11] = [
    ("load_ms", "load ms", |turn| turn.load_ms),
    ("first_text_ms", "first text ms", |turn| turn.first_text_ms),
    ("reused_first_text_ms", "reusing", |turn| turn.reused_first_text_ms),
    ("second_first_text_ms", "2nd question", |turn| turn.second_first_text_ms),
    ("second_cold_first_text_ms", "the same cold", |turn| turn.second_cold_first_text_ms),
    ("prefill_tokens_per_s", "read tokens/s", |turn| turn.read_per_s),
    ("decode_tokens_per_s", "write tokens/s", |turn| turn.write_per_s),
    ("constrained_tokens_per_s", "by schema", |turn| turn.constrained_per_s),
    ("together_tokens_per_s", "4 at once", |turn| turn.together_per_s),
    ("together_times_one", "times one", |turn| turn.together_times_one),
    ("resident_mb", "memory MB", |turn| turn.memory_mb.unwrap_or_default()),
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
    let mut turns: Vec<Vec<Turn>> = libraries.iter().map(|_| Vec::new()).collect();
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
) -> Result<Turn, Failure> {
    let engine = WorkerEngine::for_model(program.to_owned(), model, library, DeviceChoice::Auto);
    let asked = Instant::now();
    let mut first = engine.generate(request(u32::MAX - round, 20, 1));
    let started = first.next().await;
    let load = asked.elapsed();
    if let Some(GenerationEvent::Failed(error)) = started {
        return Err(error.into());
    }
    // Two short prompts tell how many tokens a line has here.
    let (_, short) = first.collect().await?;
    let (_, longer) = engine.generate(request(u32::MAX / 2 - round, 40, 1)).collect().await?;
    let line = f64::from(longer.prompt_tokens.saturating_sub(short.prompt_tokens)).max(1.0) / 20.0;
    let missing = f64::from(lengths.prompt_tokens) - f64::from(short.prompt_tokens);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to what is sensible"
    )]
    let lines = (20.0 + missing / line).clamp(1.0, 10_000.0) as u32;

    let asked = request(round, lines, lengths.answer_tokens);
    let (usage, first_text, _) = timed(&engine, asked.clone()).await?;
    let memory_mb = engine.worker_pid().and_then(resident_mb);
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
    Ok(Turn {
        load_ms: millis(load),
        first_text_ms: millis(first_text),
        read_per_s: f64::from(usage.prompt_tokens) / usage.prefill.as_secs_f64(),
        write_per_s: written_per_s(&usage),
        constrained_per_s: written_per_s(&constrained),
        reused_first_text_ms: millis(reused_first_text),
        reused_tokens: reused.cached_tokens,
        second_first_text_ms: millis(second_first_text),
        second_read_tokens: second.prompt_tokens.saturating_sub(second.cached_tokens),
        second_cold_first_text_ms: millis(second_cold_first_text),
        second_prompt_tokens: second.prompt_tokens,
        together_per_s,
        together_times_one,
        memory_mb,
        prompt_tokens: usage.prompt_tokens,
        answer_tokens: usage.completion_tokens,
        device: engine.status().borrow().device.clone(),
        threads: engine.status().borrow().threads,
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

/// The first token comes from the prompt.
fn written_per_s(usage: &Usage) -> f64 {
    f64::from(usage.completion_tokens.saturating_sub(1)) / usage.decode.as_secs_f64()
}

/// What it cost, when its first text came, and the text.
async fn timed(
    engine: &WorkerEngine,
    request: GenerateRequest,
) -> Result<(Usage, Duration, String), Failure> {
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
fn request(seed: u32, lines: u32, max_tokens: u32) -> GenerateRequest {
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

fn system(seed: u32) -> String {
    format!("{seed} usage_summary")
}

/// What of the process is in memory, where the system tells.
fn resident_mb(process_id: u32) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process_id}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib * 1024.0 / 1e6)
}

fn report(model: &InstalledModel, libraries: &[LocalEngine], turns: &[Vec<Turn>]) -> Report {
    let (mut rows, mut documents, mut speeds) = (Vec::new(), Vec::new(), Vec::new());
    let mut samples = Vec::new();
    for (library, turns) in libraries.iter().zip(turns) {
        let name = library.name();
        let Some(first) = turns.first() else { continue };
        let mut document = json!({
            "engine": name, "device": first.device, "threads": first.threads, "n": turns.len(),
            "prompt_tokens": first.prompt_tokens, "answer_tokens": first.answer_tokens,
            "reused_tokens": first.reused_tokens, "second_read_tokens": first.second_read_tokens,
            "second_prompt_tokens": first.second_prompt_tokens,
            "together": TOGETHER,
        });
        let mut row = vec![format!("{name} on {}", first.device)];
        let mut medians = std::collections::HashMap::new();
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
            medians.insert(key, spread.p50);
        }
        rows.push(row);
        documents.push(document);
        // What a person waits for: a prompt read and an answer written.
        let waiting = f64::from(first.prompt_tokens) / medians["prefill_tokens_per_s"]
            + f64::from(first.answer_tokens) / medians["decode_tokens_per_s"];
        speeds.push((name, waiting));
        samples.push((format!("{name} load"), turns.iter().map(|turn| turn.load_ms).collect()));
        samples.push((format!("{name} first text"), turns.iter().map(|turn| turn.first_text_ms).collect()));
    }
    speeds.sort_by(|a, b| a.1.total_cmp(&b.1));
    let verdict = match speeds[..] {
        [(fast, fast_s), .., (slow, slow_s)] => {
            format!(
                "{fast} is the faster here: {slow} takes {:.1} times as long for an answer. \
                 `sextant settings --engine {fast}` has it used from now on",
                slow_s / fast_s
            )
        }
        _ => String::new(),
    };
    let header: Vec<&str> =
        std::iter::once("engine").chain(MEASURES.iter().map(|(_, column, _)| *column)).collect();
    let faster = speeds.first().map(|(name, _)| *name);
    let report = Report::new(json!({ "model": model.id, "engines": documents, "faster": faster }))
        .note(format!("{} ({})", model.id, model.file.display()))
        .table(&header, rows);
    let report = if verdict.is_empty() { report } else { report.note(verdict) };
    samples.into_iter().fold(report, |report, (name, samples)| report.sampled(name, samples))
}
