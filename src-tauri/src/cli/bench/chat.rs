//! A chat over a trace in which 7 of 20 questions were asked before: in parallel and with caches, against the
//! same turns worked off step by step. Both run the same questions in the same order, interleaved.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use sextant_advisor::chat::{Chat, ChatInput, Subject, Way};
use sextant_domain::{CacheTier, ChatAnswer, Intent};
use sextant_store::percentile_nearest_rank;

use super::super::{runtime, table};
use super::report::Report;
use crate::app::{self, ModelChoice};
use crate::failure::{Failure, by_code};
use crate::shelf;

/// Questions of one iteration.
const TURNS: usize = 20;
/// Of those, the ones that repeat a question.
const REPEATS: usize = 7;
/// Between two turns.
const PAUSE: Duration = Duration::from_millis(20);
/// The same trace in every run.
const SEED: u64 = 7;

const WAYS: [(&str, Way, bool); 2] =
    [("parallel, cached", Way::Parallel, true), ("step by step", Way::StepByStep, false)];

pub(super) fn measure(choice: &ModelChoice, iterations: u32) -> Result<Report, Failure> {
    let store = app::temporary_store_with_history()?;
    let chat = shelf::chat(store.clone(), choice)?;
    let subject = shelf::sample(&chat.shelf, "retail")?;
    let runtime = runtime()?;
    let ask = |question: &str, way: Way, use_cache: bool| {
        let run = runtime.block_on(async { turn(&chat, &subject, question, way, use_cache).await });
        // What is kept is written by another thread, and the engine comes to rest; a person's next question comes
        // later than this.
        store.flush();
        std::thread::sleep(PAUSE);
        run
    };
    for (_, way, _) in WAYS {
        ask("a light roast under $20", way, false)?;
    }
    let trace = trace(&subject, iterations as usize);
    let mut answers: BTreeMap<&str, Vec<(ChatAnswer, bool)>> = BTreeMap::new();
    for (number, (question, repeats)) in trace.iter().enumerate() {
        if number % TURNS == 0 {
            eprintln!("chat {number}/{}", trace.len());
        }
        for (name, way, use_cache) in WAYS {
            answers.entry(name).or_default().push((ask(question, way, use_cache)?, *repeats));
        }
    }
    let hits = answers["parallel, cached"].iter().filter(|(answer, _)| answer.cache.hit).count();
    let tiers = tiers(&store)?;
    let mut report_rows = Vec::new();
    let mut kinds = Vec::new();
    let mut samples = Vec::new();
    for (name, answers) in &answers {
        for kind in ["all", "search", "details", "compare", "count", "talk", "kept"] {
            let totals: Vec<f64> = answers
                .iter()
                .filter(|(answer, _)| kind == "all" || kind_of(answer) == kind)
                .map(|(answer, _)| answer.total_ms)
                .collect();
            let firsts: Vec<f64> = answers
                .iter()
                .filter(|(answer, _)| kind == "all" || kind_of(answer) == kind)
                .filter_map(|(answer, _)| answer.first_token_ms)
                .collect();
            if totals.is_empty() {
                continue;
            }
            let total = figures(totals.clone());
            let first = figures(firsts);
            report_rows.push(vec![
                (*name).to_owned(),
                kind.to_owned(),
                totals.len().to_string(),
                table::ms(total[0]),
                table::ms(total[1]),
                table::ms(total[2]),
                table::ms(first[0]),
                table::ms(first[1]),
            ]);
            kinds.push(json!({
                "way": name, "kind": kind, "n": totals.len(),
                "p50_ms": total[0], "p95_ms": total[1], "p99_ms": total[2],
                "first_token_p50_ms": first[0], "first_token_p95_ms": first[1], "first_token_p99_ms": first[2],
            }));
            if kind == "all" {
                samples.push(((*name).to_owned(), totals));
            }
        }
    }
    let median = |name: &str| figures(answers[name].iter().map(|(answer, _)| answer.total_ms).collect())[0];
    let ratio = median("step by step") / median("parallel, cached");
    let beyond = beyond_prefill(&answers["parallel, cached"]);
    let hit_rate = share(hits, trace.len());
    let document = json!({
        "turns": trace.len(), "repeats": share(REPEATS, TURNS), "hit_rate": hit_rate, "ratio": ratio,
        "first_token_beyond_prefill": { "n": beyond.len(), "worst_ms": beyond.iter().copied().fold(f64::NAN, f64::max),
            "p95_ms": percentile_nearest_rank(&sorted(beyond.clone()), 95.0) },
        "kinds": kinds, "tiers": tiers.iter().map(|(tier, hits, misses)| json!({ "tier": tier, "hits": hits, "misses": misses })).collect::<Vec<_>>(),
    });
    let within = beyond.iter().filter(|over| **over <= 0.0).count();
    let mut report = Report::new(document)
        .table(
            &["way", "kind", "n", "p50 ms", "p95 ms", "p99 ms", "first token p50", "first token p95"],
            report_rows,
        )
        .table(
            &["cache", "hits", "misses", "hit rate"],
            tiers
                .iter()
                .map(|(tier, hits, misses)| {
                    #[expect(clippy::cast_precision_loss, reason = "counts of turns are small")]
                    let rate = *hits as f64 / (*hits + *misses).max(1) as f64;
                    vec![tier.clone(), hits.to_string(), misses.to_string(), format!("{:.0} %", rate * 100.0)]
                })
                .collect(),
        )
        .note(format!(
            "{:.0} % of {} turns were kept answers; at the median, a turn is {ratio:.1} times as fast as step by step",
            hit_rate * 100.0,
            trace.len()
        ))
        .note(format!("first token within 1.2 times its prefill and 10 ms: {within} of {}", beyond.len()));
    for (name, totals) in samples {
        report = report.sampled(name, totals);
    }
    Ok(report)
}

async fn turn(
    chat: &Chat,
    subject: &Arc<Subject>,
    question: &str,
    way: Way,
    use_cache: bool,
) -> Result<ChatAnswer, Failure> {
    let input = ChatInput {
        question: question.to_owned(),
        subject: Some(Arc::clone(subject)),
        earlier: Vec::new(),
        seed: 0,
        use_cache,
        way,
    };
    chat.answer(input).finish().await.map_err(|error| by_code(&error.code, &error.message))
}

/// Questions about the list. Of each iteration's, [`REPEATS`] were asked before, at places drawn by lot.
fn trace(subject: &Subject, iterations: usize) -> Vec<(String, bool)> {
    let mut random = fastrand::Rng::with_seed(SEED);
    let mut asked: Vec<String> = Vec::new();
    let mut trace = Vec::with_capacity(TURNS * iterations);
    for _ in 0..iterations {
        let mut repeats: Vec<bool> = (1..TURNS).map(|place| place <= REPEATS).collect();
        random.shuffle(&mut repeats);
        // The very first question has none before it.
        repeats.insert(0, false);
        for repeats in repeats {
            let question = if repeats {
                asked[random.usize(..asked.len())].clone()
            } else {
                let fresh = std::iter::repeat_with(|| question(subject, &mut random))
                    .find(|fresh| !asked.contains(fresh))
                    .expect("there are more questions than are asked");
                asked.push(fresh.clone());
                fresh
            };
            trace.push((question, repeats));
        }
    }
    trace
}

/// A question that a person might ask about the pack's products.
fn question(subject: &Subject, random: &mut fastrand::Rng) -> String {
    let items = &subject.catalog.items;
    let name = |random: &mut fastrand::Rng| items[random.usize(..items.len())].name.clone();
    let pick = |random: &mut fastrand::Rng, of: &[&str]| of[random.usize(..of.len())].to_owned();
    let roast = pick(
        random,
        &["light roast", "medium roast", "dark roast", "tea", "grinder", "kettle", "coffee", "brewer"],
    );
    let taste = pick(random, &["fruity", "chocolaty", "nutty", "floral", "sweet", "citrusy"]);
    let price = random.u32(8..90);
    match random.u32(..100) {
        0..30 => format!("{taste} {roast} under ${price}"),
        30..45 => format!("which {roast} costs less than ${price}?"),
        45..55 => format!("the cheapest {roast} over ${price}"),
        55..70 => format!("tell me about {}", name(random)),
        70..80 => format!("compare {} and {}", name(random), name(random)),
        80..87 => format!("how many {roast}s are there under ${price}?"),
        87..94 => format!(
            "{roast} without {} notes for less than ${price}",
            pick(random, &["chocolate", "nut", "fruit"])
        ),
        94..97 => pick(random, &["hello", "thanks a lot", "who are you?", "good morning", "bye"]),
        _ => format!("what is {price} times {}?", random.u32(2..99)),
    }
}

fn kind_of(answer: &ChatAnswer) -> &'static str {
    if answer.cache.hit {
        return "kept";
    }
    match answer.reading.intent {
        Intent::Search => "search",
        Intent::Details => "details",
        Intent::Compare => "compare",
        Intent::Count => "count",
        Intent::Passage
        | Intent::Greeting
        | Intent::Thanks
        | Intent::Goodbye
        | Intent::Assistant
        | Intent::Vague
        | Intent::OutOfScope => "talk",
    }
}

/// By how much first tokens came later than 1.2 times their own prefill and 10 ms; below zero where they didn't.
fn beyond_prefill(answers: &[(ChatAnswer, bool)]) -> Vec<f64> {
    let written = answers.iter().filter(|(answer, _)| !answer.cache.hit && answer.model != "none");
    written
        .filter_map(|(answer, _)| {
            let reply = answer.stages.iter().find(|stage| stage.name == "reply")?;
            // A second attempt's prefill is no part of the first token's time.
            (reply.attempts == 1).then_some(answer.first_token_ms? - (1.2 * reply.prefill_ms + 10.0))
        })
        .collect()
}

/// Hits and misses by cache.
fn tiers(store: &sextant_store::Store) -> Result<Vec<(String, u64, u64)>, Failure> {
    let counts = store.cache_counts(None)?;
    let name = |tier: CacheTier| match tier {
        CacheTier::Answer => "answers",
        CacheTier::Lookup => "records",
        CacheTier::Evidence => "passages",
        CacheTier::Embedding => "vectors",
    };
    Ok(counts.into_iter().map(|count| (name(count.tier).to_owned(), count.hits, count.misses)).collect())
}

/// p50, p95 and p99.
pub(super) fn figures(values: Vec<f64>) -> [f64; 3] {
    let values = sorted(values);
    [50.0, 95.0, 99.0].map(|p| percentile_nearest_rank(&values, p).unwrap_or_default())
}

fn sorted(mut values: Vec<f64>) -> Vec<f64> {
    values.sort_by(f64::total_cmp);
    values
}

#[expect(clippy::cast_precision_loss, reason = "counts of turns are small")]
fn share(part: usize, whole: usize) -> f64 {
    part as f64 / whole.max(1) as f64
}
