//! The text as it is written, block by block, with what is known of each block.
//!
//! Every reader writes through here, so that what may stand in a text is decided in one place. The text
//! only grows; ranges are in bytes and always those of whole characters.

use std::ops::Range;

use sextant_domain::Passage;

use super::passages::{self, size};
use super::text::normalised;
use super::{DocumentError, TEXT_LIMIT_CHARACTERS};

/// A heading of a larger size is no heading but a paragraph that looks like one; it stands in every
/// passage below it.
const HEADING_SIZE: usize = 40;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Heading,
    /// May be cut between sentences, and put together with its neighbours.
    Paragraph,
    /// A table or code: stays in one piece up to a bound, and is cut between lines.
    Whole,
    /// A row: a passage of its own.
    Record,
}

/// How a block stands below the one before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Gap {
    /// On the next line.
    Line,
    /// Below a blank line.
    Blank,
}

#[derive(Debug)]
pub(super) struct Block {
    pub(super) kind: Kind,
    pub(super) range: Range<usize>,
    /// Which of the draft's paths it stands below; a heading stands below itself.
    pub(super) path: usize,
    /// A heading's, from 0.
    pub(super) level: u8,
}

#[derive(Debug)]
pub(super) struct Draft {
    text: String,
    characters: usize,
    blocks: Vec<Block>,
    paths: Vec<String>,
    headings: Vec<(u8, String)>,
}

impl Default for Draft {
    fn default() -> Self {
        Self {
            text: String::new(),
            characters: 0,
            blocks: Vec::new(),
            paths: vec![String::new()],
            headings: Vec::new(),
        }
    }
}

impl Draft {
    /// Writes a block. Blank lines before it and blanks after it are left out, as is one without text.
    pub(super) fn push(&mut self, kind: Kind, gap: Gap, text: &str) {
        self.write(kind, gap, 0, text);
    }

    /// Writes a heading on a line of its own; what follows stands below it. Level 0 is a title.
    pub(super) fn heading(&mut self, level: u8, text: &str) {
        let line = normalised(text).split_whitespace().collect::<Vec<_>>().join(" ");
        if line.is_empty() {
            return;
        }
        if size(&line) > HEADING_SIZE {
            self.push(Kind::Paragraph, Gap::Blank, &line);
            return;
        }
        self.section(level, line.clone());
        self.write(Kind::Heading, Gap::Blank, level, &line);
    }

    /// What follows stands below this heading, which isn't in the text.
    pub(super) fn section(&mut self, level: u8, name: String) {
        self.headings.retain(|(above, _)| *above < level);
        self.headings.push((level, name));
        let names: Vec<&str> = self.headings.iter().map(|(_, name)| name.as_str()).collect();
        self.paths.push(names.join(" › "));
    }

    pub(super) fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    /// Whether more text is left out, because it is too much already.
    pub(super) fn is_full(&self) -> bool {
        self.characters > TEXT_LIMIT_CHARACTERS
    }

    /// The text and its passages.
    pub(super) fn finish(self) -> Result<(String, Vec<Passage>), DocumentError> {
        if self.is_full() {
            return Err(DocumentError::TooMuchText { limit_characters: TEXT_LIMIT_CHARACTERS });
        }
        let passages = passages::cut(&self.text, &self.blocks, &self.paths);
        Ok((self.text, passages))
    }

    fn write(&mut self, kind: Kind, gap: Gap, level: u8, text: &str) {
        let text = normalised(text);
        let text = text.trim_start_matches('\n').trim_end();
        if text.is_empty() || self.is_full() {
            return;
        }
        let separator = match gap {
            _ if self.text.is_empty() => "",
            Gap::Line => "\n",
            Gap::Blank => "\n\n",
        };
        self.text += separator;
        let start = self.text.len();
        self.text += text;
        self.characters += separator.len() + text.chars().count();
        let (range, path) = (start..self.text.len(), self.paths.len() - 1);
        self.blocks.push(Block { kind, range, path, level });
    }
}
