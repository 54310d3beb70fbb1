//! Random weights as ggml stores them, block by block (`ggml-common.h` has the layouts).
//!
//! A matrix gets weights of variance one over its row's length, as training begins with, so that what
//! comes out of a layer is as large as what went in.

use std::io::{self, Write};

use super::Tensor;

/// How a tensor's elements are stored.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// 32-bit ones, for the factors of a normalisation.
    One,
    F16,
    Q8_0,
    Q4K,
    Q6K,
}

impl Kind {
    /// ggml's number for it.
    pub(super) fn code(self) -> u32 {
        match self {
            Self::One => 0,
            Self::F16 => 1,
            Self::Q8_0 => 8,
            Self::Q4K => 12,
            Self::Q6K => 14,
        }
    }

    /// Elements and bytes of a block.
    fn block(self) -> (u64, usize) {
        match self {
            Self::One => (1, 4),
            Self::F16 => (1, 2),
            Self::Q8_0 => (32, 34),
            Self::Q4K => (256, 144),
            Self::Q6K => (256, 210),
        }
    }
}

/// How long the tensor is in the file.
pub(super) fn bytes(tensor: &Tensor) -> u64 {
    let (elements, bytes) = tensor.kind.block();
    tensor.dimensions.iter().product::<u64>() / elements * bytes as u64
}

/// Writes the tensor and says how long it was.
pub(super) fn write(tensor: &Tensor, seed: u64, output: &mut impl Write) -> io::Result<u64> {
    let total = bytes(tensor);
    let block_bytes = tensor.kind.block().1;
    #[expect(clippy::cast_precision_loss, reason = "rows have some thousands of elements")]
    let deviation = 1.0 / (tensor.dimensions[0] as f32).sqrt();
    let mut random = Random(seed);
    let mut block = vec![0; block_bytes];
    for _ in 0..total / block_bytes as u64 {
        match tensor.kind {
            Kind::One => block.copy_from_slice(&1.0_f32.to_le_bytes()),
            Kind::F16 => {
                // Even over ± √3 deviations.
                let sign = random.next() & 0x8000;
                let size = deviation * 1.732 * random.share();
                let bits = half(size) | u16::try_from(sign).unwrap_or_default();
                block.copy_from_slice(&bits.to_le_bytes());
            }
            Kind::Q8_0 => {
                random.fill(&mut block[2..]);
                // Whole numbers, even over -128 to 127.
                block[..2].copy_from_slice(&half(deviation / 73.9).to_le_bytes());
            }
            Kind::Q4K => {
                // value = d · 32 · q − dmin · 32, q even over 0 to 15: the offset is its middle.
                let scale = deviation / (32.0 * 4.61);
                block[..2].copy_from_slice(&half(scale).to_le_bytes());
                block[2..4].copy_from_slice(&half(scale * 7.5).to_le_bytes());
                // Every scale and offset is 32, of which the last four keep two bits in the first bytes.
                block[4..12].fill(32 | 128);
                block[12..16].fill(0);
                random.fill(&mut block[16..]);
            }
            Kind::Q6K => {
                // value = d · 64 · (q − 32), q even over 0 to 63.
                random.fill(&mut block[..192]);
                block[192..208].fill(64);
                block[208..].copy_from_slice(&half(deviation / (64.0 * 18.5)).to_le_bytes());
            }
        }
        output.write_all(&block)?;
    }
    Ok(total)
}

/// Steele, Lea and Flood 2014, *Fast splittable pseudorandom number generators*.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let value = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        value ^ (value >> 31)
    }

    /// From 0 to 1.
    fn share(&mut self) -> f32 {
        #[expect(clippy::cast_precision_loss, reason = "24 bits fit")]
        let bits = (self.next() >> 40) as f32;
        bits / 16_777_216.0
    }

    fn fill(&mut self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let random = self.next().to_le_bytes();
            chunk.copy_from_slice(&random[..chunk.len()]);
        }
    }
}

/// The 16-bit number below a positive 32-bit one; what is smaller than the smallest normal one is zero.
fn half(value: f32) -> u16 {
    let bits = value.to_bits();
    let exponent = (bits >> 23) & 0xff;
    if exponent < 113 {
        // Subnormal: units of 2⁻²⁴.
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "below 1024 and positive"
        )]
        let units = (value * 16_777_216.0) as u16;
        return units;
    }
    u16::try_from(((exponent - 112) << 10) | ((bits >> 13) & 0x3ff)).unwrap_or(0x7bff)
}

#[cfg(test)]
mod tests {
    use super::half;

    #[test]
    fn halves_are_those_of_the_standard() {
        for (value, bits) in [(1.0, 0x3c00), (0.5, 0x3800), (65504.0, 0x7bff), (0.000_1, 0x068d), (2e-6, 33)]
        {
            assert_eq!(half(value), bits, "{value}");
        }
    }
}
