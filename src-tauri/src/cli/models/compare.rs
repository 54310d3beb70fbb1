//! `sextant models compare`: the same work for several models, measured, weighed, and proposed.

use serde_json::{Value, json};
use sextant_advisor::comparison::decide;
use sextant_domain::{Decided, Decision, Measured, Share, Weights};
use sextant_store::median_nearest_rank;

use super::super::bench::Print;
use super::super::{print_csv, print_json, print_line, runtime, table};
use crate::app::{self, ModelChoice};
use crate::comparison;
use crate::failure::Failure;
use crate::settings::Settings;

#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Ids of installed models, or GGUF files; the first is the baseline. Without any, every installed one
    #[arg(value_name = "MODEL")]
    models: Vec<String>,
    /// How often each scenario is repeated
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=1000))]
    iterations: u32,
    /// What counts how much, such as `speed=35,cost=20,quality=25,consistency=15,context=5`
    #[arg(long, value_name = "WEIGHTS", value_parser = weights)]
    weights: Option<Weights>,
    /// Which engine runs them
    #[arg(long, value_name = "NAME")]
    engine: Option<String>,
    /// Use the proposed models from now on
    #[arg(long)]
    apply: bool,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Print::Table)]
    format: Print,
    /// Print one JSON document
    #[arg(long, conflicts_with = "format")]
    json: bool,
}

impl Args {
    pub(in crate::cli) fn print(&self) -> Print {
        if self.json { Print::Json } else { self.format }
    }
}

pub(super) fn run(args: &Args) -> Result<(), Failure> {
    let weights = args.weights.unwrap_or_default();
    let measured = measure(&candidates(args)?, args)?;
    let Some(decision) = decide(&measured, &weights) else {
        let reasons: Vec<String> =
            measured.iter().map(|model| format!("{}: {}", model.model, model.errors.join("; "))).collect();
        return Err(Failure::work("nothing_ran", format!("no model has run ({})", reasons.join(" | "))));
    };
    print(args.print(), &measured, &decision, &weights)?;
    if args.apply {
        let settings = Settings {
            model: Some(decision.fast.clone()),
            accurate: Some(decision.accurate.clone()),
            ..Settings::load()?
        };
        settings.save()?;
        eprintln!("{} answers from now on, and {} mends its texts.", decision.fast, decision.accurate);
    }
    Ok(())
}

/// The models with nothing loaded yet; the person's own choice is the baseline where none is named.
fn candidates(args: &Args) -> Result<Vec<ModelChoice>, Failure> {
    let mut names = args.models.clone();
    if names.is_empty() {
        let usual = Settings::load()?.model.unwrap_or_else(|| app::BUNDLED_MODEL.to_owned());
        names.push(usual);
        for model in app::models()?.installed() {
            if !names.contains(&model.id) {
                names.push(model.id);
            }
        }
    }
    names
        .into_iter()
        .map(|name| {
            let choice = ModelChoice::of(Some(name), args.engine.clone());
            app::installed_model(&choice)?;
            Ok(choice)
        })
        .collect()
}

fn measure(candidates: &[ModelChoice], args: &Args) -> Result<Vec<Measured>, Failure> {
    let store = app::temporary_store_with_history()?;
    let advisors = comparison::advisors(candidates, Some(&store))?;
    runtime()?.block_on(comparison::measure(&advisors, args.iterations, |step| {
        eprintln!("{}/{} {}: {}", step.done, step.total, step.model, step.what);
    }))
}

fn print(how: Print, measured: &[Measured], decision: &Decision, weights: &Weights) -> Result<(), Failure> {
    let figures: Vec<Vec<String>> = measured.iter().map(figures).collect();
    let matrix: Vec<Vec<String>> = decision.rows.iter().map(matrix).collect();
    match how {
        Print::Json => {
            print_json(&json!({ "models": measured, "weights": weights, "decision": decision }))?;
        }
        Print::Csv => print_csv(
            &["model", "what", "repetition", "ms"],
            measured.iter().flat_map(|model| {
                (1..).zip(&model.run_ms).map(|(at, ms): (usize, _)| {
                    [model.model.clone(), "run".into(), at.to_string(), ms.to_string()]
                })
            }),
        ),
        Print::Table | Print::Markdown => {
            let render = if how == Print::Table { table::render } else { table::markdown };
            let mut parts = vec![render(&FIGURES, &figures), render(&MATRIX, &matrix)];
            parts.extend(notes(measured, decision));
            print_line(&parts.join("\n\n"));
        }
    }
    Ok(())
}

/// What was measured, as it is.
const FIGURES: [&str; 11] = [
    "model",
    "run p50 ms",
    "first token p50 ms",
    "tokens/s",
    "tokens a run",
    "memory MB",
    "grounded",
    "right",
    "the same again",
    "in context",
    "bottleneck",
];

fn figures(model: &Measured) -> Vec<String> {
    let median =
        |samples: &[f64]| median_nearest_rank(samples.to_vec()).map_or_else(|| "?".into(), table::ms);
    let known = |value: Option<f64>, digits: usize| {
        value.map_or_else(|| "?".into(), |value| format!("{value:.digits$}"))
    };
    let share = |share: Share| format!("{} of {}", share.of, share.n);
    #[expect(clippy::cast_precision_loss, reason = "bytes of memory")]
    let memory = model.peak_memory_bytes.map(|bytes| bytes as f64 / 1e6);
    vec![
        model.model.clone(),
        median(&model.run_ms),
        median(&model.first_token_ms),
        known(model.decode_tokens_per_s, 0),
        format!("{:.0}", model.tokens_per_run),
        known(memory, 0),
        model.grounded_share.map_or_else(|| "?".into(), |share| format!("{:.1}%", share * 100.0)),
        share(model.right),
        share(model.consistent),
        share(model.in_context),
        format!("{} ({:.0}%)", model.bottleneck, model.bottleneck_share * 100.0),
    ]
}

/// The scores, 0 to 100.
const MATRIX: [&str; 8] =
    ["model", "speed", "cost", "quality", "consistency", "context", "total", "quality against baseline"];

fn matrix(row: &Decided) -> Vec<String> {
    let scores = &row.scores;
    let score = |value: f64| format!("{value:.0}");
    let against = row
        .against_baseline
        .map_or_else(String::new, |by| format!("{:+.0}%{}", by * 100.0, if row.notable { " !" } else { "" }));
    vec![
        row.model.clone(),
        score(scores.speed),
        score(scores.cost),
        score(scores.quality),
        score(scores.consistency),
        score(scores.context),
        format!("{:.1}", row.total),
        against,
    ]
}

fn notes(measured: &[Measured], decision: &Decision) -> Vec<String> {
    let mut notes: Vec<String> = measured
        .iter()
        .filter(|model| !model.errors.is_empty())
        .map(|model| format!("{}: {}", model.model, model.errors.join("; ")))
        .collect();
    notes.push(format!(
        "fast: {}\naccurate: {}\n`sextant settings --model {} --accurate {}` has them used from now on",
        decision.fast, decision.accurate, decision.fast, decision.accurate
    ));
    notes
}

fn weights(text: &str) -> Result<Weights, String> {
    let mut given = serde_json::Map::new();
    for pair in text.split(',') {
        let weight = pair.split_once('=').and_then(|(name, weight)| {
            let weight: f64 = weight.trim().parse().ok()?;
            (weight.is_finite() && weight >= 0.0).then(|| (name.trim().to_owned(), Value::from(weight)))
        });
        let (name, weight) = weight.ok_or_else(|| format!("{pair:?} is no weight; write it as speed=35"))?;
        given.insert(name, weight);
    }
    serde_json::from_value(Value::Object(given)).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weights_are_read_by_name_and_the_rest_stays_usual() {
        let read = weights("speed=1, quality=2.5").expect("both are weights");
        assert_eq!(read, Weights { speed: 1.0, quality: 2.5, ..Weights::default() });
        assert!(weights("speed").is_err() && weights("speed=-1").is_err() && weights("beauty=1").is_err());
    }
}
