//! Tables in files (CSV, TSV): every row becomes one line and one passage, `header: value; header: value`.
//!
//! Unlike the import of a list, which must be exact, a document takes what it gets: rows may be shorter or
//! longer than the header, and quotation marks may be left open.

use csv::{ReaderBuilder, StringRecord};

use super::draft::{Draft, Gap, Kind};
use super::{DocumentError, Watch};

/// In the order in which a tie is decided.
const DELIMITERS: [u8; 4] = *b",;\t|";

/// Enough to see how a file is written.
const SAMPLE_BYTES: usize = 64 * 1024;
const SAMPLE_ROWS: usize = 50;

/// A cell of several lines and more bytes than this is a quotation mark that nobody closed.
const CELL_BYTES: usize = 20_000;

/// Rows between two looks at whether the reading is stopped.
const ROWS_BETWEEN_LOOKS: usize = 256;

pub(super) fn read(text: &str, watch: &mut Watch) -> Result<Draft, DocumentError> {
    let delimiter = delimiter(text);
    match read_rows(text, delimiter, true, watch)? {
        Some(draft) => Ok(draft),
        None => Ok(read_rows(text, delimiter, false, watch)?.unwrap_or_default()),
    }
}

/// `None` where quotation marks swallow rows.
fn read_rows(
    text: &str,
    delimiter: u8,
    has_quotes: bool,
    watch: &mut Watch,
) -> Result<Option<Draft>, DocumentError> {
    let mut draft = Draft::default();
    let mut headers: Option<Vec<String>> = None;
    let mut reader = builder(delimiter).quoting(has_quotes).from_reader(text.as_bytes());
    let mut row = StringRecord::new();
    let mut rows = 0usize;
    // The text is valid UTF-8 and rows may have any length, so there is nothing to fail.
    while reader.read_record(&mut row).unwrap_or(false) && !draft.is_full() {
        if rows.is_multiple_of(ROWS_BETWEEN_LOOKS) {
            watch.at(usize::try_from(reader.position().byte()).unwrap_or(usize::MAX), text.len())?;
        }
        if has_quotes && row.iter().any(|cell| cell.len() > CELL_BYTES && cell.contains('\n')) {
            return Ok(None);
        }
        let cells: Vec<String> = row.iter().map(one_line).collect();
        if cells.iter().all(String::is_empty) {
            continue;
        }
        rows += 1;
        match &headers {
            None if is_header(&cells) => headers = Some(cells),
            None => {
                push_row(&mut draft, &[], &cells);
                headers = Some(Vec::new());
            }
            Some(headers) => push_row(&mut draft, headers, &cells),
        }
    }
    // A header alone is still what the file says.
    if rows == 1
        && let Some(headers) = headers
    {
        let names: Vec<String> = headers.into_iter().filter(|name| !name.is_empty()).collect();
        draft.push(Kind::Record, Gap::Line, &names.join("; "));
    }
    Ok(Some(draft))
}

fn push_row(draft: &mut Draft, headers: &[String], cells: &[String]) {
    let mut line = String::new();
    for (index, cell) in cells.iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
        if !line.is_empty() {
            line.push_str("; ");
        }
        match headers.get(index).filter(|header| !header.is_empty()) {
            Some(header) => line.push_str(header),
            None => line.extend(["Column ", &(index + 1).to_string()]),
        }
        line.push_str(": ");
        line.push_str(cell);
    }
    draft.push(Kind::Record, Gap::Line, &line);
}

/// The one under which the most rows have as many cells as most have, and then the one with more cells.
fn delimiter(text: &str) -> u8 {
    let sample = &text[..text.floor_char_boundary(SAMPLE_BYTES)];
    let score = |delimiter: u8| {
        let reader = builder(delimiter).from_reader(sample.as_bytes());
        let lengths: Vec<usize> = reader
            .into_records()
            .take(SAMPLE_ROWS)
            .filter_map(Result::ok)
            .filter(|row| row.iter().any(|cell| !cell.is_empty()))
            .map(|row| row.len())
            .collect();
        let agreeing = |length: usize| lengths.iter().filter(|other| **other == length).count();
        lengths.iter().filter(|length| **length > 1).map(|length| (agreeing(*length), *length)).max()
    };
    let mut best = (DELIMITERS[0], None);
    for delimiter in DELIMITERS {
        let score = score(delimiter);
        if score > best.1 {
            best = (delimiter, score);
        }
    }
    best.0
}

fn builder(delimiter: u8) -> ReaderBuilder {
    let mut builder = ReaderBuilder::new();
    builder.delimiter(delimiter).has_headers(false).flexible(true);
    builder
}

/// Names, and not values: none of them is a number, but for years, which head columns too.
fn is_header(cells: &[String]) -> bool {
    !cells.iter().any(|cell| is_number(cell) && !is_year(cell))
}

fn is_number(cell: &str) -> bool {
    cell.contains(|digit: char| digit.is_ascii_digit()) && !cell.contains(char::is_alphabetic)
}

fn is_year(cell: &str) -> bool {
    cell.len() == 4 && cell.parse().is_ok_and(|year: u16| (1800..=2200).contains(&year))
}

fn one_line(cell: &str) -> String {
    cell.split_whitespace().collect::<Vec<_>>().join(" ")
}
