//! The one-sided rank-sum test: whether one series tends to be larger than another.
//!
//! Mann and Whitney, "On a test of whether one of two random variables is stochastically larger than the
//! other", Annals of Mathematical Statistics 18 (1947), with the normal approximation, corrected for
//! continuity and for ties (Lehmann, "Nonparametrics", 1975, section 1.4). It makes no assumption about
//! the distribution, and one outlier moves it by one rank only.

use std::f64::consts::PI;

/// The probability that ranks at least as high as those of `sorted` come about by chance where both series
/// are drawn from the same distribution; 1 where either is empty. Both are ascending. Good to two digits
/// from about ten samples on each side.
#[expect(clippy::cast_precision_loss, reason = "numbers of samples are far below 2^53")]
pub(super) fn probability_of_ranks_this_high(sorted: &[u64], baseline: &[u64]) -> f64 {
    debug_assert!(sorted.is_sorted() && baseline.is_sorted(), "ranks need sorted samples");
    let (n, m) = (sorted.len() as f64, baseline.len() as f64);
    // How often a sample exceeds one of the baseline, ties counting half.
    let mut wins = 0.0;
    let mut ties = 0.0;
    let (mut rest, mut rest_baseline, mut below) = (sorted, baseline, 0.0);
    while let Some(value) = [rest.first(), rest_baseline.first()].into_iter().flatten().min().copied() {
        let (own, others) = (leading(rest, value), leading(rest_baseline, value));
        wins += own as f64 * (below + others as f64 / 2.0);
        below += others as f64;
        let tied = (own + others) as f64;
        ties += tied * tied * tied - tied;
        (rest, rest_baseline) = (&rest[own..], &rest_baseline[others..]);
    }
    let all = n + m;
    let variance = n * m / 12.0 * (all + 1.0 - ties / (all * (all - 1.0)));
    if variance.is_nan() || variance <= 0.0 {
        return 1.0;
    }
    above((wins - n * m / 2.0 - 0.5) / variance.sqrt())
}

/// How many samples at the beginning equal `value`.
fn leading(sorted: &[u64], value: u64) -> usize {
    sorted.iter().take_while(|&&sample| sample == value).count()
}

/// The standard normal distribution's probability above `z`: near the middle by its series, in the tail by
/// its continued fraction (Abramowitz and Stegun, "Handbook of Mathematical Functions", 26.2.11 and
/// 26.2.14), so that small probabilities are right relatively too.
fn above(z: f64) -> f64 {
    if z < 0.0 {
        return 1.0 - above(-z);
    }
    let density = (-z * z / 2.0).exp() / (2.0 * PI).sqrt();
    if z < 3.0 {
        let (mut term, mut sum) = (z, z);
        for odd in (3..=61).step_by(2) {
            term *= z * z / f64::from(odd);
            sum += term;
        }
        return (0.5 - density * sum).max(0.0);
    }
    let mut fraction = z;
    for step in (1..=60).rev() {
        fraction = z + f64::from(step) / fraction;
    }
    density / fraction
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(samples: &[u64], baseline: &[u64], expected: f64) {
        let probability = probability_of_ranks_this_high(samples, baseline);
        assert!((probability / expected - 1.0).abs() < 1e-6, "{probability} for {samples:?}, not {expected}");
    }

    #[test]
    fn tails_of_the_normal_distribution_are_those_of_the_tables() {
        for (z, expected) in [
            (0.0, 0.5),
            (1.0, 0.158_655_253_931_457_05),
            (-1.0, 0.841_344_746_068_542_9),
            (1.959_963_984_540_054, 0.025),
            (2.999_999, 0.001_349_902_463_608_6),
            (3.0, 0.001_349_898_031_630_094_6),
            (3.719_016_485_455_709, 1e-4),
            (6.0, 9.865_876_450_376_946e-10),
            (10.0, 7.619_853_024_160_525e-24),
        ] {
            assert!((above(z) / expected - 1.0).abs() < 1e-8, "{z}: {}", above(z));
        }
        assert!((above(40.0)).abs() < 1e-300);
    }

    /// The values of `scipy.stats.mannwhitneyu(x, y, alternative="greater", method="asymptotic")`.
    #[test]
    fn probabilities_are_those_of_another_implementation() {
        check(&[4, 5, 6, 7, 8], &[1, 2, 3, 4, 5], SCIPY[0]);
        check(&[10, 10, 11, 12, 12, 12], &[9, 10, 10, 10, 11, 11, 12], SCIPY[1]);
        check(&[1, 2, 3], &[7, 8, 9, 10], SCIPY[2]);
        let late: Vec<u64> = (50..110).collect();
        check(&late, &(0..100).collect::<Vec<u64>>(), SCIPY[3]);
    }

    const SCIPY: [f64; 4] = [
        0.017_789_416_619_797_05,
        0.115_013_644_509_246_34,
        0.989_221_866_619_991_8,
        3.493_042_625_738_086e-10,
    ];

    #[test]
    fn what_can_not_be_told_apart_is_no_alarm() {
        for (samples, baseline) in [(&[][..], &[1, 2][..]), (&[1, 2], &[]), (&[], &[]), (&[5, 5], &[5, 5, 5])]
        {
            let probability = probability_of_ranks_this_high(samples, baseline);
            assert!((probability - 1.0).abs() < 1e-12, "{samples:?} {baseline:?}: {probability}");
        }
    }
}
