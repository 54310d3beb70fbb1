//! Both libraries on this machine and the person's model: loading, reading, writing, memory.
//!
//! They take turns, so that a busy moment of the machine hits both, and each turn begins with a fresh
//! worker. No prompt shares its beginning with another, so nothing is reused, but for the one that
//! measures reuse: it repeats a prompt up to its last line.

use std::path::Path;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use sextant_domain::millis;
use sextant_engine::{
    DeviceChoice, Engine as _, GenerateRequest, GenerationEvent, InstalledModel, LocalEngine, Message,
    Priority, Role, Sampling, Usage, WorkerEngine,
};

use super::super::{runtime, table};
use super::Report;
use super::pipeline::spread;
use crate::app::{self, ModelChoice};
use crate::failure::Failure;

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
    /// First text of a prompt that shares all but its end with the one before it, and how much that was.
    reused_first_text_ms: f64,
    reused_tokens: u32,
    /// Tokens a second of several answers at once.
    together_per_s: f64,
    memory_mb: Option<f64>,
    prompt_tokens: u32,
    answer_tokens: u32,
    device: String,
    threads: u32,
}

pub(super) fn measure(choice: &ModelChoice, iterations: u32, lengths: Lengths) -> Result<Report, Failure> {
    let model = app::installed_model(choice)?;
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

    let (usage, first_text) = timed(&engine, request(round, lines, lengths.answer_tokens)).await?;
    let memory_mb = engine.worker_pid().and_then(resident_mb);
    let mut similar = request(round, lines, lengths.answer_tokens.min(8));
    if let Some(last) = similar.messages.last_mut() {
        last.content.push_str(" In one sentence.");
    }
    let (reused, reused_first_text) = timed(&engine, similar).await?;

    let many: Vec<_> = (0..TOGETHER)
        .map(|at| engine.generate(request(1_000_000 + round * TOGETHER + at, 2, lengths.answer_tokens)))
        .collect();
    let asked = Instant::now();
    let (mut written, mut reading) = (0, Duration::ZERO);
    for generation in many {
        let (_, usage) = generation.collect().await?;
        written += usage.completion_tokens.saturating_sub(1);
        reading += usage.prefill;
    }
    // Prompts are read one after the other by either library.
    let together_per_s = f64::from(written) / asked.elapsed().saturating_sub(reading).as_secs_f64();
    Ok(Turn {
        load_ms: millis(load),
        first_text_ms: millis(first_text),
        read_per_s: f64::from(usage.prompt_tokens) / usage.prefill.as_secs_f64(),
        write_per_s: f64::from(usage.completion_tokens.saturating_sub(1)) / usage.decode.as_secs_f64(),
        reused_first_text_ms: millis(reused_first_text),
        reused_tokens: reused.cached_tokens,
        together_per_s,
        memory_mb,
        prompt_tokens: usage.prompt_tokens,
        answer_tokens: usage.completion_tokens,
        device: engine.status().borrow().device.clone(),
        threads: engine.status().borrow().threads,
    })
}

/// What it cost, and when its first text came.
async fn timed(engine: &WorkerEngine, request: GenerateRequest) -> Result<(Usage, Duration), Failure> {
    let asked = Instant::now();
    let mut first_text = None;
    let (_, usage) = engine
        .generate(request)
        .collect_with(|_| {
            first_text.get_or_insert_with(|| asked.elapsed());
        })
        .await?;
    Ok((usage, first_text.unwrap_or_else(|| asked.elapsed())))
}

/// Different from its first words on, where the seed is.
fn request(seed: u32, lines: u32, max_tokens: u32) -> GenerateRequest {
    let lines: Vec<String> = (0..lines)
        .zip(MONTHS.iter().cycle())
        .map(|(at, month)| format!("{month}: {} kWh", seed % 971 + 400 + at * 7))
        .collect();
    GenerateRequest {
        messages: vec![
            Message { role: Role::System, content: format!("{seed} usage_summary") },
            Message { role: Role::User, content: format!("{}\nSummarise the usage.", lines.join("\n")) },
        ],
        max_tokens,
        stop: Vec::new(),
        sampling: Sampling::GREEDY,
        form: None,
        priority: Priority::Interactive,
    }
}

/// What of the process is in memory, where the system tells.
fn resident_mb(process_id: u32) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{process_id}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kib: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kib * 1024.0 / 1e6)
}

fn report(model: &InstalledModel, libraries: &[LocalEngine], turns: &[Vec<Turn>]) -> Report {
    let figure = |turns: &[Turn], of: &dyn Fn(&Turn) -> f64| spread(turns.iter().map(of).collect());
    let (mut rows, mut documents, mut stages, mut speeds) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for (library, turns) in libraries.iter().zip(turns) {
        let name = library.name();
        let load = figure(turns, &|turn| turn.load_ms);
        let first = figure(turns, &|turn| turn.first_text_ms);
        let read = figure(turns, &|turn| turn.read_per_s);
        let write = figure(turns, &|turn| turn.write_per_s);
        let memory = figure(turns, &|turn| turn.memory_mb.unwrap_or_default());
        let reused = figure(turns, &|turn| turn.reused_first_text_ms);
        let together = figure(turns, &|turn| turn.together_per_s);
        let of_first = |of: &dyn Fn(&Turn) -> u32| turns.first().map_or(0, of);
        let prompt_tokens = of_first(&|turn| turn.prompt_tokens);
        let answer_tokens = of_first(&|turn| turn.answer_tokens);
        let device = turns.first().map_or("", |turn| turn.device.as_str());
        // What a person waits for: a prompt read and an answer written.
        speeds.push((name, f64::from(prompt_tokens) / read.p50 + f64::from(answer_tokens) / write.p50));
        rows.push(vec![
            format!("{name} on {device}"),
            table::ms(load.p50),
            table::ms(first.p50),
            format!("{:.0}", read.p50),
            format!("{:.0}", write.p50),
            format!("{:.0}", together.p50),
            table::ms(reused.p50),
            if memory.p50 > 0.0 { format!("{:.0}", memory.p50) } else { "?".into() },
        ]);
        documents.push(json!({
            "engine": name, "device": device, "threads": of_first(&|turn| turn.threads), "n": turns.len(), "prompt_tokens": prompt_tokens,
            "answer_tokens": answer_tokens, "reused_tokens": of_first(&|turn| turn.reused_tokens),
            "reused_first_text_ms": { "p50": reused.p50, "min": reused.min, "max": reused.max },
            "together": TOGETHER,
            "together_tokens_per_s": { "p50": together.p50, "min": together.min, "max": together.max },
            "load_ms": { "p50": load.p50, "min": load.min, "max": load.max },
            "first_text_ms": { "p50": first.p50, "min": first.min, "max": first.max },
            "prefill_tokens_per_s": { "p50": read.p50, "min": read.min, "max": read.max },
            "decode_tokens_per_s": { "p50": write.p50, "min": write.min, "max": write.max },
            "resident_mb": if memory.p50 > 0.0 { json!(memory.p50) } else { Value::Null },
        }));
        stages.push(json!({ "name": format!("{name} load"), "n": load.n, "p50_ms": load.p50 }));
        stages.push(json!({ "name": format!("{name} first text"), "n": first.n, "p50_ms": first.p50 }));
    }
    speeds.sort_by(|a, b| a.1.total_cmp(&b.1));
    let verdict = match speeds[..] {
        [(fast, fast_s), .., (slow, slow_s)] => {
            format!(
                "{fast} is the faster here: {slow} takes {:.1} times as long for an answer",
                slow_s / fast_s
            )
        }
        _ => String::new(),
    };
    let header = [
        "engine",
        "load ms",
        "first text ms",
        "read tokens/s",
        "write tokens/s",
        "4 at once tokens/s",
        "first text ms reusing",
        "memory MB",
    ];
    let text =
        format!("{} ({})\n\n{}\n\n{verdict}", model.id, model.file.display(), table::render(&header, &rows));
    let faster = speeds.first().map(|(name, _)| *name);
    let document = json!({ "model": model.id, "engines": documents, "stages": stages, "faster": faster });
    Report { document, text: text.trim_end().to_owned() }
}
