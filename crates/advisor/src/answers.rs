//! The answer cache: an identical request is answered from the store for a quarter of an hour.
//!
//! Identical means everything that could change a word or a figure: the model and its file, the prompts,
//! the pack, the list, the home, the preferences, the sampler and the seed.

use std::time::Duration;

use serde::Serialize;
use sextant_domain::{Recommendation, RunId};

use crate::kept_answer;
use crate::recommend::{Advisor, Input};

/// Changed when the answers' form changes.
const FORM: u32 = 1;

/// The cache as one request sees it.
pub(crate) struct Answers<'a> {
    advisor: &'a Advisor,
    key: String,
    use_cache: bool,
}

#[derive(Serialize)]
struct Key<'a> {
    form: u32,
    app: &'a str,
    models: [(&'a str, &'a str); 2],
    engine: &'a str,
    pack: (&'a str, u32, &'a str),
    catalog: &'a str,
    usage: &'a sextant_domain::HomeUsage,
    preferences: &'a sextant_domain::Preferences,
    top: u32,
    figures_only: bool,
    seed: u64,
}

impl<'a> Answers<'a> {
    pub(crate) fn new(advisor: &'a Advisor, input: &Input) -> Self {
        let (fast, accurate) = (&advisor.slots.fast.traits, &advisor.slots.accurate.traits);
        let status = advisor.slots.fast.engine.status().borrow().clone();
        let key = Key {
            form: FORM,
            app: env!("CARGO_PKG_VERSION"),
            models: [(&fast.id, &fast.version), (&accurate.id, &accurate.version)],
            engine: &status.engine,
            pack: (&advisor.pack.id, advisor.pack.version, &advisor.pack.prompt_version),
            catalog: &input.catalog.hash,
            usage: &input.usage,
            preferences: &input.request.preferences,
            top: input.request.top,
            figures_only: input.request.figures_only,
            seed: input.request.seed,
        };
        Self { advisor, key: kept_answer::key_of(&key), use_cache: input.request.use_cache }
    }

    /// A kept answer that is still fresh, and how old it is; hit or miss is recorded.
    pub(crate) fn look_up(&self, run: RunId) -> Option<(Recommendation, Duration)> {
        let store = self.advisor.store.as_ref().filter(|_| self.use_cache)?;
        kept_answer::look_up(store, &self.key, run, (self.advisor.now)())
    }

    /// Keeps a whole answer; one with errors would repeat them.
    pub(crate) fn keep(&self, recommendation: &Recommendation) {
        let Some(store) = self.advisor.store.as_ref() else { return };
        kept_answer::keep(store, &self.key, recommendation, &recommendation.errors, (self.advisor.now)());
    }
}
