//! How much a deflated stream unpacks to, without unpacking it.
//!
//! The library unpacks a stream whole, and a megabyte can hold a gigabyte of zeros. Reading the codes of
//! deflate (RFC 1951) and adding up their lengths takes no memory, so a stream that is too large can be
//! left out before anybody unpacks it.

/// Deflate makes no byte into more than this many.
const LARGEST_RATIO: usize = 1032;

/// RFC 1951, 3.2.5: the shortest length of each code, and how many further bits it has.
const LENGTHS: [(usize, u32); 29] = [
    (3, 0),
    (4, 0),
    (5, 0),
    (6, 0),
    (7, 0),
    (8, 0),
    (9, 0),
    (10, 0),
    (11, 1),
    (13, 1),
    (15, 1),
    (17, 1),
    (19, 2),
    (23, 2),
    (27, 2),
    (31, 2),
    (35, 3),
    (43, 3),
    (51, 3),
    (59, 3),
    (67, 4),
    (83, 4),
    (99, 4),
    (115, 4),
    (131, 5),
    (163, 5),
    (195, 5),
    (227, 5),
    (258, 0),
];

/// RFC 1951, 3.2.7: in which order the code lengths of code lengths are written.
const LENGTH_ORDER: [usize; 19] = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

const LONGEST_CODE: usize = 15;

/// Whether a zlib stream unpacks to more than `limit` bytes. One that is damaged unpacks up to its damage.
pub(super) fn exceeds(stream: &[u8], limit: usize) -> bool {
    /// Of zlib, before the deflated data.
    const HEADER_BYTES: usize = 2;
    if stream.len().saturating_mul(LARGEST_RATIO) <= limit {
        return false;
    }
    let mut counter =
        Counter { bytes: stream.get(HEADER_BYTES..).unwrap_or_default(), buffer: 0, held: 0, size: 0, limit };
    while counter.size <= limit && counter.block() == Some(Block::More) {}
    counter.size > limit
}

#[derive(PartialEq, Eq)]
enum Block {
    More,
    Last,
}

struct Counter<'a> {
    bytes: &'a [u8],
    buffer: u64,
    held: u32,
    size: usize,
    limit: usize,
}

/// A canonical Huffman code: how many codes have each length, and their symbols in order.
struct Code {
    counts: [u16; LONGEST_CODE + 1],
    symbols: Vec<u16>,
}

impl Code {
    fn new(lengths: &[u8]) -> Self {
        let mut counts = [0; LONGEST_CODE + 1];
        for length in lengths.iter().filter(|length| **length > 0) {
            counts[usize::from(*length)] += 1;
        }
        let mut symbols: Vec<(u8, u16)> = (0..)
            .zip(lengths)
            .filter(|(_, length)| **length > 0)
            .map(|(symbol, length)| (*length, symbol))
            .collect();
        symbols.sort_unstable();
        Self { counts, symbols: symbols.into_iter().map(|(_, symbol)| symbol).collect() }
    }
}

impl Counter<'_> {
    /// Reads one block; `None` where the data end or make no sense.
    fn block(&mut self) -> Option<Block> {
        let is_last = self.bits(1)? == 1;
        match self.bits(2)? {
            0 => self.stored()?,
            1 => {
                let mut lengths = [8; 288];
                lengths[144..256].fill(9);
                lengths[256..280].fill(7);
                self.codes(&Code::new(&lengths), &Code::new(&[5; 30]))?;
            }
            2 => {
                let (literals, distances) = self.code_tables()?;
                self.codes(&literals, &distances)?;
            }
            _ => return None,
        }
        Some(if is_last { Block::Last } else { Block::More })
    }

    fn stored(&mut self) -> Option<()> {
        self.bits(self.held % 8)?;
        let length = self.bits(16)?;
        self.bits(16)?;
        for _ in 0..length {
            self.bits(8)?;
        }
        self.size += length;
        Some(())
    }

    fn code_tables(&mut self) -> Option<(Code, Code)> {
        let literals = self.bits(5)? + 257;
        let distances = self.bits(5)? + 1;
        let written = self.bits(4)? + 4;
        let mut order = [0; 19];
        for position in &LENGTH_ORDER[..written] {
            order[*position] = u8::try_from(self.bits(3)?).ok()?;
        }
        let code = Code::new(&order);
        let mut lengths = Vec::with_capacity(literals + distances);
        while lengths.len() < literals + distances {
            let (length, times) = match self.symbol(&code)? {
                16 => (*lengths.last()?, 3 + self.bits(2)?),
                17 => (0, 3 + self.bits(3)?),
                18 => (0, 11 + self.bits(7)?),
                length => (u8::try_from(length).ok()?, 1),
            };
            lengths.extend(std::iter::repeat_n(length, times));
        }
        Some((Code::new(&lengths[..literals]), Code::new(lengths.get(literals..literals + distances)?)))
    }

    fn codes(&mut self, literals: &Code, distances: &Code) -> Option<()> {
        while self.size <= self.limit {
            match self.symbol(literals)? {
                0..256 => self.size += 1,
                256 => return Some(()),
                symbol => {
                    let (shortest, further) = LENGTHS.get(usize::from(symbol) - 257)?;
                    self.size += shortest + self.bits(*further)?;
                    let distance = u32::from(self.symbol(distances)?);
                    self.bits((distance / 2).saturating_sub(1))?;
                }
            }
        }
        Some(())
    }

    fn symbol(&mut self, code: &Code) -> Option<u16> {
        let (mut value, mut first, mut index) = (0usize, 0usize, 0usize);
        for count in &code.counts[1..] {
            let count = usize::from(*count);
            value |= self.bits(1)?;
            if value < first + count {
                return code.symbols.get(index + (value.checked_sub(first)?)).copied();
            }
            index += count;
            first = (first + count) << 1;
            value <<= 1;
        }
        None
    }

    /// Up to 16 bits, the first in the lowest place.
    fn bits(&mut self, wanted: u32) -> Option<usize> {
        while self.held < wanted {
            let (byte, rest) = self.bytes.split_first()?;
            self.buffer |= u64::from(*byte) << self.held;
            self.held += 8;
            self.bytes = rest;
        }
        let value = self.buffer & ((1 << wanted) - 1);
        self.buffer >>= wanted;
        self.held -= wanted;
        usize::try_from(value).ok()
    }
}

#[cfg(test)]
mod tests {
    use pdf_extract::{Dictionary, Stream};

    use super::exceeds;

    fn deflated(bytes: &[u8]) -> Vec<u8> {
        let mut stream = Stream::new(Dictionary::new(), bytes.to_vec());
        stream.compress().expect("it fits into memory");
        assert!(stream.is_compressed());
        stream.content
    }

    #[test]
    fn the_size_is_exact() {
        let mut random = fastrand::Rng::with_seed(7);
        let words: Vec<u8> =
            (0..50_000).flat_map(|_| format!("{} Td ", random.u16(..300)).into_bytes()).collect();
        let noise: Vec<u8> =
            (0..100_000).map(|_| random.u8(..)).chain(std::iter::repeat_n(0, 50_000)).collect();
        for bytes in [words, noise, b"q Q\n".repeat(30_000), vec![0; 1_000_000]] {
            let stream = deflated(&bytes);
            assert!(exceeds(&stream, bytes.len() - 1));
            assert!(!exceeds(&stream, bytes.len()));
        }
    }

    #[test]
    fn damaged_streams_have_an_end() {
        let stream = deflated(&b"0 1 2 Td (words) Tj\n".repeat(20_000));
        for at in 0..stream.len() {
            let mut damaged = stream.clone();
            damaged[at] ^= 0x55;
            exceeds(&damaged, 1000);
            exceeds(&stream[..at], 1000);
        }
    }
}
