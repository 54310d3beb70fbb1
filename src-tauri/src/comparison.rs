//! Several models at the same work, for the command line and for the window.

use sextant_advisor::Advisor;
use sextant_advisor::comparison::{Measuring, Work};
use sextant_domain::Measured;
use sextant_store::Store;

use crate::app::{self, ModelChoice};
use crate::failure::Failure;
use crate::library;

/// What is about to be done.
pub(crate) struct Step<'a> {
    /// Pieces of work that are over.
    pub(crate) done: u32,
    pub(crate) total: u32,
    pub(crate) model: &'a str,
    pub(crate) what: &'a str,
}

/// One use-case for each model, with nothing loaded yet.
pub(crate) fn advisors(candidates: &[ModelChoice], store: Option<&Store>) -> Result<Vec<Advisor>, Failure> {
    candidates.iter().map(|choice| app::advisor(app::pack("energy")?, store.cloned(), choice)).collect()
}

/// Everybody does the first scenario unmeasured, then all take turns at each, and last come the questions.
/// Dropping the future stops the work.
pub(crate) async fn measure(
    advisors: &[Advisor],
    iterations: u32,
    mut progress: impl FnMut(Step<'_>),
) -> Result<Vec<Measured>, Failure> {
    let Some(first) = advisors.first() else {
        return Err(Failure::call(
            "no_model",
            "no model is installed; `sextant models list` shows those known",
        ));
    };
    let home = library::sample_home(&first.pack)?;
    let work = Work::new(first, library::sample_catalog(&first.pack)?.value, &home)?;
    let mut measuring: Vec<Measuring> = advisors.iter().map(Measuring::new).collect();
    let rounds = work.scenarios.len() * iterations as usize;
    let total = u32::try_from((rounds + 2) * advisors.len()).unwrap_or(u32::MAX);
    let mut done = 0;
    let mut step = |model: &str, what: &str| {
        progress(Step { done, total, model, what });
        done += 1;
    };
    for (advisor, measuring) in advisors.iter().zip(&measuring) {
        step(&measuring.measured.model, "warm-up");
        if let Some(scenario) = work.scenarios.first() {
            Measuring::new(advisor).recommend(advisor, &work.catalog, scenario, 0).await;
        }
    }
    for seed in 1..=u64::from(iterations) {
        for scenario in &work.scenarios {
            for (advisor, measuring) in advisors.iter().zip(&mut measuring) {
                step(&measuring.measured.model, scenario.name);
                measuring.recommend(advisor, &work.catalog, scenario, seed).await;
            }
        }
    }
    for (advisor, measuring) in advisors.iter().zip(&mut measuring) {
        step(&measuring.measured.model, "questions");
        measuring.ask(advisor, &work.questions).await?;
    }
    Ok(measuring.into_iter().map(|one| one.measured).collect())
}
