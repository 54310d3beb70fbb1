//! The tensor types that the local engine computes with, and how their elements lie in blocks.
//!
//! The list is candle's, not ggml's: a type that candle doesn't know can't be loaded, so it isn't here.

/// How one type stores its elements: whole blocks of so many elements in so many bytes.
#[derive(Debug, Clone, Copy)]
pub(super) struct TensorType {
    pub(super) name: &'static str,
    pub(super) block_elements: u64,
    pub(super) block_bytes: u64,
}

impl TensorType {
    pub(super) fn from_code(code: u32) -> Option<Self> {
        let (name, block_elements, block_bytes) = match code {
            0 => ("F32", 1, 4),
            1 => ("F16", 1, 2),
            2 => ("Q4_0", 32, 18),
            3 => ("Q4_1", 32, 20),
            6 => ("Q5_0", 32, 22),
            7 => ("Q5_1", 32, 24),
            8 => ("Q8_0", 32, 34),
            9 => ("Q8_1", 32, 36),
            10 => ("Q2_K", 256, 84),
            11 => ("Q3_K", 256, 110),
            12 => ("Q4_K", 256, 144),
            13 => ("Q5_K", 256, 176),
            14 => ("Q6_K", 256, 210),
            15 => ("Q8_K", 256, 292),
            30 => ("BF16", 1, 2),
            _ => return None,
        };
        Some(Self { name, block_elements, block_bytes })
    }
}
