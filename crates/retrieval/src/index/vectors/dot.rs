//! The sum of products of a question and a row: the only code that has to be fast.
//!
//! In whole numbers for all rows, so that every way of adding gives the same: what a processor with AVX2
//! finds is what any other finds. No sum overflows 32 bits as long as rows have at most 8192 numbers within
//! ±127 and questions numbers within ±2047. The best rows are then compared with the numbers as they are.

/// How many numbers are multiplied at a time; rows are filled up with zeros to a multiple of it.
const BLOCK: usize = 32;

/// The length of a row with its zeros.
pub(crate) fn padded(dimension: usize) -> usize {
    dimension.next_multiple_of(BLOCK)
}

/// A way of computing the sum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Dot {
    /// Whatever the compiler makes of it for the target.
    Portable,
    /// Made by [`Dot::best_here`] only, where the processor has AVX2.
    #[cfg(target_arch = "x86_64")]
    Avx2(Avx2),
}

/// That the processor has AVX2.
#[cfg(target_arch = "x86_64")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Avx2(());

impl Dot {
    pub(crate) fn best_here() -> Self {
        #[cfg(target_arch = "x86_64")]
        if is_x86_feature_detected!("avx2") {
            return Self::Avx2(Avx2(()));
        }
        Self::Portable
    }

    /// Both have the same length, a multiple of [`BLOCK`].
    pub(crate) fn of(self, question: &[i16], row: &[i8]) -> i32 {
        match self {
            Self::Portable => portable(question, row),
            #[cfg(target_arch = "x86_64")]
            // SAFETY: an `Avx2` is only made where the processor has it.
            Self::Avx2(Avx2(())) => unsafe { avx2(question, row) },
        }
    }
}

/// The sum of products as the numbers are. In eight sums, because one would wait for each addition.
pub(crate) fn exact(question: &[f32], row: &[f32]) -> f32 {
    let (questions, question_rest) = question.as_chunks::<8>();
    let (rows, row_rest) = row.as_chunks::<8>();
    let mut sums = [0.0_f32; 8];
    for (question, row) in questions.iter().zip(rows) {
        for ((sum, one), other) in sums.iter_mut().zip(question).zip(row) {
            *sum += one * other;
        }
    }
    let rest: f32 = question_rest.iter().zip(row_rest).map(|(one, other)| one * other).sum();
    sums.iter().sum::<f32>() + rest
}

fn portable(question: &[i16], row: &[i8]) -> i32 {
    question.iter().zip(row).map(|(&one, &other)| i32::from(one) * i32::from(other)).sum()
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2")]
fn avx2(question: &[i16], row: &[i8]) -> i32 {
    use std::arch::x86_64::{
        __m128i, __m256i, _mm_add_epi32, _mm_cvtsi128_si32, _mm_loadu_si128, _mm_shuffle_epi32,
        _mm256_add_epi32, _mm256_castsi256_si128, _mm256_cvtepi8_epi16, _mm256_extracti128_si256,
        _mm256_loadu_si256, _mm256_madd_epi16, _mm256_setzero_si256,
    };

    // Two sums, so that one addition doesn't wait for the other.
    let mut sums = [_mm256_setzero_si256(); 2];
    let (questions, _) = question.as_chunks::<BLOCK>();
    let (rows, _) = row.as_chunks::<BLOCK>();
    for (question, row) in questions.iter().zip(rows) {
        for (half, sum) in sums.iter_mut().enumerate() {
            let (question, row) = (&question[half * 16..][..16], &row[half * 16..][..16]);
            #[expect(clippy::cast_ptr_alignment, reason = "these loads need none")]
            // SAFETY: sixteen numbers of two bytes and sixteen of one, wherever they lie.
            let (question, row) = unsafe {
                (
                    _mm256_loadu_si256(question.as_ptr().cast::<__m256i>()),
                    _mm_loadu_si128(row.as_ptr().cast::<__m128i>()),
                )
            };
            *sum = _mm256_add_epi32(*sum, _mm256_madd_epi16(question, _mm256_cvtepi8_epi16(row)));
        }
    }
    let eight = _mm256_add_epi32(sums[0], sums[1]);
    let four = _mm_add_epi32(_mm256_castsi256_si128(eight), _mm256_extracti128_si256::<1>(eight));
    let two = _mm_add_epi32(four, _mm_shuffle_epi32::<0b01_00_11_10>(four));
    _mm_cvtsi128_si32(_mm_add_epi32(two, _mm_shuffle_epi32::<0b10_11_00_01>(two)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{BLOCK, Dot, exact, padded};

    fn check(question: &[i16], row: &[i8]) {
        let wanted: i64 =
            question.iter().zip(row).map(|(&one, &other)| i64::from(one) * i64::from(other)).sum();
        for dot in [Dot::Portable, Dot::best_here()] {
            assert_eq!(i64::from(dot.of(question, row)), wanted, "{dot:?}");
        }
    }

    #[test]
    fn the_largest_sums_do_not_overflow() {
        for (one, other) in [(2047, 127), (-2047, 127), (2047, -127), (-2047, -127)] {
            check(&[one; 8192], &[other; 8192]);
        }
        check(&[], &[]);
        assert_eq!([padded(1), padded(32), padded(33), padded(384)], [32, 32, 64, 384]);
    }

    #[test]
    fn the_exact_sum_takes_every_number_once() {
        for length in 0..40_u8 {
            let numbers: Vec<f32> = (0..length).map(f32::from).collect();
            let wanted: f32 = numbers.iter().map(|number| number * number).sum();
            assert!((exact(&numbers, &numbers) - wanted).abs() <= wanted * 1e-6);
        }
    }

    proptest! {
        #[test]
        fn every_way_of_computing_gives_the_same(
            (question, row) in (0_usize..20).prop_flat_map(|blocks| (
                prop::collection::vec(-2047_i16..=2047, blocks * BLOCK),
                prop::collection::vec(-127_i8..=127, blocks * BLOCK),
            )),
        ) {
            check(&question, &row);
        }
    }
}
