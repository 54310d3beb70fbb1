//! A page's characters become lines, and lines become paragraphs.
//!
//! A PDF knows only where characters stand. A line that ends where the next line's first word would have
//! found its place was meant to end there (a heading, a row of a table, an address), so it isn't joined.

use pdf_extract::{MediaBox, OutputDev, OutputError, Transform};

use super::super::Watch;

/// A jump up or down by more of the letters' size is another line; less is an index or an exponent.
const LINE_JUMP: f64 = 0.5;
/// A gap of more of the letters' size is a blank.
const BLANK_GAP: f64 = 0.15;
/// A gap of more of it parts cells; the blanks of lines that are set to both edges stay below.
const CELL_GAP: f64 = 2.0;
/// Lines further apart than the usual distance, times this, are of different paragraphs.
const PARAGRAPH_GAP: f64 = 1.35;
/// Letters larger or smaller by more than this are a heading's or a note's.
const SIZE_STEP: f64 = 1.15;
/// A column narrower than this many letters' sizes is a list or a table.
const NARROWEST_COLUMN: f64 = 18.0;
/// The usual width of a letter, as a part of its size.
const LETTER_WIDTH: f64 = 0.5;
/// More characters on one page are no page.
const CHARACTER_LIMIT: usize = 1_000_000;

#[derive(Debug)]
struct Line {
    text: String,
    /// Downwards.
    y: f64,
    left: f64,
    right: f64,
    size: f64,
    has_wide_gaps: bool,
}

impl Line {
    /// Whether it is a table's row, or drawn with letters.
    fn has_cells(&self) -> bool {
        self.has_wide_gaps || self.text.trim().contains("  ")
    }
}

/// Gathers what pdf-extract draws.
pub(super) struct PageText<'a, 'b> {
    watch: &'a Watch<'b>,
    lines: Vec<Line>,
    starts_word: bool,
    characters: usize,
}

impl<'a, 'b> PageText<'a, 'b> {
    pub(super) fn new(watch: &'a Watch<'b>) -> Self {
        Self { watch, lines: Vec::new(), starts_word: true, characters: 0 }
    }

    pub(super) fn paragraphs(mut self) -> Vec<String> {
        self.lines.retain(|line| !line.text.trim().is_empty());
        let mut gaps: Vec<f64> = self.lines.windows(2).map(|pair| pair[1].y - pair[0].y).collect();
        gaps.retain(|gap| *gap > 0.0);
        gaps.sort_by(f64::total_cmp);
        let usual_gap = gaps.get(gaps.len() / 2).copied().unwrap_or(f64::INFINITY);
        let mut paragraphs = Vec::new();
        for lines in self.lines.chunk_by(|above, line| is_same_paragraph(above, line, usual_gap)) {
            let left = lines.iter().map(|line| line.left).fold(f64::INFINITY, f64::min);
            let right = lines.iter().map(|line| line.right).fold(f64::NEG_INFINITY, f64::max);
            let mut paragraph = lines[0].text.trim().to_owned();
            for (above, line) in lines.iter().zip(&lines[1..]) {
                let is_column = right - left >= NARROWEST_COLUMN * above.size;
                let is_running = is_column
                    && !(above.has_cells() || line.has_cells() || is_item(&line.text))
                    && had_no_room(above, line, right);
                join(&mut paragraph, line.text.trim(), is_running);
            }
            paragraphs.push(paragraph);
        }
        paragraphs
    }
}

fn is_same_paragraph(above: &Line, line: &Line, usual_gap: f64) -> bool {
    let gap = line.y - above.y;
    let step = (line.size / above.size).max(above.size / line.size);
    // Upwards is the next column, which may go on with the sentence; a cut there costs little.
    gap > 0.0 && gap <= usual_gap * PARAGRAPH_GAP && step <= SIZE_STEP
}

/// Whether a line's first word had no room at the end of the one above it.
fn had_no_room(above: &Line, line: &Line, right: f64) -> bool {
    let first_word = line.text.split_whitespace().next().unwrap_or_default();
    let letters = first_word.chars().map(|_| LETTER_WIDTH).sum::<f64>() + 1.0;
    above.right + letters * above.size > right
}

fn is_item(text: &str) -> bool {
    let text = text.trim_start();
    let after_number = text.trim_start_matches(|digit: char| digit.is_ascii_digit());
    ["•", "-", "–", "*", "◦", "▪"].iter().any(|marker| text.starts_with(marker))
        || after_number.len() < text.len() && after_number.starts_with([')', '.'])
}

/// Puts a line to those above it, and a word together that was parted at the edge.
fn join(paragraph: &mut String, line: &str, is_running: bool) {
    if !is_running {
        paragraph.push('\n');
        paragraph.push_str(line);
        return;
    }
    let mut ending = paragraph.chars().rev();
    let (last, before) = (ending.next(), ending.next());
    let is_soft = last == Some('\u{ad}');
    let is_parted = matches!(last, Some('-' | '\u{2010}'))
        && before.is_some_and(char::is_alphabetic)
        && line.starts_with(char::is_lowercase);
    if is_soft || is_parted {
        paragraph.pop();
    } else {
        paragraph.push(' ');
    }
    paragraph.push_str(line);
}

impl OutputDev for PageText<'_, '_> {
    fn begin_page(
        &mut self,
        _page: u32,
        _media_box: &MediaBox,
        _art_box: Option<(f64, f64, f64, f64)>,
    ) -> Result<(), OutputError> {
        Ok(())
    }

    fn end_page(&mut self) -> Result<(), OutputError> {
        Ok(())
    }

    fn output_character(
        &mut self,
        transform: &Transform,
        width: f64,
        _spacing: f64,
        font_size: f64,
        character: &str,
    ) -> Result<(), OutputError> {
        self.characters += 1;
        if self.characters > CHARACTER_LIMIT {
            return Err(OutputError::FormatError(std::fmt::Error));
        }
        // The side of a square with the area that a letter takes, also where the page is turned.
        let across = (transform.m11 + transform.m21) * font_size;
        let along = (transform.m12 + transform.m22) * font_size;
        let size = (across * along).abs().sqrt();
        let (x, y) = (transform.m31, -transform.m32);
        let starts_word = std::mem::take(&mut self.starts_word);
        let is_next_line = |line: &Line| starts_word && (y - line.y).abs() > size.max(line.size) * LINE_JUMP;
        match self.lines.last_mut() {
            Some(line) if !is_next_line(line) => {
                let gap = x - line.right;
                // Backwards on the same line is another cell that was written later.
                let is_apart = gap > size * BLANK_GAP || gap < -size;
                if starts_word && is_apart && !line.text.ends_with(' ') {
                    line.text.push(' ');
                }
                line.has_wide_gaps |= starts_word && gap > size * CELL_GAP;
                line.text.push_str(character);
                line.right = x + width * size;
            }
            _ => {
                let (text, right) = (character.to_owned(), x + width * size);
                self.lines.push(Line { text, y, left: x, right, size, has_wide_gaps: false });
            }
        }
        Ok(())
    }

    fn begin_word(&mut self) -> Result<(), OutputError> {
        self.starts_word = true;
        if self.watch.is_stopped() { Err(OutputError::FormatError(std::fmt::Error)) } else { Ok(()) }
    }

    fn end_word(&mut self) -> Result<(), OutputError> {
        Ok(())
    }

    fn end_line(&mut self) -> Result<(), OutputError> {
        Ok(())
    }
}
