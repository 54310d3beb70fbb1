//! A GGUF file with its `Q8_0` weights written as 16-bit floats.
//!
//! Layouts: <https://github.com/ggml-org/ggml/blob/master/docs/gguf.md>. A `Q8_0` block is a 16-bit scale
//! and 32 signed bytes; a weight is their product.

use half::f16;

const F16: u32 = 1;
const Q8_0: u32 = 8;
const BLOCK: usize = 32;
const ALIGNMENT: usize = 32;

/// Where the reader is in a file's header.
struct Reader<'f> {
    file: &'f [u8],
    at: usize,
}

impl<'f> Reader<'f> {
    fn take(&mut self, bytes: usize) -> &'f [u8] {
        self.at += bytes;
        &self.file[self.at - bytes..self.at]
    }

    fn u32(&mut self) -> u32 {
        u32::from_le_bytes(self.take(4).try_into().expect("four bytes"))
    }

    fn length(&mut self) -> usize {
        let length = u64::from_le_bytes(self.take(8).try_into().expect("eight bytes"));
        usize::try_from(length).expect("the file is in memory")
    }

    fn skip_text(&mut self) {
        let length = self.length();
        self.take(length);
    }

    fn skip_value(&mut self, kind: u32) {
        match kind {
            0 | 1 | 7 => drop(self.take(1)),
            2 | 3 => drop(self.take(2)),
            4..=6 => drop(self.take(4)),
            8 => self.skip_text(),
            9 => {
                let element = self.u32();
                (0..self.length()).for_each(|_| self.skip_value(element));
            }
            10..=12 => drop(self.take(8)),
            other => panic!("there is no value of type {other}"),
        }
    }
}

/// The whole file again; what isn't `Q8_0` stays as it is.
pub(super) fn of_q8_0(file: &[u8]) -> Vec<u8> {
    let mut header = Reader { file, at: 8 };
    let (tensors, values) = (header.length(), header.length());
    for _ in 0..values {
        header.skip_text();
        let kind = header.u32();
        header.skip_value(kind);
    }
    let mut written = file[..header.at].to_vec();
    let mut weights: Vec<(usize, u32, usize)> = Vec::new();
    let mut new_offset = 0;
    for _ in 0..tensors {
        let start = header.at;
        header.skip_text();
        let dimensions = header.u32();
        let count: usize = (0..dimensions).map(|_| header.length()).product();
        written.extend_from_slice(&file[start..header.at]);
        let kind = header.u32();
        let offset = header.length();
        let (new_kind, bytes) = match kind {
            Q8_0 => (F16, count * 2),
            0 => (0, count * 4),
            F16 => (F16, count * 2),
            other => panic!("nano has no weights of type {other}"),
        };
        written.extend_from_slice(&new_kind.to_le_bytes());
        written.extend_from_slice(&u64::try_from(new_offset).expect("a file's size").to_le_bytes());
        weights.push((offset, kind, count));
        new_offset = (new_offset + bytes).next_multiple_of(ALIGNMENT);
    }
    let data = &file[header.at.next_multiple_of(ALIGNMENT)..];
    for (offset, kind, count) in weights {
        written.resize(written.len().next_multiple_of(ALIGNMENT), 0);
        let data = &data[offset..];
        match kind {
            Q8_0 => data[..count / BLOCK * (2 + BLOCK)].chunks(2 + BLOCK).for_each(|block| {
                let scale = f16::from_le_bytes([block[0], block[1]]).to_f32();
                written.extend(block[2..].iter().flat_map(|weight| {
                    f16::from_f32(scale * f32::from(i8::from_le_bytes([*weight]))).to_le_bytes()
                }));
            }),
            0 => written.extend_from_slice(&data[..count * 4]),
            _ => written.extend_from_slice(&data[..count * 2]),
        }
    }
    written
}
