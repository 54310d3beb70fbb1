//! Writes a GGUF header, version 3, as ggml's `docs/gguf.md` describes it.

use std::io::{self, Write};

use super::{Tensor, blocks};

const ALIGNMENT: u64 = 32;

/// The metadata, as the bytes that the file will have.
#[derive(Default)]
pub(super) struct Header {
    entries: u64,
    bytes: Vec<u8>,
}

impl Header {
    pub(super) fn u32(&mut self, key: &str, value: u32) {
        self.key(key, 4);
        self.bytes.extend(value.to_le_bytes());
    }

    pub(super) fn f32(&mut self, key: &str, value: f32) {
        self.key(key, 6);
        self.bytes.extend(value.to_le_bytes());
    }

    pub(super) fn bool(&mut self, key: &str, value: bool) {
        self.key(key, 7);
        self.bytes.push(value.into());
    }

    pub(super) fn text(&mut self, key: &str, value: &str) {
        self.key(key, 8);
        put_text(&mut self.bytes, value);
    }

    pub(super) fn texts<'t>(&mut self, key: &str, values: impl ExactSizeIterator<Item = &'t str>) {
        self.array(key, 8, values.len());
        for value in values {
            put_text(&mut self.bytes, value);
        }
    }

    pub(super) fn numbers(&mut self, key: &str, values: &[i32]) {
        self.array(key, 5, values.len());
        for value in values {
            self.bytes.extend(value.to_le_bytes());
        }
    }

    fn array(&mut self, key: &str, element: u32, length: usize) {
        self.key(key, 9);
        self.bytes.extend(element.to_le_bytes());
        self.bytes.extend((length as u64).to_le_bytes());
    }

    fn key(&mut self, key: &str, kind: u32) {
        self.entries += 1;
        put_text(&mut self.bytes, key);
        self.bytes.extend(kind.to_le_bytes());
    }

    /// Writes all that stands before the weights and says how long it is.
    pub(super) fn write(&self, tensors: &[Tensor], output: &mut impl Write) -> io::Result<u64> {
        let mut bytes = b"GGUF".to_vec();
        bytes.extend(3_u32.to_le_bytes());
        bytes.extend((tensors.len() as u64).to_le_bytes());
        bytes.extend(self.entries.to_le_bytes());
        bytes.extend(&self.bytes);
        let mut offset = 0;
        for tensor in tensors {
            put_text(&mut bytes, &tensor.name);
            bytes.extend(u32::try_from(tensor.dimensions.len()).unwrap_or_default().to_le_bytes());
            for length in &tensor.dimensions {
                bytes.extend(length.to_le_bytes());
            }
            bytes.extend(tensor.kind.code().to_le_bytes());
            bytes.extend(u64::to_le_bytes(offset));
            offset += aligned(blocks::bytes(tensor));
        }
        output.write_all(&bytes)?;
        let written = bytes.len() as u64;
        Ok(written + pad(written, output)?)
    }
}

pub(super) fn aligned(length: u64) -> u64 {
    length.next_multiple_of(ALIGNMENT)
}

/// Fills up to where the next tensor may begin, and says with how many bytes.
pub(super) fn pad(written: u64, output: &mut impl Write) -> io::Result<u64> {
    let missing = aligned(written) - written;
    for _ in 0..missing {
        output.write_all(&[0])?;
    }
    Ok(missing)
}

fn put_text(bytes: &mut Vec<u8>, text: &str) {
    bytes.extend((text.len() as u64).to_le_bytes());
    bytes.extend(text.as_bytes());
}
