//! The answer cache: an identical request is answered from the store for a quarter of an hour.
//!
//! Identical means everything that could change a word or a figure: the model and its file, the prompts,
//! the pack, the list, the home, the preferences, the sampler and the seed.

use std::time::Duration;

use serde::Serialize;
use sextant_domain::{CacheTier, Recommendation, RunId};
use sextant_store::CacheEvent;
use sha2::{Digest, Sha256};

use crate::pack::hex;
use crate::recommend::{Advisor, Input};

const TIME_TO_LIVE: Duration = Duration::from_mins(15);
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
        let text = serde_json::to_vec(&key).expect("a key of plain data serialises");
        Self { advisor, key: hex(&Sha256::digest(&text)), use_cache: input.request.use_cache }
    }

    /// A kept answer that is still fresh, and how old it is; hit or miss is recorded.
    pub(crate) fn look_up(&self, run: RunId) -> Option<(Recommendation, Duration)> {
        let store = self.advisor.store.as_ref().filter(|_| self.use_cache)?;
        let now = (self.advisor.now)();
        // A cache that can't be read is a miss; the store has said why.
        let found = store.answer(CacheTier::Answer, &self.key, TIME_TO_LIVE, now).ok().flatten();
        let answer = found.and_then(|(body, age)| Some((serde_json::from_str(&body).ok()?, age)));
        let event = match &answer {
            Some((_, age)) => CacheEvent::Hit { age: *age },
            None => CacheEvent::Miss,
        };
        store.record_cache_event(Some(run), CacheTier::Answer, event, now);
        answer
    }

    /// Keeps a whole answer; one with errors would repeat them.
    pub(crate) fn keep(&self, recommendation: &Recommendation) {
        let Some(store) = self.advisor.store.as_ref() else { return };
        if recommendation.errors.is_empty()
            && let Ok(body) = serde_json::to_string(recommendation)
        {
            store.put_answer(CacheTier::Answer, &self.key, body, TIME_TO_LIVE, (self.advisor.now)());
        }
    }
}
