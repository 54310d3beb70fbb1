//! Percentiles by nearest rank: the answer is always one of the samples.
//!
//! Read and sort in Rust, not in SQL, which was measured to take a thousand times longer.

/// The smallest sample that at least `p` percent of the samples don't exceed.
/// `sorted` is ascending; the caller states its length beside the figure.
/// `None` without samples. `p` is held within 0 to 100; 0 gives the smallest sample.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the rank lies between 1 and the number of samples, far below 2^53"
)]
pub fn percentile_nearest_rank(sorted: &[f64], p: f64) -> Option<f64> {
    debug_assert!(sorted.is_sorted(), "percentiles need sorted samples");
    let last = sorted.len().checked_sub(1)?;
    let p = if p.is_nan() { 0.0 } else { p.clamp(0.0, 100.0) };
    // Multiplying first keeps whole results whole: 0.07 * 100 is above 7, 7 * 100 / 100 is not.
    let rank = (p * sorted.len() as f64 / 100.0).ceil() as usize;
    sorted.get(rank.saturating_sub(1).min(last)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(samples: &[f64], p: f64, expected: Option<f64>) {
        assert_eq!(percentile_nearest_rank(samples, p), expected, "p{p} of {samples:?}");
    }

    #[test]
    fn no_samples_have_no_percentile() {
        check(&[], 50.0, None);
    }

    #[test]
    fn one_sample_is_every_percentile() {
        for p in [0.0, 1.0, 50.0, 99.9, 100.0] {
            check(&[7.5], p, Some(7.5));
        }
    }

    #[test]
    fn the_textbook_example_holds() {
        let samples = [15.0, 20.0, 35.0, 40.0, 50.0];
        check(&samples, 5.0, Some(15.0));
        check(&samples, 30.0, Some(20.0));
        check(&samples, 40.0, Some(20.0));
        check(&samples, 50.0, Some(35.0));
        check(&samples, 100.0, Some(50.0));
    }

    #[test]
    fn a_whole_rank_is_not_rounded_up() {
        let samples: Vec<f64> = (1..=100).map(f64::from).collect();
        for p in 1..=100 {
            check(&samples, f64::from(p), Some(f64::from(p)));
        }
    }

    #[test]
    fn percentages_out_of_range_give_the_ends() {
        check(&[1.0, 2.0], -3.0, Some(1.0));
        check(&[1.0, 2.0], 300.0, Some(2.0));
        check(&[1.0, 2.0], f64::NAN, Some(1.0));
    }

    proptest! {
        /// Independent of ranks: counts, in whole numbers, how many samples each sample covers.
        #[test]
        fn equals_the_definition_by_counting(
            samples in prop::collection::vec(0_u16..50, 1..200),
            percent in 0_u32..=100,
        ) {
            let mut sorted: Vec<f64> = samples.iter().copied().map(f64::from).collect();
            sorted.sort_by(f64::total_cmp);
            let covers = |value: u16| {
                let count = samples.iter().filter(|&&sample| sample <= value).count();
                count * 100 >= percent as usize * samples.len()
            };
            let expected = samples.iter().copied().filter(|&value| covers(value)).min();
            prop_assert_eq!(
                percentile_nearest_rank(&sorted, f64::from(percent)),
                expected.map(f64::from)
            );
        }
    }
}
