//! Percentiles by nearest rank: the answer is always one of the samples.
//!
//! Read and sort in Rust, not in SQL, which was measured to take a thousand times longer.

use crate::parts::Samples;
use crate::samples::BadSamples;

/// The smallest sample that at least `p` percent of the samples don't exceed.
/// `sorted` is ascending; the caller states its length beside the figure.
/// `None` without samples. `p` is held within 0 to 100; 0 gives the smallest sample.
pub fn percentile_nearest_rank(sorted: &[f64], p: f64) -> Option<f64> {
    debug_assert!(sorted.is_sorted(), "percentiles need sorted samples");
    sorted.get(place(sorted.len(), p)?).copied()
}

/// The 50th percentile of samples in any order; `None` without samples.
pub fn median_nearest_rank(mut samples: Vec<f64>) -> Option<f64> {
    samples.sort_by(f64::total_cmp);
    percentile_nearest_rank(&samples, 50.0)
}

/// Samples in microseconds, in no order, of which the ends are known.
#[derive(Debug, Clone, Default)]
pub(crate) struct SampleSet {
    samples: Vec<u64>,
    /// `None` without samples.
    ends: Option<(u64, u64)>,
}

impl SampleSet {
    pub(crate) fn append(&mut self, more: Samples<'_>) -> Result<(), BadSamples> {
        let from = self.samples.len();
        more.append_to(&mut self.samples)?;
        // What comes together is ascending.
        if let (Some(&first), Some(&last)) = (self.samples.get(from), self.samples.last()) {
            let (least, most) = self.ends.unwrap_or((first, last));
            self.ends = Some((least.min(first), most.max(last)));
        }
        Ok(())
    }

    pub(crate) fn samples(&self) -> &[u64] {
        &self.samples
    }

    pub(crate) fn len(&self) -> usize {
        self.samples.len()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.samples.is_empty()
    }
}

/// The same of all samples of some sets, for several percentages in ascending order; zeros without samples.
///
/// Counts the samples in bins of equal width, and puts in order only those of the bins that are asked
/// for: twice through the samples, where sorting or selecting a million took five times as long.
pub(crate) fn percentiles_of_unsorted<const N: usize>(sets: &[&SampleSet], ps: [f64; N]) -> [u64; N] {
    debug_assert!(ps.is_sorted(), "bins are gone through once");
    let ends = || sets.iter().filter_map(|set| set.ends);
    let (Some(least), Some(most)) = (ends().map(|ends| ends.0).min(), ends().map(|ends| ends.1).max()) else {
        return [0; N];
    };
    let n = sets.iter().map(|set| set.len()).sum::<usize>();
    // The widest bins that leave the counts in the processor's nearest memory.
    let bins = n.next_power_of_two().clamp(16, 2048);
    let width_bits = (u64::BITS - (most - least).leading_zeros()).saturating_sub(bins.ilog2());
    let bin_of = |sample: u64| usize::try_from((sample - least) >> width_bits).unwrap_or(usize::MAX);
    let mut counts = vec![0_u32; bins];
    for set in sets {
        for &sample in &set.samples {
            counts[bin_of(sample)] += 1;
        }
    }

    let (mut bin, mut before) = (0, 0);
    let wanted = ps.map(|p| {
        let place = place(n, p).unwrap_or_default();
        while before + counts[bin] as usize <= place {
            before += counts[bin] as usize;
            bin += 1;
        }
        (bin, place - before)
    });
    let mut contents: Vec<(usize, Vec<u64>)> = Vec::with_capacity(N);
    for (bin, _) in wanted {
        if contents.last().is_none_or(|(last, _)| *last != bin) {
            contents.push((bin, Vec::with_capacity(counts[bin] as usize)));
        }
    }
    // Zero for the bins that nobody asked for.
    let mut content_of = vec![0_u8; bins];
    for (number, (bin, _)) in (1..).zip(&contents) {
        content_of[*bin] = number;
    }
    for set in sets {
        for &sample in &set.samples {
            if let Some(number) = content_of[bin_of(sample)].checked_sub(1) {
                contents[usize::from(number)].1.push(sample);
            }
        }
    }
    for (_, content) in &mut contents {
        content.sort_unstable();
    }
    wanted.map(|(bin, place)| {
        let content = contents.iter().find(|(other, _)| *other == bin);
        content.and_then(|(_, content)| content.get(place)).copied().unwrap_or(most)
    })
}

/// Where the percentile stands among so many sorted samples.
#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the rank lies between 1 and the number of samples, far below 2^53"
)]
fn place(samples: usize, p: f64) -> Option<usize> {
    let last = samples.checked_sub(1)?;
    let p = if p.is_nan() { 0.0 } else { p.clamp(0.0, 100.0) };
    // Multiplying first keeps whole results whole: 0.07 * 100 is above 7, 7 * 100 / 100 is not.
    let rank = (p * samples as f64 / 100.0).ceil() as usize;
    Some(rank.saturating_sub(1).min(last))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn set(samples: impl Iterator<Item = u64>) -> SampleSet {
        let mut set = SampleSet::default();
        samples.for_each(|sample| set.append(Samples::One(sample)).expect("one sample is fine"));
        set
    }

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
            let unsorted = set(samples.iter().copied().map(u64::from));
            let found = percentiles_of_unsorted(&[&unsorted], [0.0, f64::from(percent), 100.0]);
            prop_assert_eq!(Some(found[1]), expected.map(u64::from));
            prop_assert_eq!(found[0], u64::from(*samples.iter().min().expect("not empty")));
            prop_assert_eq!(found[2], u64::from(*samples.iter().max().expect("not empty")));
        }

        /// Of any size and spread.
        #[test]
        fn unsorted_samples_have_the_percentiles_of_sorted_ones(
            mut samples in prop::collection::vec(
                prop_oneof![0_u64..9, 1_000_000_u64..2_000_000, any::<u64>()], 1..4000,
            ),
        ) {
            let ps = [0.0, 1.0, 50.0, 50.0, 90.0, 95.0, 99.0, 100.0];
            let (some, others) = samples.split_at(samples.len() / 3);
            let [some, others] = [some, others].map(|samples| set(samples.iter().copied()));
            let found = percentiles_of_unsorted(&[&some, &SampleSet::default(), &others], ps);
            samples.sort_unstable();
            let expected = ps.map(|p| samples[place(samples.len(), p).expect("there are samples")]);
            prop_assert_eq!(found, expected);
        }
    }
}
