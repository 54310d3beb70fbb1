//! A recommendation in eight scenarios: where the time goes, and what of it is not the model's.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use serde_json::json;
use sextant_advisor::Input;
use sextant_advisor::comparison::{Scenario, bottleneck, scenarios};
use sextant_domain::{
    Catalog, HomeUsage, RecommendRequest, Recommendation, StageSeries, StageTiming, millis,
};
use sextant_store::percentile_nearest_rank;

use super::super::history::{FIGURES, figures_json, figures_rows};
use super::super::{runtime, table};
use super::bench_advisor;
use super::report::Report;
use crate::app::ModelChoice;
use crate::failure::{Failure, by_code};
use crate::library;

/// Rankings of the whole list from scratch, costs included.
const RANKINGS: usize = 50;

pub(super) fn measure(choice: &ModelChoice, iterations: u32) -> Result<Report, Failure> {
    let (advisor, _store) = bench_advisor(choice)?;
    let catalog = Arc::new(library::sample_catalog(&advisor.pack)?.value);
    let home = library::sample_home(&advisor.pack)?;
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
    let all: Vec<StageTiming> = runs.iter().flat_map(|(_, run)| run.stages.iter().cloned()).collect();
    let (bottleneck, bottleneck_share) = bottleneck(runs.iter().map(|(_, run)| run.total_ms).sum(), &all);
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
    let mut stage_samples: BTreeMap<String, Vec<f64>> = BTreeMap::new();
    for stage in runs.iter().flat_map(|(_, run)| &run.stages) {
        stage_samples.entry(stage.name.clone()).or_default().push(stage.total_ms);
    }
    for (i, run) in runs {
        stage_samples.entry(format!("run, {}", scenarios[*i].name)).or_default().push(run.total_ms);
    }
    stage_samples.insert("cached repeat".into(), cached_ms.clone());
    stage_samples.insert("ranking".into(), ranking_ms.clone());
    stage_samples.insert("outside the model".into(), outside_ms.clone());
    let (cached, ranking, outside, share) =
        (spread(cached_ms), spread(ranking_ms), spread(outside_ms), spread(outside_share));
    let document = json!({
        "scenarios": scenario_documents,
        "stages": figures.iter().map(figures_json).collect::<Vec<_>>(),
        "bottleneck": bottleneck,
        "bottleneck_share": bottleneck_share,
        "outside_model": {
            "p50_ms": outside.p50, "max_ms": outside.max, "p50_percent": share.p50, "max_percent": share.max,
        },
        "cached_repeat": { "p50_ms": cached.p50, "max_ms": cached.max, "n": cached.n },
        "ranking": { "p50_ms": ranking.p50, "max_ms": ranking.max, "n": ranking.n },
        "runs": runs.iter().map(|(i, run)| json!({
            "scenario": scenarios[*i].name, "total_ms": run.total_ms, "stages": run.stages, "errors": run.errors,
        })).collect::<Vec<_>>(),
    });
    let report = Report::new(document)
        .table(&["scenario", "p50 ms", "min ms", "max ms", "with errors"], rows)
        .table(&FIGURES, figures_rows(&figures))
        .note(format!(
            "bottleneck: {bottleneck} ({:.0}% of all time)\n\
             outside the model: median {} ms, {:.1}% of a run (worst {} ms, {:.1}%)\n\
             cached repeat: median {} ms (worst {} ms, n {})\n\
             ranking the whole list from scratch: median {} ms (worst {} ms, n {})",
            bottleneck_share * 100.0,
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
        ));
    stage_samples.into_iter().fold(report, |report, (name, samples)| report.sampled(name, samples))
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

/// Nearest-rank percentiles of each stage's total, by name.
fn stage_figures(samples: Vec<(String, StageTiming)>) -> Vec<StageSeries> {
    let mut stages: BTreeMap<String, Vec<StageTiming>> = BTreeMap::new();
    for (stage, timing) in samples {
        stages.entry(stage).or_default().push(timing);
    }
    stages
        .into_iter()
        .map(|(stage, timings)| {
            let mut totals: Vec<f64> = timings.iter().map(|timing| timing.total_ms).collect();
            totals.sort_by(f64::total_cmp);
            let at = |p: f64| percentile_nearest_rank(&totals, p).unwrap_or_default();
            StageSeries {
                stage,
                n: totals.len() as u64,
                p50_ms: at(50.0),
                p90_ms: at(90.0),
                p95_ms: at(95.0),
                p99_ms: at(99.0),
                errors: timings.iter().filter(|timing| timing.error.is_some()).count() as u64,
                points: Vec::new(),
            }
        })
        .collect()
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
