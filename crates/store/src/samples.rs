//! Sorted durations as bytes, so that an hour's percentiles can be worked out a year later, exactly.
//!
//! The format: for each sample in ascending order, the difference to the one before (to zero for the
//! first), in microseconds, as an unsigned LEB128 number: seven bits a byte, the lowest first, the
//! highest bit set on all bytes but the last. There is no header and no count; equal samples are zeros.
//! Durations of stages in one hour lie close together, which makes it two bytes a sample.

/// The bytes are no samples: another program wrote them, or the file is damaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a row of samples is cut off or out of range")]
pub(crate) struct BadSamples;

/// Sorts `samples`; the bytes of [`decode`].
pub(crate) fn encode(samples: &mut [u64]) -> Vec<u8> {
    samples.sort_unstable();
    let mut bytes = Vec::with_capacity(samples.len() * 3);
    let mut before = 0;
    for &sample in samples.iter() {
        let mut rest = sample - before;
        before = sample;
        while rest >= 0x80 {
            bytes.push(low_bits(rest) | 0x80);
            rest >>= 7;
        }
        bytes.push(low_bits(rest));
    }
    bytes
}

/// Appends the samples that `bytes` hold, ascending.
pub(crate) fn decode(bytes: &[u8], samples: &mut Vec<u64>) -> Result<(), BadSamples> {
    // About what it will be.
    samples.reserve(bytes.len() / 2 + 1);
    let (mut sample, mut rest) = (0_u64, bytes);
    while let [first, ..] = rest {
        let difference;
        (difference, rest) = match rest {
            // Nearly all are one of these two.
            [low @ 0..0x80, rest @ ..] => (u64::from(*low), rest),
            [low, high @ 0..0x80, rest @ ..] => (u64::from(low & 0x7F) | u64::from(*high) << 7, rest),
            [_, rest @ ..] => long_number(*first, rest)?,
            [] => break,
        };
        sample = sample.checked_add(difference).ok_or(BadSamples)?;
        samples.push(sample);
    }
    Ok(())
}

/// The number that begins with `first`, and what comes after it.
fn long_number(first: u8, mut rest: &[u8]) -> Result<(u64, &[u8]), BadSamples> {
    let (mut number, mut shift) = (u64::from(first & 0x7F), 0_u32);
    loop {
        let (&byte, after) = rest.split_first().ok_or(BadSamples)?;
        rest = after;
        shift += 7;
        let bits = u64::from(byte & 0x7F);
        // The tenth byte has room for one bit.
        if shift > 63 || (shift == 63 && bits > 1) {
            return Err(BadSamples);
        }
        number |= bits << shift;
        if byte & 0x80 == 0 {
            return Ok((number, rest));
        }
    }
}

fn low_bits(number: u64) -> u8 {
    (number & 0x7F) as u8
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(samples: &[u64], bytes: &[u8]) {
        assert_eq!(encode(&mut samples.to_vec()), bytes, "{samples:?}");
        let mut read = Vec::new();
        assert_eq!(decode(bytes, &mut read), Ok(()));
        assert_eq!(read, samples);
    }

    #[test]
    fn the_documented_format_holds() {
        check(&[], &[]);
        check(&[0], &[0]);
        check(&[5, 5, 5], &[5, 0, 0]);
        check(&[127, 128, 300], &[0x7F, 1, 0xAC, 1]);
        check(&[300], &[0xAC, 2]);
        check(&[u64::MAX], &[0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1]);
    }

    #[test]
    fn bytes_that_are_no_samples_are_refused() {
        for bytes in [
            &[0x80][..],                                                       // cut off
            &[1, 0xFF][..],                                                    // the second cut off
            &[0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 2][..],    // 65 bits
            &[0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1, 1][..], // a sum beyond 64 bits
            &[0x80; 12][..],                                                   // too long
        ] {
            assert_eq!(decode(bytes, &mut Vec::new()), Err(BadSamples), "{bytes:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_read_is_what_was_written_in_order(
            mut samples in prop::collection::vec(prop_oneof![0_u64..20, 0_u64..10_000_000, any::<u64>()], 0..300),
        ) {
            let bytes = encode(&mut samples);
            let mut read = vec![7];
            prop_assert_eq!(decode(&bytes, &mut read), Ok(()));
            prop_assert_eq!(&read[1..], &samples[..]);
            prop_assert!(samples.is_sorted());
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            let mut read = Vec::new();
            if decode(&bytes, &mut read).is_ok() {
                prop_assert!(read.is_sorted());
                prop_assert!(encode(&mut read).len() <= bytes.len());
            }
        }
    }
}
