//! The words of a list's free text, as a table of hashes: enough to know whether a text mentions a word at
//! all, and what follows a value's word in it (`dark` in `dark chocolate` is no roast).
//!
//! No text is kept, and where a word stands isn't known; finding records by words is the index's.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasherDefault, Hasher};

use super::token;

/// Text read of each record, and of a whole list: enough to know its vocabulary. What stands only beyond is
/// thought to be in no text; then it is demanded rather than wished for, and still found.
const MAX_BYTES_PER_ITEM: usize = 4_000;
const MIN_BYTES_PER_ITEM: usize = 240;
const MAX_BYTES: usize = 20_000_000;

/// The keys are hashes already.
#[derive(Default)]
pub(super) struct Hashed(u64);

impl Hasher for Hashed {
    fn finish(&self) -> u64 {
        self.0
    }
    fn write(&mut self, bytes: &[u8]) {
        self.0 = bytes.iter().fold(self.0, |state, &byte| mix(state, byte));
    }
    fn write_u64(&mut self, value: u64) {
        self.0 = self.0.rotate_left(31) ^ value;
    }
}

#[derive(Default, Clone, Copy)]
struct Seen {
    /// Whether any text has it at all; a watched word may be in none.
    in_text: bool,
    /// Whether it is written small somewhere: no name.
    small: bool,
    /// Whether what follows it is noted.
    watched: bool,
}

pub(super) struct TextWords {
    words: HashMap<u64, Seen, BuildHasherDefault<Hashed>>,
    followed: HashSet<(u64, u64), BuildHasherDefault<Hashed>>,
    max_bytes: usize,
}

impl TextWords {
    /// For the texts of so many records. Notes what follows the words `watched`.
    pub(super) fn watching<'a>(items: usize, watched: impl Iterator<Item = &'a str>) -> Self {
        let seen = Seen { watched: true, ..Seen::default() };
        Self {
            words: watched.map(|word| (hash(word), seen)).collect(),
            followed: HashSet::default(),
            max_bytes: (MAX_BYTES / items.max(1)).clamp(MIN_BYTES_PER_ITEM, MAX_BYTES_PER_ITEM),
        }
    }

    pub(super) fn add(&mut self, text: &str) {
        let mut end = text.len().min(self.max_bytes);
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let text = &text[..end];
        let bytes = text.as_bytes();
        let mut before: Option<u64> = None;
        let mut at = 0;
        while at < bytes.len() {
            // What isn't ASCII is taken for letters here, and decoded only where there is any.
            let in_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'\'' || !byte.is_ascii();
            if !in_word(bytes[at]) {
                if matches!(bytes[at], b'.' | b',' | b';') {
                    before = None;
                }
                at += 1;
                continue;
            }
            let start = at;
            while at < bytes.len() && in_word(bytes[at]) {
                at += 1;
            }
            let written = &text[start..at];
            if written.is_ascii() {
                let hash = hash_ascii(written);
                before = self.note(hash, bytes[start].is_ascii_lowercase(), before);
            } else {
                for word in written.split(|char: char| !char.is_alphanumeric() && !matches!(char, '\'' | '’'))
                {
                    let hash = hash(&token::stem(&token::fold(word)));
                    before = self.note(hash, word.starts_with(char::is_lowercase), before);
                }
            }
        }
    }

    /// Notes a word after `before`, and gives it back where what follows it is noted.
    fn note(&mut self, word: u64, small: bool, before: Option<u64>) -> Option<u64> {
        let seen = self.words.entry(word).or_default();
        seen.in_text = true;
        seen.small |= small;
        let watched = seen.watched;
        if let Some(before) = before {
            self.followed.insert((before, word));
        }
        watched.then_some(word)
    }

    /// Whether any text has the word; `stem` as `token::stem` gives it.
    pub(super) fn mentions(&self, stem: &str) -> bool {
        self.words.get(&hash(stem)).is_some_and(|seen| seen.in_text)
    }

    /// Whether any text has it in small letters.
    pub(super) fn writes_small(&self, stem: &str) -> bool {
        self.words.get(&hash(stem)).is_some_and(|seen| seen.small)
    }

    /// Whether a text has `stem` after the watched word `before`.
    pub(super) fn follows(&self, before: &str, stem: &str) -> bool {
        self.followed.contains(&(hash(before), hash(stem)))
    }
}

/// The hash of a written word's stem, without allocating for words that have no ending.
fn hash_ascii(written: &str) -> u64 {
    if written.ends_with(['s', 'S']) || written.contains('\'') {
        return hash(&token::stem(&token::fold(written)));
    }
    finish(written.bytes().fold(START, |state, byte| mix(state, byte.to_ascii_lowercase())))
}

fn hash(stem: &str) -> u64 {
    finish(stem.bytes().fold(START, mix))
}

const START: u64 = 0xcbf2_9ce4_8422_2325;

/// One step of FNV-1a (Fowler, Noll, Vo; RFC draft eastlake-fnv).
fn mix(state: u64, byte: u8) -> u64 {
    (state ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
}

/// FNV's low bits are good, but the table uses the high ones as well.
fn finish(state: u64) -> u64 {
    state ^ state.rotate_left(29).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_known_by_their_stems_whatever_their_case() {
        let mut words = TextWords::watching(1, ["dark"].into_iter());
        words.add("Dark chocolates, Rusty’s café; the farmer's daughter. Dark. Plum");
        for word in ["dark", "chocolate", "rusty", "cafe", "farmer", "daughter", "plum"] {
            assert!(words.mentions(word), "{word}");
        }
        assert!(!words.mentions("chocolates") && !words.mentions("coffee"));
        assert!(words.writes_small("chocolate") && !words.writes_small("plum"));
        assert!(words.follows("dark", "chocolate") && !words.follows("dark", "plum"));
    }
}
