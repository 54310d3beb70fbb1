//! What the history costs: the same recommendation recorded and not recorded, in turns.
//!
//! Recorded means as in the window: spans, the layer, a database in a file. Not recorded means that no
//! subscriber listens, and then spans aren't even made.

use std::sync::Arc;

use serde_json::json;
use sextant_advisor::Input;
use sextant_domain::RecommendRequest;
use sextant_store::{HistoryLayer, PerfLines, Store};
use tracing::Dispatch;
use tracing::subscriber::NoSubscriber;
use tracing_subscriber::layer::SubscriberExt as _;

use super::super::table;
use super::compare::Compared;
use super::report::Report;
use crate::app::{self, ModelChoice};
use crate::failure::{Failure, by_code};
use crate::library;

/// Of recorded and of unrecorded runs for each iteration that was asked for.
const PAIRS: u32 = 40;

pub(super) fn measure(choice: &ModelChoice, iterations: u32) -> Result<Report, Failure> {
    let folder = tempfile::tempdir().map_err(|error| Failure::work("no_folder", error))?;
    let store = Store::open(&folder.path().join("history.db"))?;
    // No cache, so that every run is a whole one.
    let advisor = app::advisor(app::pack("energy")?, None, choice)?;
    let catalog = Arc::new(library::sample_catalog(&advisor.pack)?.value);
    let usage = Arc::new(library::sample_home(&advisor.pack)?);
    // On this thread, because a subscriber is a thread's own.
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::work("runtime", error))?;
    let recorded = Dispatch::new(
        tracing_subscriber::registry().with(HistoryLayer::new(Some(store.clone()), PerfLines::Off)),
    );
    let unrecorded = Dispatch::new(NoSubscriber::new());
    let run = |subscriber: &Dispatch, seed: u64| {
        let input = Input {
            catalog: Arc::clone(&catalog),
            usage: Arc::clone(&usage),
            request: RecommendRequest { seed, use_cache: false, ..RecommendRequest::default() },
        };
        tracing::dispatcher::with_default(subscriber, || {
            runtime.block_on(async { advisor.recommend(input).finish().await })
        })
        .map(|run| run.total_ms)
        .map_err(|error| by_code(&error.code, &error.message))
    };
    run(&unrecorded, 0)?;
    run(&recorded, 0)?;
    let pairs = u64::from(iterations * PAIRS);
    let (mut with, mut without) = (Vec::new(), Vec::new());
    for pair in 1..=pairs {
        if pair % 20 == 1 {
            eprintln!("pair {pair}/{pairs}");
        }
        // Whoever comes second finds the machine as the first one left it.
        if pair % 2 == 0 {
            with.push(run(&recorded, pair)?);
            without.push(run(&unrecorded, pair)?);
        } else {
            without.push(run(&unrecorded, pair)?);
            with.push(run(&recorded, pair)?);
        }
    }
    store.flush();
    let runs = store.runs(None)?.len();
    let Some(ratio) = Compared::of("recorded against not", &without, &with) else {
        return Err(Failure::work("nothing_ran", "no recommendation ran"));
    };
    let row = |name: &str, samples: &[f64]| {
        let spread = super::pipeline::spread(samples.to_vec());
        vec![
            name.to_owned(),
            spread.n.to_string(),
            table::ms(spread.p50),
            table::ms(spread.p95),
            table::ms(spread.max),
        ]
    };
    let rows = vec![row("recorded", &with), row("not recorded", &without)];
    Ok(Report::new(json!({ "runs_in_the_history": runs, "ratio": ratio }))
        .table(&["run", "n", "p50 ms", "p95 ms", "max ms"], rows)
        .note(format!(
            "recorded takes {:.4} of not recorded at the median (95%: {:.4} to {:.4})",
            ratio.ratio, ratio.low, ratio.high
        ))
        .sampled("recorded", with)
        .sampled("not recorded", without))
}
