//! What is remembered for a while within the process: bounded in number and in age.

use std::hash::Hash;
use std::num::NonZeroUsize;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use lru::LruCache;

/// A cache whose entries live for a stated time; beyond its bound the least recently used ones go.
#[derive(Debug)]
pub(super) struct Kept<K: Hash + Eq, V> {
    entries: Mutex<LruCache<K, (SystemTime, V)>>,
    time_to_live: Duration,
}

impl<K: Hash + Eq, V: Clone> Kept<K, V> {
    pub(super) fn new(most: NonZeroUsize, time_to_live: Duration) -> Self {
        Self { entries: Mutex::new(LruCache::new(most)), time_to_live }
    }

    /// A value that is still fresh, and its age.
    pub(super) fn get(&self, key: &K, now: SystemTime) -> Option<(V, Duration)> {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let (kept_at, value) = entries.get(key)?;
        // A clock that was set back makes an entry fresh, not an error.
        let age = now.duration_since(*kept_at).unwrap_or_default();
        if age > self.time_to_live {
            entries.pop(key);
            return None;
        }
        Some((value.clone(), age))
    }

    /// Whether another entry had to go for it.
    pub(super) fn put(&self, key: K, value: V, now: SystemTime) -> bool {
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        let evicts = entries.len() == entries.cap().get() && !entries.contains(&key);
        entries.put(key, (now, value));
        evicts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_lives_for_its_time_and_the_least_used_goes_first() {
        let kept = Kept::new(NonZeroUsize::new(2).expect("two"), Duration::from_secs(10));
        let at = |seconds| SystemTime::UNIX_EPOCH + Duration::from_secs(seconds);
        assert!(!kept.put("a", 1, at(0)));
        assert!(!kept.put("b", 2, at(5)));
        assert_eq!(kept.get(&"a", at(10)), Some((1, Duration::from_secs(10))));
        assert!(kept.put("c", 3, at(10)));
        assert_eq!(kept.get(&"b", at(10)), None, "it was used least");
        assert_eq!(kept.get(&"a", at(11)), None, "its time was over");
        assert_eq!(kept.get(&"c", at(9)), Some((3, Duration::ZERO)), "the clock was set back");
    }
}
