//! What happens between the matrix products of a transformer, on rows of numbers.
//!
//! The loops have no calls and no branches, so that the compiler makes vector instructions of them: with
//! the standard library's `exp` they would take as long as the products do.

/// Partial results that are kept apart: the compiler may not reorder additions by itself.
const LANES: usize = 16;

/// BERT's own; keeps a row of equal numbers from a division by zero.
const EPSILON: f32 = 1e-12;

pub(super) fn add(sums: &mut [f32], values: &[f32]) {
    for (sum, value) in sums.iter_mut().zip(values) {
        *sum += value;
    }
}

/// Layer normalisation of one row (Ba et al., <https://arxiv.org/abs/1607.06450>).
#[expect(clippy::cast_precision_loss, reason = "a row has far fewer than 2^24 numbers")]
pub(super) fn normalize(row: &mut [f32], scale: &[f32], shift: &[f32]) {
    let length = row.len() as f32;
    let mean = sum_of(row, |value| value) / length;
    let variance = sum_of(row, |value| (value - mean) * (value - mean)) / length;
    let factor = (variance + EPSILON).sqrt().recip();
    for ((value, scale), shift) in row.iter_mut().zip(scale).zip(shift) {
        *value = (*value - mean) * factor * scale + shift;
    }
}

pub(super) fn softmax(row: &mut [f32]) {
    let most = largest(row);
    for value in row.iter_mut() {
        *value = exp_of_negative(*value - most);
    }
    // The sum is at least 1, which the largest value becomes.
    let factor = sum_of(row, |value| value).recip();
    for value in row {
        *value *= factor;
    }
}

/// The exact one, by the error function (Hendrycks and Gimpel, <https://arxiv.org/abs/1606.08415>).
pub(super) fn gelu(values: &mut [f32]) {
    for value in values {
        *value *= 0.5 + 0.5 * erf(*value * std::f32::consts::FRAC_1_SQRT_2);
    }
}

pub(super) fn to_unit_length(vector: &mut [f32]) {
    let factor = sum_of(vector, |value| value * value).sqrt().recip();
    for value in vector {
        *value *= factor;
    }
}

fn sum_of(values: &[f32], term: impl Fn(f32) -> f32) -> f32 {
    let mut lanes = [0.0; LANES];
    let (chunks, rest) = values.as_chunks::<LANES>();
    for chunk in chunks {
        for (lane, &value) in lanes.iter_mut().zip(chunk) {
            *lane += term(value);
        }
    }
    lanes.iter().sum::<f32>() + rest.iter().map(|&value| term(value)).sum::<f32>()
}

fn largest(values: &[f32]) -> f32 {
    let larger = |one: f32, other: f32| if other > one { other } else { one };
    let mut lanes = [f32::MIN; LANES];
    let (chunks, rest) = values.as_chunks::<LANES>();
    for chunk in chunks {
        for (lane, &value) in lanes.iter_mut().zip(chunk) {
            *lane = larger(*lane, value);
        }
    }
    lanes.iter().chain(rest).fold(f32::MIN, |most, &value| larger(most, value))
}

/// Abramowitz and Stegun, Handbook of Mathematical Functions, 7.1.26: off by 1.5e-7 at most.
#[inline]
fn erf(x: f32) -> f32 {
    const P: f32 = 0.327_591_1;
    const A: [f32; 5] = [0.254_829_6, -0.284_496_74, 1.421_413_7, -1.453_152, 1.061_405_4];
    let size = x.abs();
    let t = (1.0 + P * size).recip();
    let polynomial = t * (A[0] + t * (A[1] + t * (A[2] + t * (A[3] + t * A[4]))));
    (1.0 - polynomial * exp_of_negative(-size * size)).copysign(x)
}

/// `exp(x)` for `x` up to 0, off by less than one part in a million: as a power of 2, whose whole part
/// goes into the exponent's bits, while a Taylor polynomial makes the rest of at most √2.
#[inline]
fn exp_of_negative(x: f32) -> f32 {
    /// Added to a small number, leaves it rounded in the lowest bits.
    const ROUNDING: f32 = 12_582_912.0;
    const EXPONENT_ZERO: u32 = 127;
    /// Below it, the result has no full precision any more.
    const LEAST: f32 = -87.0;
    let x = if x < LEAST { LEAST } else { x };
    let rounded = x * std::f32::consts::LOG2_E + ROUNDING;
    let whole = rounded - ROUNDING;
    // In two steps, because `ln 2` in one has too few digits; the first part's product is exact.
    let rest = x - whole * LN_2_HIGH - whole * LN_2_LOW;
    let polynomial = 1.0
        + rest
            * (1.0
                + rest
                    * (1.0 / 2.0
                        + rest
                            * (1.0 / 6.0
                                + rest * (1.0 / 24.0 + rest * (1.0 / 120.0 + rest * (1.0 / 720.0))))));
    let exponent = rounded.to_bits().wrapping_sub(ROUNDING.to_bits()).wrapping_add(EXPONENT_ZERO);
    f32::from_bits(exponent << 23) * polynomial
}

const LN_2_HIGH: f32 = 0.693_359_4;
const LN_2_LOW: f32 = -2.121_944_4e-4;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exponential_and_the_error_function_are_as_exact_as_they_say() {
        for step in 0..8700_u16 {
            let x = -f32::from(step) / 100.0;
            let relative = f64::from(exp_of_negative(x)) / f64::from(x).exp() - 1.0;
            assert!(relative.abs() < 1e-6, "exp({x}) is off by {relative:e}");
        }
        assert!(exp_of_negative(f32::NEG_INFINITY) < 1e-37);
        // From the same handbook's table 7.1.
        let known =
            [(0.0, 0.0), (0.1, 0.112_462_9), (0.5, 0.520_499_9), (1.0, 0.842_700_8), (2.0, 0.995_322_3)];
        for (x, expected) in known {
            assert!((erf(x) - expected).abs() < 3e-7, "erf({x}) is {}", erf(x));
            assert!((erf(-x) + erf(x)).abs() < 1e-9, "it is odd");
        }
        assert!((erf(10.0) - 1.0).abs() < 1e-9);
    }

    #[test]
    fn rows_of_any_length_are_normalised() {
        for length in [5_u8, 16, 33, 255] {
            let mut row: Vec<f32> = (0..length).map(|index| f32::from(index % 13 * 7 % 13) - 3.0).collect();
            let mut weights = row.clone();
            softmax(&mut weights);
            assert!((weights.iter().sum::<f32>() - 1.0).abs() < 1e-5);
            assert!((weights[0] / weights[1] / (row[0] - row[1]).exp() - 1.0).abs() < 1e-5);

            let count = f32::from(length);
            let (scale, shift) = (vec![2.0; row.len()], vec![1.0; row.len()]);
            normalize(&mut row, &scale, &shift);
            assert!((row.iter().sum::<f32>() / count - 1.0).abs() < 1e-5);
            let spread = row.iter().map(|value| (value - 1.0).powi(2)).sum::<f32>() / count;
            assert!((spread - 4.0).abs() < 1e-3, "{spread} at {length}");

            to_unit_length(&mut row);
            assert!((row.iter().map(|value| value * value).sum::<f32>() - 1.0).abs() < 1e-5);
        }
    }
}
