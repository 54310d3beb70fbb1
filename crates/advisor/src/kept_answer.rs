//! Whole answers, kept in the store under the hash of all that could change them.
//!
//! What belongs into a key is each use-case's to say; how a kept answer is looked up, counted and stored is
//! the same for all of them and stands here.

use std::time::{Duration, SystemTime};

use serde::Serialize;
use serde::de::DeserializeOwned;
use sextant_domain::{CacheTier, RunId, StageError};
use sextant_store::{CacheEvent, Store};
use sha2::{Digest, Sha256};

use crate::pack::hex;

/// How long an answer is kept.
const TIME_TO_LIVE: Duration = Duration::from_mins(15);

/// The hash of all that could change an answer.
pub(crate) fn key_of(parts: &impl Serialize) -> String {
    let text = serde_json::to_vec(parts).expect("a key of plain data serialises");
    hex(&Sha256::digest(&text))
}

/// A kept answer that is still fresh, and how old it is; hit or miss is recorded.
pub(crate) fn look_up<T: DeserializeOwned>(
    store: &Store,
    key: &str,
    run: RunId,
    now: SystemTime,
) -> Option<(T, Duration)> {
    let answer = find(store, key, now);
    record(store, run, CacheTier::Answer, answer.as_ref().map(|(_, age)| *age), now);
    answer
}

/// As [`look_up`], recording nothing.
pub(crate) fn find<T: DeserializeOwned>(store: &Store, key: &str, now: SystemTime) -> Option<(T, Duration)> {
    // A cache that can't be read is a miss; the store has said why.
    let (body, age) = store.answer(CacheTier::Answer, key, TIME_TO_LIVE, now).ok().flatten()?;
    Some((serde_json::from_str(&body).ok()?, age))
}

/// Records a hit on what was of this age, or a miss.
pub(crate) fn record(store: &Store, run: RunId, tier: CacheTier, hit: Option<Duration>, now: SystemTime) {
    let event = hit.map_or(CacheEvent::Miss, |age| CacheEvent::Hit { age });
    store.record_cache_event(Some(run), tier, event, now);
}

/// Keeps a whole answer; one with errors would repeat them.
pub(crate) fn keep<T: Serialize>(
    store: &Store,
    key: &str,
    answer: &T,
    errors: &[StageError],
    now: SystemTime,
) {
    if errors.is_empty()
        && let Ok(body) = serde_json::to_string(answer)
    {
        store.put_answer(CacheTier::Answer, key, body, TIME_TO_LIVE, now);
    }
}
