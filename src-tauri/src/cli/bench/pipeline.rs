//! A recommendation in six scenarios: where the time goes, and what of it is not the model's.

use std::sync::Arc;
use std::time::Instant;

use rust_decimal::Decimal;
use serde_json::json;
use sextant_advisor::Input;
use sextant_domain::{
    Catalog, HomeUsage, Money, Preferences, RecommendRequest, Recommendation, StageTiming, millis,
};
use sextant_store::percentile_nearest_rank;

use super::super::history::{figures_json, figures_table, stage_figures};
use super::super::{runtime, table};
use super::{Report, bench_advisor};
use crate::app::ModelChoice;
use crate::failure::{Failure, by_code};
use crate::library;

/// Rankings of the whole list from scratch, costs included.
const RANKINGS: usize = 50;

struct Scenario {
    name: &'static str,
    usage: HomeUsage,
    preferences: Preferences,
}

pub(super) fn measure(choice: &ModelChoice, iterations: u32) -> Result<Report, Failure> {
    let (advisor, _store) = bench_advisor(choice)?;
    let catalog = Arc::new(library::sample_catalog(&advisor.pack)?.value);
    let home = library::sample_homes(&advisor.pack)?
        .into_iter()
        .find(|home| home.home == advisor.pack.sample.home)
        .ok_or_else(|| Failure::work("pack_broken", "the sample home is not in the pack's sample"))?;
    let scenarios = scenarios(&home);
    let input = |scenario: &Scenario, seed: u64, use_cache: bool| Input {
        catalog: Arc::clone(&catalog),
        usage: Arc::new(scenario.usage.clone()),
        request: RecommendRequest {
            preferences: scenario.preferences.clone(),
            seed,
            use_cache,
            ..RecommendRequest::default()
        },
    };
    let runtime = runtime()?;
    let run = |input: Input| {
        runtime
            .block_on(async { advisor.recommend(input).finish().await })
            .map_err(|error| by_code(&error.code, &error.message))
    };

    run(input(&scenarios[0], 0, false))?;
    let mut runs: Vec<(usize, Recommendation)> = Vec::new();
    for seed in 1..=u64::from(iterations) {
        for (i, scenario) in scenarios.iter().enumerate() {
            eprintln!("{} {seed}/{iterations}", scenario.name);
            runs.push((i, run(input(scenario, seed, false))?));
        }
    }
    let mut cached_ms = Vec::new();
    run(input(&scenarios[0], 0, true))?;
    for _ in 0..iterations.max(5) {
        cached_ms.push(run(input(&scenarios[0], 0, true))?.total_ms);
    }
    let ranking_ms = ranking_times(&advisor, &catalog, &home)?;
    Ok(report(&scenarios, &runs, cached_ms, ranking_ms))
}

fn ranking_times(
    advisor: &sextant_advisor::Advisor,
    catalog: &Arc<Catalog>,
    home: &HomeUsage,
) -> Result<Vec<f64>, Failure> {
    let input = Input {
        catalog: Arc::clone(catalog),
        usage: Arc::new(home.clone()),
        request: RecommendRequest::default(),
    };
    let mut times = Vec::with_capacity(RANKINGS);
    for _ in 0..RANKINGS {
        let started = Instant::now();
        std::hint::black_box(advisor.rank(&input)?);
        times.push(millis(started.elapsed()));
    }
    Ok(times)
}

fn report(
    scenarios: &[Scenario],
    runs: &[(usize, Recommendation)],
    cached_ms: Vec<f64>,
    ranking_ms: Vec<f64>,
) -> Report {
    let samples = |of: Option<usize>| -> Vec<(String, StageTiming)> {
        runs.iter()
            .filter(|(i, _)| of.is_none_or(|of| of == *i))
            .flat_map(|(_, run)| run.stages.iter().map(|stage| (stage.name.clone(), stage.clone())))
            .collect()
    };
    let figures = stage_figures(samples(None));
    let (bottleneck, bottleneck_share) = bottleneck(runs);
    let outside_ms: Vec<f64> =
        runs.iter().map(|(_, run)| outside_model_ms(run.total_ms, &run.stages)).collect();
    let outside_share: Vec<f64> = runs
        .iter()
        .map(|(_, run)| outside_model_ms(run.total_ms, &run.stages) / run.total_ms * 100.0)
        .collect();
    let mut rows = Vec::new();
    let mut scenario_documents = Vec::new();
    for (i, scenario) in scenarios.iter().enumerate() {
        let totals: Vec<f64> = runs.iter().filter(|(of, _)| *of == i).map(|(_, run)| run.total_ms).collect();
        let errors = runs.iter().filter(|(of, run)| *of == i && !run.errors.is_empty()).count();
        let spread = spread(totals);
        rows.push(vec![
            scenario.name.to_owned(),
            table::ms(spread.p50),
            table::ms(spread.min),
            table::ms(spread.max),
            errors.to_string(),
        ]);
        scenario_documents.push(json!({
            "name": scenario.name,
            "n": spread.n,
            "p50_ms": spread.p50,
            "min_ms": spread.min,
            "max_ms": spread.max,
            "runs_with_errors": errors,
            "stages": stage_figures(samples(Some(i))).iter().map(figures_json).collect::<Vec<_>>(),
        }));
    }
    let (cached, ranking, outside, share) =
        (spread(cached_ms), spread(ranking_ms), spread(outside_ms), spread(outside_share));
    let text = format!(
        "{}\n\n{}\n\nbottleneck: {bottleneck} ({bottleneck_share:.0}% of all time)\n\
         outside the model: median {} ms, {:.1}% of a run (worst {} ms, {:.1}%)\n\
         cached repeat: median {} ms (worst {} ms, n {})\n\
         ranking the whole list from scratch: median {} ms (worst {} ms, n {})",
        table::render(&["scenario", "p50 ms", "min ms", "max ms", "with errors"], &rows),
        figures_table(&figures),
        table::ms(outside.p50),
        share.p50,
        table::ms(outside.max),
        share.max,
        table::ms(cached.p50),
        table::ms(cached.max),
        cached.n,
        table::ms(ranking.p50),
        table::ms(ranking.max),
        ranking.n,
    );
    let document = json!({
        "scenarios": scenario_documents,
        "stages": figures.iter().map(figures_json).collect::<Vec<_>>(),
        "bottleneck": bottleneck,
        "bottleneck_share": bottleneck_share / 100.0,
        "outside_model": {
            "p50_ms": outside.p50, "max_ms": outside.max, "p50_percent": share.p50, "max_percent": share.max,
        },
        "cached_repeat": { "p50_ms": cached.p50, "max_ms": cached.max, "n": cached.n },
        "ranking": { "p50_ms": ranking.p50, "max_ms": ranking.max, "n": ranking.n },
        "runs": runs.iter().map(|(i, run)| json!({
            "scenario": scenarios[*i].name, "total_ms": run.total_ms, "stages": run.stages, "errors": run.errors,
        })).collect::<Vec<_>>(),
    });
    Report { document, text }
}

/// The part of a run in which no stage was in prefill or decode. Stages overlap, so their spans of
/// model time are united, not added up; a stage's prompt and its wait come before, its check after.
fn outside_model_ms(total_ms: f64, stages: &[StageTiming]) -> f64 {
    let mut spans: Vec<(f64, f64)> = stages
        .iter()
        .map(|stage| {
            let begin = stage.start_ms + stage.prompt_build_ms + stage.queue_ms;
            (begin, begin + stage.prefill_ms + stage.decode_ms)
        })
        .collect();
    spans.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut model, mut reached) = (0.0, 0.0_f64);
    for (begin, end) in spans {
        model += (end - begin.max(reached)).max(0.0);
        reached = reached.max(end);
    }
    (total_ms - model).max(0.0)
}

/// The stage and phase that took most of all runs' time.
fn bottleneck(runs: &[(usize, Recommendation)]) -> (String, f64) {
    let mut phases: std::collections::BTreeMap<String, f64> = std::collections::BTreeMap::new();
    for stage in runs.iter().flat_map(|(_, run)| &run.stages) {
        for (phase, ms) in [
            ("prompt build", stage.prompt_build_ms),
            ("prefill", stage.prefill_ms),
            ("decode", stage.decode_ms),
            ("parse", stage.parse_ms),
        ] {
            *phases.entry(format!("{}, {phase}", stage.name)).or_default() += ms;
        }
    }
    let total: f64 = runs.iter().map(|(_, run)| run.total_ms).sum();
    phases
        .into_iter()
        .max_by(|a, b| a.1.total_cmp(&b.1))
        .map_or_else(|| ("nothing ran".into(), 0.0), |(name, ms)| (name, ms / total * 100.0))
}

pub(super) struct Spread {
    pub(super) n: usize,
    pub(super) min: f64,
    pub(super) p50: f64,
    pub(super) p95: f64,
    pub(super) max: f64,
}

pub(super) fn spread(mut values: Vec<f64>) -> Spread {
    values.sort_by(f64::total_cmp);
    let at = |p: f64| percentile_nearest_rank(&values, p).unwrap_or_default();
    Spread { n: values.len(), min: at(0.0), p50: at(50.0), p95: at(95.0), max: at(100.0) }
}

/// The sample home's year, bent into the shapes that people's homes have.
fn scenarios(home: &HomeUsage) -> Vec<Scenario> {
    let bent = |factor: &dyn Fn(usize, u8) -> i64| HomeUsage {
        home: home.home.clone(),
        months: home
            .months
            .iter()
            .enumerate()
            .map(|(i, month)| sextant_domain::MonthUsage {
                month: month.month,
                kwh: month.kwh * Decimal::new(factor(i, month.month), 2),
            })
            .collect(),
    };
    let plain = |name, usage| Scenario { name, usage, preferences: Preferences::default() };
    vec![
        plain("high usage", bent(&|_, _| 200)),
        plain("low usage", bent(&|_, _| 40)),
        plain("variable usage", bent(&|i, _| if i % 2 == 0 { 145 } else { 55 })),
        plain("seasonal usage", bent(&|_, month| if (6..=9).contains(&month) { 180 } else { 70 })),
        Scenario {
            name: "budget-bound",
            usage: home.clone(),
            preferences: Preferences {
                budget_per_month: Some(Money::from_cents(13_000)),
                ..Preferences::default()
            },
        },
        Scenario {
            name: "renewable-first",
            usage: home.clone(),
            preferences: Preferences { prefer_renewable: true, ..Preferences::default() },
        },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stage(start_ms: f64, queue_ms: f64, prefill_ms: f64, decode_ms: f64) -> StageTiming {
        StageTiming {
            start_ms,
            prompt_build_ms: 1.0,
            queue_ms,
            prefill_ms,
            decode_ms,
            ..StageTiming::default()
        }
    }

    #[test]
    fn time_that_stages_share_counts_once() {
        // In the model from 11 to 51, from 31 to 61, within the first, and from 81 to 91.
        let stages = [
            stage(30.0, 0.0, 10.0, 20.0),
            stage(5.0, 5.0, 10.0, 30.0),
            stage(20.0, 0.0, 5.0, 5.0),
            stage(80.0, 0.0, 0.0, 10.0),
        ];
        assert!((outside_model_ms(100.0, &stages) - 40.0).abs() < 1e-9);
        assert!((outside_model_ms(100.0, &[]) - 100.0).abs() < 1e-9);
    }
}
