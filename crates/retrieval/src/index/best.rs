//! The best so many of what comes by.

use std::cmp::Ordering;
use std::collections::BinaryHeap;

use super::Hit;

/// Keeps the best `limit` hits: by score, and at ties those that stand first in the list.
pub(crate) struct Best {
    limit: usize,
    /// The worst of them is on top.
    heap: BinaryHeap<Ranked>,
}

impl Best {
    pub(crate) fn of(limit: usize) -> Self {
        Self { limit, heap: BinaryHeap::new() }
    }

    pub(crate) fn push(&mut self, hit: Hit) {
        let ranked = Ranked(hit);
        if self.heap.len() < self.limit {
            self.heap.push(ranked);
        } else if let Some(mut worst) = self.heap.peek_mut()
            && ranked < *worst
        {
            *worst = ranked;
        }
    }

    /// From the best down.
    pub(crate) fn into_hits(self) -> Vec<Hit> {
        self.heap.into_sorted_vec().into_iter().map(|ranked| ranked.0).collect()
    }
}

/// Less is better.
struct Ranked(Hit);

impl Ord for Ranked {
    fn cmp(&self, other: &Self) -> Ordering {
        other.0.score.total_cmp(&self.0.score).then(self.0.position.cmp(&other.0.position))
    }
}

impl PartialOrd for Ranked {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Ranked {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Ranked {}

#[cfg(test)]
mod tests {
    use super::{Best, Hit};

    #[test]
    fn the_best_are_those_that_sorting_puts_first() {
        let mut random = fastrand::Rng::with_seed(3);
        for limit in [0, 1, 5, 100, usize::MAX] {
            // Few different scores, so that there are ties.
            let mut hits: Vec<Hit> = (0..200_u8)
                .map(|place| Hit { position: place.into(), score: f32::from(random.u8(0..12)) })
                .collect();
            random.shuffle(&mut hits);
            let mut best = Best::of(limit);
            for &hit in &hits {
                best.push(hit);
            }
            hits.sort_by(|one, other| {
                other.score.total_cmp(&one.score).then(one.position.cmp(&other.position))
            });
            hits.truncate(limit);
            assert_eq!(best.into_hits(), hits);
        }
    }
}
