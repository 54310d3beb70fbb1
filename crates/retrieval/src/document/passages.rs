//! Cutting a text into passages: at headings, then between paragraphs, then between sentences, then
//! between words.
//!
//! Passages don't overlap and leave out only blanks, and headings whose name stands in a passage's path.
//! Sizes are in words, and in what is worth a word where a script or a value has none: see [`Meter`].

use std::ops::Range;

use sextant_domain::Passage;

use super::draft::{Block, Kind};
use super::sentences;

/// A passage of less is put together with its neighbour, where that stands below the same heading.
const SMALL: usize = 60;
/// At this size, the end of a paragraph is a good place to cut.
const GOOD: usize = 120;
/// No passage is larger, but for tables, code and rows.
pub(super) const LARGE: usize = 180;
/// A table, code or a row up to this size stays in one piece.
const WHOLE: usize = 400;

/// Letters without a blank that are worth a word: a long number, an address, a hash has many.
const WORD_LETTERS: usize = 12;

/// Counts words. In scripts without blanks between words, two characters are worth one.
#[derive(Default)]
struct Meter {
    words: usize,
    letters: usize,
    ideographs: usize,
}

impl Meter {
    fn add(&mut self, character: char) {
        if character.is_whitespace() {
            self.letters = 0;
        } else if is_ideograph(character) {
            self.letters = 0;
            self.ideographs += 1;
        } else {
            self.words += usize::from(self.letters.is_multiple_of(WORD_LETTERS));
            self.letters += 1;
        }
    }

    fn size(&self) -> usize {
        self.words + self.ideographs.div_ceil(2)
    }
}

/// Roughly the number of words.
pub(super) fn size(text: &str) -> usize {
    let mut meter = Meter::default();
    text.chars().for_each(|character| meter.add(character));
    meter.size()
}

/// The passages of `blocks`, whose ranges are of `text` and in order.
pub(super) fn cut(text: &str, blocks: &[Block], paths: &[String]) -> Vec<Passage> {
    let mut packer = Packer { text, pieces: Vec::new(), open: None };
    for (index, block) in blocks.iter().enumerate() {
        let (range, path) = (block.range.clone(), block.path);
        match block.kind {
            Kind::Heading => {
                packer.close();
                let has_body = blocks
                    .get(index + 1)
                    .is_some_and(|next| next.kind != Kind::Heading || next.level > block.level);
                if !has_body {
                    packer.add(path, range, true);
                }
            }
            Kind::Record => {
                packer.close();
                packer.add_within(path, range, WHOLE, sentences);
                packer.close_alone();
            }
            Kind::Paragraph => packer.add_within(path, range, LARGE, sentences),
            Kind::Whole => packer.add_within(path, range, WHOLE, line_ranges),
        }
    }
    packer.close();
    with_offsets(text, &packer.pieces, paths)
}

struct Piece {
    path: usize,
    range: Range<usize>,
    size: usize,
    /// A row's, which stays apart however small it is.
    is_alone: bool,
}

struct Packer<'a> {
    text: &'a str,
    pieces: Vec<Piece>,
    open: Option<Piece>,
}

impl Packer<'_> {
    /// A block in one piece where it isn't larger than `bound`, and otherwise in its `parts`.
    fn add_within(
        &mut self,
        path: usize,
        range: Range<usize>,
        bound: usize,
        parts: fn(&str) -> Vec<Range<usize>>,
    ) {
        let block = &self.text[range.clone()];
        if size(block) <= bound {
            self.add(path, range, true);
            return;
        }
        let mut is_first = true;
        for part in parts(block) {
            let mut rest = range.start + part.start..range.start + part.end;
            while !rest.is_empty() {
                let fitting = fitting(&self.text[rest.clone()]);
                self.add(path, rest.start..rest.start + fitting, is_first);
                rest.start += fitting;
                is_first = false;
            }
        }
    }

    /// Puts a unit to those before it, or starts a passage with it.
    fn add(&mut self, path: usize, range: Range<usize>, starts_block: bool) {
        let size = size(&self.text[range.clone()]);
        if let Some(open) = &mut self.open {
            let together = open.size + size;
            let is_good_place = starts_block && open.size >= SMALL && together > GOOD;
            if open.path == path && together <= LARGE && !is_good_place {
                open.range.end = range.end;
                open.size = together;
                return;
            }
        }
        let previous = self.open.replace(Piece { path, range, size, is_alone: false });
        self.keep(previous);
    }

    fn close(&mut self) {
        let open = self.open.take();
        self.keep(open);
    }

    fn close_alone(&mut self) {
        let open = self.open.take();
        self.keep(open.map(|piece| Piece { is_alone: true, ..piece }));
    }

    fn keep(&mut self, piece: Option<Piece>) {
        let Some(mut piece) = piece else { return };
        // A table's or a code's first line keeps its indentation.
        let found = &self.text[piece.range.clone()];
        let start = piece.range.start + (found.len() - found.trim_start_matches('\n').len());
        piece.range = start..(piece.range.start + found.trim_end().len()).max(start);
        if piece.range.is_empty() {
            return;
        }
        match self.pieces.last_mut() {
            Some(last)
                if piece.size < SMALL
                    && last.path == piece.path
                    && last.size + piece.size <= LARGE
                    && !(last.is_alone || piece.is_alone) =>
            {
                last.range.end = piece.range.end;
                last.size += piece.size;
            }
            _ => self.pieces.push(piece),
        }
    }
}

fn line_ranges(text: &str) -> Vec<Range<usize>> {
    let mut start = 0;
    text.split_inclusive('\n')
        .map(|line| {
            start += line.len();
            start - line.len()..start
        })
        .collect()
}

/// How many bytes of the text are the most that one passage holds: up to the end of a line if it has
/// several, else up to the end of a word, and inside of one only where it alone is too much.
fn fitting(text: &str) -> usize {
    let mut meter = Meter::default();
    let (mut after_line, mut after_word) = (0, 0);
    let mut before = ' ';
    for (at, character) in text.char_indices() {
        // A mark stays with the letter that it is on, and an emoji with what it is joined to.
        let belongs_to_before = before == '\u{200d}' || is_joined(character);
        if !belongs_to_before && (before.is_whitespace() || is_ideograph(before) || is_ideograph(character)) {
            after_word = at;
        }
        if before == '\n' {
            after_line = at;
        }
        meter.add(character);
        if meter.size() > LARGE && (!belongs_to_before || meter.size() > LARGE + SMALL) {
            return [after_line, after_word, at].into_iter().find(|end| *end > 0).unwrap_or(text.len());
        }
        before = character;
    }
    text.len()
}

fn is_joined(character: char) -> bool {
    matches!(
        character,
        '\u{300}'..='\u{36f}' | '\u{200d}' | '\u{fe00}'..='\u{fe0f}' | '\u{1f3fb}'..='\u{1f3ff}'
    )
}

fn is_ideograph(character: char) -> bool {
    matches!(
        character,
        '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7af}'
            | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}'
    )
}

/// Byte ranges to characters, in one pass.
fn with_offsets(text: &str, pieces: &[Piece], paths: &[String]) -> Vec<Passage> {
    let (mut bytes, mut characters) = (0, 0u64);
    let mut passages = Vec::with_capacity(pieces.len());
    for piece in pieces {
        let found = &text[piece.range.clone()];
        let start = characters + text[bytes..piece.range.start].chars().count() as u64;
        let end = start + found.chars().count() as u64;
        (bytes, characters) = (piece.range.end, end);
        passages.push(Passage { heading: paths[piece.path].clone(), start, end, text: found.to_owned() });
    }
    passages
}
