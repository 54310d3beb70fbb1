//! A repeated request: what the answer cache saves.

use std::sync::Arc;

use serde_json::json;
use sextant_advisor::Input;
use sextant_domain::{Preferences, RecommendRequest};

use super::super::{runtime, table};
use super::bench_advisor;
use super::pipeline::spread;
use super::report::Report;
use crate::app::ModelChoice;
use crate::failure::{Failure, by_code};
use crate::library;

/// Repeats per iteration: hits are so short that few would measure the clock.
const REPEATS: u32 = 20;

pub(super) fn measure(choice: &ModelChoice, iterations: u32) -> Result<Report, Failure> {
    let (advisor, store) = bench_advisor(choice)?;
    let catalog = Arc::new(library::sample_catalog(&advisor.pack)?.value);
    let homes: Vec<_> = library::sample_homes(&advisor.pack)?.into_iter().map(Arc::new).collect();
    let runtime = runtime()?;
    let (mut hits, mut misses) = (Vec::new(), Vec::new());
    for seed in 0..u64::from(iterations) {
        let home = &homes[usize::try_from(seed).unwrap_or_default() % homes.len()];
        for _ in 0..=REPEATS {
            let input = Input {
                catalog: Arc::clone(&catalog),
                usage: Arc::clone(home),
                request: RecommendRequest {
                    seed,
                    preferences: Preferences::default(),
                    ..RecommendRequest::default()
                },
            };
            let run = runtime
                .block_on(async { advisor.recommend(input).finish().await })
                .map_err(|error| by_code(&error.code, &error.message))?;
            if run.cache.hit {
                hits.push(run.total_ms);
            } else {
                misses.push(run.total_ms);
            }
            // The answer is written by another thread; a person's repeat comes later than this.
            store.flush();
        }
    }
    let samples = [("hit", hits.clone()), ("miss", misses.clone())];
    let (hits, misses) = (spread(hits), spread(misses));
    let rows = [("hit", &hits), ("miss", &misses)].map(|(name, spread)| {
        vec![
            name.to_owned(),
            spread.n.to_string(),
            table::ms(spread.p50),
            table::ms(spread.p95),
            table::ms(spread.max),
        ]
    });
    let document = json!({
        "stages": [
            { "name": "hit", "n": hits.n, "p50_ms": hits.p50, "p95_ms": hits.p95, "max_ms": hits.max },
            { "name": "miss", "n": misses.n, "p50_ms": misses.p50, "p95_ms": misses.p95, "max_ms": misses.max },
        ],
        "ratio": hits.p50 / misses.p50,
    });
    let report = Report::new(document)
        .table(&["look-up", "n", "p50 ms", "p95 ms", "max ms"], rows.to_vec())
        .note(format!("a hit takes {:.4} of a miss", hits.p50 / misses.p50));
    Ok(samples.into_iter().fold(report, |report, (name, samples)| report.sampled(name, samples)))
}
