//! One list from the hits by words and the hits by meaning.

use std::collections::BTreeMap;

use super::Hit;
use super::best::Best;

/// The best of both lists, by `(1 - weight)` times what words say and `weight` times what vectors say.
///
/// A convex combination of scores, which Bruch, Gai and Ingber found to do better than reciprocal ranks, in
/// a domain that it was tuned for and in others ("An Analysis of Fusion Functions for Hybrid Retrieval",
/// ACM TOIS 42(1), 2023). Scores are scaled as in their section on the theoretical minimum: from the lowest
/// that the score can be, 0 for BM25 and -1 for a cosine, to the best of the list. Unlike with the list's
/// own minimum, two hits that are nearly as good stay so, however short the list. Cosines then lie close
/// together, so that the middle is above a half; their value is 0.8.
///
/// An entry that only the vectors found has no word of the question. One that only the words found counts
/// for the vectors as the last of their list, which is the most that it can be. With a weight of 0 or less
/// only the text's hits count, with 1 or more only the vectors', and one that is no number counts as 0.
/// The new scores are from 0 to 1.
pub fn mix(text: &[Hit], vectors: &[Hit], weight: f32, limit: usize) -> Vec<Hit> {
    let weight = if weight.is_nan() { 0.0 } else { weight.clamp(0.0, 1.0) };
    let text = if weight < 1.0 { text } else { &[] };
    let vectors = if weight > 0.0 { vectors } else { &[] };
    let scale = |score: f32, lowest: f32, best: f32| {
        let scaled = (score - lowest) / (best - lowest);
        if scaled.is_finite() { scaled.max(0.0) } else { 0.0 }
    };
    let best = |hits: &[Hit]| hits.iter().map(|hit| hit.score).fold(f32::NEG_INFINITY, f32::max);
    let best_text = best(text);
    let best_vector = best(vectors);
    let unseen = vectors.iter().map(|hit| scale(hit.score, -1.0, best_vector)).reduce(f32::min);
    let unseen = unseen.unwrap_or(0.0);

    let mut scores: BTreeMap<u32, (f32, f32)> =
        text.iter().map(|hit| (hit.position, (scale(hit.score, 0.0, best_text), unseen))).collect();
    for hit in vectors {
        scores.entry(hit.position).or_default().1 = scale(hit.score, -1.0, best_vector);
    }
    let mut mixed = Best::of(limit);
    for (position, (by_words, by_meaning)) in scores {
        mixed.push(Hit { position, score: (1.0 - weight) * by_words + weight * by_meaning });
    }
    mixed.into_hits()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{Hit, mix};

    fn hits(scores: &[(u32, f32)]) -> Vec<Hit> {
        scores.iter().map(|&(position, score)| Hit { position, score }).collect()
    }

    fn order(text: &[Hit], vectors: &[Hit], weight: f32) -> Vec<u32> {
        mix(text, vectors, weight, usize::MAX).iter().map(|hit| hit.position).collect()
    }

    #[test]
    fn at_the_ends_of_the_weight_one_list_counts_alone() {
        let text = hits(&[(1, 9.0), (2, 4.0)]);
        let vectors = hits(&[(3, 0.9), (1, 0.2)]);
        assert_eq!(order(&text, &vectors, 0.0), [1, 2]);
        assert_eq!(order(&text, &vectors, 1.0), [3, 1]);
        assert_eq!(order(&text, &vectors, f32::NAN), [1, 2]);
        assert_eq!(order(&[], &vectors, 0.0), [0; 0]);
        assert_eq!(order(&text, &[], 0.8), [1, 2]);
        assert_eq!(order(&[], &vectors, 0.2), [3, 1]);
        assert_eq!(mix(&text, &vectors, 0.5, 1).len(), 1);
    }

    #[test]
    fn what_both_found_goes_before_what_one_found() {
        let text = hits(&[(1, 9.0), (2, 8.9)]);
        let vectors = hits(&[(3, 0.9), (2, 0.89), (4, 0.2)]);
        assert_eq!(order(&text, &vectors, 0.5)[0], 2);
    }

    #[test]
    fn nearly_equal_scores_of_a_short_list_stay_nearly_equal() {
        // Scaled from the list's own minimum, the vectors would put 2 first for a hundredth of a cosine.
        let text = hits(&[(1, 9.0), (2, 3.0)]);
        let vectors = hits(&[(2, 0.80), (1, 0.79)]);
        assert_eq!(order(&text, &vectors, 0.5), [1, 2]);
    }

    #[test]
    fn a_score_by_hand() {
        let text = hits(&[(1, 10.0), (2, 5.0)]);
        let vectors = hits(&[(3, 1.0), (2, 0.0)]);
        let mixed = mix(&text, &vectors, 0.8, 9);
        // 3 has no words: 0.8 · 1. 2: 0.2 · 0.5 + 0.8 · 0.5. 1 counts as the vectors' last: 0.2 + 0.8 · 0.5.
        let wanted = [(3, 0.8), (1, 0.6), (2, 0.5)];
        for (hit, (position, score)) in mixed.iter().zip(wanted) {
            assert_eq!(hit.position, position);
            assert!((hit.score - score).abs() < 1e-6, "{hit:?}");
        }
    }

    proptest! {
        #[test]
        fn scores_stay_within_their_bounds_and_no_entry_comes_twice(
            text in prop::collection::btree_map(0_u32..40, 0.0_f32..30.0, 0..20),
            vectors in prop::collection::btree_map(0_u32..40, -1.0_f32..1.0, 0..20),
            weight in 0.01_f32..0.99,
        ) {
            let sorted = |scores: std::collections::BTreeMap<u32, f32>| {
                let mut hits: Vec<Hit> =
                    scores.into_iter().map(|(position, score)| Hit { position, score }).collect();
                hits.sort_by(|one, other| other.score.total_cmp(&one.score));
                hits
            };
            let (text, vectors) = (sorted(text), sorted(vectors));
            let mixed = mix(&text, &vectors, weight, usize::MAX);
            prop_assert!(mixed.iter().all(|hit| (0.0..=1.000_001).contains(&hit.score)));
            prop_assert!(mixed.is_sorted_by(|one, other| one.score >= other.score));
            let positions: std::collections::BTreeSet<u32> = mixed.iter().map(|hit| hit.position).collect();
            prop_assert_eq!(positions.len(), mixed.len());
        }
    }
}
