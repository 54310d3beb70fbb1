//! A column of numbers: one decimal mark for all of its cells, decided by the cells that leave no doubt.

use rust_decimal::Decimal;

use super::number::{DecimalMark, NumberParts, NumberProblem, is_absent};
use super::table::Table;
use super::{CellPlace, ImportError, Note, Source, Wanted};

/// Reads the cells of one column.
pub(super) struct NumberColumn {
    pub(super) index: usize,
    mark: DecimalMark,
    wanted: Wanted,
    units: &'static [&'static str],
    place: CellPlace,
}

impl NumberColumn {
    /// Decides the decimal mark. A cell in doubt, `1,234` or `1.234`, follows the others of its column; where all are
    /// in doubt, the comma is a decimal mark only in files separated by semicolons, and `notes` says how it was read.
    pub(super) fn decide(
        table: &Table<'_>,
        index: usize,
        wanted: Wanted,
        units: &'static [&'static str],
        source: &Source,
        notes: &mut Vec<Note>,
    ) -> Result<Self, ImportError> {
        let place = CellPlace::new(source, table.header_line, &table.headers[index]);
        let mut evident: Option<(DecimalMark, u64)> = None;
        let mut in_doubt: Option<(&str, u64)> = None;
        for row in &table.rows {
            let cell = row.cell(index);
            if !cell.contains(['.', ',']) {
                continue;
            }
            let Some(parts) = NumberParts::split(cell) else {
                continue;
            };
            match (parts.evident_mark(), evident) {
                (None, _) => in_doubt = in_doubt.or(Some((cell, row.line))),
                (Some(mark), None) => evident = Some((mark, row.line)),
                (Some(mark), Some((first, other_line))) if mark != first => {
                    return Err(ImportError::MixedDecimalMarks {
                        place: CellPlace { line: row.line, ..place },
                        value: shortened(cell),
                        other_line,
                    });
                }
                (Some(_), Some(_)) => {}
            }
        }
        let mark = match (evident, in_doubt) {
            (Some((mark, _)), _) => mark,
            (None, None) => DecimalMark::Point,
            (None, Some((cell, line))) => {
                let comma_is_decimal = table.delimiter == ';' && cell.contains(',');
                let mark = if comma_is_decimal { DecimalMark::Comma } else { DecimalMark::Point };
                // `1.234` in a file of commas is a fraction to anyone; the others are worth a word.
                let surprising = cell.contains(',') || table.delimiter == ';';
                let value = NumberParts::split(cell).map(|parts| parts.value(mark));
                if let (true, Some(Ok(value))) = (surprising, value) {
                    let message = format!("In {}, {cell} was read as {}", place.column, value.normalize());
                    notes.extend(Note::about_lines(message, &[line]));
                }
                mark
            }
        };
        Ok(Self { index, mark, wanted, units, place })
    }

    pub(super) fn place(&self, line: u64) -> CellPlace {
        CellPlace { line, ..self.place.clone() }
    }

    /// The cell's number; `None` where it is empty or says that there is none.
    pub(super) fn read(&self, cell: &str, line: u64) -> Result<Option<Decimal>, ImportError> {
        Ok(self.read_parts(cell, line)?.map(|(value, _)| value))
    }

    /// The number together with what stands around it.
    pub(super) fn read_parts<'a>(
        &self,
        cell: &'a str,
        line: u64,
    ) -> Result<Option<(Decimal, NumberParts<'a>)>, ImportError> {
        if is_absent(cell) {
            return Ok(None);
        }
        let parts = NumberParts::split(cell)
            .filter(|parts| parts.has_only_units(self.units))
            .ok_or_else(|| self.not_a_number(cell, line))?;
        Ok(Some((self.value_of(&parts, cell, line)?, parts)))
    }

    pub(super) fn value_of(
        &self,
        parts: &NumberParts<'_>,
        cell: &str,
        line: u64,
    ) -> Result<Decimal, ImportError> {
        parts.value(self.mark).map_err(|problem| match problem {
            NumberProblem::NotANumber => self.not_a_number(cell, line),
            NumberProblem::TooManyDigits => {
                ImportError::TooManyDigits { place: self.place(line), value: shortened(cell) }
            }
        })
    }

    pub(super) fn not_a_number(&self, cell: &str, line: u64) -> ImportError {
        ImportError::NotANumber { place: self.place(line), value: shortened(cell), wanted: self.wanted }
    }

    pub(super) fn out_of_range(&self, cell: &str, line: u64) -> ImportError {
        ImportError::OutOfRange { place: self.place(line), value: shortened(cell), wanted: self.wanted }
    }
}

/// A cell as a message shows it: a novel in a number column must not fill the screen.
pub(super) fn shortened(cell: &str) -> String {
    const SHOWN: usize = 40;
    if cell.chars().count() <= SHOWN {
        return cell.to_owned();
    }
    cell.chars().take(SHOWN).chain(std::iter::once('…')).collect()
}
