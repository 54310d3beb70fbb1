//! Text to rows of cells, by RFC 4180 with the liberties that spreadsheets take.
//!
//! This is a scanner of our own because messages need the line on which a row or an open quotation mark starts, and a
//! missing closing mark must be an error instead of a cell that swallows the rest of the file. A property test holds
//! it to the `csv` crate's reading. It knows nothing about what cells mean.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use super::{ImportError, Source, delimiter};

/// More columns than any list of plans or readings has; a file of a million commas must not become a million strings.
const COLUMNS_LIMIT: usize = 1024;

pub(super) struct Table<'a> {
    /// Each name once: empty ones and repetitions are numbered.
    pub(super) headers: Vec<String>,
    pub(super) header_line: u64,
    pub(super) rows: Vec<Row<'a>>,
    pub(super) delimiter: char,
    /// A closing line such as `END OF FILE`, which is no row.
    pub(super) trailer_line: Option<u64>,
}

/// One row, as long as the header.
pub(super) struct Row<'a> {
    /// Where it starts, from 1.
    pub(super) line: u64,
    /// Without the blanks around them.
    cells: Vec<Cow<'a, str>>,
}

impl Row<'_> {
    /// Empty beyond the last one.
    pub(super) fn cell(&self, column: usize) -> &str {
        self.cells.get(column).map_or("", |cell| cell.as_ref())
    }
}

impl<'a> Table<'a> {
    pub(super) fn parse(text: &'a str, source: &Source) -> Result<Self, ImportError> {
        let file = || source.name.clone();
        // Excel's first line `sep=;` names the delimiter and is no header.
        let stated = text
            .strip_prefix("sep=")
            .and_then(|rest| rest.bytes().next())
            .filter(|delimiter| delimiter::CANDIDATES.contains(delimiter));
        let (text, first_line) = match stated {
            Some(_) => (text.split_once('\n').map_or("", |(_, rest)| rest), 2),
            None => (text, 1),
        };
        if text.trim().is_empty() {
            return Err(ImportError::Empty { file: file() });
        }
        let delimiter = stated.or_else(|| delimiter::detect(text)).unwrap_or(b',');
        let mut scanner = Scanner { line: first_line, ..Scanner::new(text, delimiter) };
        let mut next = || loop {
            match scanner.next_row() {
                Ok(Some(row)) if row.cells.iter().all(|cell| cell.is_empty()) => {}
                Ok(row) => return Ok(row),
                Err(OpenQuote { line, column }) => {
                    return Err(ImportError::UnclosedQuote { file: file(), line, column });
                }
            }
        };
        let Some(header) = next()? else {
            return Err(ImportError::Empty { file: file() });
        };
        let expected = header.cells.len();
        if expected == 1 {
            let header_text: String = header.cell(0).chars().take(60).collect();
            return Err(ImportError::OneColumn { file: file(), line: header.line, header: header_text });
        }
        if expected > COLUMNS_LIMIT {
            return Err(ImportError::TooManyColumns {
                file: file(),
                line: header.line,
                limit: COLUMNS_LIMIT,
            });
        }
        let mut rows = Vec::new();
        let mut trailer_line = None;
        while let Some(mut row) = next()? {
            let filled = 1 + row.cells.iter().rposition(|cell| !cell.is_empty()).unwrap_or(0);
            // Spreadsheets pad lines with empty cells; those beyond the header say nothing.
            row.cells.truncate(expected.max(filled));
            if filled == 1 && row.cell(0).eq_ignore_ascii_case("end of file") {
                trailer_line = Some(row.line);
                continue;
            }
            if row.cells.len() != expected {
                return Err(ImportError::ColumnCount {
                    file: file(),
                    line: row.line,
                    found: row.cells.len(),
                    expected,
                    delimiter: char::from(delimiter),
                });
            }
            rows.push(row);
        }
        if rows.is_empty() {
            return Err(ImportError::NoRows { file: file(), line: header.line });
        }
        Ok(Self {
            headers: distinct_names(&header),
            header_line: header.line,
            rows,
            delimiter: char::from(delimiter),
            trailer_line,
        })
    }
}

/// A header that comes again, or is empty, gets a name of its own, so that no column hides another.
fn distinct_names(header: &Row<'_>) -> Vec<String> {
    let mut taken = HashSet::new();
    let mut times_seen: HashMap<String, usize> = HashMap::new();
    let name_of = |index| {
        let written = header.cell(index);
        let base = if written.is_empty() { format!("column {}", index + 1) } else { written.to_owned() };
        let times = times_seen.entry(base.clone()).or_default();
        loop {
            *times += 1;
            let name = if *times == 1 { base.clone() } else { format!("{base} ({times})") };
            if taken.insert(name.clone()) {
                return name;
            }
        }
    };
    (0..header.cells.len()).map(name_of).collect()
}

pub(super) struct OpenQuote {
    line: u64,
    column: u64,
}

pub(super) struct Scanner<'a> {
    text: &'a str,
    at: usize,
    line: u64,
    /// ASCII, so that it never falls inside a character.
    delimiter: u8,
    /// How many cells the row before had, which the next one probably has too.
    cells_before: usize,
}

enum CellEnd {
    Delimiter,
    Line,
    Text,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(text: &'a str, delimiter: u8) -> Self {
        Self { text, at: 0, line: 1, delimiter, cells_before: 0 }
    }

    /// How many cells the next row has; `None` at the end.
    pub(super) fn next_row_length(&mut self) -> Option<usize> {
        loop {
            let row = self.next_row().ok()??;
            if row.cells.len() > 1 || !row.cell(0).is_empty() {
                return Some(row.cells.len());
            }
        }
    }

    fn next_row(&mut self) -> Result<Option<Row<'a>>, OpenQuote> {
        if self.at >= self.text.len() {
            return Ok(None);
        }
        let mut row = Row { line: self.line, cells: Vec::with_capacity(self.cells_before) };
        let row_start = self.at;
        loop {
            let (cell, end) = self.next_cell(row_start)?;
            // One more than allowed is enough to refuse the row.
            if row.cells.len() <= COLUMNS_LIMIT {
                row.cells.push(cell);
            }
            match end {
                CellEnd::Delimiter => {}
                CellEnd::Line | CellEnd::Text => {
                    self.cells_before = row.cells.len();
                    return Ok(Some(row));
                }
            }
        }
    }

    fn next_cell(&mut self, row_start: usize) -> Result<(Cow<'a, str>, CellEnd), OpenQuote> {
        let bytes = self.text.as_bytes();
        if bytes.get(self.at) != Some(&b'"') {
            let start = self.at;
            let end = self.skip_to_end_of_cell();
            return Ok((Cow::Borrowed(self.text[start..end.0].trim()), end.1));
        }
        let opening =
            OpenQuote { line: self.line, column: self.text[row_start..self.at].chars().count() as u64 + 1 };
        let mut start = self.at + 1;
        let mut cell = Cow::Borrowed("");
        self.at = start;
        loop {
            match bytes.get(self.at) {
                None => return Err(opening),
                Some(b'"') => {
                    append(&mut cell, &self.text[start..self.at]);
                    self.at += 1;
                    if bytes.get(self.at) != Some(&b'"') {
                        break;
                    }
                    // A doubled mark stands for one: the second is where the next piece begins.
                    start = self.at;
                    self.at += 1;
                }
                Some(b'\n') => {
                    self.line += 1;
                    self.at += 1;
                }
                Some(b'\r') => {
                    self.line += u64::from(bytes.get(self.at + 1) != Some(&b'\n'));
                    self.at += 1;
                }
                Some(_) => self.at += 1,
            }
        }
        let rest = self.at;
        let (rest_end, end) = self.skip_to_end_of_cell();
        append(&mut cell, &self.text[rest..rest_end]);
        let trimmed = match cell {
            Cow::Borrowed(cell) => Cow::Borrowed(cell.trim()),
            Cow::Owned(cell) => Cow::Owned(cell.trim().to_owned()),
        };
        Ok((trimmed, end))
    }

    /// Moves past the delimiter or the line's end and says where the cell ended.
    fn skip_to_end_of_cell(&mut self) -> (usize, CellEnd) {
        let bytes = self.text.as_bytes();
        while let Some(&byte) = bytes.get(self.at) {
            let end = self.at;
            if byte == self.delimiter {
                self.at += 1;
                return (end, CellEnd::Delimiter);
            }
            if byte == b'\n' || byte == b'\r' {
                self.at += if bytes[end..].starts_with(b"\r\n") { 2 } else { 1 };
                self.line += 1;
                return (end, CellEnd::Line);
            }
            self.at += 1;
        }
        (self.at, CellEnd::Text)
    }
}

fn append<'a>(cell: &mut Cow<'a, str>, piece: &'a str) {
    if cell.is_empty() {
        *cell = Cow::Borrowed(piece);
    } else if !piece.is_empty() {
        cell.to_mut().push_str(piece);
    }
}

/// Names are shown in one line, whatever breaks their cells have, and runs of blanks are one.
pub(super) fn one_line(cell: &str) -> String {
    let mut line = String::with_capacity(cell.len());
    for word in cell.split_whitespace() {
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    line
}
