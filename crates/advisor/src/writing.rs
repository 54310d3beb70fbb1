//! A stage that writes a text: prompt, stream through the gate, check, repair.

use std::time::{Duration, Instant};

use sextant_domain::{Claim, StageError, StageTiming};
use sextant_engine::{GenerateRequest, Message, Priority, Role, Sampling};
use sextant_store::StageTrace;

use crate::facts::Facts;
use crate::gate::Gate;
use crate::pack::PackError;
use crate::placeholders::{Placeholders, says_each};
use crate::repair::Rules;
use crate::slots::{Progress, Slots, generate};
use crate::templates::Templates;

/// A rewrite must differ, so it is sampled; greedy would repeat itself.
const REWRITE_TEMPERATURE: f32 = 0.7;

/// What to write.
pub(crate) struct Task<'a> {
    /// The system message, which for the bundled model is the task's name.
    pub(crate) system: &'a str,
    pub(crate) prompt: Prompt,
    /// What is said where the model's words can't be used: whole sentences, each grounded by construction.
    pub(crate) fallback: Vec<String>,
    pub(crate) facts: &'a Facts,
    /// Keys of the facts that a whole text states.
    pub(crate) required: &'static [&'static str],
    pub(crate) max_tokens: u32,
    pub(crate) priority: Priority,
    pub(crate) seed: u64,
}

/// What a model is shown.
pub(crate) struct Prompt {
    /// The template.
    pub(crate) file: &'static str,
    pub(crate) values: serde_json::Map<String, serde_json::Value>,
    /// None for a model that writes names and figures itself.
    pub(crate) placeholders: Placeholders,
}

impl Prompt {
    /// The facts themselves, for a model that can copy them.
    pub(crate) fn of_facts(file: &'static str, facts: &Facts) -> Self {
        let mut values = facts.values();
        for value in values.values_mut() {
            if let serde_json::Value::String(text) = value {
                *text = as_data(text);
            }
        }
        Self { file, values, placeholders: Placeholders::default() }
    }
}

/// How a text on its way is told to whoever watches.
pub(crate) enum Shown<'t> {
    Grows(&'t str),
    /// What was shown is replaced.
    Is(&'t str),
}

/// A finished text, every sentence of it grounded.
pub(crate) struct Written {
    pub(crate) text: String,
    pub(crate) claims: Vec<Claim>,
    /// The model's own share of grounded claims, before any repair; `None` where it wrote nothing.
    pub(crate) grounded_share: Option<f64>,
    pub(crate) timing: StageTiming,
    /// What went wrong and was mended.
    pub(crate) mended: Vec<StageError>,
}

/// Never fails: a model that can't write is replaced by the template, with the reason in the timing.
pub(crate) async fn write(
    templates: &Templates,
    checked_words: &[String],
    slots: &Slots,
    task: Task<'_>,
    mut stage: StageTrace,
    mut show: impl FnMut(Shown<'_>),
) -> Result<Written, PackError> {
    let building = Instant::now();
    let request = request(templates, &task)?;
    stage.prompt_built(building.elapsed());
    let rules = Rules { facts: task.facts, checked_words, template: &task.fallback, required: task.required };

    let mut mended = Vec::new();
    let mut gate = Some(Gate::new(task.facts, checked_words, &task.prompt.placeholders));
    let mut gating = Duration::ZERO;
    let answer =
        generate(slots.in_turn(), &request, slots.stage_limit, &mut stage, &mut mended, |progress| {
            let started = Instant::now();
            match progress {
                Progress::Text(delta) => {
                    if let Some(fresh) = gate.as_mut().and_then(|gate| gate.push(delta)) {
                        show(Shown::Grows(&fresh));
                    }
                }
                Progress::Again => gate = gate.take().map(Gate::again),
            }
            gating += started.elapsed();
        })
        .await;
    stage.checked(gating);

    let (raw, shown) = gate.take().map(Gate::finish).unwrap_or_default();
    let (mut text, grounded_share) = match answer {
        Ok(unfilled) => {
            let checking = Instant::now();
            let share = rules.check(&raw).grounded_share();
            let by_placeholders = request.form.is_some();
            let prompt = request.messages.last().map_or("", |message| message.content.as_str());
            // A sentence that is missing can't be told from the facts alone.
            let whole = !by_placeholders || says_each(prompt, unfilled.trim());
            stage.checked(checking.elapsed());
            (if whole { raw } else { task.fallback.join(" ") }, Some(share))
        }
        Err(error) => {
            stage.failed(error);
            (String::new(), None)
        }
    };
    if grounded_share.is_some() && !rules.good(&text) {
        text = rewrite(&rules, slots, &task, &request, &text, &mut stage, &mut mended).await;
    }
    let checking = Instant::now();
    if !rules.good(&text) {
        text = rules.complete(&text);
    }
    let claims = rules.check(&text).claims;
    stage.checked(checking.elapsed());
    match text.strip_prefix(shown.as_str()) {
        Some("") => {}
        Some(rest) => show(Shown::Grows(rest)),
        None => show(Shown::Is(&text)),
    }
    Ok(Written { text, claims, grounded_share, timing: stage.finish(), mended })
}

/// Has the bad sentences written again: once by the fast model, then by the accurate one.
async fn rewrite(
    rules: &Rules<'_>,
    slots: &Slots,
    task: &Task<'_>,
    request: &GenerateRequest,
    text: &str,
    stage: &mut StageTrace,
    mended: &mut Vec<StageError>,
) -> String {
    let mut text = text.to_owned();
    for (slot, seed) in slots.in_turn().zip(task.seed.wrapping_add(1)..) {
        let request = GenerateRequest {
            sampling: Sampling { temperature: REWRITE_TEMPERATURE, top_p: 0.95, top_k: 0, seed },
            ..request.clone()
        };
        let again = generate(std::iter::once(slot), &request, slots.stage_limit, stage, mended, |_| {}).await;
        match again {
            Ok(rewritten) => {
                let checking = Instant::now();
                text = rules.patch(&text, &task.prompt.placeholders.fill(rewritten.trim()));
                let good = rules.good(&text);
                stage.checked(checking.elapsed());
                if good {
                    break;
                }
            }
            // The template mends it; why the rewrite failed is still worth knowing.
            Err(error) => mended.push(error),
        }
    }
    text
}

fn request(templates: &Templates, task: &Task<'_>) -> Result<GenerateRequest, PackError> {
    let Prompt { file, values, placeholders } = &task.prompt;
    let prompt = templates.render(file, values)?;
    let form = placeholders.form(&prompt);
    Ok(GenerateRequest {
        messages: vec![
            Message { role: Role::System, content: task.system.to_owned() },
            Message { role: Role::User, content: prompt },
        ],
        max_tokens: task.max_tokens,
        stop: Vec::new(),
        sampling: Sampling { seed: task.seed, ..Sampling::GREEDY },
        form,
        priority: task.priority,
    })
}

/// Text from a file as one line that can't speak for the system: names and terms are data.
pub(crate) fn as_data(text: &str) -> String {
    let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
    line.replace("<|", "< |").replace("|>", "| >")
}
