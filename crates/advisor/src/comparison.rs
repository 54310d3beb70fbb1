//! The same work for several models: recommendations, questions with known answers, conversations.
//!
//! Models take turns, so that a busy moment of the machine meets all of them.

mod decision;
mod questions;
mod scenarios;

use std::sync::Arc;

use sextant_domain::{
    Catalog, HomeUsage, Measured, RecommendRequest, Recommendation, StageError, StageTiming,
};

use crate::pack::PackError;
use crate::recommend::{Advisor, Input};

pub use decision::decide;
pub use questions::{Answered, Questions};
pub use scenarios::{Scenario, scenarios};

/// One model's part of a comparison.
#[derive(Debug)]
pub struct Measuring {
    pub measured: Measured,
    totals: Totals,
}

/// For the means.
#[derive(Debug, Default)]
struct Totals {
    written: f64,
    decode_s: f64,
    computed: f64,
    grounded: Vec<f64>,
    stages: Vec<StageTiming>,
}

impl Measuring {
    /// Of the model in the fast slot.
    #[must_use]
    pub fn new(advisor: &Advisor) -> Self {
        let traits = &advisor.slots.fast.traits;
        let measured = Measured {
            model: traits.id.clone(),
            quantisation: traits.quantisation.clone(),
            ..Measured::default()
        };
        Self { measured, totals: Totals::default() }
    }

    /// Runs one recommendation and adds what it was like. An error is noted and the comparison goes on.
    pub async fn recommend(
        &mut self,
        advisor: &Advisor,
        catalog: &Arc<Catalog>,
        scenario: &Scenario,
        seed: u64,
    ) {
        let request = RecommendRequest {
            preferences: scenario.preferences.clone(),
            seed,
            use_cache: false,
            ..RecommendRequest::default()
        };
        let usage = Arc::new(scenario.usage.clone());
        match advisor.recommend(Input { catalog: Arc::clone(catalog), usage, request }).finish().await {
            Ok(run) => self.add(&run),
            Err(error) => self.note(&error),
        }
        self.look_at(advisor);
    }

    /// Asks everything once, and three times more for the same answer.
    pub async fn ask(&mut self, advisor: &Advisor, questions: &Questions) -> Result<(), PackError> {
        for answered in questions.ask(advisor).await? {
            match answered {
                Answered::Question { right } => self.measured.right.count(right),
                Answered::Again { same } => self.measured.consistent.count(same),
                Answered::Conversation { right } => self.measured.in_context.count(right),
                Answered::Failed(error) => self.note(&error),
            }
        }
        self.look_at(advisor);
        Ok(())
    }

    #[expect(clippy::cast_precision_loss, reason = "a handful of runs")]
    fn add(&mut self, run: &Recommendation) {
        run.errors.iter().for_each(|error| self.note(error));
        let Self { measured, totals } = self;
        measured.run_ms.push(run.total_ms);
        for stage in &run.stages {
            measured.first_token_ms.extend(stage.first_token_ms);
            // The first token comes from the prompt.
            totals.written += f64::from(stage.completion_tokens.saturating_sub(stage.attempts));
            totals.decode_s += stage.decode_ms / 1e3;
            let read = stage.prompt_tokens.saturating_sub(stage.cached_tokens);
            totals.computed += f64::from(read) + f64::from(stage.completion_tokens);
        }
        totals.grounded.extend(run.summary_grounded_share);
        totals.grounded.extend(run.ranking.items.iter().filter_map(|item| item.grounded_share));
        totals.stages.extend(run.stages.iter().cloned());
        measured.decode_tokens_per_s = (totals.decode_s > 0.0).then(|| totals.written / totals.decode_s);
        measured.tokens_per_run = totals.computed / measured.run_ms.len() as f64;
        measured.grounded_share = mean(&totals.grounded);
        (measured.bottleneck, measured.bottleneck_share) =
            bottleneck(measured.run_ms.iter().sum(), &totals.stages);
    }

    fn look_at(&mut self, advisor: &Advisor) {
        let engine = &advisor.slots.fast.engine;
        let status = engine.status().borrow().clone();
        (self.measured.engine, self.measured.device) = (status.engine, status.device);
        self.measured.peak_memory_bytes = engine.process_use().map(|process| process.peak_memory_bytes);
    }

    fn note(&mut self, error: &StageError) {
        if !self.measured.errors.contains(&error.message) {
            self.measured.errors.push(error.message.clone());
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "a handful of values")]
fn mean(values: &[f64]) -> Option<f64> {
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

/// The stage and phase that took most of all runs' time, and its share of `total_ms`.
#[must_use]
pub fn bottleneck(total_ms: f64, stages: &[StageTiming]) -> (String, f64) {
    let mut phases: std::collections::BTreeMap<String, f64> = std::collections::BTreeMap::new();
    for stage in stages {
        for (phase, ms) in stage.phases() {
            *phases.entry(format!("{}, {phase}", stage.name)).or_default() += ms;
        }
    }
    phases
        .into_iter()
        .max_by(|a, b| a.1.total_cmp(&b.1))
        .filter(|_| total_ms > 0.0)
        .map_or_else(|| ("nothing ran".into(), 0.0), |(name, ms)| (name, ms / total_ms))
}

/// The pack's sample as the comparison uses it.
#[derive(Debug, Clone)]
pub struct Work {
    pub catalog: Arc<Catalog>,
    pub scenarios: Vec<Scenario>,
    pub questions: Questions,
}

impl Work {
    /// `home` is bent into the shapes that people's homes have.
    pub fn new(advisor: &Advisor, catalog: Catalog, home: &HomeUsage) -> Result<Self, PackError> {
        Ok(Self {
            catalog: Arc::new(catalog),
            scenarios: scenarios(home),
            questions: Questions::of(&advisor.pack)?,
        })
    }
}
