//! Which character separates a file's columns: the one under which rows agree best with the header.

use super::table::Scanner;

/// In the order in which a tie is decided.
pub(super) const CANDIDATES: [u8; 4] = *b",;\t|";

/// More rows wouldn't change the answer.
const ROWS_LOOKED_AT: usize = 50;

/// `None` where no candidate splits the header. Delimiters inside quotation marks don't count.
pub(super) fn detect(text: &str) -> Option<u8> {
    let mut best: Option<(u8, usize, usize)> = None;
    for delimiter in CANDIDATES {
        let mut scanner = Scanner::new(text, delimiter);
        let Some(columns) = scanner.next_row_length().filter(|columns| *columns > 1) else {
            continue;
        };
        let agreeing = std::iter::from_fn(|| scanner.next_row_length())
            .take(ROWS_LOOKED_AT)
            .filter(|length| *length == columns)
            .count();
        if best.is_none_or(|(_, most, widest)| (agreeing, columns) > (most, widest)) {
            best = Some((delimiter, agreeing, columns));
        }
    }
    best.map(|(delimiter, ..)| delimiter)
}
