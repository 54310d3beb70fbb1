//! Sampling that depends on nothing but the seed, the position and the logits.
//!
//! Adding independent Gumbel noise to log-probabilities and taking the largest gives an exact sample
//! (the Gumbel-max trick: Gumbel 1954, *Statistical theory of extreme values*; Maddison, Tarlow and
//! Minka 2014, *A\* sampling*). With the noise a hash of (seed, position, token id), the engine itself
//! can stay greedy: the same request gives the same text whatever ran before it, and the second look
//! at masked logits, which constrained output takes, sees the same noise.

use crate::Sampling;

/// Turns logits into values whose largest is the sampled token. Excluded tokens become -∞, and what
/// was -∞ stays so. With temperature 0 nothing changes.
pub(super) fn perturb(logits: &mut [f32], sampling: &Sampling, position: u64) {
    if sampling.temperature <= 0.0 {
        return;
    }
    for logit in logits.iter_mut() {
        *logit /= sampling.temperature;
    }
    keep_top_k(logits, sampling.top_k);
    keep_top_p(logits, sampling.top_p);
    let stream = splitmix64(sampling.seed ^ splitmix64(position));
    for (token, logit) in (0u64..).zip(logits.iter_mut()) {
        if logit.is_finite() {
            *logit += gumbel(splitmix64(stream ^ splitmix64(token)));
        }
    }
}

/// Sebastiano Vigna's finaliser of Steele, Lea and Flood 2014, *Fast splittable pseudorandom number
/// generators*: a good stateless hash of 64 bits.
pub(crate) fn splitmix64(value: u64) -> u64 {
    let value = value.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

#[expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    reason = "53 bits fit an f64 exactly, and noise needs no more than an f32 has"
)]
fn gumbel(bits: u64) -> f32 {
    // Never 0 and never 1, so both logarithms are finite.
    let uniform = ((bits >> 11) as f64 + 0.5) / (1u64 << 53) as f64;
    -(-uniform.ln()).ln() as f32
}

fn keep_top_k(logits: &mut [f32], top_k: u32) {
    let keep = top_k as usize;
    if keep == 0 || keep >= logits.len() {
        return;
    }
    let mut sorted = logits.to_vec();
    let (_, &mut least, _) = sorted.select_nth_unstable_by(keep - 1, |a, b| b.total_cmp(a));
    for logit in logits.iter_mut().filter(|logit| **logit < least) {
        *logit = f32::NEG_INFINITY;
    }
}

/// Nucleus sampling (Holtzman and others 2020, *The curious case of neural text degeneration*).
fn keep_top_p(logits: &mut [f32], top_p: f32) {
    if top_p >= 1.0 {
        return;
    }
    let largest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    if !largest.is_finite() {
        return;
    }
    let weight = |logit: f32| f64::from(logit - largest).exp();
    let total: f64 = logits.iter().map(|&logit| weight(logit)).sum();
    let enough = total * f64::from(top_p.max(0.0));
    // Sorting a whole vocabulary takes milliseconds; nearly always the top fits in a few e-folds.
    let mut top: Vec<f32> = logits.iter().copied().filter(|logit| *logit > largest - 12.0).collect();
    if top.iter().map(|&logit| weight(logit)).sum::<f64>() < enough {
        top = logits.to_vec();
    }
    top.sort_unstable_by(|a, b| b.total_cmp(a));
    let mut sum = 0.0;
    let least = top.into_iter().find(|&logit| {
        sum += weight(logit);
        sum >= enough
    });
    if let Some(least) = least {
        for logit in logits.iter_mut().filter(|logit| **logit < least) {
            *logit = f32::NEG_INFINITY;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(logits: &[f32], sampling: &Sampling, position: u64) -> usize {
        let mut values = logits.to_vec();
        perturb(&mut values, sampling, position);
        (0..values.len()).max_by(|&a, &b| values[a].total_cmp(&values[b])).expect("not empty")
    }

    fn shares(logits: &[f32], sampling: &Sampling, n: u32) -> Vec<f64> {
        let mut counts = vec![0u32; logits.len()];
        for position in 0..u64::from(n) {
            counts[sample(logits, sampling, position)] += 1;
        }
        counts.into_iter().map(|count| f64::from(count) / f64::from(n)).collect()
    }

    #[expect(clippy::cast_possible_truncation, reason = "a test's logarithms")]
    fn check(probabilities: &[f64], sampling: &Sampling, expect: &[f64]) {
        let logits: Vec<f32> = probabilities.iter().map(|p| p.ln() as f32).collect();
        let shares = shares(&logits, sampling, 40_000);
        for (share, expect) in shares.iter().zip(expect) {
            assert!((share - expect).abs() < 0.01, "{shares:?}, expected {expect:?}");
        }
    }

    const PLAIN: Sampling = Sampling { temperature: 1.0, top_p: 1.0, top_k: 0, seed: 7 };

    #[test]
    fn tokens_come_as_often_as_their_probabilities_say() {
        check(&[0.5, 0.3, 0.2], &PLAIN, &[0.5, 0.3, 0.2]);
    }

    #[test]
    fn temperature_sharpens() {
        let sharp = Sampling { temperature: 0.5, ..PLAIN };
        check(&[0.6, 0.4], &sharp, &[0.36 / 0.52, 0.16 / 0.52]);
    }

    #[test]
    fn top_k_and_top_p_exclude_the_tail() {
        check(&[0.5, 0.3, 0.2], &Sampling { top_k: 2, ..PLAIN }, &[0.625, 0.375, 0.0]);
        check(&[0.5, 0.3, 0.2], &Sampling { top_p: 0.6, ..PLAIN }, &[0.625, 0.375, 0.0]);
        check(&[0.5, 0.3, 0.2], &Sampling { top_p: 0.0, ..PLAIN }, &[1.0, 0.0, 0.0]);
    }

    #[test]
    fn masked_tokens_stay_masked_and_the_rest_keeps_its_noise() {
        let free = [1.0, 2.0, 3.0, 0.5];
        for position in 0..200 {
            let chosen = sample(&free, &PLAIN, position);
            let mut masked = free;
            masked[(chosen + 1) % 4] = f32::NEG_INFINITY;
            assert_eq!(sample(&masked, &PLAIN, position), chosen);
            masked[chosen] = f32::NEG_INFINITY;
            assert_ne!(sample(&masked, &PLAIN, position), chosen);
        }
    }

    #[test]
    fn the_seed_and_the_position_decide() {
        let logits = [0.0; 64];
        let picks = |seed| -> Vec<usize> {
            (0..32).map(|p| sample(&logits, &Sampling { seed, ..PLAIN }, p)).collect()
        };
        assert_eq!(picks(1), picks(1));
        assert_ne!(picks(1), picks(2));
    }
}
